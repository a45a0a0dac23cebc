"""Procedures of conformity assessment as people read them."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.declaration.conformity import Conformity, Option
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph

CRITERIA = {"a": "appropriate, proportionate", "b": "third parties", "c": "choice"}


def conformity_document(found: Conformity) -> Document:
    """The ranking, the reasons for each option, why not the others, what words mean for footprints, and the rules."""
    return tuple(_blocks(found))


def _blocks(found: Conformity) -> Iterator[Block]:
    yield Heading(2, f"Conformity assessment, {found.on}: {_situation(found)}")
    assumed = sum(rule.status != "adopted" for rule in found.rules)
    yield Paragraph(f"No law: {assumed} of the {len(found.rules)} rules behind it are assumptions or drafts.")
    rows = tuple(
        (str(rank), option.name, option.family, " + ".join(module.title for module in option.modules))
        for rank, option in enumerate(found.options, 1)
    )
    yield Grid(("", "module", "kind", "title"), rows, wide=frozenset({"title"}))
    for option in found.options:
        yield Paragraph(option.name)
        yield Items((*_criteria(option), *(f"{m.id} for footprints: {m.adaptation}" for m in option.modules)))
    yield Paragraph("Not suggested")
    others = tuple((name, why) for name, why in found.others.items())
    yield Grid(("module", "criterion"), others, wide=frozenset({"criterion"}))
    if found.notes:
        yield Items(found.notes)
    yield Paragraph("In the words of the modules")
    yield Items(tuple(f"{word}: {meaning}" for word, meaning in found.adaptations.items()))
    yield Paragraph("Rests on (`footprint explain ID`)")
    yield Items(tuple(f"{rule.id}: {rule.status}, {rule.reference}" for rule in found.rules))


def _situation(found: Conformity) -> str:
    s = found.situation
    bodies = "bodies not counted" if s.bodies is None else f"bodies {s.bodies}"
    words = ["series" if s.series else "unit", f"model {s.variability}"]
    words += ["quality system"] if s.quality_system else []
    words += ["SME"] if s.sme else []
    return ", ".join((f"interest {s.interest}", bodies, *words))


def _criteria(option: Option) -> Iterator[str]:
    for letter, reason in option.criteria.items():
        yield f"({letter}) {CRITERIA[letter]}: {reason}"
