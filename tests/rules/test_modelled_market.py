"""The invented market of tests/toy/markets, by hand.

Output. Chile 60 t in 2022 and 30 t in 2023, counted as cobalt content, of which 0.5 kg are in a kg of product. World,
in t of content: Chile (60 + 30)/2 x 2 = 90, Namibia (10 + 0)/2 x 2 = 10, elsewhere 20; of product twice that.
Chile by route: mine 0.6 = 108 t, salt 0.3 = 54 t (another product), unknown 0.1 = 18 t (no route of ours).
Left out: 18 t of Chile and 40 t from elsewhere. Covered: (108 + 20) / (108 + 20 + 18 + 40) = 128/186.

Union, two years: 1000 t a year by origin: Chile 0.5, Namibia 0.2, Hong Kong 0.2 (no route is known), the rest 0.1.
Product: Chile 1000/0.5 = 2000 t (mine 1200, salt 600, unknown 200), Namibia 800 t, Hong Kong 800 t, the rest 400 t.

Climate change of the invented route (tests/unit/test_invented_route.py): extraction 6.046875, refining 3.125 kg CO2 eq.
In Namibia the mine takes 9.765625 kWh from a grid of coal alone in place of half coal, half hydropower, at 1 kg CO2 eq
per kWh of coal, so extraction is 9.765625 + 1.1640625 = 10.9296875.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import footprint as fp
from footprint.calculation import Settings
from footprint.errors import InputError
from footprint.library.background import Background
from footprint.library.market_tables import Spread
from footprint.market.basis import assumptions, to_dict
from footprint.market.declarations import CODES
from footprint.market.exporting import market_csv
from footprint.market.modelled import ModelledMarket, site_draws, site_values
from footprint.market.reading import load_market
from footprint.model import STAGES
from tests.conftest import TOY

EXTRACTION_CL, EXTRACTION_NA, REFINING = 6.046875, 10.9296875, 3.125
Model = Callable[..., ModelledMarket]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The invented data; Namibia has the coal power of China."""
    copy = Path(shutil.copytree(TOY, tmp_path / "toy"))
    mix = copy / "electricity" / "mix.csv"
    lines = mix.read_text(encoding="utf-8").splitlines()
    china = next(line for line in lines if line.startswith("CN,"))
    mix.write_text("\n".join([*lines, china.replace("CN,", "NA,", 1)]) + "\n", encoding="utf-8")
    return copy


@pytest.fixture
def model(folder: Path) -> Model:
    from footprint.library.background import load_background

    background: Background = load_background(folder, datasets=folder)

    def made(**options: Any) -> ModelledMarket:
        options = {"since": 2022, "until": 2023} | options
        return fp.model_market("cobalt", datasets=folder, settings=Settings(background=background), **options)

    return made


def tonnes(found: ModelledMarket, country: str) -> float:
    return float(found["mass_t"][found["country"] == country].sum())


def values(found: ModelledMarket, country: str, code: str = "CC") -> list[float]:
    return sorted(float(value) for value in found[code][found["country"] == country])


def test_the_world_market_by_country_and_route(model: Model) -> None:
    found = model(market="world")
    assert tonnes(found, "CL") == pytest.approx(108.0, rel=1e-12)
    assert tonnes(found, "NA") == pytest.approx(20.0, rel=1e-12)
    (supply,) = found.supplies
    assert {(p.country, p.route): p.tonnes for p in supply.left_out} == {
        ("CL", "unknown"): pytest.approx(18.0),
        ("XX", ""): pytest.approx(40.0),
    }
    assert [(p.country, p.tonnes) for p in supply.other] == [("CL", pytest.approx(54.0))]
    assert supply.covered == pytest.approx(128 / 186, rel=1e-12)


