"""Batches of studies: each row is the route with its parameters, whoever calculates it and however often it stops."""

import json
import math

import numpy as np
import pytest

import footprint as fp
from footprint.batch.store import CHUNK
from footprint.errors import InputError
from footprint.sampling import sample
from footprint.workers import Workers, each

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")
ROUTE = "copper/cathode-pyro-cl"


def studies(n: int, seed: int = 1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"ore_grade": rng.uniform(0.005, 0.01, n), "strip_ratio": rng.uniform(1, 3, n)})


@pytest.fixture(scope="module")
def sampled():
    return fp.calculate_many(ROUTE, studies(3), n=300, seed=4)


def test_a_row_is_the_route_with_its_parameters(sampled):
    """Value: `calculate` with the parameters; statistics: `sample` of the route with them, same seed, same numbers."""
    for _, row in sampled.iterrows():
        given = {"ore_grade": row["ore_grade"], "strip_ratio": row["strip_ratio"]}
        result = fp.calculate(ROUTE, overrides=given)
        drawn = sample(fp.load_route(ROUTE, given), 300, 4)
        for code in result.codes:
            assert row[code] == pytest.approx(result[code].value, rel=1e-9, abs=1e-30)
            found = drawn.summary(code)
            for name in ("mean", "median", "p2_5", "p97_5"):
                assert row[f"{code}_{name}"] == pytest.approx(getattr(found, name), rel=1e-9, abs=1e-30), (code, name)
            gsd2 = math.nan if found.gsd2 is None else found.gsd2
            assert row[f"{code}_gsd2"] == pytest.approx(gsd2, rel=1e-9, nan_ok=True)


def test_order_and_company_of_a_study_do_not_matter(sampled):
    reverse = fp.calculate_many(ROUTE, studies(3)[::-1].reset_index(drop=True), n=300, seed=4)
    np.testing.assert_array_equal(reverse["CC_mean"].to_numpy()[::-1], sampled["CC_mean"].to_numpy())


def test_two_processes_give_the_same_table(sampled):
    pytest.importorskip("joblib")
    table = studies(CHUNK + 5)
    one = fp.calculate_many(ROUTE, table, n=64, world="fixed")
    two = fp.calculate_many(ROUTE, table, n=64, world="fixed", workers=2)
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert [str(name) for name in one["study"]] == [str(n) for n in range(1, CHUNK + 6)]


def test_an_interrupted_batch_goes_on_where_it_stopped(tmp_path):
    """The second chunk lost: it alone is calculated again, to the same bytes; the first is not touched."""
    table, out = studies(CHUNK + 3), tmp_path / "out"
    whole = fp.calculate_many(ROUTE, table, out=out)
    first, second = sorted(out.glob("*.parquet"))
    bytes_, stamp = second.read_bytes(), first.stat().st_mtime_ns
    second.unlink()
    told = []
    again = fp.calculate_many(ROUTE, table, out=out, progress=lambda done, total: told.append((done, total)))
    assert told == [(CHUNK + 3, CHUNK + 3)]
    assert second.read_bytes() == bytes_
    assert first.stat().st_mtime_ns == stamp
    pd.testing.assert_frame_equal(whole, again, check_exact=True)
    assert json.loads((out / "batch.json").read_text())["schema"] == "footprint/batch/1"
    assert not list(out.glob(".*.part"))


def test_a_folder_of_another_batch_is_refused(tmp_path):
    fp.calculate_many(ROUTE, studies(2), out=tmp_path / "out")
    with pytest.raises(InputError, match="holds another batch"):
        fp.calculate_many(ROUTE, studies(2, seed=2), out=tmp_path / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        fp.calculate_many(ROUTE, studies(2), out=tmp_path / "full")
    assert sorted(p.name for p in (tmp_path / "full").iterdir()) == ["letter.txt"]


def test_a_batch_on_other_data_is_another_batch(tmp_path, monkeypatch):
    """Half a batch of one version of the program is not finished by another."""
    fp.calculate_many(ROUTE, studies(2), out=tmp_path / "out")
    monkeypatch.setattr("footprint.batch.work.__version__", "0.0.0")
    with pytest.raises(InputError, match="holds another batch"):
        fp.calculate_many(ROUTE, studies(2), out=tmp_path / "out")


@pytest.mark.parametrize("manifest", ["[]", "{}", "{", "7"])
def test_a_manifest_that_is_none_is_named(tmp_path, manifest):
    (tmp_path / "batch.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(InputError, match="is no manifest of a batch"):
        fp.calculate_many(ROUTE, studies(2), out=tmp_path)


def test_a_parameter_that_shares_a_burden_is_followed(tmp_path, monkeypatch, toy_background):
    """Shared by contained metal, with the content itself a parameter: not an amount, so each study is loaded anew."""
    from tests.unit.test_inventory_graph import CO2, PLANT, write

    path = write(
        tmp_path,
        '[parameter.grade]\nvalue = 0.4\nunit = "kg/kg"\nsource = "invented"\n'
        + PLANT
        + 'allocation = "element-mass"\n'
        'product = [ { flow = "metal", amount = 1.0, unit = "kg", content = { Co = "grade" } },\n'
        '{ flow = "slag", amount = 3.0, unit = "kg", content = { Co = 0.1 } } ]\nexchange = [' + CO2 % 8.0 + "]",
    )
    found = fp.calculate_many(path, pd.DataFrame({"grade": [0.3, 0.9]}), n=10)
    assert found["CC"].to_list() == pytest.approx([8 * 0.3 / 0.6, 8 * 0.9 / 1.2])
    assert found["CC_mean"].to_list() == pytest.approx(found["CC"].to_list())


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"ore_grad": [0.1]}, "did you mean 'ore_grade'"),
        ({"ore_grade": [0.1, float("nan")]}, "study '2', column 'ore_grade': 'nan'"),
        ({"ore_grade": ["0.1 %"]}, "is not a finite number"),
        ({"study": ["a", "a"], "ore_grade": [0.1, 0.2]}, "study 'a' is given twice"),
        ({"ore_grade": []}, "has no row"),
    ],
)
def test_what_is_refused(table, words):
    with pytest.raises(InputError, match=words):
        fp.calculate_many(ROUTE, pd.DataFrame(table))


def test_a_study_without_a_solution_is_named():
    with pytest.raises(InputError, match=r"with ore_grade 0: .*not finite"):
        fp.calculate_many(ROUTE, pd.DataFrame({"ore_grade": [0.0]}))


def test_tables_are_read_from_files(tmp_path):
    studies(2).to_csv(tmp_path / "studies.csv", index=False)
    studies(2).to_parquet(tmp_path / "studies.parquet")
    a, b = (fp.calculate_many(ROUTE, tmp_path / f"studies.{kind}") for kind in ("csv", "parquet"))
    np.testing.assert_allclose(a["CC"], b["CC"], rtol=1e-12)
    with pytest.raises(InputError, match="cannot be read"):
        fp.calculate_many(ROUTE, tmp_path / "none.csv")


def test_workers_are_counted_from_one():
    with pytest.raises(InputError, match="at least one"):
        list(each(str, [(0, 1)], Workers(0)))
    assert list(each(str, [(0, 1), (1, 2)], Workers(1))) == [(0, "1"), (1, "2")]


def test_a_bar_tells_how_far_it_is(capsys):
    fp.calculate_many(ROUTE, studies(CHUNK + 1), progress=True)
    err = capsys.readouterr().err
    assert f"{CHUNK + 1}/{CHUNK + 1}" in err
