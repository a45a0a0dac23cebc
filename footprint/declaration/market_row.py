"""A declaration as a row of the market file, so that what a producer declares feeds the registry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from footprint.declaration.declaration import Declaration, read_declaration
from footprint.errors import InputError
from footprint.library.toml import read_text
from footprint.market.reading import Reading, check_table


def declaration_row(declaration: Declaration) -> Mapping[str, Any]:
    """Column -> cell of a market file (CONTRACT, Market file), as far as the declaration says; values in full.

    Raises InputError for a draft or an invented declaration, and where it gives no tonnes: neither belongs to a market.
    """
    d, tonnes = declaration, declaration.information.mass_t
    for mark in ("draft", "invented"):
        if mark in d.marks:
            raise InputError(f"declaration {d.id}: is {mark}; a market is made of declarations that stand")
    if not tonnes:
        raise InputError(f"declaration {d.id}: says no tonnes placed on the market; give [study] mass_t")
    stages = ("extraction", "processing", "refining", "recycling")
    countries = {stage: getattr(d.countries, stage) for stage in stages}
    made_in = [site.country for site in d.sites] or [place for found in countries.values() for place in found][-1:]
    row = {
        "declaration_id": d.id,
        "operator": d.responsible.name,
        "material": d.material.id,
        "product": d.material.product,
        "form": d.material.form,
        "grade": d.material.grade,
        "system": d.material.system,
        "route": d.material.route,
        "country": made_in[0],
        "period_from": d.period.from_,
        "period_to": d.period.to,
        "mass_t": tonnes,
        "declared_unit_kg": d.material.declared_unit_kg,
        "method": d.calculation.method.id,
        "ruleset": d.calculation.ruleset,
        "background": d.calculation.background.id,
        "allocation": d.calculation.allocation,
        "electricity": d.calculation.electricity,
        "cff_A": d.calculation.cff_A,
        "long_term": d.calculation.long_term,
        "share_pre_consumer": d.material.share_pre_consumer,
        "share_post_consumer": d.material.share_post_consumer,
        **{f"country_{stage}": found[0] for stage, found in countries.items() if len(found) == 1},
        **{category.code: category.value for category in d.footprint},
        **{f"gsd2_{code}": spread.gsd2 for code, spread in d.information.uncertainty.items()},
    }
    return {name: cell for name, cell in row.items() if cell not in (None, "")}


def read_declared(path: Path) -> Reading:
    """The one row of a declaration's JSON file, checked like any market file."""
    row = declaration_row(read_declaration(read_text(path).encode(), str(path)))
    return check_table(str(path), {name: [cell] for name, cell in row.items()}, [1])