def test_the_union_market_by_origin(model: Model) -> None:
    found = model()
    assert tonnes(found, "CL") == pytest.approx(1200.0, rel=1e-12)
    assert tonnes(found, "NA") == pytest.approx(800.0, rel=1e-12)
    (supply,) = found.supplies
    assert {(p.country, p.route): p.tonnes for p in supply.left_out} == {
        ("CL", "unknown"): pytest.approx(200.0),
        ("HK", ""): pytest.approx(800.0),
        ("XX", ""): pytest.approx(400.0),
    }


@pytest.mark.parametrize(("market", "whole"), [("union", 4000.0), ("world", 240.0)])
def test_no_tonne_is_lost(model: Model, market: str, whole: float) -> None:
    """With a route, without one, and of another product: 2 x 1000/0.5 t for the Union, 120/0.5 t for the world."""
    found = model(market=market)
    (supply,) = found.supplies
    apart = sum(part.tonnes for part in (*supply.left_out, *supply.other))
    assert float(found["mass_t"].sum()) + apart == pytest.approx(whole, rel=1e-12)


def test_each_country_and_route_stands_for_equal_sites_with_an_operator_each(model: Model) -> None:
    found = model()
    assert len(found) == 8
    assert len(set(found["operator"])) == 8
    assert set(found["mass_t"][found["country"] == "CL"]) == {300.0}


def test_the_market_of_the_world_is_another_one_in_its_rows_and_headings(model: Model) -> None:
    """Rule set, ids and headings differ, so the two are not pooled and no site stands for another; so do seeds."""
    union, world, other = model(), model(market="world"), model(seed=2)
    assert set(union["ruleset"]) == {"modelled"}
    assert set(world["ruleset"]) == {"modelled-world"}
    assert union["declaration_id"][0] == "modelled-cobalt-metal-CL-mine-seed1-01"
    assert world["declaration_id"][0] == "modelled-world-cobalt-metal-CL-mine-seed1-01"
    assert other["declaration_id"][0] == "modelled-cobalt-metal-CL-mine-seed2-01"
    product = union["product"][0]
    for found, kind in ((union, "Union"), (world, "world")):
        ((pool, _),) = found.pools()
        assert pool.modelled
        assert pool.name == f"cobalt: {product}, modelled {kind} market"


def test_every_row_is_marked_modelled_and_has_the_period_and_the_route(model: Model) -> None:
    found = model()
    assert set(found["ruleset"]) == {"modelled"}
    assert {str(day) for day in found["period_from"]} == {"2022-01-01"}
    assert {str(day) for day in found["period_to"]} == {"2023-12-31"}
    assert set(found["route"]) == {"cobalt/invented", "cobalt/invented (CL to NA)"}
    assert all(pool.modelled for pool, _ in found.pools())


def test_the_mean_of_the_sites_is_the_value_of_the_route(model: Model) -> None:
    """Chile 6.046875 + 3.125 on 1200 t, Namibia 10.9296875 + 3.125 on 800 t: 11.125 kg CO2 eq per kg in the mean."""
    found = model()
    assert np.mean(values(found, "CL")) == pytest.approx(EXTRACTION_CL + REFINING, rel=1e-12)
    assert np.mean(values(found, "NA")) == pytest.approx(EXTRACTION_NA + REFINING, rel=1e-12)
    whole = (1200 * 9.171875 + 800 * 14.0546875) / 2000
    assert np.average(found["CC"], weights=found["mass_t"]) == pytest.approx(whole, rel=1e-12)
    assert whole == 11.125


def test_sites_differ_by_the_spread_of_the_stage(model: Model) -> None:
    """GSD² 4 on extraction: sigma ln 2; of four sites one is in each quarter of the normal distribution (ends 0.6745).

    So the highest extraction is more than exp(2 · 0.6745 ln 2) = 2.547 times the lowest, and the third less than that
    times the second.
    """
    found, between = model(), math.exp(2 * 0.6744898 * math.log(2))
    for country in ("CL", "NA"):
        first, second, third, fourth = (value - REFINING for value in values(found, country))
        assert fourth / first > between
        assert 1 < third / second < between


