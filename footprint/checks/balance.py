"""What enters a process leaves it: metals, water, land, mass; and the shares of a mix make one whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from footprint.checks.boundary import covers
from footprint.checks.structure import element_of
from footprint.checks.system import Linked, at_exchange, at_process, error, made_by, note, numbered, warning
from footprint.errors import listed
from footprint.library.method import Method
from footprint.model import Exchange, Finding, Process, Route

#: how far a balance may be open, relative to what enters (or leaves, where that is more)
TOLERANCE = 0.02
MIX_TOLERANCE = 1e-3
#: what is not followed: carbon, oxygen and the like leave in gases whose flows name no element
NOT_FOLLOWED = frozenset({"H", "C", "N", "O", "S", "Cl", "H2O"})
WATER = "H2O"
SCRAP = "upstream-scrap"
_MEND = (
    'write what returns (to = "water/surface"), what evaporates (to = "air/unspecified") and what stays or reacts in '
    "the product (content H2O)"
)
_FRESH, _SALT = ("fresh-water", "fossil-water"), ("sea-water", "ground")


def balance(route: Route, method: Method, linked: Linked) -> Iterator[Finding]:
    """Every rule of this file, over the processes of a route."""
    for process in route.processes:
        yield from metals(process, route, method, linked)
        yield from contents(process, route, linked)
        yield from water(process, route, linked)
        yield from land(process)
        yield from mass(process)
        yield from mix(process, route, linked)


def is_open(entering: float, leaving: float) -> bool:
    """Whether a balance is open by more than 2 % of the larger side."""
    return abs(entering - leaving) > TOLERANCE * max(entering, leaving)


@dataclass
class _Account:
    """kg of one element into and out of a process, and the outputs that do not say how much they hold."""

    entering: float = 0.0
    leaving: float = 0.0
    silent: list[str] = field(default_factory=list)


def content_of(exchange: Exchange, route: Route, linked: Linked) -> Mapping[str, float]:
    """kg of each element per kg of an exchange: as the line says, else as the product of this file it takes."""
    if exchange.content or exchange.kind not in ("product", "waste"):
        return exchange.content
    made = made_by(route, exchange, linked)
    return made.content if made else {}


def metal_accounts(process: Process, route: Route, method: Method, linked: Linked) -> Mapping[str, _Account]:
    """Element -> what enters and leaves per run of the process.

    Followed is each element that a product, a waste, an input or the ground states; one that only an emission has is
    not (traces in fuels and reagents are not stated).
    """
    accounts: dict[str, _Account] = defaultdict(_Account)
    outputs = [
        (p.flow, p.amount.value, p.content) for p in process.products if not p.is_waste and p.amount.unit == "kg"
    ]
    inputs = [(p.amount.value, p.content) for p in process.products if p.is_waste and p.amount.unit == "kg"]
    emitted: dict[str, float] = defaultdict(float)
    for exchange in process.exchanges:
        if exchange.amount.unit != "kg":
            continue
        held = content_of(exchange, route, linked)
        element = element_of(exchange, method)
        if exchange.kind == "emission":
            emitted[element] += exchange.amount.value
        elif exchange.kind == "resource":
            inputs.append((exchange.amount.value, held or ({element: 1.0} if element else {})))
        elif exchange.kind == "product":
            inputs.append((exchange.amount.value, held))
        else:
            outputs.append((exchange.flow, exchange.amount.value, held))
    for amount, held in inputs:
        for element, share in held.items():
            accounts[element].entering += amount * share
    for _, amount, held in outputs:
        for element, share in held.items():
            accounts[element].leaving += amount * share
    for element, account in accounts.items():
        account.leaving += emitted.get(element, 0.0)
        account.silent += [flow for flow, amount, held in outputs if amount and element not in held]
    return {element: account for element, account in sorted(accounts.items()) if element not in NOT_FOLLOWED}


def metals(process: Process, route: Route, method: Method, linked: Linked) -> Iterator[Finding]:
    """Metal balance, where contents are given: input = products + wastes + emissions within 2 % (R8).

    What a deposit takes and does not emit stays in it: a treatment of waste only must not give more than it takes.
    """
    deposit = any(p.is_waste for p in process.products)
    for element, account in metal_accounts(process, route, method, linked).items():
        entering, leaving = account.entering, account.leaving
        if not is_open(entering, leaving) or (deposit and leaving < entering):
            continue
        sums = f"{entering:.4g} kg {element} enter, {leaving:.4g} kg leave"
        where = at_process(process)
        if entering == 0 and scrap_enters(process):
            continue
        if entering == 0:
            yield warning(
                "balance.metal-source",
                where,
                f"{sums}; no input says that it holds {element}: give 'content' on the input that brings it",
            )
        elif leaving > entering:
            yield error(
                "balance.metal",
                where,
                f"{sums}: {leaving - entering:.4g} kg ({_per_cent(leaving, entering)}) come from nowhere",
            )
        elif account.silent:
            yield warning(
                "balance.metal-content",
                where,
                f"{sums}: {entering - leaving:.4g} kg leave in outputs that give no "
                f"content of {element} ({listed(account.silent, 4)}); add it",
            )
        else:
            yield error(
                "balance.metal",
                where,
                f"{sums}: {entering - leaving:.4g} kg ({_per_cent(entering, leaving)}) are lost "
                "without a waste or an emission",
            )


def scrap_enters(process: Process) -> bool:
    """Whether scrap enters here: without burden and so without an input, at the point of collection (DECISIONS 9)."""
    return process.stage == "recycling" and any(SCRAP in covers(process, e) for e in process.exchanges)


def _per_cent(more: float, less: float) -> str:
    return f"{100 * (more - less) / more:.3g} %"


def contents(process: Process, route: Route, linked: Linked) -> Iterator[Finding]:
    """The content an input states is that of the product it takes."""
    for number, exchange in numbered(process):
        made = made_by(route, exchange, linked) if exchange.kind == "product" else None
        for element, share in exchange.content.items() if made else ():
            known = made.content.get(element) if made else None
            if known is not None and is_open(share, known):
                yield warning(
                    "balance.content-differs",
                    at_exchange(process, number, exchange),
                    f"states {share:g} kg {element} per kg; '{exchange.partner}' makes it with {known:g}",
                )


@dataclass
class WaterAccount:
    """m3 of water into and out of one run of a process."""

    withdrawn: float = 0.0
    bought: float = 0.0
    salt: float = 0.0
    returned: float = 0.0
    evaporated: float = 0.0
    product: float = 0.0

    @property
    def fresh(self) -> float:
        """All that enters and is not salt."""
        return self.withdrawn + self.bought

    @property
    def leaving(self) -> float:
        """All that leaves."""
        return self.returned + self.evaporated + self.product


def water_account(process: Process, route: Route, linked: Linked) -> WaterAccount:
    """Water withdrawn, bought or in inputs (content H2O); returned, sent to treatment, evaporated or in products."""
    found = WaterAccount()
    for product in process.products:
        amount = _water_in(product.flow, product.amount.value, product.amount.unit, product.content)
        if product.is_waste:
            found.bought += product.amount.value if product.amount.unit == "m3" else amount
        else:
            found.product += amount
    for exchange in process.exchanges:
        _count_water(found, exchange, content_of(exchange, route, linked))
    return found


def _count_water(found: WaterAccount, exchange: Exchange, held: Mapping[str, float]) -> None:
    amount, unit = exchange.amount.value, exchange.amount.unit
    is_water = exchange.flow.startswith("water") and unit == "m3"
    match exchange.kind:
        case "resource" if is_water and exchange.partner in _FRESH:
            found.withdrawn += amount
        case "resource" if is_water and exchange.partner in _SALT:
            found.salt += amount
        case "emission" if is_water and exchange.partner.startswith("air/"):
            found.evaporated += amount
        case "emission" if is_water:
            found.returned += amount
        case "waste":
            found.returned += amount if unit == "m3" else _water_in("", amount, unit, held)
        case "product":
            found.bought += _water_in(exchange.flow, amount, unit, held)


def _water_in(flow: str, amount: float, unit: str, held: Mapping[str, float]) -> float:
    """m3 of water in an amount: all of a volume of water or brine, the content H2O of a mass."""
    if unit == "m3":
        return amount if any(word in flow.lower() for word in ("water", "brine", "effluent", "solution")) else 0.0
    return amount * held.get(WATER, 0.0) / 1000 if unit == "kg" else 0.0


def water(process: Process, route: Route, linked: Linked) -> Iterator[Finding]:
    """Withdrawal = return + evaporation + in product, within 2 %; nothing is silently all consumed (DECISIONS 4).

    Brine and sea water may add to what evaporates or is returned, and their salt is not water: with them only a return
    above all that enters, or fresh water that does not come out again, is a finding.
    """
    account = water_account(process, route, linked)
    entering, where = account.fresh + account.salt, at_process(process)
    sums = f"{entering:.4g} m3 of water enter, {account.leaving:.4g} m3 leave"
    if account.withdrawn > 0 and account.leaving == 0:
        yield error(
            "balance.water-return",
            where,
            f"{account.withdrawn:.4g} m3 of water are taken and none is returned or evaporated; {_MEND}",
        )
    elif account.returned > entering and is_open(entering, account.returned):
        yield error(
            "balance.water", where, f"{sums}: {account.returned - entering:.4g} m3 more are returned than taken"
        )
    elif account.leaving < account.fresh and is_open(account.fresh, account.leaving):
        yield warning(
            "balance.water", where, f"{sums}: {account.fresh - account.leaving:.4g} m3 are not accounted for; {_MEND}"
        )
    elif account.leaving > entering and is_open(entering, account.leaving):
        yield warning(
            "balance.water",
            where,
            f"{sums}: {account.leaving - entering:.4g} m3 come from nowhere (moisture of an input? give "
            "it as content H2O)",
        )


def land(process: Process) -> Iterator[Finding]:
    """What is transformed from one use is transformed to another: the two sums are equal."""
    sums = {"from": 0.0, "to": 0.0}
    for exchange in process.exchanges:
        if exchange.kind == "resource" and exchange.partner == "land":
            for side in sums:
                if exchange.flow.startswith(f"transformation, {side} "):
                    sums[side] += exchange.amount.value
    if is_open(sums["from"], sums["to"]):
        yield error(
            "balance.land",
            at_process(process),
            f"{sums['from']:.4g} m2 are transformed from and {sums['to']:.4g} m2 to another use; the two are equal",
        )


def mass(process: Process) -> Iterator[Finding]:
    """Products do not outweigh what goes in, water included.

    Left out where matter enters that inventories do not weigh: ore with its gangue, air, biomass, brine, scrap; and
    deposits. A note, since oxygen and the water of a solution are not weighed either.
    """
    if any(p.is_waste for p in process.products) or scrap_enters(process):
        return
    if any(e.kind == "resource" and e.partner in ("ground", "biotic", "air", "sea-water") for e in process.exchanges):
        return
    made = sum(p.amount.value for p in process.products if p.amount.unit == "kg")
    taken = sum(
        e.amount.value * {"kg": 1.0, "m3": 1000.0}.get(e.amount.unit, 0.0)
        for e in process.exchanges
        if e.kind in ("product", "resource")
    )
    if made > taken and is_open(made, taken):
        yield note(
            "balance.mass",
            at_process(process),
            f"{made:.4g} kg of products come from {taken:.4g} kg of inputs, water included; "
            "is an input missing, or is it oxygen of the air or water of a solution?",
        )


def mix(process: Process, route: Route, linked: Linked) -> Iterator[Finding]:
    """The shares of a mix sum to one: a process that takes only what it makes, from several suppliers."""
    if len(process.products) != 1 or process.products[0].is_waste:
        return
    product = process.products[0]
    shares = [e for e in process.exchanges if e.kind == "product" and e.amount.unit == product.amount.unit]
    others = [e for e in process.exchanges if e not in shares and not (e.kind == "product" and e.amount.unit == "t*km")]
    if len(shares) < 2 or others or not all(_is_same(e, product.flow, route, linked) for e in shares):
        return
    total = sum(e.amount.value for e in shares) / product.amount.value
    if abs(total - 1) > MIX_TOLERANCE:
        yield error(
            "balance.mix",
            at_process(process),
            f"the shares of this mix of '{product.flow}' sum to {total:.4g}; they sum to 1",
        )


def _is_same(exchange: Exchange, flow: str, route: Route, linked: Linked) -> bool:
    made = made_by(route, exchange, linked)
    return flow in (exchange.flow, made.flow if made else "")
