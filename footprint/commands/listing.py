"""`footprint list`: the materials of Annex II and the routes that are shipped for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.commands.choices import Choices
from footprint.commands.options import Json
from footprint.commands.output import emit, emit_json
from footprint.commands.running import finish, in_turn
from footprint.errors import FootprintError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footprint.model import Route
    from footprint.rules.materials import Material


def complete_materials(incomplete: str) -> list[str]:
    """Material ids for shell completion; rules that cannot be read complete nothing."""
    try:
        return [ident for ident in known_materials() if ident.startswith(incomplete)]
    except FootprintError:
        return []


Chosen = Annotated[
    str | None,
    typer.Option(
        "--material",
        metavar="MATERIAL",
        help="Only this material.",
        show_default=False,
        autocompletion=complete_materials,
    ),
]
NoTier = Annotated[
    bool, typer.Option("--no-tier", help="Leave out the data tier: it needs a calculation of each route.")
]


def list_routes(material: Chosen = None, no_tier: NoTier = False, as_json: Json = False) -> None:
    """Materials of Annex II and their routes: system, product, data tier."""
    materials = _chosen(material)
    routes, unread = in_turn(_names(materials), _loaded, "reading routes")
    tiers, ungraded = _tiers(() if no_tier else routes)
    answer = [_material_json(entry, routes, tiers) for entry in materials]
    if as_json:
        emit_json(answer)
    else:
        from footprint.report.listing import listing_page

        emit(listing_page(answer))
    finish(len(routes) + len(unread), [*unread, *ungraded])


def known_materials() -> Mapping[str, Material]:
    """The materials of Annex II by id."""
    from footprint.library.paths import methods_folder
    from footprint.rules.materials import load_materials

    return load_materials(methods_folder() / "crma")


def _chosen(material: str | None) -> Sequence[Material]:
    from footprint.rules.materials import find_material

    materials = known_materials()
    return list(materials.values()) if material is None else [find_material(materials, material)]


def _names(materials: Sequence[Material]) -> list[str]:
    """The ids of the shipped routes of these materials: an id begins with its material."""
    from footprint.library.routes import route_index

    chosen = {material.id for material in materials}
    return [ident for ident in route_index() if ident.partition("/")[0] in chosen]


def _loaded(name: str) -> Route:
    from footprint.library.routes import load_route

    return load_route(name)


def _tiers(routes: Sequence[Route]) -> tuple[dict[str, str], list[str]]:
    """Data tier by route id, and the routes that cannot be calculated."""
    from footprint.calculation import calculate_route

    settings, by_id = Choices().settings(), {route.id: route for route in routes}

    def grade(ident: str) -> tuple[str, str]:
        return ident, calculate_route(by_id[ident], settings).tier

    graded, failed = in_turn(list(by_id), grade, "calculating")
    return dict(graded), failed


def _material_json(material: Material, routes: Sequence[Route], tiers: Mapping[str, str]) -> dict[str, Any]:
    """An entry of the list; `tier` is null where it was left out or the route cannot be calculated."""
    own = [route for route in routes if route.declared.material == material.id]
    rows = [_route_json(route, material, tiers.get(route.id)) for route in own]
    return {"material": material.id, "annex_ii": material.annex_ii, "routes": rows}


def _route_json(route: Route, material: Material, tier: str | None) -> dict[str, Any]:
    from footprint.rules.materials import is_strategic

    declared = route.declared
    return {
        "id": route.id,
        "name": declared.name,
        "system": route.system,
        "product": declared.product,
        "strategic": is_strategic(material, declared.form, declared.grade, declared.element),
        "form": declared.form,
        "grade": declared.grade,
        "element": declared.element,
        "content": declared.content,
        "tier": tier,
    }
