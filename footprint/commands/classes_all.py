"""`footprint classes fit --all`: every material and category of a market in one go, into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from footprint.commands.output import complain, emit_json, say
from footprint.commands.running import finish, progress
from footprint.errors import InputError

if TYPE_CHECKING:
    from footprint.market.options import Options
    from footprint.market.recalculation import Recalculation
    from footprint.market.stored import Stored
    from footprint.market.thresholds import ClassScheme


def fit_all(
    market: Path, on: date, options: Options, out: Path | None, *, exploratory: bool = False,
    previous: Path | None = None, previous_market: Path | None = None, confidential: bool = False, workers: int = 1,
    as_json: bool = False,
) -> None:  # fmt: skip
    """Recompute every pool of a market and write the folder; exit code 3 where a pool failed."""
    from footprint.market.disclosure import disclosed
    from footprint.market.recalculation import recalculate, reviewed, wanted
    from footprint.market.stored import stored
    from footprint.report.class_folder import summary, write_folder

    if out is None:
        raise InputError("--all writes a folder: give --out FOLDER")
    categories = wanted(on, exploratory)
    with ExitStack() as open_:
        now = open_.enter_context(stored(market, categories))
        with progress(len(now.pools), "fitting") as advance:
            found = recalculate(now, on, categories, options, workers, advance)
        _check(found)
        if previous is not None:
            schemes, before = _earlier(open_, previous, previous_market, categories)
            found = reviewed(found, schemes, before, now)
            if not found.reviews:
                complain(f"{previous}: has no product, category and system in common with {market}")
        try:
            write_folder(out, found, now, confidential)
        except OSError as error:
            raise InputError(f"{out}: cannot be written ({error.strerror})") from None
    say(f"written: {out}")
    for line in disclosed(found.schemes, confidential).lines:
        say(line)
    for entry in found.skipped:
        if entry.rule != "no-value":
            say(f"left out: {entry}")
    if as_json:
        emit_json(summary(found, now.name))
    finish(found.pools, [str(entry) for entry in found.failed])


def _check(found: Recalculation) -> None:
    if not found.schemes:
        reasons = "\n".join(dict.fromkeys(entry.message for entry in found.skipped)) or "there is no declaration"
        raise InputError(f"nothing could be fitted:\n{reasons}")


def _earlier(
    open_: ExitStack, previous: Path, market: Path | None, categories: Sequence[str]
) -> tuple[Sequence[ClassScheme], Stored]:
    """Schemes and declarations of a folder that `fit --all` wrote, or of a file of schemes and its market."""
    from footprint.market.scheme_files import load_schemes
    from footprint.market.stored import kept, stored
    from footprint.report.class_folder import DECLARATIONS, SCHEMES

    if previous.is_dir():
        if market is not None:
            raise InputError(f"{previous} holds its own declarations: --previous-market goes with a file of schemes")
        return load_schemes(previous / SCHEMES), open_.enter_context(kept(previous / DECLARATIONS, categories))
    if market is None:
        raise InputError(f"--previous {previous}: is no folder; with a file of schemes give --previous-market too")
    return load_schemes(previous), open_.enter_context(stored(market, categories))
