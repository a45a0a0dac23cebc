"""The Typer application: one module per command; here only what holds for all of them.

Exit codes: 0 done, 1 the answer is no, 2 the call or an input is wrong, 3 a batch finished in part, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer

from footprint import __version__
from footprint.commands import (
    background,
    calc,
    check,
    classes,
    compare,
    conformity,
    declare,
    diff,
    draw,
    explain,
    export,
    hotspots,
    importing,
    listing,
    market,
    materials,
    scenarios,
    sensitivity,
    status,
    template,
    verify,
)
from footprint.commands.output import OutputClosed, complain, debugging
from footprint.commands.running import DONE, WRONG
from footprint.errors import FootprintError

INTERRUPTED = 130
BROKEN_PIPE = 141
#: new objects between two collections; Python's own 700 costs a tenth of a short call
GARBAGE_THRESHOLD = 200_000
#: the base of all errors in a call, which older and newer typer keep in different places
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="footprint",
    help="Environmental footprint of critical raw materials (Annex V of Regulation (EU) 2024/1252).",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(listing.list_routes)
app.command("materials")(materials.materials)
app.command("calc")(calc.calc)
app.command("check")(check.check)
app.command("hotspots")(hotspots.hotspots)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("scenarios")(scenarios.scenarios)
app.command("compare")(compare.compare)
app.command("declare")(declare.declare)
app.command("verify")(verify.verify)
app.command("template")(template.template)
app.command("import")(importing.import_book)
app.command("explain")(explain.explain)
app.command("status")(status.status)
app.command("diff")(diff.diff)
app.command("conformity")(conformity.conformity)
app.add_typer(background.app)
app.add_typer(market.app)
classes.app.add_typer(draw.app)
app.add_typer(classes.app)
app.add_typer(export.app)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"crm-footprint {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when the program fails.")] = False,
) -> None:
    if debug:
        os.environ["CRM_FOOTPRINT_DEBUG"] = "1"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    A call lives for half a second, and a quarter of that would go into three things it does not need: BLAS threads (the
    matrices are small, and with one thread no result depends on the number of processors), garbage collection while
    modules load, and taking the interpreter down piece by piece (kept with --debug, so that profilers can report).
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(GARBAGE_THRESHOLD)
    code = run(arguments)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    if debugging():
        sys.exit(code)
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of a call; every failure ends in one message on stderr and never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = app(args=arguments, prog_name="footprint", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except FootprintError as error:
        complain(str(error))
    except _UsageError as error:
        _explain_usage(error)
    except (OutputClosed, BrokenPipeError):
        return _close_output()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if debugging():
            raise
        _report_fault(error)
    return WRONG


def _explain_usage(error: Any) -> None:
    """The message of a wrong call, and where help is; a call without a command gets the help itself."""
    path = error.ctx.command_path if error.ctx else "footprint"
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
    else:
        complain(f"{error.format_message()}\n`{path} --help` shows what is allowed")


def _report_fault(error: Exception) -> None:
    """One line for what should not happen; an operating system error names its file instead, if not the output's."""
    if isinstance(error, OSError) and error.strerror:
        complain(f"{error.filename or 'output'}: {error.strerror}")
    else:
        complain(f"unexpected {type(error).__name__}: {error}. Please report it; --debug shows where it happened")


def _close_output() -> int:
    """Whoever read stdout has gone (`| head`): leave quietly, as a program ended by SIGPIPE does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
