"""Classes as people read them: thresholds with intervals and occupancy, letters of declarations, a review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from footprint.market.assignment import Change, Classification
from footprint.market.comparing import NEAR, Comparison, Quality
from footprint.market.decimals import printed
from footprint.market.review import Review
from footprint.market.scheme_files import scheme_id
from footprint.market.thresholds import LEGAL, ClassScheme
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph
from footprint.report.numbers import NOT_AVAILABLE, percent, plural

ILLUSTRATIVE = "Illustrative: no legal act sets classes for this material."


def schemes_document(schemes: Sequence[ClassScheme]) -> Document:
    """One table per scheme."""
    return tuple(block for scheme in schemes for block in _scheme(scheme))


def _scheme(scheme: ClassScheme) -> Iterator[Block]:
    yield Heading(2, f"{scheme.pool.name}, {scheme.category}, {scheme.system}: {scheme.unit}")
    yield Paragraph(_standing(scheme))
    rows = []
    for letter in scheme.letters:
        low, high = scheme.bounds(letter)
        n, share = scheme.occupancy.get(letter, (0, 0.0))
        rows.append((
            letter,
            f"up to {printed(high)}" if high is not None else f"above {printed(low or 0.0)}",
            _interval(scheme, letter),
            str(n),
            percent(share),
        ))  # fmt: skip
    heads = ("class", "value", "95% interval", f"{scheme.pool.entry}s", "tonnes")
    yield Grid(heads, tuple(rows), right=frozenset(heads) - {"class", "95% interval"})
    if scheme.without_options:
        without = ", ".join(f"{letter} {printed(value)}" for letter, value in scheme.without_options.items())
        yield Paragraph(f"Without options: {without}")
    if scheme.notes:
        yield Items(tuple(f"{note.severity}: {note.message} ({note.rule})" for note in scheme.notes))


def _standing(scheme: ClassScheme, named: bool = True) -> str:
    """Legal standing, scheme where it is `named`, window, sample."""
    first = ILLUSTRATIVE if scheme.status == "illustrative" else f"Status: {scheme.status}."
    size = NOT_AVAILABLE if scheme.n_effective is None else f"{scheme.n_effective:.1f}"
    of = "" if scheme.pool.modelled else f" of {plural(scheme.n_operators, 'operator')}, effective sample size {size}"
    what = f"Scheme {scheme.scheme}; on" if named else "On"
    publish = "" if scheme.publishable else " Not publishable: confidential."
    return (
        f"{first} {what} the market from {scheme.window[0]} until before {scheme.window[1]}; "
        f"{plural(scheme.n, scheme.pool.entry)}{of}.{publish}"
    )


def assigned_document(rows: Sequence[tuple[str, Classification]]) -> Document:
    """The letter of each declaration, how probable it is, and how far the next better class lies."""
    status = {found.status for _, found in rows}
    lines = []
    for name, found in rows:
        sure = "–" if found.probability is None else percent(found.probability[found.letter])
        nearer = f"-{percent(found.reduction)} to {found.better}" if found.better and found.reduction else "–"
        lines.append((name, found.category, printed(found.value), found.letter, sure, nearer))
    heads = ("declaration", "category", "value", "class", "probability", "next better")
    table = Grid(heads, tuple(lines), right=frozenset({"value", "probability"}), wide=frozenset({"declaration"}))
    standing = Paragraph(ILLUSTRATIVE if "illustrative" in status else "Legal classes.")
    by = dict.fromkeys(_named(found.scheme) for _, found in rows)
    changes = tuple(_change(found, change) for _, found in rows for change in found.changes)
    return (standing, Items(tuple(by)), table, *((Items(changes),) if changes else ()))


def _named(scheme: ClassScheme) -> str:
    """What gave the letters: the act, or the scheme by its id, and when it holds."""
    until = "" if scheme.valid_to is None else f" to {scheme.valid_to}"
    if scheme.status == LEGAL:
        act = ", ".join(str(scheme.parameters[key]) for key in ("act", "provision", "url"))
        return f"{scheme.category}, {scheme.system}: {act}; holds from {scheme.on}{until}"
    return f"{scheme.category}, {scheme.system}: {scheme.scheme}, id {scheme_id(scheme)}; holds from {scheme.on}{until}"


def _change(found: Classification, change: Change) -> str:
    """What of a part would have to go for the next better class."""
    amount = f"{printed(change.value)} {found.unit}"
    return f"{found.category}: {found.better} needs {percent(change.cut)} less of {change.part} ({amount})"


def compared_document(comparisons: Sequence[Comparison]) -> Document:
    """The schemes of each product and category side by side."""
    return tuple(block for found in comparisons for block in _compared(found))


def _compared(found: Comparison) -> Iterator[Block]:
    first = found.qualities[0].scheme
    letters = max((q.scheme.letters for q in found.qualities), key=len)
    yield Heading(2, f"{first.pool.name}, {first.category}, {first.system}: {first.unit}")
    yield Paragraph(_standing(first, named=False))
    yield Paragraph("Upper bounds of the classes:")
    yield _by_scheme(found, letters[:-1], lambda q: tuple(_threshold(q.scheme, letter) for letter in letters[:-1]))
    yield Paragraph("Tonnes in each class:")
    yield _by_scheme(found, letters, lambda q: tuple(_share(q.scheme, letter) for letter in letters))
    yield Paragraph("How good the schemes are:")
    yield _by_scheme(found, ("bounds vary", "moving", "below", "above", "even", "fit"), _measures)
    drawn = "other operators of the market had been drawn"
    if first.pool.modelled:
        drawn = "the modelled sites had been drawn otherwise: what the draw does, not how sure the bounds are"
    yield Items((
        f"bounds vary: mean coefficient of variation of the bounds if {drawn}",
        "moving: tonnes with another class then",
        f"below, above: tonnes up to {NEAR:.0%} below and above a bound (bunching)",
        "even: 1 where all classes hold the same; fit: share of the variance of ln x between classes",
    ))  # fmt: skip


def _by_scheme(found: Comparison, heads: Iterable[str], cells: Callable[[Quality], tuple[str, ...]]) -> Grid:
    rows = tuple((q.scheme.scheme, *cells(q)) for q in found.qualities)
    return Grid(("scheme", *heads), rows, right=frozenset(heads))


def _measures(q: Quality) -> tuple[str, ...]:
    shares = tuple(percent(share) for share in (q.variation, q.moving, q.below, q.above))
    return *shares, f"{q.evenness:.2f}", f"{q.fit:.2f}"


def review_document(reviews: Sequence[Review]) -> Document:
    """Old and new thresholds, who moved where, and why."""
    return tuple(block for found in reviews for block in _review(found))


def _review(found: Review) -> Iterator[Block]:
    new, old = found.new, found.old
    yield Heading(2, f"{new.pool.name}, {new.category}, {new.system}: {old.on} to {new.on}")
    yield Paragraph(ILLUSTRATIVE if new.status == "illustrative" else f"Status: {new.status}.")
    rows = tuple(
        (letter, *(cell(s, letter) for cell in (_threshold, _interval, _share) for s in (old, new)))
        for letter in max(old.letters, new.letters, key=len)
    )
    heads = ("class", "old", "new", "95% old", "95% new", "tonnes old", "tonnes new")
    yield Grid(heads, rows, right=frozenset(heads[1:]))
    matrix = tuple((a, *(str(row[b]) for b in new.letters)) for a, row in found.migration.items())
    yield Paragraph("Declarations from old class (rows) to new class:")
    yield Grid(("old", *new.letters), matrix, right=frozenset(new.letters))
    yield Paragraph(f"{plural(found.entered, 'declaration')} entered, {found.left} left.")
    moved = tuple(f"{m.declaration}: {m.before} to {m.after} ({' and '.join(m.reasons)})" for m in found.moves)
    yield Items(moved or ("no declaration moved",))
    if found.triggers:
        yield Items(tuple(f"rescale: {trigger}" for trigger in found.triggers))


def _threshold(scheme: ClassScheme, letter: str) -> str:
    value = scheme.thresholds.get(letter)
    return "–" if value is None else printed(value)


def _interval(scheme: ClassScheme, letter: str) -> str:
    ends = scheme.intervals.get(letter)
    return f"{printed(ends[0])} to {printed(ends[1])}" if ends else "–"


def _share(scheme: ClassScheme, letter: str) -> str:
    return percent(scheme.occupancy[letter][1]) if letter in scheme.occupancy else "–"
