"""What the tables of all data files are made of: closed keys, bounded texts, numbers in range."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)]
RouteId = Annotated[str, Meta(pattern=r"^[a-z0-9-]+/[a-z0-9.-]+$", max_length=120)]
ParameterName = Annotated[str, Meta(pattern="^[a-z_][a-z0-9_]*$")]
SiteName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]*(#[a-z0-9-]+)?$", max_length=120)]
Location = Annotated[str, Meta(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|GLO|LOCAL)$")]
Number = NotNegative | Annotated[str, Meta(min_length=1, max_length=1000)]
Year = Annotated[int, Meta(ge=1900, le=2100)]
Share = Annotated[float, Meta(ge=0, le=1)]
Rating = Annotated[float, Meta(ge=1, le=5)]
SupplyName = Literal["grid", "own", "contract", "residual"]
StageName = Literal["extraction", "concentration", "refining", "recycling"]
RuleName = Literal["mass", "element-mass", "energy", "economic", "subdivision"]
TierName = Literal["A", "B", "C", "D"]


class Row(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, omit_defaults=True):
    """Base of every table: keys are closed, values frozen."""
