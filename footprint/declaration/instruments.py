"""Electricity of a study: which instrument stands behind it, and which mix it takes (PEF, Annex I, 4.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.declaration.asking import Asked, asked
from footprint.declaration.datasets import Basis
from footprint.errors import listed
from footprint.library.study_files import InstrumentRow
from footprint.model import Exchange, Process

CONTRACTS = ("supplier-product", "supplier-mix")
OWN = "own-generation"


def instruments(basis: Basis) -> Iterator[Asked]:
    """Each electricity input has what its kind of supply needs."""
    held = {(row.process, row.flow): row for row in basis.study.company.instrument}
    for process in basis.study.route.processes:
        for exchange in process.exchanges:
            row = held.get((process.id, exchange.flow))
            match exchange.supply:
                case "contract":
                    yield from contract(process, exchange, row, basis)
                case "own":
                    yield from own_generation(process, exchange, row, basis)
                case "grid":
                    yield from grid(process, exchange, row, basis)


def contract(process: Process, exchange: Exchange, row: InstrumentRow | None, basis: Basis) -> Iterator[Asked]:
    """A contract counts where one instrument meets all criteria; otherwise the residual mix does."""
    where, effect, clause = _told(process, exchange, basis)
    instead = 'or by the residual mix (supply = "residual")'
    if row is None or row.kind not in CONTRACTS:
        yield asked(
            "error", "electricity.no-instrument", where, "taken by contract, and no instrument stands behind it",
            f"settled by [[study.instrument]] of kind {' or '.join(CONTRACTS)}, {instead}", clause, effect,
        )  # fmt: skip
        return
    if lacking := [name for name in basis.rules.words("electricity-instrument-criteria") if not getattr(row, name)]:
        yield asked(
            "error", "electricity.criteria", where, f"its instrument does not meet {listed(lacking)}",
            f"settled by an instrument that meets all, {instead}", clause, effect,
        )  # fmt: skip
    if not row.evidence:
        yield asked(
            "warning", "electricity.no-evidence", where, "its instrument has no document behind it",
            "settled by 'evidence' of the instrument", clause, effect,
        )  # fmt: skip


def own_generation(process: Process, exchange: Exchange, row: InstrumentRow | None, basis: Basis) -> Iterator[Asked]:
    """Own generation counts as it is where no certificate of it was sold; otherwise the residual mix does."""
    where, effect, clause = _told(process, exchange, basis)
    if row is None or row.kind != OWN:
        yield asked(
            "warning", "electricity.own-generation", where, "generated on site; certificates of it may have been sold",
            f"settled by [[study.instrument]] of kind {OWN} with unique_claim", clause, effect,
        )  # fmt: skip
    elif not row.unique_claim:
        yield asked(
            "error", "electricity.own-generation", where, "generated on site, and the claim to it was given away",
            'settled by the residual mix (supply = "residual")', clause, effect,
        )  # fmt: skip


def grid(process: Process, exchange: Exchange, row: InstrumentRow | None, basis: Basis) -> Iterator[Asked]:
    """Grid supply without a contract takes the residual mix of the country; no such mix is held (DECISIONS 15)."""
    where, effect, _ = _told(process, exchange, basis)
    clause = basis.rules.clause("electricity-hierarchy")
    order = ", ".join(basis.rules.words("electricity-hierarchy"))
    yield asked(
        "warning", "electricity.residual-mix", where,
        f"takes the production mix of its country; the order is {order}, and no residual mix is held",
        "settled by a contract with an instrument, or by a residual mix", clause, effect,
    )  # fmt: skip
    if row is not None:
        yield asked(
            "warning", "electricity.unused-instrument", where, "has an instrument and takes from the grid: no effect",
            'settled by supply = "contract"', clause, effect,
        )  # fmt: skip


def _told(process: Process, exchange: Exchange, basis: Basis) -> tuple[str, float, str]:
    """Place, part of the hotspot analysis of this electricity, and the clause of its criteria."""
    key = basis.study.route.suppliers.get(exchange.partner, exchange.partner)
    effect = basis.shares(lambda c: key if c.process == process.id and c.background.startswith(key) else None)
    number = process.exchanges.index(exchange) + 1
    where = f"process '{process.id}', exchange {number} ({exchange.flow})"
    return where, effect.get(key, 0.0), basis.rules.clause("electricity-instrument-criteria")
