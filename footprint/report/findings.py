"""Findings of a route by severity, and which Annex V process is covered by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from footprint.model import Finding
from footprint.report.console import text
from footprint.report.numbers import clean, plural

SEVERITIES = ("error", "warning", "note")
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def findings_page(route: str, findings: Sequence[Finding]) -> RenderableType:
    """The findings of a route, errors first."""
    head = text(f"{route}: {tally(findings) or 'no findings'}", "bold")
    return Group(head, text(""), findings_table(findings)) if findings else head


def tally(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 note`; nothing where there is none."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(plural(counts[severity], severity) for severity in SEVERITIES if counts[severity])


def findings_table(findings: Sequence[Finding]) -> Table:
    """Severity left; where, rule and message beside it."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for finding in sorted(findings, key=lambda f: SEVERITIES.index(f.severity)):
        place = Text.assemble((clean(finding.where), "bold"), "  ", (clean(finding.rule), "dim"))
        made.add_row(text(finding.severity, STYLES[finding.severity]), place)
        made.add_row("", text(finding.message))
    return made
