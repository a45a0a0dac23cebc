"""`footprint declare`: the declaration of a company's study, and the dossier that proves it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.commands.choices import asked_day, named
from footprint.commands.options import Background, Json, Links
from footprint.commands.output import complain, emit_json, say
from footprint.commands.running import NO

Study = Annotated[str, typer.Argument(metavar="STUDY", help="Path of a .toml file with a [study] table.")]
OnDay = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="Day of the declaration; today unless given.", show_default=False),
]
Scheme = Annotated[
    Path | None,
    typer.Option("--scheme-file", metavar="FILE", help="Class thresholds: JSON of `classes fit`, or legal TOML.",
                 show_default=False),
]  # fmt: skip
Folder = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Write declaration.json and declaration.html here.",
                 show_default=False),
]  # fmt: skip
Dossier = Annotated[
    Path | None,
    typer.Option("--dossier", metavar="FILE", help="Write the dossier (.zip) that `verify` computes anew.",
                 show_default=False),
]  # fmt: skip
Draft = Annotated[bool, typer.Option("--draft", help="Declare also what does not conform, marked as a draft.")]


def declare(
    study: Study,
    on: OnDay = None,
    scheme_file: Scheme = None,
    background: Background = "open",
    links: Links = None,
    out: Folder = None,
    dossier: Dossier = None,
    draft: Draft = False,
    as_json: Json = False,
) -> None:
    """Declaration of a study under Article 31, as JSON and as a page. Exit code 1 where the study does not conform.

    Without --out and --dossier the JSON goes to stdout.
    """
    from footprint.dossiers import declare as declared_study
    from footprint.dossiers import write_declared
    from footprint.errors import Refused

    if dossier is not None:
        named(dossier, "--dossier", ".zip")
    try:
        declared = declared_study(
            study, on=asked_day(on), scheme_file=scheme_file, background=background, links=links, draft=draft
        )
    except Refused as refused:
        complain(str(refused))
        if as_json:
            reasons = [{"rule": r.rule, "where": r.where, "message": r.message} for r in refused.reasons]
            emit_json({"schema": "footprint/refusal/1", "study": study, "reasons": reasons})
        raise typer.Exit(NO) from None
    written = write_declared(declared, out, dossier)
    if out is not None:
        say(f"written: {', '.join(str(path) for path in written if path != dossier)}")
    if dossier is not None:
        say(f"written: {dossier}, SHA-256 {written[dossier]}")
    if as_json or (out is None and dossier is None):
        import msgspec

        emit_json(msgspec.to_builtins(declared.declaration))
    for finding in declared.refused:
        say(f"draft: {finding.where}: {finding.message} ({finding.rule})")
