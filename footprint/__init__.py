"""Environmental footprint of critical raw materials under Article 31 and Annex V of Regulation (EU) 2024/1252.

import footprint as fp

result = fp.calculate("lithium/carbonate-brine-atacama")
result["CC"].value, result["CC"].unit
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from footprint.batch.studies import calculate_many as calculate_many
    from footprint.calculation import calculate as calculate
    from footprint.checks.run import check as check
    from footprint.choices.scenarios import scenarios as scenarios
    from footprint.declaration.conformity import conformity as conformity
    from footprint.declaration.difference import difference as difference
    from footprint.declaration.fingerprint import fingerprint as fingerprint
    from footprint.declaration.rules import check_study as check_study
    from footprint.declaration.status import status as status
    from footprint.errors import FootprintError as FootprintError
    from footprint.errors import InputError as InputError
    from footprint.exchange.backgrounds import load_background as load_background
    from footprint.impact.hotspots import hotspots as hotspots
    from footprint.influence import sensitivity as sensitivity
    from footprint.library.method import load_method as load_method
    from footprint.library.routes import load_route as load_route
    from footprint.library.routes import route_index as route_index
    from footprint.library.studies import load_study as load_study
    from footprint.market.assignment import classify as classify
    from footprint.market.fitting import fit_classes as fit_classes
    from footprint.market.modelled import model_market as model_market
    from footprint.market.reading import load_market as load_market
    from footprint.sampling import sample as sample
    from footprint.sampling import sample_routes as sample_routes

#: public name -> module that has it; nothing is imported before it is used
_PUBLIC = {
    "calculate": "footprint.calculation",
    "calculate_many": "footprint.batch.studies",
    "sample": "footprint.sampling",
    "sample_routes": "footprint.sampling",
    "sensitivity": "footprint.influence",
    "scenarios": "footprint.choices.scenarios",
    "check": "footprint.checks.run",
    "check_study": "footprint.declaration.rules",
    "hotspots": "footprint.impact.hotspots",
    "fingerprint": "footprint.declaration.fingerprint",
    "status": "footprint.declaration.status",
    "difference": "footprint.declaration.difference",
    "conformity": "footprint.declaration.conformity",
    "load_background": "footprint.exchange.backgrounds",
    "load_method": "footprint.library.method",
    "load_route": "footprint.library.routes",
    "load_study": "footprint.library.studies",
    "load_market": "footprint.market.reading",
    "model_market": "footprint.market.modelled",
    "fit_classes": "footprint.market.fitting",
    "classify": "footprint.market.assignment",
    "route_index": "footprint.library.routes",
    "FootprintError": "footprint.errors",
    "InputError": "footprint.errors",
}
__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'footprint' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
