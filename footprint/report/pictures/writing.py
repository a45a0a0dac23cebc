"""A picture as a file: SVG, PNG, or one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from footprint.errors import InputError
from footprint.extras import needed
from footprint.library.replacing import replacing
from footprint.report.document import Document, Figure
from footprint.report.html import html_page

#: pixels of a PNG per pixel of the picture
ZOOM = 2
FONT = "Source Sans Pro"


def write_picture(path: Path, picture: Figure, tables: Document = ()) -> None:
    """Write a picture in the form that the name ends in; in HTML `tables` stand below it.

    Raises InputError where the ending is none of .svg, .png, .html, or the file cannot be written.
    """
    render = _FORMS.get(path.suffix.lower())
    if render is None:
        raise InputError(f"'{path}': the form '{path.suffix}' is not known; allowed: {', '.join(_FORMS)}")
    _write(path, render(picture, tables))


def write_page(path: Path, title: str, document: Document) -> None:
    """Write several pictures with their tables as one HTML page; InputError as `write_picture`."""
    if path.suffix.lower() != ".html":
        raise InputError(f"'{path}': several pictures are one page; the name ends in .html")
    _write(path, html_page(title, document).encode())


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None


def png_bytes(svg: str) -> bytes:
    """The picture in pixels, in a font that comes with the extra; the system's fonts only where that lacks a letter."""
    font = needed("font_source_sans_pro", "png")
    drawn: bytes = needed("resvg_py", "png").svg_to_bytes(
        svg_string=svg,
        zoom=ZOOM,
        font_files=[font.font_files_ttf["SourceSansPro"], font.font_files_ttf["SourceSansProBold"]],
        sans_serif_family=FONT,
        skip_system_fonts=all(map(_in_font, svg)),
    )
    return bytes(drawn)


def _in_font(letter: str) -> bool:
    """Latin, Greek, Cyrillic, punctuation and the usual signs."""
    return letter <= "\u052f" or "\u2000" <= letter <= "\u22ff"


_FORMS: Mapping[str, Callable[[Figure, Document], bytes]] = {
    ".svg": lambda picture, _: picture.svg.encode(),
    ".png": lambda picture, _: png_bytes(picture.svg),
    ".html": lambda picture, tables: html_page(picture.title, (picture, *tables)).encode(),
}
