"""Findings of a route by severity, and which process answers for what Annex V lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from footprint.checks.boundary import Row
from footprint.errors import listed
from footprint.model import Finding
from footprint.report.console import text
from footprint.report.numbers import clean, plural

SEVERITIES = ("error", "warning", "note")
#: findings of one rule and severity that are shown; the others are counted
SHOWN = 20
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
STATUS_STYLES = {"missing": "bold red", "elsewhere": "yellow", "cut-off": "yellow"}


def findings_page(route: str, findings: Sequence[Finding], matrix: Sequence[Row]) -> RenderableType:
    """How many findings, the completeness matrix of Annex V, and then the findings, errors first."""
    parts: list[RenderableType] = [text(f"{route}: {tally(findings) or 'no findings'}", "bold")]
    if matrix:
        parts += [text(""), text("Annex V", "bold"), matrix_table(matrix)]
    if findings:
        parts += [text(""), text("Findings", "bold"), findings_table(findings)]
    return Group(*parts)


def tally(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 note`; nothing where there is none."""
    counts = Counter[str](finding.severity for finding in findings)
    return ", ".join(plural(counts[severity], severity) for severity in SEVERITIES if counts[severity])


def matrix_table(matrix: Sequence[Row]) -> Table:
    """Each process that Annex V lists: covered by which, or why not."""
    made = _grid(overflow_columns=(1, 3))
    for row in matrix:
        why = listed(row.by, SHOWN) if row.by else ""
        why = f"{why}; {row.reason}" if why and row.reason else why or row.reason
        made.add_row(
            text(f"({row.letter})"), text(row.title), text(row.status, STATUS_STYLES.get(row.status, "")), text(why)
        )
    return made


def findings_table(findings: Sequence[Finding]) -> Table:
    """Severity left; where, rule and message beside it; of many findings of one rule the first."""
    made = _grid(overflow_columns=(1,), columns=2)
    met = Counter[tuple[str, str]]()
    for finding in sorted(findings, key=lambda f: SEVERITIES.index(f.severity)):
        met[finding.severity, finding.rule] += 1
        if met[finding.severity, finding.rule] > SHOWN:
            continue
        place = Text.assemble((clean(finding.where), "bold"), "  ", (clean(finding.rule), "dim"))
        made.add_row(text(finding.severity, STYLES[finding.severity]), place)
        made.add_row("", text(finding.message))
    for (severity, rule), count in met.items():
        if count > SHOWN:
            made.add_row(text(severity, STYLES[severity]), text(f"{rule}: {count - SHOWN} more (--json)", "bold"))
    return made


def _grid(overflow_columns: Sequence[int], columns: int = 4) -> Table:
    made = Table.grid(padding=(0, 2, 0, 0))
    for n in range(columns):
        made.add_column(no_wrap=n not in overflow_columns, overflow="fold")
    return made
