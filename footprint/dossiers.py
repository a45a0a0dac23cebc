"""One call from a study to its declaration, from there to a dossier, and from a dossier to what became of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec

from footprint.calculation import Settings
from footprint.declaration.archive import MAX_BYTES, pack, unpack
from footprint.declaration.basis import schemes_for
from footprint.declaration.case import (
    BACKGROUND,
    LINKS,
    REQUEST,
    SCHEME,
    STUDY,
    Case,
    Declared,
    Request,
    declare_case,
    linked_routes,
    supplier_files,
)
from footprint.declaration.declaration import Declaration, canonical_json, read_declaration
from footprint.declaration.dossier import DECLARATION, MANIFEST, PAGE, entries
from footprint.declaration.verifying import (
    Difference,
    Verification,
    archive_differences,
    entry_differences,
    is_note,
    magnitudes,
    manifest_differences,
)
from footprint.errors import FootprintError, InputError, Refused
from footprint.exchange.choosing import LINKED, chosen_background
from footprint.library.background import OPEN, OWN, Background, load_background
from footprint.library.method import load_method
from footprint.library.replacing import apart, folder_for, write_together
from footprint.library.studies import Study, load_study
from footprint.market.scheme_files import load_schemes
from footprint.market.thresholds import ClassScheme
from footprint.report.declaration import declaration_page

TOML = ".toml"
METHOD = "ef-3.1"


def declare(
    study: str | Path,
    *,
    on: date,
    scheme_file: str | Path | None = None,
    background: str | Path = OPEN,
    links: str | None = None,
    draft: bool = False,
) -> Declared:
    """The declaration of a study under Article 31, on a day.

    Parameters
    ----------
    study : path of a route file with a [study] table; `#ID` chooses a declared product, `@VARIANT` a draft
    on : the day of the declaration: its rules, its validity
    scheme_file : thresholds of classes, as `classes fit` writes them or of a legal act
    background, links : as in `calculate`
    draft : declare also what does not conform, with "draft" across the page

    Raises Refused with the reasons where the study may not be declared, InputError where something is wrong.
    """
    found, held = load_study(study), chosen_background(str(background), links)
    sources = _background_files(str(background), links)
    schemes: tuple[ClassScheme, ...] = ()
    if scheme_file is not None:
        schemes = schemes_for(load_schemes(scheme_file), found.route.declared, str(scheme_file))
        ending = "toml" if Path(scheme_file).suffix.lower() == TOML else "json"
        sources[f"{SCHEME}{ending}"] = Path(scheme_file)
    told = next((name for name in sources if name.startswith(LINKS)), links)
    files = {name: path.read_bytes() for name, path in sources.items()}
    paths = (*_route_files(found), *sources.values())
    declared = declare_case(Case(found, on, _settings(held, on), schemes, files, draft, told, paths))
    if declared.refused and not draft:
        raise Refused(f"{study}: does not conform and is not declared; --draft writes a draft", declared.refused)
    return declared


def write_dossier(declared: Declared, path: str | Path) -> str:
    """Write the dossier of a declaration as one ZIP file; returns its SHA-256, to publish with the declaration.

    The same study, day, program and data make the same bytes. InputError where the file cannot be written, or is read.
    """
    return write_declared(declared, dossier=path)[Path(path)]


def write_declared(
    declared: Declared, folder: str | Path | None = None, dossier: str | Path | None = None
) -> dict[Path, str]:
    """Write declaration.json and declaration.html into a folder, and the dossier as a file: all of it, or nothing.

    Returns the SHA-256 of each file. InputError where one is an input of the declaration, or cannot be written.
    """
    page = declaration_page(declared.declaration)
    files: dict[Path, bytes] = {}
    if folder is not None:
        files[Path(folder) / DECLARATION] = canonical_json(declared.declaration)
        files[Path(folder) / PAGE] = page.encode()
    if dossier is not None:
        files[Path(dossier)] = pack(entries(declared, page))
    apart(files, declared.case.paths)
    with folder_for(Path(folder)) if folder is not None else nullcontext():
        write_together(files)
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def verify(path: str | Path) -> Verification:
    """Compute a dossier anew from what it holds and compare all of it; figures within 1e-9 of each other are the same.

    Nothing is written but to a temporary folder. Raises InputError where the file is no dossier.
    """
    data = _read(Path(path))
    found = unpack(data, str(path))
    for name in (MANIFEST, REQUEST, STUDY, DECLARATION):
        if name not in found:
            raise InputError(f"{path}: is no dossier: '{name}' is missing; `footprint declare --dossier` writes one")
    differences = [*archive_differences(data, found), *manifest_differences(found)]
    try:
        ident = read_declaration(found[DECLARATION], DECLARATION).id
    except InputError as error:
        ident = ""
        differences.append(
            Difference("schema", DECLARATION, "a declaration", str(error).removeprefix(f"{DECLARATION}: "))
        )
    differences += _replayed(found)
    notes = tuple(filter(is_note, differences))
    told = tuple(difference for difference in differences if not is_note(difference))
    return Verification(hashlib.sha256(data).hexdigest(), ident, told, notes, tuple(_own(found)))


def _own(found: Mapping[str, bytes]) -> Iterator[str]:
    """What the company brought in place of data that everybody can look up."""
    for what, folder in (("background", BACKGROUND), ("link profile", LINKS)):
        if any(name.startswith(folder) for name in found):
            yield what


def _read(path: Path) -> bytes:
    """The bytes of a regular file that is no larger than a dossier may be: a device or a pipe has no end."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InputError(f"{path}: is no regular file; a dossier is a ZIP file")
        if size > MAX_BYTES:
            raise InputError(f"{path}: {size:,} bytes; a dossier has at most {MAX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _replayed(found: Mapping[str, bytes]) -> Iterator[Difference]:
    """The entries against those computed anew; what hinders that is a difference too."""
    with tempfile.TemporaryDirectory(prefix="footprint-") as folder:
        try:
            declared = declare_case(_case(found, Path(folder)))
            sizes = magnitudes(declared.result)
            anew = entries(declared, declaration_page(_rounded_alike(found, declared.declaration, sizes)))
        except (FootprintError, OSError) as error:
            told = str(error).replace(f"{Path(folder).resolve()}{os.sep}", "").replace(f"{folder}{os.sep}", "")
            yield Difference("replay", "the study", "a study that can be computed", told)
            return
    if declared.refused and not declared.case.draft:
        for finding in declared.refused:
            yield Difference("conformity", finding.where, "declared", f"{finding.rule}: {finding.message}")
    yield from entry_differences(found, anew, sizes)


def _rounded_alike(found: Mapping[str, bytes], anew: Declaration, sizes: Mapping[str, float]) -> Declaration:
    """The dossier's declaration where it is the one computed anew but for rounding; else that one. The page follows."""
    same = not any(entry_differences({DECLARATION: found[DECLARATION]}, {DECLARATION: canonical_json(anew)}, sizes))
    return read_declaration(found[DECLARATION], DECLARATION) if same else anew


def _case(found: Mapping[str, bytes], folder: Path) -> Case:
    """The case of a dossier, its inputs put into a temporary folder."""
    try:
        asked = msgspec.json.decode(found[REQUEST], type=Request)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{REQUEST}: {error}") from None
    files = {name: data for name, data in found.items() if name.startswith((BACKGROUND, LINKS, SCHEME))}
    for name, data in {**files, **{n: d for n, d in found.items() if n.startswith("study/")}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    study = load_study(f"{folder / STUDY}#{asked.declared}")
    schemes: tuple[ClassScheme, ...] = ()
    for name in files:
        if name.startswith(SCHEME):
            schemes = schemes_for(load_schemes(folder / name), study.route.declared, name)
    held = _held_background(asked, folder)
    return Case(study, asked.on, _settings(held, asked.on, asked), schemes, files, asked.draft, asked.links)


def _held_background(asked: Request, folder: Path) -> Background:
    """The company's own background from the dossier; else one of this machine, by its name. Neither for the other."""
    held = (folder / BACKGROUND).is_dir()
    if held and asked.background.startswith(OWN):
        return replace(load_background(folder / BACKGROUND), id=asked.background)
    if held:
        raise InputError(f"{REQUEST}: background '{asked.background}' is not {OWN}NAME, yet {BACKGROUND} is there")
    if asked.background != OPEN and not asked.background.startswith(LINKED):
        raise InputError(f"{REQUEST}: background '{asked.background}' is not in the dossier")
    own = asked.links is not None and asked.links.endswith(TOML)
    return chosen_background(asked.background, str(folder / asked.links) if own and asked.links else asked.links)


def _settings(background: Background, on: date, asked: Request | None = None) -> Settings:
    if asked is None:
        return Settings(load_method(METHOD), background, on=on)
    return Settings(load_method(METHOD), background, asked.electricity, asked.long_term, asked.engine, on)


def _route_files(study: Study) -> Iterator[Path]:
    """The file of a study, those of the suppliers' declarations and of the routes it takes from."""
    yield Path(study.route.path)
    yield from (path for _, path in supplier_files(study.route))
    yield from (Path(linked.path) for linked in linked_routes(study.route))


def _background_files(background: str, links: str | None) -> dict[str, Path]:
    """What a replay needs of a background that is the company's own: its folder, or its link profile; by entry."""
    if links is not None and links.endswith(TOML):
        return {f"{LINKS}{path.name}": path for path in (Path(links), Path(links).with_suffix(".csv"))}
    if background == OPEN or background.startswith(LINKED):
        return {}
    root = Path(background)
    paths = [*(root / "background").glob("*.toml"), *(root / "electricity").glob("*.*"), *root.glob("sources.toml")]
    return {f"{BACKGROUND}{path.relative_to(root).as_posix()}": path for path in sorted(paths)}
