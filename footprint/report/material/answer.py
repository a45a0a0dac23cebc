"""The page of a material for programs."""

from __future__ import annotations

from footprint.report.material.view import HEADLINE, MaterialView


def material_json(view: MaterialView) -> dict[str, object]:
    """The page for programs: schema footprint/material/1."""
    return {
        "schema": "footprint/material/1",
        "material": view.material.id,
        "annex_ii": view.material.annex_ii,
        "annex_i": view.material.annex_i,
        "about": view.portrait.about,
        "no_secondary": view.portrait.no_secondary or None,
        "not_modelled": list(view.portrait.not_modelled),
        "amounts_by_tier": dict(view.tiers),
        "routes": [
            {
                "id": result.route.id,
                "name": result.route.declared.name,
                "system": result.route.system,
                "product": result.route.declared.product,
                "tier": result.tier,
                "results": {code: result[code].value for code in result.codes},
                "allocation": result[HEADLINE].sensitivity.get("allocation", {}),
                "without_host": result[HEADLINE].sensitivity.get("without_host"),
            }
            for result in (*view.results, *view.variants)
        ],
        "published": [
            {"route": p.route, "citation": p.citation, "value": p.value, "per": p.per, "scored": p.scored}
            for p in view.published
        ],
        "standards": [
            {"document": s.document, "kind": s.kind, "confirmed": s.read, "note": s.note}
            for s in view.portrait.standards
        ],
    }
