"""`footprint background link-report`: what stands for each generic background id in another database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from footprint.commands.choices import chosen_routes
from footprint.commands.options import Background, Json, Links, Method, Routes
from footprint.commands.output import emit, emit_json
from footprint.commands.running import DONE, NO, finish
from footprint.errors import InputError

if TYPE_CHECKING:
    from footprint.library.links import LinkReport
    from footprint.library.providers import Provider


def link_report(
    routes: Routes = None,
    background: Background = "open",
    links: Links = None,
    method: Method = "ef-3.1",
    as_json: Json = False,
) -> None:
    """How background ids link to another database: exact, fallback, proxy, mixed, cut-off or missing.

    Exit code 1 if one is missing.

    Without routes, every id of the open background; with --links alone, the profile without a database.
    """
    report = _report(chosen_routes(routes, False) if routes else (), background, links, method)
    if as_json:
        emit_json(report.to_dict())
    else:
        from footprint.report.links import links_page

        emit(links_page(report))
    finish(1, (), NO if report.missing else DONE)


def _report(routes: Sequence[str], background: str, links: str | None, method: str) -> LinkReport:
    from footprint.exchange.choosing import LINKED, chosen_background
    from footprint.library.link_profiles import load_profile
    from footprint.library.linked import LinkedBackground
    from footprint.library.links import link_report as report

    if not background.startswith(LINKED):
        if not links:
            raise InputError("link-report needs --background bw:PROJECT/DATABASE, or --links NAME for a profile alone")
        return report(load_profile(links), _wanted(routes))
    held = chosen_background(background, links, method)
    assert isinstance(held, LinkedBackground)
    assert held.profile is not None
    wanted = _wanted(routes)
    mixed = [supplier for provider in wanted for supplier in held.suppliers(provider)]
    return report(held.profile, [*wanted, *mixed], held.catalogue, held.coverage)


def _wanted(routes: Sequence[str]) -> list[Provider]:
    """What the routes take from the background, in the order of their files; without routes, all there is."""
    from footprint.library.background import load_background
    from footprint.library.links import taken
    from footprint.library.providers import VOLTAGES, Provider
    from footprint.library.routes import load_route

    if routes:
        return [provider for name in routes for provider in taken(load_route(name), load_route)]
    electricity = [Provider("electricity", f"electricity:GLO:{voltage}", "GLO", voltage) for voltage in VOLTAGES]
    return [*electricity, *(Provider("background", ident) for ident in sorted(load_background().generic))]
