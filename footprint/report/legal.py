"""What a footprint is in law: one line below every result."""

from __future__ import annotations

from footprint.rules.parameters import Entry

REGULATION = "Regulation (EU) 2024/1252"


def status_line(delegated_act: Entry) -> str:
    """Whether an act obliges anyone to declare, and what the numbers are as long as none does."""
    if delegated_act.value == "none":
        seen = f" (looked up {delegated_act.retrieved})" if delegated_act.retrieved else ""
        known = f"no adopted Article 31 delegated act is known{seen}"
        return f"{known}: for information, not a declaration under {REGULATION}"
    return f"{delegated_act.value} ({delegated_act.reference}, {delegated_act.status})"