def test_a_category_without_a_spread_has_the_routes_value_at_every_site(model: Model) -> None:
    """Acidification: 0.74 x 0.0125 + 1.31 x 0.005 mol H+ eq."""
    assert values(model(), "CL", "AC") == pytest.approx([0.74 * 0.0125 + 1.31 * 0.005] * 4, rel=1e-12)


def test_the_share_that_rests_on_estimates_goes_along(model: Model) -> None:
    """1.5625 of 9.171875 kg CO2 eq in Chile."""
    found = model()
    assert values(found, "CL", "screening_CC") == pytest.approx([1.5625 / 9.171875] * 4, rel=1e-12)


def test_a_category_that_no_data_cover_is_empty_never_zero(folder: Path) -> None:
    """The landfill says that it holds nothing on ozone depletion; nothing else of the route touches it."""
    file = folder / "background" / "toy.toml"
    text = file.read_text(encoding="utf-8")
    assert 'tier = "C"' in text
    file.write_text(text.replace('tier = "C"', 'tier = "C"\nnot_covered = ["OD"]', 1), encoding="utf-8")
    from footprint.library.background import load_background

    settings = Settings(background=load_background(folder, datasets=folder))
    found = fp.model_market("cobalt", 2022, 2023, datasets=folder, settings=settings)
    assert np.isnan(found["OD"]).all()
    assert np.isnan(found["screening_OD"]).all()
    assert found.gaps["OD"] == ("cobalt/invented",)
    assert "OD" not in market_csv(found).splitlines()[0].split(",")


