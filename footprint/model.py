"""The frozen types of a product system: what a file says, with units converted and expressions evaluated.

Words are those of ISO 14040/14044: a product system is made of unit processes; an exchange is a product flow,
an elementary flow or a waste flow. Amounts are never negative; `Direction` says which way they go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Tier = Literal["measured", "published", "derived", "estimate"]
System = Literal["primary", "secondary", "mixed"]
Stage = Literal["extraction", "concentration", "refining", "recycling"]
Supply = Literal["grid", "own", "contract", "residual"]
Rule = Literal["mass", "element-mass", "energy", "economic", "subdivision"]
FlowKind = Literal["product", "waste", "resource", "emission"]

PRIMARY_STAGES: tuple[Stage, ...] = ("extraction", "concentration", "refining")
STAGES: tuple[Stage, ...] = (*PRIMARY_STAGES, "recycling")
NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the bibliography; its kind decides the tier of the amounts that cite it."""

    id: str
    title: str
    author: str
    year: int
    kind: Tier
    licence: str
    url: str = ""
    basis: str = "read"


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution around an amount, in the amount's base unit; `gsd2` and weights have none.

    A share between 0 and 1 is logit-normal: `sd` is the standard deviation of ln(x / (1 - x)).
    """

    kind: Literal["lognormal", "normal", "uniform", "triangular", "discrete", "logit-normal"]
    gsd2: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a base unit, with where it comes from. `expression` is kept where the file gives one."""

    value: float
    unit: str
    source: str
    locator: str
    tier: Tier
    note: str = ""
    expression: str | None = None
    scale: float = 1.0
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value that expressions use; shared parameters are the only source of correlation."""

    name: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a transport: `by` is a background transport process, `distance` in km."""

    by: str
    distance: float
    own: bool = False
    source: str = ""
    locator: str = ""
    tier: Tier = "estimate"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line of a unit process.

    `partner` is the provider of a product, the treatment of a waste, or the compartment of an elementary flow.
    """

    kind: FlowKind
    flow: str
    partner: str
    amount: Amount
    supply: Supply | None = None
    legs: tuple[Leg, ...] = ()
    gross: float = 1.0
    content: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    annex_v: tuple[str, ...] = ()
    share_with: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """What a unit process makes (or, where `is_waste`, what a treatment takes)."""

    flow: str
    amount: Amount
    content: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    price: str | None = None
    energy: float | None = None
    substitution: str | None = None
    is_waste: bool = False


@dataclass(frozen=True, slots=True)
class DataQuality:
    """PEF data quality ratings, 1 (best) to 5: technology, geography, time, precision."""

    TeR: float
    GeR: float
    TiR: float
    P: float

    @property
    def dqr(self) -> float:
        """DQR = (TeR + GeR + TiR + P) / 4 (Recommendation (EU) 2021/2279, Annex I, 4.6.5)."""
        return (self.TeR + self.GeR + self.TiR + self.P) / 4


@dataclass(frozen=True, slots=True)
class Process:
    """A unit process: products, and the exchanges that make them.

    `operator_control` is None where nobody says who runs it. `parameters` are its own: what depends on the site of a
    background process, which a route may set.
    """

    id: str
    name: str
    location: str
    year: int
    products: tuple[Product, ...]
    exchanges: tuple[Exchange, ...]
    stage: Stage | None = None
    annex_v: tuple[str, ...] = ()
    operator_control: bool | None = None
    host: bool = False
    allocation: Rule | None = None
    quality: DataQuality | None = None
    note: str = ""
    tier: str = ""
    not_covered: tuple[str, ...] = ()
    group: str = ""
    parameters: tuple[Parameter, ...] = ()
    settled_by: str = ""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Why an Annex V item is covered by no process: not relevant, or cut off with its shares.

    Shares are 0 to 1, None where the file gives none; `score` is the share of each category not in `categories`.
    """

    item: str
    status: Literal["not-relevant", "cut-off"]
    reason: str
    mass: float | None = None
    energy: float | None = None
    score: float | None = None
    source: str = ""
    categories: Mapping[str, float] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared product of a route: what one declared unit (1 kg unless a rule says otherwise) is of."""

    id: str
    material: str
    name: str
    product: str
    process: str
    form: str
    grade: str
    element: str | None = None
    content: float | None = None
    unit_kg: float = 1.0


@dataclass(frozen=True, slots=True)
class Route:
    """A product system with one declared product: what is calculated.

    `sites` are the values of background processes' own parameters, by process id or `ID#NAME`.
    """

    id: str
    declared: Declared
    system: System
    processes: tuple[Process, ...]
    parameters: tuple[Parameter, ...] = ()
    boundary: tuple[Boundary, ...] = ()
    notes: str = ""
    share_pre_consumer: float | None = None
    share_post_consumer: float | None = None
    suppliers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sites: Mapping[str, tuple[Parameter, ...]] = field(default_factory=lambda: MappingProxyType({}))
    path: str = ""
    sha256: str = ""
    by_id: Mapping[str, Process] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", MappingProxyType({process.id: process for process in self.processes}))

    def process(self, process_id: str) -> Process:
        """The process of that id (KeyError where there is none: the loader has checked)."""
        return self.by_id[process_id]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check or a calculation has to say: rule, severity, place, and a message that says how to mend it."""

    rule: str
    severity: Literal["error", "warning", "note"]
    where: str
    message: str
