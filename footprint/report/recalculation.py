"""Whether a declaration is current, and what moved a footprint, as people read them."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.declaration.status import Status
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph


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
