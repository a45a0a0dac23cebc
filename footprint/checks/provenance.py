"""Every figure says where it comes from: source, place in it, derivation or bounds (Annex V, Use of datasets)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import get_args

from footprint.checks.system import amounts, error, note, warning
from footprint.errors import listed
from footprint.library.build import CHOSEN
from footprint.library.expressions import names_in
from footprint.model import Amount, Finding, Route, Source, Tier


def provenance(route: Route, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Every rule of this file."""
    yield from missing_sources(route)
    yield from unbounded_estimates(route)
    yield from missing_locators(route)
    yield from unexplained_derivations(route)
    yield from recalled_sources(route, sources)


def amounts_by_tier(route: Route) -> Mapping[Tier, int]:
    """How many figures of a route were measured, published, derived and estimated (its file's, variants aside)."""
    found = Counter(amount.tier for _, _, amount in amounts(route))
    return {tier: found[tier] for tier in get_args(Tier)}


def missing_sources(route: Route) -> Iterator[Finding]:
    """An amount without a source is nobody's figure: it is an error."""
    for _, where, amount in amounts(route):
        if not amount.source and amount.note != CHOSEN:
            yield error(
                "provenance.no-source",
                where,
                f"{_shown(amount)} has no source; name an entry of sources.toml, here or as the default of the process",
            )


def unbounded_estimates(route: Route) -> Iterator[Finding]:
    """An estimate says how far off it may be: bounds, a spread, or parameters that have them."""
    free = _spread_parameters(route)
    for _, where, amount in amounts(route):
        if amount.source and amount.tier == "estimate" and amount.value and not _bounded(amount, free):
            yield error(
                "provenance.estimate-without-bounds",
                where,
                f"{_shown(amount)} is an estimate (source "
                f"'{amount.source}') without bounds; give 'low' and 'high', or 'spread'",
            )


def _bounded(amount: Amount, free: frozenset[str]) -> bool:
    chosen = amount.spread is not None or amount.note == CHOSEN
    return chosen or bool(amount.expression and names_in(amount.expression) & free)


def _spread_parameters(route: Route) -> frozenset[str]:
    """Names of parameters that have a spread or a chosen value, or are computed from one that has."""
    found = {p.name for p in route.parameters if p.amount.spread or p.amount.note == CHOSEN}
    while True:
        more = {p.name for p in route.parameters if p.amount.expression and names_in(p.amount.expression) & found}
        if more <= found:
            return frozenset(found)
        found |= more


def missing_locators(route: Route) -> Iterator[Finding]:
    """A published or measured figure names table, page or sheet, so that a reader can find it."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, where, amount in amounts(route):
        if amount.source and amount.tier in ("measured", "published") and not amount.locator:
            groups.setdefault(group, []).append((where.removeprefix(f"{group}, "), amount.source))
    for group, lacking in groups.items():
        places = listed((where for where, _ in lacking), 4)
        yield warning(
            "provenance.no-locator",
            group,
            f"no locator for {len(lacking)} of its figures ({places}), from "
            f"{listed(dict.fromkeys(source for _, source in lacking))}; name the table, page or sheet",
        )


def unexplained_derivations(route: Route) -> Iterator[Finding]:
    """A derived amount says how it was derived: in `note`, by its expression, or in `locator`."""
    for _, where, amount in amounts(route):
        if amount.tier == "derived" and not (amount.note or amount.expression or amount.locator):
            yield warning(
                "provenance.no-derivation",
                where,
                f"{_shown(amount)} is derived (source '{amount.source}'); say how in 'note', or give the expression",
            )


def recalled_sources(route: Route, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """A source that was recalled and not read is named (an estimate has none to read)."""
    used = dict.fromkeys(amount.source for _, _, amount in amounts(route) if amount.source in sources)
    for ident in used:
        if sources[ident].basis == "recalled" and sources[ident].kind != "estimate":
            yield note(
                "provenance.recalled-source",
                f"source '{ident}'",
                f"{sources[ident].title}: quoted from memory, not read",
            )


def _shown(amount: Amount) -> str:
    return f"the amount {amount.value:g} {amount.unit}"
