"""What depends on the site: a background process's own parameters, set by the route that knows the site.

A route says `[site.tailings-dam]` for each use of `background:tailings-dam`, and `[site."tailings-dam#pyrite"]` for
`background:tailings-dam#pyrite` on top of it. The process with these values is an instance of the unit process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from footprint.errors import InputError, listed, nearest
from footprint.library.expressions import evaluate, names_in
from footprint.library.providers import Provider
from footprint.model import Amount, Exchange, Parameter, Process, Route, Source
from footprint.units import conversion

#: the tier of a placeholder, and of the same model with every parameter as the site has it
PLACEHOLDER, SET = "D", "C"


def site_values(route: Route, provider: Provider) -> Mapping[str, Parameter]:
    """The values of a route for a background process it takes from, by parameter; those of a named site come last.

    InputError where the provider names a site that the route does not have.
    """
    if provider.kind != "background":
        return {}
    keys = [provider.id]
    if provider.site:
        keys.append(f"{provider.id}#{provider.site}")
        if keys[-1] not in route.sites:
            raise InputError(
                f"site '{keys[-1]}' is not in this file{nearest(keys[-1], route.sites)}; it has: "
                f"{listed(route.sites) or 'none'}"
            )
    return {p.name: p for key in keys for p in route.sites.get(key, ())}


def check_sites(route: Route, processes: Mapping[str, Process]) -> None:
    """Each site of a route is of a background process, and each of its parameters is one of that process's own."""
    for key, values in route.sites.items():
        ident = key.partition("#")[0]
        if ident not in processes:
            raise InputError(
                f"{route.path}, site '{key}': '{ident}' is no background process{nearest(ident, processes)}"
            )
        try:
            on_site(processes[ident], {value.name: value for value in values}, {})
        except InputError as error:
            raise InputError(f"{route.path}, {error}") from None


def on_site(process: Process, given: Mapping[str, Parameter], sources: Mapping[str, Source]) -> Process:
    """The process with its own parameters as `given`, its amounts and their tiers evaluated again.

    It is a placeholder no more once every parameter is given. Raises InputError for a parameter the process does not
    have, or a value in a unit that does not fit.
    """
    own = {p.name: p for p in process.parameters}
    for name in given:
        if name not in own:
            has = f"; it has: {listed(own, 30)}" if own else ": it has none that a site could set"
            raise InputError(f"site '{process.id}': there is no parameter '{name}'{nearest(name, own)}{has}")
    values, parameters = {}, []
    for name, parameter in own.items():
        found = _converted(process.id, given[name], parameter) if name in given else parameter
        values[name] = found.amount.value
        parameters.append(found)
    estimates = frozenset(p.name for p in parameters if p.amount.tier == "estimate")

    def again(exchange: Exchange) -> Exchange:
        return replace(exchange, amount=_evaluated(process.id, exchange.amount, values, estimates, sources))

    tier = SET if process.tier == PLACEHOLDER and set(own) <= set(given) else process.tier
    exchanges = tuple(again(e) if e.amount.expression else e for e in process.exchanges)
    return replace(process, exchanges=exchanges, parameters=tuple(parameters), tier=tier)


def _converted(ident: str, given: Parameter, own: Parameter) -> Parameter:
    """The given value in the unit of the process's own parameter; without a unit it is in that unit."""
    amount = given.amount
    if not amount.unit:
        return replace(given, amount=replace(amount, unit=own.amount.unit))
    try:
        factor = conversion(amount.unit, own.amount.unit)
    except InputError as error:
        raise InputError(f"site '{ident}', parameter '{given.name}': {error}") from None
    return replace(given, amount=replace(amount, value=amount.value * factor, unit=own.amount.unit))


def _evaluated(
    ident: str, amount: Amount, values: Mapping[str, float], estimates: frozenset[str], sources: Mapping[str, Source]
) -> Amount:
    expression = amount.expression or ""
    try:
        value = evaluate(expression, values) * amount.scale
    except InputError as error:
        raise InputError(f"site '{ident}': {error}") from None
    if value < 0:
        raise InputError(f"site '{ident}': the amount {expression} becomes {value:g}; amounts are never negative")
    known = amount.source in sources and estimates.isdisjoint(names_in(expression))
    return replace(amount, value=value, tier=sources[amount.source].kind if known else "estimate")
