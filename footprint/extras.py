"""Packages that only some tasks need: the extras of the distribution, imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from footprint.errors import FootprintError


def needed(module: str, extra: str) -> Any:
    """A module of an extra; FootprintError says how to install it."""
    try:
        return import_module(module)
    except ImportError:
        raise FootprintError(f"this needs {module}: install crm-footprint[{extra}]") from None
