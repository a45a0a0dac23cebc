"""What the rules ask of a company's study, as a page: data needs, data quality, what the result rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.declaration.assessment import DataNeed, StudyAssessment
from footprint.report.console import notes, table, text
from footprint.report.numbers import percent, plural, short_provider

HEADS = ("dataset", "need", "data", "DQR", "limit", "share", "met")
MET = {True: "yes", False: "no", None: "?"}
#: part of the hotspot analysis from which a dataset that is not among the hotspots is shown
SHOWN_SHARE = 0.01
#: rows of the matrix above which small processes are counted and not shown
SHOWN_ROWS = 40


def study_page(found: StudyAssessment) -> RenderableType:
    """The data needs matrix of what matters, and below it how good the data are."""
    errors = sum(finding.severity == "error" for finding in found.findings)
    unmet = sum(need.met is False for need in found.needs)
    told = f"non-conforming, {plural(errors, 'error')}" if errors else "no error against the rules"
    return Group(
        text(f"Study: {told}; {plural(unmet, 'data need')} not met", "bold"),
        text(""),
        needs_table(found),
        text(""),
        notes(_remarks(found)),
    )


def needs_table(found: StudyAssessment) -> Table:
    """Processes of the system, and what they take where it is among the hotspots; the whole is in the JSON."""
    made = table(*HEADS, right=("DQR", "limit", "share"), wide=("dataset",), gap=2)
    for need in _shown(found):
        name = f"{short_provider(need.dataset)}{' *' if need.most_relevant else ''}"
        rated = "–" if need.rating is None else f"{need.rating.dqr:.2f}"
        kind = "company" if need.kind == "company-specific" else "secondary"
        made.add_row(
            text(name), f"{need.situation}.{need.option}", kind, rated, f"{need.limit:g}", percent(need.share),
            text(MET[need.met], "" if need.met else "yellow"),
        )  # fmt: skip
    return made


def _shown(found: StudyAssessment) -> tuple[DataNeed, ...]:
    """Every process and what matters of the rest; of a long list what matters, largest first, up to a page."""
    rows = tuple(need for need in found.needs if not need.dataset.endswith(")") or _matters(need))
    if len(rows) <= SHOWN_ROWS:
        return rows
    return tuple(sorted(filter(_matters, rows), key=lambda need: -need.share))[:SHOWN_ROWS]


def _matters(need: DataNeed) -> bool:
    return need.most_relevant or need.share >= SHOWN_SHARE


def _remarks(found: StudyAssessment) -> Iterator[tuple[str, str]]:
    yield "* Hotspot", "among what makes 80% of a most relevant category"
    yield (
        "Need",
        "situation (1 run by the company, 2 by others with access to their data, 3 no access) and option of the data "
        "needs matrix",
    )
    yield "Share", "of the weighted sum of the hotspot analysis; a process with what it takes"
    shown = {need.dataset for need in _shown(found)}
    if left := [need for need in found.needs if need.dataset not in shown]:
        unmet = sum(need.met is False for need in left)
        yield "Not shown", f"{plural(len(left), 'dataset')} of less weight, {unmet} of them not met (--json)"
    quality = found.quality
    if quality.rating is None:
        yield "Study DQR", "not rated"
    else:
        r = quality.rating
        yield (
            "Study DQR",
            f"{r.dqr:.2f}, {r.level} (TeR {r.TeR:.2f}, GeR {r.GeR:.2f}, TiR {r.TiR:.2f}, P {r.P:.2f}); "
            f"{percent(quality.rated_share)} of the most relevant datasets is rated",
        )
    parts = ", ".join(f"{name} {percent(share)}" for name, share in found.compliance.items())
    yield "Rests on", f"{parts} (EF compliance of datasets)"
