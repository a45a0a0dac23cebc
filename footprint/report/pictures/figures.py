"""The pictures with the numbers they show: a figure, and the tables that stand below it in a page."""

from __future__ import annotations

from collections.abc import Sequence

from footprint.market.assignment import Classification
from footprint.market.curve import Curve
from footprint.market.decimals import printed
from footprint.market.histogram import Histogram, histogram
from footprint.market.review import Review
from footprint.market.thresholds import ClassScheme
from footprint.report.classes import assigned_document, review_document, schemes_document
from footprint.report.document import Block, Document, Figure, Grid, Heading, Paragraph
from footprint.report.pictures.bands import bound_text
from footprint.report.pictures.curve import curve_svg
from footprint.report.pictures.frame import WITHHELD, sample_of, standing_of, withheld
from footprint.report.pictures.histogram import histogram_svg
from footprint.report.pictures.label import Labelled, label_svg
from footprint.report.pictures.migration import migration_svg

Shown = tuple[Figure, Document]


def curve_figure(curve: Curve, confidential: bool = False) -> Shown:
    """The curve; below it the thresholds and every step, with the ids only where the picture is confidential."""
    scheme = curve.scheme
    figure = _figure("curve", "Cumulative production curve", scheme, curve_svg(curve, confidential))
    if withheld(scheme, confidential):
        return figure, _bounds_alone([scheme])
    rows = tuple(
        (*((step.declaration,) if confidential else ()), step.system, step.letter, printed(step.value),
         printed(step.tonnes), printed(step.before + step.tonnes))
        for step in curve.steps
    )  # fmt: skip
    heads = ("system", "class", scheme.unit, "t in the window", "t up to here")
    table = Grid((scheme.pool.entry, *heads) if confidential else heads, rows, right=frozenset(heads[2:]))
    return figure, (*schemes_document([scheme]), Heading(2, "Steps of the curve"), table)


def histogram_figure(found: Histogram, confidential: bool = False) -> Shown:
    """The histogram; below it the thresholds with their intervals and every bin."""
    scheme = found.scheme
    figure = _figure("histogram", "Distribution on the market", scheme, histogram_svg(found, confidential))
    if withheld(scheme, confidential):
        return figure, _bounds_alone([scheme])
    systems = tuple(found.bins[0].tonnes)
    rows = tuple(
        (printed(bin_.low), printed(bin_.high), str(bin_.declarations), *(printed(bin_.tonnes[s]) for s in systems))
        for bin_ in found.bins
    )
    heads = ("from", "to", f"{scheme.pool.entry}s", *(f"{system}, t" for system in systems))
    title = Heading(2, f"Bars of the histogram, {scheme.unit}")
    return figure, (*schemes_document([scheme]), title, Grid(heads, rows, right=frozenset(heads)))


def migration_figure(found: Review, confidential: bool = False) -> Shown:
    """The flows; below them the review in full."""
    figure = _figure("migration", "Migration between classes", found.new, migration_svg(found, confidential))
    if withheld(found.old, confidential) or withheld(found.new, confidential):
        return figure, _bounds_alone([found.old, found.new])
    return figure, review_document([found])


def label_figure(found: Classification, scheme: ClassScheme, of: Labelled, confidential: bool = False) -> Shown:
    """The label; below it the letter with its probability, and the classes."""
    figure = _figure("label", f"Class {found.letter}", scheme, label_svg(found, scheme, of, confidential))
    return figure, (*assigned_document([(of.declaration, found)]), *_bounds_alone([scheme], scheme.publishable))


def market_page(curves: Sequence[Curve], confidential: bool = False) -> Document:
    """Curve and histogram of each scheme, and all their tables."""
    blocks: list[Block] = [Heading(1, "Performance classes")]
    for curve in curves:
        scheme = curve.scheme
        first, steps = curve_figure(curve, confidential)
        second, bars = histogram_figure(histogram(curve), confidential)
        known = set(steps)
        blocks.append(Heading(2, f"{scheme.pool.name}, {scheme.category}, {scheme.system}"))
        blocks += [first, second, *steps, *(block for block in bars if block not in known)]
    return tuple(blocks)


def _figure(name: str, what: str, scheme: ClassScheme, svg: str) -> Figure:
    title = f"{what}: {scheme.pool.subject}, {scheme.category}, {scheme.system}"
    return Figure(name, title, svg, (title,))


def _bounds_alone(schemes: Sequence[ClassScheme], publishable: bool = False) -> Document:
    """The classes without what tells of single declarations."""
    blocks: list[Heading | Paragraph | Grid] = [] if publishable else [Paragraph(WITHHELD)]
    for scheme in schemes:
        rows = tuple((letter, bound_text(scheme, letter)) for letter in scheme.letters)
        blocks += [
            Heading(2, f"Classes from {scheme.on}: {scheme.unit}"),
            Paragraph(f"{standing_of(scheme)} {sample_of(scheme)}"),
            Grid(("class", "value"), rows),
        ]
    return tuple(blocks)
