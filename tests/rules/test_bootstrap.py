"""The replicates of a market: drawn by operator, each with the quantiles of what was drawn."""

from __future__ import annotations

import numpy as np
import pytest

from footprint.market import bootstrap
from footprint.market.bootstrap import bootstrapped, draws
from footprint.market.distribution import Distribution


def invented(seed: int, most: float = 1.0) -> Distribution:
    """Up to 40 operators with several values each, some alike."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 120))
    values = np.round(rng.lognormal(0, 1, n), 1) + 0.1
    return Distribution.of(values, rng.lognormal(0, 2, n), rng.integers(0, rng.integers(1, 40), n), most)


def test_as_many_operators_are_drawn_as_there_are() -> None:
    counts = np.hstack(list(draws(7, 100, 1)))
    assert counts.shape == (7, 100)
    assert set(counts.sum(axis=0).tolist()) == {7}


def test_operators_are_drawn_alike() -> None:
    """Of 4 operators over 10,000 replicates each is drawn 10,000 times, with a standard deviation of √(40,000·3/16)."""
    counts = np.hstack(list(draws(4, 10_000, 1)))
    assert counts.sum(axis=1).tolist() == pytest.approx([10_000] * 4, abs=4 * np.sqrt(40_000 * 3 / 16))


def test_how_many_are_drawn_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.hstack(list(draws(50, 100, 3)))
    monkeypatch.setattr(bootstrap, "HELD", 500)
    parts = list(draws(50, 100, 3))
    assert len(parts) == 10
    assert (np.hstack(parts) == whole).all()


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_quantiles_of_replicates_agree_with_numpy(p: float) -> None:
    """On 30 markets: numpy's interpolation between p_k = S_k − w_k/2 of the values whose operators were drawn."""
    for seed in range(30):
        market = invented(seed)
        counts = np.hstack(list(draws(len(market.totals), 20, 9)))
        found = bootstrapped([market], [lambda drawn: drawn.quantile(p)], 20, 9)[0]
        for replicate in range(20):
            weights = counts[market.operators, replicate] * market.tonnes
            x, w = market.values[weights > 0], weights[weights > 0]
            wanted = np.interp(p * w.sum(), np.cumsum(w) - w / 2, x)
            assert found[replicate] == pytest.approx(wanted, rel=1e-9)


def test_means_of_replicates_agree_with_numpy() -> None:
    market = invented(4)
    counts = np.hstack(list(draws(len(market.totals), 20, 9)))
    found = bootstrapped([market], [lambda drawn: drawn.mean()], 20, 9)[0]
    wanted = [np.average(market.values, weights=counts[market.operators, r] * market.tonnes) for r in range(20)]
    assert found.tolist() == pytest.approx(wanted)


def test_sharing_draws_changes_nothing() -> None:
    """Three categories together have the replicates that each has alone."""
    markets = [invented(seed, most=0.2) for seed in (1, 2, 1)]
    medians = [lambda drawn: drawn.quantile(0.5)] * 3
    together = bootstrapped(markets, medians, 50, 2)
    for market, found in zip(markets, together, strict=True):
        assert (found == bootstrapped([market], medians[:1], 50, 2)[0]).all()