def test_spreads_multiply_the_stages_and_categories_that_they_hold_for() -> None:
    """Two sites; extraction 2, refining 3; grade with sigma ln 3 on extraction, power with sigma ln 2 on CC.

    z of grade 1 and 0, of power 1 and 0. For CC the product is 3 · 2 = 6 and 1 on extraction, mean 3.5, and 2 and 1 on
    refining, mean 1.5: 2 · 6/3.5 + 3 · 2/1.5 = 52/7 and 2/3.5 + 3/1.5 = 18/7, whose mean is 5. AC has the grade alone,
    3 and 1, mean 2: 2 · 3/2 + 3 = 6 and 2 · 1/2 + 3 = 4, whose mean is 5.
    """
    stage = np.zeros((len(STAGES), len(CODES)))
    for code in ("CC", "AC"):
        stage[STAGES.index("extraction"), CODES.index(code)] = 2.0
        stage[STAGES.index("refining"), CODES.index(code)] = 3.0
    spreads = (
        Spread("mine", frozenset({"extraction"}), frozenset(), "grade", 9.0, "sites", "high"),
        Spread("mine", frozenset(), frozenset({"CC"}), "power", 4.0, "sites", "high"),
    )
    found = site_values(stage, spreads, np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert found[:, CODES.index("CC")] == pytest.approx([52 / 7, 18 / 7], rel=1e-12)
    assert found[:, CODES.index("AC")] == pytest.approx([6.0, 4.0], rel=1e-12)


def test_draws_take_one_site_from_each_equal_part_of_the_normal_distribution() -> None:
    (drawn,) = site_draws(10, 1, seed=1, name="any")
    from statistics import NormalDist

    ends = [-math.inf, *(NormalDist().inv_cdf(k / 10) for k in range(1, 10)), math.inf]
    assert all(low < z < high for z, low, high in zip(sorted(drawn), ends, ends[1:], strict=False))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(model: Model) -> None:
    assert market_csv(model(seed=7)) == market_csv(model(seed=7))
    assert market_csv(model(seed=7)) != market_csv(model(seed=8))


def test_the_order_of_the_rows_of_a_file_changes_nothing(model: Model, folder: Path) -> None:
    before = market_csv(model())
    for name in ("production.csv", "sourcing.csv", "mapping.csv"):
        head, *rows = (folder / "markets" / name).read_text(encoding="utf-8").splitlines()
        (folder / "markets" / name).write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert market_csv(model()) == before


def test_the_market_file_can_be_read_and_fitted(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "market.csv"
    path.write_text(market_csv(model()), encoding="utf-8")
    back = load_market(path)
    assert values(back, "NA") == values(model(), "NA")  # type: ignore[arg-type]
    from datetime import date

    scheme = fp.fit_classes(back, on=date(2025, 1, 1), replicates=0)
    assert list(scheme.thresholds) == ["A", "B", "C", "D", "E", "F"]


def test_drawn_sites_are_no_sample(model: Model) -> None:
    """Classes of them have no sample size and no interval, and their heading counts sites, not operators."""
    from datetime import date

    from footprint.report.classes import schemes_document
    from footprint.report.document import markdown

    scheme = fp.fit_classes(model(), on=date(2025, 1, 1), replicates=50)
    assert (scheme.n_effective, scheme.intervals) == (None, {})
    told = markdown(schemes_document([scheme]))
    assert "8 modelled sites." in told
    assert "modelled Union market" in told
    assert "operator" not in told


def test_everything_that_is_assumed_is_said(model: Model) -> None:
    told = " ".join(assumptions(model()))
    for words in (
        "mean of 2016 to 2020",
        "4 equal sites",
        "the mean of the sites is the route's value",
        "seed 1",
        "HK 23.5% (800 t): no route is held for it; it may only trade",
        "XX 11.8% (400 t): countries that the source does not name",
        "CL unknown 5.9% (200 t): no route of ours",
        "600 t counted by the same source are no part of this market: salt is another product",
        "moved from CL, stands for mine of NA: same process with the country's electricity",
        "40% of the tonnes are divided among routes by estimated shares",
        "ore grade of mine GSD² 4 on extraction, CC (sites, high)",
        "cobalt-salt",
    ):
        assert words in told


def test_the_world_market_says_which_years_stand_for_the_period(model: Model) -> None:
    told = " ".join(assumptions(model(market="world", since=2021, until=2023)))
    assert "output of 2022, 2023; the mean of 2022, 2023 stands for 3 years" in told
    assert "not what is placed on the Union market" in told


def test_json_has_the_rows_and_what_they_rest_on(model: Model) -> None:
    found = to_dict(model())
    assert found["schema"] == "footprint/modelled-market/1"
    assert len(found["declarations"]) == 8
    assert found["declarations"][0]["mass_t"] == 300.0
    assert found["products"][0]["covered"] == pytest.approx(2000 / 3400)
    assert found["not_modelled"].keys() == {"cobalt-salt"}
    assert found["assumptions"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"market": "word"}, "market 'word' is not known; did you mean 'world'?; allowed: union, world"),
        ({"since": 2024, "until": 2023}, "the first year is later than the last"),
        ({"since": 2010, "until": 2011}, "data are held for 2019 to 2024"),
        ({"since": 2020, "until": 2020}, "no output is held for 2020 to 2020; held: 2019, 2022, 2023, 2024"),
        ({"seed": -1}, "seed -1 is negative"),
    ],
    ids=["market", "order", "outside", "gap", "seed"],
)
def test_a_wrong_call_is_refused(model: Model, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        model(**options)
    assert words in str(caught.value)


def test_a_material_without_a_market_says_why(folder: Path) -> None:
    with pytest.raises(InputError, match="no market of tantalum is modelled: invented reason"):
        fp.model_market("tantalum", datasets=folder)
    with pytest.raises(InputError, match="material 'cobal' is not known; did you mean 'cobalt'"):
        fp.model_market("cobal", datasets=folder)


def test_a_market_of_which_too_little_has_a_route_is_not_modelled(folder: Path) -> None:
    """With 0.6 needed: 2000 of 3400 t have a route."""
    file = folder / "markets" / "markets.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("least_covered = 0.5", "least_covered = 0.6"))
    with pytest.raises(InputError, match="59% of the union market has a route; at least 60% is needed"):
        fp.model_market("cobalt", 2022, 2023, datasets=folder)
