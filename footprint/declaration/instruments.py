"""Electricity of a study: which instrument stands behind it, and which mix it takes (PEF, Annex I, 4.4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from footprint.declaration.asking import Asked, Rules, asked
from footprint.declaration.datasets import Basis
from footprint.errors import listed
from footprint.library.providers import parse_provider
from footprint.library.study_files import InstrumentRow
from footprint.model import Supply

CONTRACTS = ("supplier-product", "supplier-mix")
OWN = "own-generation"
#: what settles what no instrument does
RESIDUAL = 'the residual mix (supply = "residual")'


@dataclass(frozen=True, slots=True)
class Power:
    """An electricity input of a process: its place, whose it is, its part of the hotspot analysis, its instrument."""

    where: str
    mix: str
    supply: Supply
    effect: float
    instrument: InstrumentRow | None


def instruments(basis: Basis) -> Iterator[Asked]:
    """Each electricity input has what its kind of supply needs."""
    rules_by_supply = {"contract": contract, "own": own_generation, "grid": grid}
    for power in powers(basis):
        if power.supply in rules_by_supply:
            yield from rules_by_supply[power.supply](power, basis.rules)


def powers(basis: Basis) -> Iterator[Power]:
    """The electricity inputs of the file, in its order."""
    route = basis.study.route
    held = {(row.process, row.flow): row for row in basis.study.company.instrument}
    for process in route.processes:
        for number, exchange in enumerate(process.exchanges, 1):
            if exchange.supply is not None:
                partner = route.suppliers.get(exchange.partner, exchange.partner)
                where = f"process '{process.id}', exchange {number} ({exchange.flow})"
                effect = basis.inflows.get((process.id, partner), 0.0)
                instrument = held.get((process.id, exchange.flow))
                yield Power(where, parse_provider(partner).location, exchange.supply, effect, instrument)


def contract(power: Power, rules: Rules) -> Iterator[Asked]:
    """A contract counts where one instrument meets all criteria; otherwise the residual mix does."""
    row, clause = power.instrument, rules.clause("electricity-instrument-criteria")
    if row is None or row.kind not in CONTRACTS:
        yield asked(
            "error", "electricity.no-instrument", power.where, "taken by contract, and no instrument stands behind it",
            f"settled by [[study.instrument]] of kind {' or '.join(CONTRACTS)}, or by {RESIDUAL}", clause, power.effect,
        )  # fmt: skip
        return
    if lacking := [name for name in rules.words("electricity-instrument-criteria") if not getattr(row, name)]:
        yield asked(
            "error", "electricity.criteria", power.where, f"its instrument does not meet {listed(lacking)}",
            f"settled by an instrument that meets all, or by {RESIDUAL}", clause, power.effect,
        )  # fmt: skip
    if not row.evidence:
        yield asked(
            "warning", "electricity.no-evidence", power.where, "its instrument has no document behind it",
            "settled by 'evidence' of the instrument", clause, power.effect,
        )  # fmt: skip


def own_generation(power: Power, rules: Rules) -> Iterator[Asked]:
    """Own generation counts as it is where no certificate of it was sold; otherwise the residual mix does."""
    row, clause = power.instrument, rules.clause("electricity-instrument-criteria")
    if row is None or row.kind != OWN:
        yield asked(
            "warning", "electricity.own-generation", power.where, "generated on site; certificates may have been sold",
            f"settled by [[study.instrument]] of kind {OWN} with unique_claim", clause, power.effect,
        )  # fmt: skip
    elif not row.unique_claim:
        yield asked(
            "error", "electricity.own-generation", power.where, "generated on site, and the claim to it was given away",
            f"settled by {RESIDUAL}", clause, power.effect,
        )  # fmt: skip


def grid(power: Power, rules: Rules) -> Iterator[Asked]:
    """Grid supply without a contract takes the residual mix of the country; no such mix is held (DECISIONS 15)."""
    clause, order = rules.clause("electricity-hierarchy"), listed(rules.words("electricity-hierarchy"))
    mix = f"the production mix of {power.mix}" if power.mix else "a production mix"
    yield asked(
        "warning", "electricity.residual-mix", power.where,
        f"takes {mix}; the order is {order}, and no residual mix is held",
        "settled by a contract with an instrument, or by a residual mix", clause, power.effect,
    )  # fmt: skip
    if power.instrument is not None:
        yield asked(
            "warning", "electricity.unused-instrument", power.where, "has an instrument and takes from the grid",
            'no effect; settled by supply = "contract"', clause, power.effect,
        )  # fmt: skip
