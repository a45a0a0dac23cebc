"""What to know of thresholds: the sample, the values, the benchmark, the width of classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from footprint.errors import listed
from footprint.market.declarations import Floats
from footprint.market.distribution import Distribution
from footprint.market.options import narrowest, smallest_ratio
from footprint.market.rules import ClassRules
from footprint.market.thresholds import Note
from footprint.market.window import effective_size
from footprint.market.windowed import Windowed


def publishable(market: Distribution, rules: ClassRules) -> bool:
    """Whether enough operators stand behind a scheme, and none too large (DECISIONS 21)."""
    return len(market.totals) >= rules.publish_operators and largest_share(market) <= rules.publish_dominance


def largest_share(market: Distribution) -> float:
    """Share of the largest operator in the tonnes, before any cap."""
    return float(market.totals.max() / market.totals.sum())


def sample_notes(found: Windowed, market: Distribution) -> Iterator[Note]:
    """Operators: too few, too large, capped."""
    rules, operators, largest = found.rules, len(market.totals), largest_share(market)
    if found.pool.modelled:
        yield Note("modelled-market", "note", "a modelled market: its sites are drawn, so it has no sample size "
                   "and its thresholds no intervals")  # fmt: skip
        return
    if not publishable(market, rules):
        yield Note(
            "confidential", "warning",
            f"{operators} operators, the largest with {largest:.0%} of the tonnes: "
            f"at least {rules.publish_operators}, none above {rules.publish_dominance:.0%}, are needed to publish",
        )  # fmt: skip
    size = effective_size(market.operator_weights)
    fit_for = [k for k, least in rules.by_sample.items() if size >= least]
    if operators < rules.sample_operators or not fit_for:
        yield Note("small-sample", "warning", f"effective sample size {size:.1f} of {operators} operators: too few "
                   "for thresholds from a distribution; fixed-ratio or pefcr may stand in")  # fmt: skip
    elif max(fit_for) < rules.classes:
        yield Note("small-sample", "warning", f"effective sample size {size:.1f}: {max(fit_for)} classes suggested")
    if largest > market.share * (1 + 1e-9):
        yield Note("operator-capped", "note", f"the largest operator has {largest:.0%} of the tonnes; none counts for "
                   f"more than {market.share:.0%}")  # fmt: skip


def value_notes(found: Windowed, values: Floats) -> Iterator[Note]:
    """Values: missing, not positive, far from the others where they are declared, on unlike backgrounds."""
    idents, held = found.column("declaration_id"), np.isfinite(values)
    if not held.all():
        yield Note("missing-value", "note", f"{int((~held).sum())} {found.pool.entry}s have no value and no class")
    positive = held & (values > 0)
    if (credit := held & ~positive).any():
        yield Note("non-positive", "warning", "not positive, so in class A and left out of the fit: "
                   f"{listed(map(str, idents[credit]))}")  # fmt: skip
    logs = np.log(values[positive])
    distance = np.abs(logs - np.median(logs))
    scale = 1.4826 * float(np.median(distance))
    far = distance > found.rules.outlier * scale if scale > 0 else np.zeros(len(logs), bool)
    if far.any() and not found.pool.modelled:
        yield Note("outlier", "warning", f"{int(far.sum())} far from the median, to be audited: "
                   f"{listed(map(str, idents[positive][far]))}")  # fmt: skip
    backgrounds = sorted({str(text) for text in found.column("background") if text})
    if len(backgrounds) > 1:
        yield Note("mixed-background", "note", f"declarations rest on {len(backgrounds)} backgrounds: "
                   f"{listed(backgrounds)}")  # fmt: skip


def width_notes(bounds: Sequence[float], moved: bool, sigma: float | None, rules: ClassRules) -> Iterator[Note]:
    """Classes: set apart by force, or narrower than declared values tell apart."""
    if moved:
        yield Note("coinciding-thresholds", "warning", "thresholds coincide to three figures and were set apart by "
                   f"the ratio {rules.ratio_floor:g}")  # fmt: skip
    if sigma is None or len(bounds) < 2:
        return
    least, ratio = smallest_ratio(sigma, rules.distinguishable_z), narrowest(bounds)
    if ratio < least:
        figures = next(n for n in range(3, 18) if f"{ratio:.{n}g}" != f"{least:.{n}g}")
        yield Note("narrow-classes", "warning", f"the narrowest class spans a factor of {ratio:.{figures}g}; declared "
                   f"values tell apart {least:.{figures}g}")  # fmt: skip


def rescale_triggers(occupancy: Mapping[str, tuple[int, float]], rules: ClassRules) -> tuple[str, ...]:
    """Where the best classes hold so much that a review should rescale: 30 % in A, 50 % in A and B."""
    found = []
    for letters, most in rules.rescale.items():
        share = sum(occupancy[letter][1] for letter in letters if letter in occupancy)
        if share >= most and len(letters) < len(occupancy):
            found.append(f"{share:.0%} of the tonnes in {' and '.join(letters)}, from {most:.0%} on")
    return tuple(found)


def rescale_notes(occupancy: Mapping[str, tuple[int, float]], rules: ClassRules) -> Iterator[Note]:
    """Best classes so full that the next review should rescale."""
    for trigger in rescale_triggers(occupancy, rules):
        yield Note("rescale", "note", f"a review should rescale: {trigger}")
