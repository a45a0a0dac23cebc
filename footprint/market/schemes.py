"""Class schemes: from a distribution to the upper bounds T_1 < … < T_{K−1} of K classes, one function each.

Every scheme takes a distribution, the number of classes K and its figures, and returns replicates x (K − 1) bounds.
L and U are the weighted quantiles of class-quantiles (5 % and 95 %).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from footprint.errors import InputError, nearest
from footprint.market.declarations import Floats
from footprint.market.distribution import Distribution, Places


@dataclass(frozen=True)
class Figures:
    """What the schemes take from the rules (methods/crma/classes.toml), or from the caller."""

    low: float = 0.05
    high: float = 0.95
    delta: float = 0.1
    ratio: float = 1.25
    benchmark: float | None = None
    benchmark_class: int = 4
    probabilities: tuple[float, ...] = (0.05, 0.15, 0.3, 0.5, 0.7, 0.9)
    multipliers: tuple[float, ...] = (0.85, 0.95, 1.05, 1.15)


def _between(first: Floats, last: Floats, classes: int) -> Floats:
    """`first`·(last/first)^((c−1)/(K−2)) for c = 1 … K−1; with two classes the geometric mean alone."""
    if classes == 2:
        return np.asarray(np.sqrt(first * last)[:, None])
    steps = np.arange(classes - 1) / (classes - 2)
    return np.asarray(first[:, None] * (last / first)[:, None] ** steps)


def geometric(market: Distribution, classes: int, figures: Figures) -> Floats:
    """T_c = L·(U/L)^((c−1)/(K−2)): each class is better than the next by the same factor (DECISIONS 18; default).

    As on energy labels: Regulation (EU) 2019/2016 has 41, 51, 64, 80, 100, 125, each 1.25 times the one before.
    """
    return _between(market.quantile(figures.low), market.quantile(figures.high), classes)


def anchored(market: Distribution, classes: int, figures: Figures) -> Floats:
    """T_1 = (1 − δ)·L, T_{K−1} = U, the same factor between: class A is nearly empty at introduction (DECISIONS 18).

    By analogy with Article 11 of Regulation (EU) 2017/1369.
    """
    return _between((1 - figures.delta) * market.quantile(figures.low), market.quantile(figures.high), classes)


def quantiles(market: Distribution, classes: int, figures: Figures) -> Floats:
    """T_c = Q(p_c): class c holds the share p_c − p_{c−1} of the weights (METHOD 2.4 a).

    p are the figures' probabilities where there are K − 1 of them, else c/K.
    """
    given = figures.probabilities
    p = given if len(given) == classes - 1 else tuple(c / classes for c in range(1, classes))
    return np.stack([market.quantile(share) for share in p], axis=1)


def equal_width(market: Distribution, classes: int, figures: Figures) -> Floats:
    """T_c = L + (c−1)·(U − L)/(K−2): steps of the same size (METHOD 2.4 b); with two classes the middle alone.

    As on dishwashers, Regulation (EU) 2019/2017: 32, 38, 44, 50, 56, 62.
    """
    first, last = market.quantile(figures.low), market.quantile(figures.high)
    steps = np.array([0.5]) if classes == 2 else np.arange(classes - 1) / (classes - 2)
    return np.asarray(first[:, None] + (last - first)[:, None] * steps)


def fixed_ratio(market: Distribution, classes: int, figures: Figures) -> Floats:
    """T_c = B·r^(c − m): the benchmark B is the bound of class m, and r is fixed (METHOD 2.4 d).

    B is the figures' benchmark, else the weighted median; r = 1.25 and m = 4 give refrigerators from B = 80.
    """
    m = min(figures.benchmark_class, classes - 1)
    steps = figures.ratio ** (np.arange(1, classes) - float(m))
    return np.asarray(_benchmark(market, figures, MEDIAN)[:, None] * steps)


def pefcr(market: Distribution, classes: int, figures: Figures) -> Floats:
    """T_c = BM·m_c around the benchmark BM, the middle of class C (PEFCR guidance, pilot phase; METHOD 2.4 f).

    BM is the figures' benchmark, else the weighted mean, the representative product. With five classes m = 0.85, 0.95,
    1.05, 1.15; with another number K the same step: m_c = 1 + 0.1·(c − K/2).
    """
    if len(figures.multipliers) == classes - 1:
        steps = np.array(figures.multipliers)
    else:
        steps = 1 + 0.1 * (np.arange(1, classes) - classes / 2)
    return np.asarray(_benchmark(market, figures, MEAN)[:, None] * steps)


def natural_breaks(market: Distribution, classes: int, figures: Figures) -> Floats:
    """The K groups of least Σ_c Σ_i w_i (ln x_i − μ_c)² (Fisher 1958, Jenks); a bound is the geometric mean of the two
    values it parts (METHOD 2.4 g). Fewer different values than classes leave the upper classes empty.
    """
    logs, where = np.unique(np.log(market.values), return_inverse=True)
    found = []
    for replicate in range(len(market.replicates.whole)):
        weights = np.bincount(where, market.weights(replicate), len(logs)).astype(np.float64)
        drawn = weights > 0
        x = logs[drawn]
        starts = breaks(x, weights[drawn], min(classes, len(x)))
        bounds = [np.exp((x[start - 1] + x[start]) / 2) for start in starts]
        found.append(bounds + [float(np.exp(x[-1]))] * (classes - 1 - len(bounds)))
    return np.array(found)


def breaks(values: Floats, weights: Floats, groups: int) -> list[int]:
    """Where groups 2 … K begin among ascending different values, for the least weighted sum of squares within groups.

    Dynamic programming over the last group: D_g(e) = min over s of D_{g−1}(s) + within(s, e). The best s never moves
    down as e moves up, for within(s, e) satisfies the quadrangle inequality (Grønlund et al. 2017, arXiv:1701.07204):
    each layer takes n log n steps.
    """
    n = len(values)
    centred = values - np.average(values, weights=weights)
    w, s, q = (np.r_[0.0, np.cumsum(part)] for part in (weights, weights * centred, weights * centred**2))

    def within(start: Places, end: Places) -> Floats:
        """Sum of squares of values[start:end] about their mean."""
        mass, first = w[end] - w[start], s[end] - s[start]
        return np.asarray(q[end] - q[start] - first * first / mass)

    ends = np.arange(1, n + 1)
    best = np.r_[0.0, within(np.zeros(n, dtype=np.int64), ends)]
    starts = []
    for group in range(1, groups):
        least = n if group == groups - 1 else group + 1
        best, start = _next_layer(best, within, group, least)
        starts.append(start)
    found, end = [], n
    for start in reversed(starts):
        end = int(start[end])
        found.append(end)
    return found[::-1]


def _next_layer(
    best: Floats, within: Callable[[Places, Places], Floats], group: int, least: int
) -> tuple[Floats, Places]:
    """The least cost of one group more for each end from `least` on, and where its last group starts.

    Divide and conquer: the middle end of every range first, whose start then bounds those of both halves; the ranges of
    one depth are searched together, one after another in a single array.
    """
    n = len(best) - 1
    cost, start = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
    low, high, first, last = (np.array([bound]) for bound in (least, n, group, n - 1))
    while len(low):
        end = (low + high) // 2
        sizes = np.minimum(last, end - 1) - first + 1
        begins = np.cumsum(sizes) - sizes
        tried = np.arange(sizes.sum()) + np.repeat(first - begins, sizes)
        costs = best[tried] + within(tried, np.repeat(end, sizes))
        lowest = np.minimum.reduceat(costs, begins)
        hits = np.flatnonzero(costs == np.repeat(lowest, sizes))
        at = tried[hits[np.searchsorted(hits, begins)]]
        cost[end], start[end] = lowest, at
        low, high = np.r_[low, end + 1], np.r_[end - 1, high]
        first, last = np.r_[first, at], np.r_[at, last]
        some = low <= high
        low, high, first, last = low[some], high[some], first[some], last[some]
    return cost, start


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What stands in for a benchmark that is not given: a statistic of the market, and its name."""

    name: str
    of: Callable[[Distribution], Floats]


