"""Small routes for the tests of checks: one process that makes 1 kg of `x`, with what a test adds to it."""

from pathlib import Path

from footprint.checks.system import Linked
from footprint.errors import InputError
from footprint.library.build import build_route
from footprint.library.files import RouteFile
from footprint.library.sources import load_sources
from footprint.library.toml import parse_toml
from footprint.model import Finding, Route

TOY = Path(__file__).parent.parent / "toy"
PRODUCT = '{ flow = "x", amount = 1.0, unit = "kg" }'
PROCESS = """
[[process]]
id = "p"
name = "A process"
stage = "refining"
location = "CL"
year = 2021
source = "invented"
locator = "row 1"
"""


def route_of(
    *exchanges: str,
    product: str = PRODUCT,
    process: str = "",
    head: str = "",
    more: str = "",
    system: str = "primary",
    declared: str = "",
    replace: tuple[str, str] = ("", ""),
    variant: str | None = None,
) -> Route:
    """A route whose process `p` has these lines; `process` adds keys to it, `head` and `more` tables around it."""
    lines = ",\n".join(exchanges)
    text = f"""
schema = 1
material = "cobalt"
name = "A route for one test"
system = "{system}"
{head if not head.lstrip().startswith("[") else ""}
[[declared]]
id = "cobalt/x"
product = "x"
process = "p"
form = "metal"
{declared}
{head if head.lstrip().startswith("[") else ""}
{PROCESS.replace(*replace) if replace[0] else PROCESS}{process}
product = [ {product} ]
exchange = [
{lines}
]
{more}
"""
    file = parse_toml(text, "test.toml", RouteFile)
    return build_route(file, file.declared[0], load_sources(TOY), "test.toml", variant=variant)


def nothing_linked(ident: str) -> Route:
    """A loader that knows no route."""
    raise InputError(f"route '{ident}' is not known")


def alone() -> Linked:
    """No route is linked."""
    return Linked(nothing_linked)


def rules(findings) -> list[str]:
    """The rules that fired, each once, in the order of findings."""
    return list(dict.fromkeys(f.rule for f in findings))


def one(findings) -> Finding:
    """The only finding."""
    found = list(findings)
    assert len(found) == 1, found
    return found[0]
