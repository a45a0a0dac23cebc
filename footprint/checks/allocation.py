"""Joint processes: shares that make one whole, prices of the window, substitution without metal (DECISIONS 10)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from footprint.checks.structure import NON_METALS
from footprint.checks.system import at_process, error, note
from footprint.errors import InputError, listed
from footprint.inventory.allocation import AllocationRules, Share, joint_products, shares
from footprint.library.prices import Price
from footprint.model import Finding, Process, Route

SHARE_TOLERANCE = 1e-9


def allocation(route: Route, rules: AllocationRules) -> Iterator[Finding]:
    """Every rule of this file, over the processes of a route."""
    for process in route.processes:
        yield from joint(process, rules)
        yield from prices(process, rules)
        yield from substitution(process)


def joint(process: Process, rules: AllocationRules) -> Iterator[Finding]:
    """The rule of a joint process has the data it needs, and its shares sum to one (ISO 14044, 4.3.4.2)."""
    if len(process.products) < 2:
        return
    try:
        found = shares(process, rules)
    except InputError as problem:
        yield error("allocation.data", at_process(process), str(problem).removeprefix(f"{at_process(process)}: "))
        return
    yield from whole(process.id, found)


def whole(process_id: str, found: tuple[Share, ...]) -> Iterator[Finding]:
    """Shares are never negative and sum to one."""
    total = math.fsum(share.share for share in found)
    if abs(total - 1) > SHARE_TOLERANCE or any(share.share < 0 for share in found):
        told = listed(f"{share.product} {share.share:.6g}" for share in found)
        yield error(
            "allocation.shares", f"process '{process_id}'", f"the shares sum to {total:.6g} ({told}); they sum to 1"
        )


def prices(process: Process, rules: AllocationRules) -> Iterator[Finding]:
    """Sharing by value takes the mean of a window of years; other years, or a part of it, are stated (DECISIONS 10)."""
    products = joint_products(process)
    if len(products) < 2 or rules.rule(process) != "economic":
        return
    for product in products:
        try:
            price = rules.price(product, at_process(process))
        except InputError:
            continue
        yield from window(price, rules.window, f"{at_process(process)}, product '{product.flow}'")


def window(price: Price, years: tuple[int, int], where: str) -> Iterator[Finding]:
    """The price years against the window `years`, first and last."""
    first, last = years
    span = f"{price.years[0]} to {price.years[-1]}" if len(price.years) > 1 else str(price.years[0])
    if price.years[0] < first or price.years[-1] > last:
        yield note(
            "allocation.price-years",
            where,
            f"the price of '{price.product}' is of {span}, outside the window {first} to {last}",
        )
    elif len(price.years) < last - first + 1:
        yield note(
            "allocation.price-years",
            where,
            f"the price of '{price.product}' is a mean of {len(price.years)} of the "
            f"{last - first + 1} years {first} to {last} ({span})",
        )


def substitution(process: Process) -> Iterator[Finding]:
    """Only a co-product without metal may take another product's place: acid, steam, gypsum (FORMAT)."""
    for product in process.products:
        metals = [
            element for element, share in product.content.items() if share > 0 and element not in NON_METALS | {"H2O"}
        ]
        if product.substitution and metals:
            yield error(
                "allocation.substitution",
                f"{at_process(process)}, product '{product.flow}'",
                f"substitutes "
                f"'{product.substitution}' but holds {listed(metals)}; a co-product with metal shares the burden",
            )