MEDIAN = Benchmark("weighted median", lambda market: market.quantile(0.5))
MEAN = Benchmark("weighted mean", lambda market: market.mean())


def _benchmark(market: Distribution, figures: Figures, otherwise: Benchmark) -> Floats:
    given = figures.benchmark
    return otherwise.of(market) if given is None else np.full(len(market.replicates.whole), given)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme by name: its function, what it is called in a table, the figures it uses, its benchmark if any."""

    name: str
    title: str
    bounds: Callable[[Distribution, int, Figures], Floats]
    figures: tuple[str, ...] = field(default=())
    benchmark: Benchmark | None = None


SCHEMES: Mapping[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("geometric", "equal ratios between quantiles", geometric, ("low", "high")),
        Scheme("anchored", "equal ratios, class A empty", anchored, ("low", "high", "delta")),
        Scheme("quantiles", "weighted quantiles", quantiles, ("probabilities",)),
        Scheme("equal-width", "equal steps between quantiles", equal_width, ("low", "high")),
        Scheme("natural-breaks", "natural breaks on logarithms", natural_breaks),
        Scheme("fixed-ratio", "fixed ratio from a benchmark", fixed_ratio, ("ratio", "benchmark_class"), MEDIAN),
        Scheme("pefcr", "around a benchmark", pefcr, ("multipliers",), MEAN),
    )
}


def find_scheme(name: str) -> Scheme:
    """The scheme of that name; InputError names the nearest."""
    if name not in SCHEMES:
        raise InputError(f"scheme '{name}' is not known{nearest(name, SCHEMES)}; allowed: {', '.join(SCHEMES)}")
    return SCHEMES[name]
