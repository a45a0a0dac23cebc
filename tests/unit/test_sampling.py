"""Sampled routes: the middle is the calculation, shares move with amounts, statistics follow closed forms."""

import math

import numpy as np
import pytest

import footprint as fp
from footprint.calculation import Settings
from footprint.errors import InputError, NegativeScaling
from footprint.influence import sensitivity
from footprint.inventory.uncertain import quality_spread
from footprint.model import DataQuality
from footprint.sampling import SampledRoutes, pedigree_in_force, sample, sample_routes
from footprint.uncertainty.germs import BLOCK
from footprint.uncertainty.statistics import probability_lower, running_mean, summary
from tests.unit.test_inventory_graph import CO2, PLANT, PRICES, write

N = 20_000


@pytest.fixture
def settings(toy_background):
    return Settings(background=toy_background)


def co2(amount: float | str, more: str = "") -> str:
    return f'{{ output = "carbon dioxide, fossil", to = "air/non-urban", amount = {amount}, unit = "kg"{more} }},'


def plant(body: str, parameters: str = "") -> str:
    return parameters + PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [' + body + "]"


def lognormal(name: str, value: float, gsd2: float) -> str:
    spread = f'spread = {{ kind = "lognormal", gsd2 = {gsd2} }}'
    return f'[parameter.{name}]\nvalue = {value}\nunit = "kWh/kg"\nsource = "invented"\n{spread}\n'


def test_a_product_of_lognormals(tmp_path, settings):
    """h = x y with GSD² 1.5 and 2: sigma² = (ln 1.5 / 2)² + (ln 2 / 2)² = 0.16121; median 6, GSD² = e^(2 sigma)."""
    parameters = lognormal("x", 2.0, 1.5) + lognormal("y", 3.0, 2.0)
    found = sample(write(tmp_path, plant(co2('"x * y"'), parameters)), N, 1, settings=settings).summary("CC")
    variance = (math.log(1.5) / 2) ** 2 + (math.log(2.0) / 2) ** 2
    mean = 6 * math.exp(variance / 2)
    sd = mean * math.sqrt(math.exp(variance) - 1)
    assert found.mean == pytest.approx(mean, abs=4 * sd / math.sqrt(N))
    assert found.error == pytest.approx(sd / math.sqrt(N), rel=0.03)
    assert found.median == pytest.approx(6.0, rel=0.015)
    assert found.gsd2 == pytest.approx(math.exp(2 * math.sqrt(variance)), rel=0.02)
    assert found.p97_5 == pytest.approx(6 * math.exp(1.959964 * math.sqrt(variance)), rel=0.03)


def test_groen_variance_by_sampling(tmp_path, settings):
    """Groen et al. 2014: 100 units from a process of 10 that takes 2 of one that makes 100, b = (1, 10), CV 5 %.

    Per 1000: g = 120, Var(g) = 64.0 to first order; here per 1, so mean 0.12 and standard deviation 0.008.
    """
    spread = 'spread = { kind = "normal", sd = %s }'
    body = (
        PLANT + f'product = [ {{ flow = "metal", amount = 10.0, unit = "kg", {spread % 0.5} }} ]\nexchange = ['
        f'{{ input = "fuel", from = "supply", amount = 2.0, unit = "kg", {spread % 0.1} }},'
        + co2(1.0, f", {spread % 0.05}") + "]\n"
        '[[process]]\nid = "supply"\nname = "Supply"\nannex_v = ["auxiliaries"]\nstage = "refining"\nlocation = "CL"\n'
        'year = 2021\nsource = "invented"\nlocator = "row"\n'
        f'product = [ {{ flow = "fuel", amount = 100.0, unit = "kg", {spread % 5.0} }} ]\nexchange = ['
        + co2(10.0, f", {spread % 0.5}") + "]\n"
    )  # fmt: skip
    path = write(tmp_path, body)
    found = sample(path, 200_000, 3, settings=settings, pedigree=False).summary("CC")
    assert found.mean == pytest.approx(0.12, rel=0.004)
    assert 1e6 * found.sd**2 == pytest.approx(64.0, rel=0.02)
    analytic = sensitivity(path, "CC", settings=settings, pedigree=False)
    assert 1e6 * analytic.sd**2 == pytest.approx(64.0, rel=1e-5)
    shares = {(i.owner, i.name.partition(" (")[0]): 100 * i.share for i in analytic.influences}
    file = "/".join(path.parts[-2:])
    assert shares == {
        (f"{file}#plant", "product 1"): pytest.approx(56.25, rel=1e-4),
        (f"{file}#plant", "exchange 2"): pytest.approx(39.0625, rel=1e-4),
        (f"{file}#plant", "exchange 1"): pytest.approx(1.5625, rel=1e-4),
        (f"{file}#supply", "product 1"): pytest.approx(1.5625, rel=1e-4),
        (f"{file}#supply", "exchange 1"): pytest.approx(1.5625, rel=1e-4),
    }


def test_the_share_of_a_joint_product_moves_with_its_amount(tmp_path, settings, monkeypatch):
    """8 kg CO2 shared by value: metal m x 10, slag 3 x 1 USD; per kg 8 (10 m / (10 m + 3)) / m = 80 / (10 m + 3)."""
    monkeypatch.setattr("footprint.calculation.load_prices", lambda: PRICES)
    path = write(
        tmp_path,
        PLANT + 'allocation = "economic"\nproduct = [\n'
        '{ flow = "metal", amount = 1.0, unit = "kg", price = "metal", spread = { kind = "lognormal", gsd2 = 2.0 } },\n'
        '{ flow = "slag", amount = 3.0, unit = "kg", price = "slag" } ]\nexchange = [' + CO2 % 8.0 + "]",
    )
    system = SampledRoutes.of([path], settings)
    germ = np.tile(np.linspace(-2, 2, BLOCK), (len(system.compiled.labels), 1))
    found = system.compiled.systems[0].workspace(BLOCK).impacts(germ)[system.assessed[0].method.column["CC"]]
    m = np.exp(germ[0] * math.log(2) / 2)
    np.testing.assert_allclose(found, 80 / (10 * m + 3), rtol=1e-12)


def test_a_loop_is_solved_in_every_sample(tmp_path, settings):
    """x kg of its own product per kg: h = 5 / (1 - x), x = 0.2 lognormal; none runs backwards below x = 1."""
    body = '{ input = "metal", from = "plant", amount = 0.2, unit = "kg", spread = { kind = "lognormal", gsd2 = %s } },'
    path = write(tmp_path, plant(body % 1.5 + co2(5.0)))
    system = SampledRoutes.of([path], settings, pedigree=False)
    germ = np.linspace(-3, 3, BLOCK)[None]
    found = system.compiled.systems[0].workspace(BLOCK).impacts(germ)[system.assessed[0].method.column["CC"]]
    np.testing.assert_allclose(found, 5 / (1 - 0.2 * np.exp(germ[0] * math.log(1.5) / 2)), rtol=1e-12)
    with pytest.raises(NegativeScaling, match="takes more of its own product"):
        sample(write(tmp_path, plant(body % 40.0 + co2(5.0))), 2000, 1, settings=settings)


def test_two_routes_share_one_world(tmp_path, toy_background, settings):
    """Both buy 2 kg of acid, whose amounts are uncertain; one emits 0.001 kg more: it is higher in every sample."""
    acid = '{ input = "acid", from = "background:acid", amount = 2.0, unit = "kg" },'
    a = write(tmp_path, plant(acid + co2(1.0)), "a.toml")
    b = write(tmp_path, plant(acid + co2(1.001)), "b.toml")
    one, other = sample_routes([a, b], 3000, 5, settings=settings, pedigree=False)
    assert one["CC"].std() > 0.01
    assert probability_lower(one["CC"], other["CC"]) == 1.0
    alone = sample(b, 3000, 5, settings=settings, pedigree=False)
    np.testing.assert_array_equal(alone["CC"], other["CC"])
    fixed, _ = sample_routes([a, b], 100, 5, settings=settings, pedigree=False, world="fixed")
    assert fixed["CC"].std() == 0


def test_a_chosen_value_moves_no_other_draw(tmp_path, settings):
    """x chosen: y keeps its draws, so x y is in proportion sample by sample."""
    parameters = lognormal("x", 2.0, 1.5) + lognormal("y", 3.0, 1.5)
    path = write(tmp_path, plant(co2('"x * y"'), parameters))
    chosen = fp.load_route(path, {"x": 10.0})
    other = fp.load_route(path, {"x": 20.0})
    first, second = (sample(route, 500, 1, settings=settings)["CC"] for route in (chosen, other))
    np.testing.assert_allclose(second, 2 * first, rtol=1e-12)
    assert first.std() > 0


@pytest.mark.parametrize("sequence", ["plain", "latin-hypercube", "sobol"])
def test_the_same_seed_gives_the_same_numbers_for_any_n(tmp_path, settings, sequence):
    path = write(tmp_path, plant(co2(5.0, ', spread = { kind = "lognormal", gsd2 = 2.0 }')))
    long, short = (sample(path, n, 9, settings=settings, sequence=sequence)["CC"] for n in (5000, 700))
    np.testing.assert_array_equal(long[:700], short)


def test_data_quality_gives_a_spread_to_what_has_none(tmp_path, settings):
    """TeR 3, GeR 2, TiR 4, P 2 by the table in force: sigma² = 0.0006 + 0.008 + 0.000025 + 0.008 + 0.0006."""
    quality = "quality = { TeR = 3, GeR = 2, TiR = 4, P = 2 }\nproduct"
    path = write(tmp_path, plant(co2(5.0)).replace("product", quality, 1))
    sigma = math.sqrt(0.0006 + 0.008 + 0.000025 + 0.008 + 0.0006)
    found = sample(path, N, 1, settings=settings).summary("CC")
    assert found.gsd2 == pytest.approx(math.exp(2 * sigma), rel=0.01)
    assert pedigree_in_force()(DataQuality(3, 2, 4, 2)) == pytest.approx(math.exp(2 * sigma), rel=1e-12)
    assert sample(path, 100, 1, settings=settings, pedigree=False)["CC"].std() == 0
    between = quality_spread({k: [0.0, 0.01, 0.0, 0.0, 0.0] for k in ("TeR", "GeR", "TiR", "P")}, 0.0)
    assert between(DataQuality(1.5, 1, 1, 1)) == pytest.approx(math.exp(2 * math.sqrt(0.005)), rel=1e-12)


def test_sobol_indices_of_a_product_of_lognormals(tmp_path, settings):
    """v_i = e^(sigma_i²) - 1, V = Π (1 + v_i) - 1: S_i = v_i / V, total = v_i Π_{j≠i} (1 + v_j) / V."""
    parameters = lognormal("x", 2.0, 2.0) + lognormal("y", 3.0, 3.0)
    path = write(tmp_path, plant(co2('"x * y"'), parameters))
    found = sensitivity(path, "CC", n=60_000, settings=settings, pedigree=False)
    v = {"x": math.exp((math.log(2) / 2) ** 2) - 1, "y": math.exp((math.log(3) / 2) ** 2) - 1}
    whole = (1 + v["x"]) * (1 + v["y"]) - 1
    for influence in found.influences:
        other = v["y" if influence.name == "x" else "x"]
        assert influence.first == pytest.approx(v[influence.name] / whole, abs=0.03)
        assert influence.total == pytest.approx(v[influence.name] * (1 + other) / whole, abs=0.03)
    assert [i.name for i in found.influences] == ["y", "x"]
    assert found.influences[0].low == pytest.approx(6 * 3 ** (-1.959964 / 2), rel=1e-6)
    assert sum(i.share for i in found.influences) + found.others_share == pytest.approx(1.0, rel=1e-9)


def test_summary_and_convergence_by_hand():
    """1, 2, 3, 4: mean 2.5, sd √(5/3); errors of batches of two: means 1.5 and 3.5, sd √2, error 1."""
    values = np.array([1.0, 2.0, 3.0, 4.0])
    found = summary(values)
    assert (found.mean, found.sd, found.median) == (2.5, pytest.approx(math.sqrt(5 / 3)), 2.5)
    assert found.error == pytest.approx(math.sqrt(5 / 3) / 2)
    assert summary(values, 2).error == pytest.approx(1.0)
    assert summary(np.array([-1.0, 1.0])).gsd2 is None
    at, mean, margin = running_mean(np.arange(1.0, 101.0))
    assert (at[0], mean[0]) == (10, 5.5)
    assert mean[-1] == pytest.approx(50.5)
    assert margin[-1] == pytest.approx(1.96 * math.sqrt(10100 / 12 / 100), rel=1e-9)


def test_ties_count_half():
    assert probability_lower(np.array([1.0, 2.0, 3.0, 3.0]), np.array([2.0, 2.0, 2.0, 4.0])) == 0.625


def test_what_is_refused(tmp_path, settings):
    path = write(tmp_path, plant(co2(1.0)))
    with pytest.raises(InputError, match="at least one"):
        sample(path, 0, settings=settings)
    with pytest.raises(InputError, match="did you mean 'fixed'"):
        sample(path, 10, settings=settings, world="fixd")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="category 'XX'"):
        sensitivity(path, "XX", settings=settings)


