"""The page of a critical raw material: what it is, its routes and their footprints, and what these rest on."""

from __future__ import annotations

from footprint.report.document import Document
from footprint.report.material.data import data, sources, standards
from footprint.report.material.results import ABREAST, allocation, published_beside_ours, results
from footprint.report.material.routes import processes, routes, what_it_is
from footprint.report.material.view import MaterialView


def material_document(view: MaterialView, abreast: int = ABREAST) -> Document:
    """The page, block by block, with at most `abreast` routes side by side."""
    return (
        *what_it_is(view),
        *routes(view),
        *processes(view),
        *results(view, abreast),
        *published_beside_ours(view),
        *allocation(view),
        *data(view),
        *sources(view),
        *standards(view),
    )
