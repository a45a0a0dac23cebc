"""`footprint conformity`: which modules of Decision 768/2008/EC suit the rules of a material."""

from __future__ import annotations

from typing import Annotated

import typer

from footprint.commands.choices import asked_day, choice
from footprint.commands.options import Json, On, completing
from footprint.commands.output import emit, emit_json

VARIABILITY = ("stable", "varied", "new")
Interest = Annotated[
    int,
    typer.Option(
        "--interest",
        metavar="0-3",
        help="(a) Public interest: footprint, tonnes on the market, risk of false claims.",
    ),
]
Bodies = Annotated[
    int | None,
    typer.Option("--bodies", metavar="N", help="(b) Competent and independent bodies there are.", show_default=False),
]
Series = Annotated[bool, typer.Option("--series/--unit", help="(a) Continuous production, or single campaigns.")]
QualitySystem = Annotated[bool, typer.Option("--quality-system", help="The operator has an approved quality system.")]
Models = Annotated[
    str,
    typer.Option(
        "--variability",
        metavar="CHOICE",
        help="(a) The model of the product: stable, varied (grades, routes) or new each time.",
        autocompletion=completing(*VARIABILITY),
    ),
]
Sme = Annotated[bool, typer.Option("--sme", help="A small or medium-sized enterprise.")]


def conformity(
    interest: Interest = 2,
    bodies: Bodies = None,
    series: Series = True,
    quality_system: QualitySystem = False,
    variability: Models = "varied",
    sme: Sme = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Modules of conformity assessment by the criteria of Annex V, ranked and with reasons (assumptions, no law)."""
    model = choice("--variability", variability, VARIABILITY)
    from footprint.declaration.conformity import conformity as advised

    found = advised(
        interest, bodies, series=series, quality_system=quality_system, variability=model, sme=sme, on=asked_day(on)  # type: ignore[arg-type]
    )  # fmt: skip
    if as_json:
        emit_json(found.to_dict())
    else:
        from footprint.report.conformity import conformity_document
        from footprint.report.document import terminal

        emit(terminal(conformity_document(found)))
