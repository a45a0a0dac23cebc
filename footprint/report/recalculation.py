"""Whether a declaration is current, and what moved a footprint, as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from footprint.declaration.difference import Difference
from footprint.declaration.status import Status
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph
from footprint.report.numbers import NOT_AVAILABLE, number, short_unit

#: heads of columns, by cause
LABELS = {
    "bill-of-materials": "bill",
    "energy-mix": "energy",
    "direct": "direct",
    "transport": "transp.",
    "allocation": "alloc.",
    "site": "site",
    "other": "other",
    "method": "method",
    "background": "backgr.",
}
EXPLAINED = {
    "bill-of-materials": "what processes take, and from whom",
    "energy-mix": "fuels, heat and electricity, and who supplies them",
    "direct": "resources and emissions of the processes themselves",
    "transport": "how it is shipped, and how far",
    "allocation": "rules, co-products and what they replace",
    "site": "countries of the processes, values of their sites",
    "other": "wastes and their treatment, the declared product",
    "method": "another release of the method",
    "background": "another release of the background",
}
#: parts of the old value below this are told as less
SMALLEST = 5e-4
#: parts of the old value below this are rounding
ROUNDING = 1e-12


def status_document(found: Status) -> Document:
    """The answer, then what speaks against the declaration, by which rule, and what does not."""
    return tuple(_status(found))


def _status(found: Status) -> Iterator[Block]:
    answer = "current" if found.current else "recalculation required"
    yield Heading(2, f"{found.route}, {found.on}: {answer}")
    if found.reasons:
        rows = tuple((reason.cause, reason.message) for reason in found.reasons)
        yield Grid(("reason", "what changed"), rows, wide=frozenset({"what changed"}))
    if found.information:
        yield Paragraph("No reason by itself:")
        yield Items(tuple(fact.message for fact in found.information))
    if rules := dict.fromkeys(reason.rule for reason in found.reasons):
        yield Paragraph("By:")
        yield Items(tuple(rules))


def difference_document(found: Difference) -> Document:
    """Old and new values, then what each cause adds, in per cent of the old value."""
    return tuple(_difference(found))


def _difference(found: Difference) -> Iterator[Block]:
    yield Heading(2, f"{found.old_name} to {found.new_name}")
    heads = ("", "old", "new", "unit", "change")
    rows = tuple(
        (
            code,
            _value(found, code, found.old),
            _value(found, code, found.new),
            short_unit(unit),
            _share(found, code, None),
        )
        for code, unit in found.units.items()
    )
    yield Grid(heads, rows, right=frozenset({"old", "new", "change"}))
    if not found.causes:
        yield Paragraph("Nothing that is calculated from differs.")
    else:
        labels = tuple(_label(cause) for cause in found.causes)
        parts = tuple((code, *(_share(found, code, cause) for cause in found.causes)) for code in found.units)
        yield Paragraph("Of it, in % of the old value; the parts sum to the change:")
        yield Grid(("", *labels), parts, right=frozenset(labels))
        yield Items(tuple(f"{_label(cause)}: {EXPLAINED[cause]}" for cause in found.causes if cause in EXPLAINED))
    if gaps := [code for code in found.units if found.not_covered[code]]:
        yield Paragraph(f"* Background processes in use hold no data: {', '.join(gaps)}")
    if found.notes:
        yield Items(found.notes)


def _value(found: Difference, code: str, values: Mapping[str, float]) -> str:
    gaps = bool(found.not_covered[code])
    return NOT_AVAILABLE if gaps and not values[code] else f"{number(values[code])}{'*' if gaps else ''}"


def _share(found: Difference, code: str, cause: str | None) -> str:
    """A part of the change, or all of it, in per cent of the old value; the number itself where that is zero."""
    old = found.old[code]
    part = found.new[code] - old if cause is None else found.parts[code][cause]
    if not (old or found.new[code]) and found.not_covered[code]:
        return NOT_AVAILABLE
    if abs(part) <= ROUNDING * abs(old):
        return "0"
    if not old:
        return number(part)
    return f"{100 * part / abs(old):+.1f}%" if abs(part) >= SMALLEST * abs(old) else "<0.1%"


def _label(cause: str) -> str:
    return " + ".join(LABELS[name] for name in cause.split("+"))
