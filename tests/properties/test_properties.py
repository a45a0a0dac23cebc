"""What must hold for every route: scale, units, order, sums, zero and doubled exchanges."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import footprint as fp
from footprint.model import Amount, Exchange, Route

KEEP = settings(max_examples=25, deadline=None, derandomize=True)


def values(route: Route, background) -> dict[str, float]:
    result = fp.calculate(route, background=background)
    return {code: result[code].value for code in result.codes}


def assert_same(a: dict[str, float], b: dict[str, float], factor: float = 1.0) -> None:
    for code in a:
        assert b[code] == pytest.approx(factor * a[code], rel=1e-11, abs=1e-30), code


def with_process(route: Route, ident: str, **changes) -> Route:
    return replace(route, processes=tuple(replace(p, **changes) if p.id == ident else p for p in route.processes))


@given(factor=st.floats(1e-3, 1e4))
@KEEP
def test_linear_in_the_declared_unit(toy_route, toy_background, factor):
    scaled = replace(toy_route, declared=replace(toy_route.declared, unit_kg=factor))
    assert_same(values(toy_route, toy_background), values(scaled, toy_background), factor)


@given(factor=st.floats(1e-6, 1e9), ident=st.sampled_from(["mining", "refining"]))
@KEEP
def test_annual_totals_give_the_same_as_amounts_per_kg(toy_route, toy_background, factor, ident):
    """A process may be in annual totals: products and exchanges times the same factor change nothing."""

    def times(amount: Amount) -> Amount:
        return replace(amount, value=amount.value * factor)

    process = toy_route.process(ident)
    scaled = with_process(
        toy_route,
        ident,
        products=tuple(replace(p, amount=times(p.amount)) for p in process.products),
        exchanges=tuple(replace(e, amount=times(e.amount)) for e in process.exchanges),
    )
    assert_same(values(toy_route, toy_background), values(scaled, toy_background))


@given(seed=st.randoms(use_true_random=False))
@KEEP
def test_order_changes_nothing(toy_route, toy_background, seed):
    processes = [
        replace(
            p,
            exchanges=tuple(seed.sample(p.exchanges, len(p.exchanges))),
            products=tuple(seed.sample(p.products, len(p.products))),
        )
        for p in toy_route.processes
    ]
    seed.shuffle(processes)
    assert_same(
        values(toy_route, toy_background), values(replace(toy_route, processes=tuple(processes)), toy_background)
    )


@given(grade=st.floats(1e-4, 0.5))
@KEEP
def test_contributions_sum_to_the_total(toy_background, grade):
    from footprint.library.routes import load_route
    from tests.conftest import TOY

    result = fp.calculate(load_route("cobalt/invented", {"ore_grade": grade}, datasets=TOY), background=toy_background)
    for code in result.codes:
        r = result[code]
        assert sum(r.by_stage.values()) == pytest.approx(r.value, rel=1e-12, abs=1e-30)
        assert sum(r.by_process.values()) + sum(r.by_background.values()) == pytest.approx(
            r.value, rel=1e-12, abs=1e-30
        )
        column = result.method.column[code]
        assert sum(f.values[column] for f in result.flows) == pytest.approx(r.value, rel=1e-11, abs=1e-30)


@given(ident=st.sampled_from(["mining", "refining"]), data=st.data())
@KEEP
def test_a_zero_exchange_changes_nothing_and_two_equal_ones_are_one_of_twice_the_amount(
    toy_route, toy_background, ident, data
):
    process = toy_route.process(ident)
    chosen = data.draw(st.sampled_from(process.exchanges))

    def times(exchange: Exchange, factor: float) -> Exchange:
        return replace(exchange, amount=replace(exchange.amount, value=exchange.amount.value * factor))

    base = values(toy_route, toy_background)
    zero = with_process(toy_route, ident, exchanges=(*process.exchanges, times(chosen, 0.0)))
    assert_same(base, values(zero, toy_background))
    twice = tuple(times(e, 2.0) if e is chosen else e for e in process.exchanges)
    repeated = values(with_process(toy_route, ident, exchanges=(*process.exchanges, chosen)), toy_background)
    assert_same(values(with_process(toy_route, ident, exchanges=twice), toy_background), repeated)


@pytest.mark.parametrize(("written", "unit", "same"), [(500.0, "l", 0.5), (0.5, "m3", 0.5), (500e3, "ml", 0.5)])
def test_the_unit_in_a_file_changes_nothing(tmp_path, toy_background, toy_route, written, unit, same):
    from footprint.library.routes import load_route
    from tests.conftest import TOY

    text = (TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8")
    assert 'amount = 500.0, unit = "l"' in text
    path = tmp_path / "route.toml"
    path.write_text(
        text.replace('amount = 500.0, unit = "l"', f'amount = {written}, unit = "{unit}"'), encoding="utf-8"
    )
    route = load_route(path, datasets=TOY)
    water = next(e for e in route.process("mining").exchanges if e.flow == "water, river")
    assert water.amount.value == pytest.approx(same, rel=1e-15)
    assert_same(values(toy_route, toy_background), values(route, toy_background))
