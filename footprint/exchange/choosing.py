"""A background by its name, without importing for the open one what only a linked one needs."""

from __future__ import annotations

from footprint.library.background import Background, load_background

LINKED = "bw:"


def chosen_background(name: str, links: str | None = None, method: str = "ef-3.1") -> Background:
    """`open`, a folder of the same form, or `bw:PROJECT/DATABASE` through a link profile (see `load_background`)."""
    if links or name.startswith(LINKED):
        from footprint.exchange.backgrounds import load_background as load_linked

        return load_linked(name, links, method)
    return load_background(name)
