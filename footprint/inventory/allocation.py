"""How the burden of a process with several products is shared among them (ISO 14044, 4.3.4.2; DECISIONS 10).

Each rule is one function of a process that returns a share per product; shares sum to one. What a co-product
substitutes is not shared: it is taken out before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from footprint.errors import InputError, listed
from footprint.library.prices import Price, mean_price
from footprint.model import Process, Product, Rule
from footprint.rules.parameters import Parameter, default_allocation, numbers

Prices = Mapping[str, Mapping[int, tuple[float, str]]]


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a joint process that one product carries, and what it was computed from."""

    process: str
    product: str
    rule: Rule
    share: float
    basis: str


@dataclass(frozen=True)
class AllocationRules:
    """Which rule a joint process follows: its own, else the default; `override` replaces both everywhere."""

    prices: Prices
    window: tuple[int, int]
    default: Rule = "economic"
    override: Rule | None = None

    def rule(self, process: Process) -> Rule:
        """The rule of this process."""
        return self.override or process.allocation or self.default

    def price(self, product: Product, place: str) -> Price:
        """The mean price of a product in the window."""
        if product.price is None:
            raise InputError(f"{place}: economic allocation needs 'price' on product '{product.flow}'")
        try:
            return mean_price(product.price, *self.window, self.prices)
        except InputError as error:
            raise InputError(f"{place}, product '{product.flow}': {error}") from None


def rules_in_force(parameters: Mapping[str, Parameter], material: str, on: date, prices: Prices) -> AllocationRules:
    """The rule of a material's joint nodes and the price window, as methods/crma has them on a day."""
    default = default_allocation(parameters, material, on).value
    if default not in RULES:
        raise InputError(f"parameter 'allocation-{material}': rule '{default}' is not known; allowed: {listed(RULES)}")
    return AllocationRules(prices, price_window(parameters, on), cast(Rule, default))


def price_window(parameters: Mapping[str, Parameter], on: date, suffix: str = "") -> tuple[int, int]:
    """First and last year of the prices for allocation by value; `-sensitivity` names the other window."""
    window = numbers(parameters, f"allocation-price-window{suffix}", on)
    return int(window["from"]), int(window["to"])


def joint_products(process: Process) -> tuple[Product, ...]:
    """The products that share the burden: those that substitute nothing."""
    return tuple(p for p in process.products if p.substitution is None)


def shares(process: Process, rules: AllocationRules) -> tuple[Share, ...]:
    """The share of each joint product; they sum to one.

    Raises InputError where the rule needs a price, content or energy that a product does not give.
    """
    products = joint_products(process)
    place = f"process '{process.id}'"
    rule = rules.rule(process)
    weights = [(_WEIGHTS[rule](p, rules, place)) for p in products]
    total = sum(weight for weight, _ in weights)
    if total <= 0:
        raise InputError(f"{place}: allocation by {rule} has nothing to share by: all weights are zero")
    return tuple(
        Share(process.id, p.flow, rule, w / total, basis) for p, (w, basis) in zip(products, weights, strict=True)
    )


def _by_mass(product: Product, rules: AllocationRules, place: str) -> tuple[float, str]:
    if product.amount.unit != "kg":
        raise InputError(
            f"{place}: allocation by mass needs products in mass; '{product.flow}' is in {product.amount.unit}"
        )
    return product.amount.value, f"{product.amount.value:g} kg"


def _by_element_mass(product: Product, rules: AllocationRules, place: str) -> tuple[float, str]:
    if not product.content:
        raise InputError(f"{place}: allocation by mass of contained metal needs 'content' on product '{product.flow}'")
    metals = {element: share for element, share in product.content.items() if element != "H2O"}
    mass = product.amount.value * sum(metals.values())
    return mass, f"{mass:g} kg of {listed(metals)}"


def _by_energy(product: Product, rules: AllocationRules, place: str) -> tuple[float, str]:
    if product.energy is None:
        raise InputError(
            f"{place}: allocation by energy needs 'energy' (MJ per {product.amount.unit}) on product '{product.flow}'"
        )
    return product.amount.value * product.energy, f"{product.amount.value * product.energy:g} MJ"


def _by_value(product: Product, rules: AllocationRules, place: str) -> tuple[float, str]:
    price = rules.price(product, place)
    value = product.amount.value * price.value
    return value, f"{value:g} USD at {price.value:g} USD/kg, mean of {price.years[0]} to {price.years[-1]}"


_WEIGHTS: Mapping[Rule, Callable[[Product, AllocationRules, str], tuple[float, str]]] = {
    "mass": _by_mass,
    "element-mass": _by_element_mass,
    "energy": _by_energy,
    "economic": _by_value,
    "subdivision": _by_mass,
}
RULES: tuple[Rule, ...] = tuple(_WEIGHTS)