def test_bw2calc_draws_the_same_distributions(tmp_path, toy_background):
    """The same arrays in Brightway's own Monte Carlo: mean and standard deviation agree within four standard errors."""
    bw2calc = pytest.importorskip("bw2calc")
    from footprint.inventory.brightway import datapackage

    spread = 'spread = { kind = "lognormal", gsd2 = 1.4 }'
    acid = f'{{ input = "acid", from = "background:acid", amount = 2.0, unit = "kg", {spread} }},'
    path = write(tmp_path, plant(acid + co2(1.0, ', spread = { kind = "triangular", low = 0.5, high = 2.0 }')))
    settings = Settings(background=toy_background)
    system = SampledRoutes.of([path], settings, pedigree=False)
    graph = system.assessed[0].assessment.graph
    ours = sample(path, 20_000, 1, settings=settings, pedigree=False)["CC"]
    row = system.assessed[0].assessment.table[system.assessed[0].method.column["CC"]]
    lca = bw2calc.LCA(
        {graph.demand: 1.0}, data_objs=[datapackage(graph, distributions=True)], use_distributions=True, seed_override=7
    )
    lca.lci()
    theirs = []
    for _ in range(1500):
        next(lca)
        amounts = np.asarray(lca.inventory.sum(axis=1)).ravel()
        theirs.append(sum(amounts[i] * row[flow - len(graph.nodes)] for flow, i in lca.dicts.biosphere.items()))
    mean, sd = np.mean(theirs), np.std(theirs, ddof=1)
    assert ours.mean() == pytest.approx(mean, abs=4 * sd / math.sqrt(1500))
    assert ours.std() == pytest.approx(sd, rel=4 / math.sqrt(2 * 1500))


def test_a_site_parameter_at_zero_stays_there():
    """Radium of a deposit that nobody said is there is not drawn: ionising radiation keeps its order of magnitude."""
    ident = "copper/cathode-sxew-cl"
    found = sample(ident, 1024, 1).summary("IR")
    assert found.median < 10 * fp.calculate(ident)["IR"].value
