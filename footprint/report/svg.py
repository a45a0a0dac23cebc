"""Self-contained SVG: a white sheet with texts, boxes and lines; what data files say is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable
from unicodedata import east_asian_width

from footprint.report.numbers import clean

INK, FAINT = "#222222", "#888888"
#: mean width of a letter at font size 11, in pixels; texts are wrapped by it
LETTER = 6.0
#: words in capitals up to this long are taken for signs, not for shouting
SHORT = 6


def sheet(width: float, height: float, title: str, body: Iterable[str]) -> str:
    """A whole picture; the title is what a screen reader says."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="sans-serif" font-size="11" role="img"><title>{safe(title)}</title>'
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
    )
    return "\n".join([head, *body, "</svg>"]) + "\n"


def label(
    x: float,
    y: float,
    content: str,
    weight: str = "",
    anchor: str = "",
    colour: str = "",
    size: float = 0,
    more: str = "",
) -> str:
    """A text whose base line begins (or by `anchor` has its middle or end) at (x, y); `more` is further attributes."""
    style = f' font-weight="{weight}"' if weight else ""
    style += f' text-anchor="{anchor}"' if anchor else ""
    style += f' fill="{colour}"' if colour else ""
    style += f' font-size="{size:g}"' if size else ""
    return f'<text x="{x:g}" y="{y:g}"{style}{more}>{safe(content)}</text>'


def box(x: float, y: float, width: float, height: float, fill: str, stroke: str = "", more: str = "") -> str:
    """A rectangle; `more` holds further attributes."""
    edge = f' stroke="{stroke}"' if stroke else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{edge}{more}/>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = INK, more: str = "") -> str:
    """A straight line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{stroke}"{more}/>'


def titled(title: str, *parts: str) -> str:
    """Parts that say `title` when pointed at."""
    return f"<g><title>{safe(title)}</title>{''.join(parts)}</g>"


def safe(content: str) -> str:
    """Text as XML may hold it: no control characters, markup escaped."""
    return html.escape(clean(content).replace("\t", " ").replace("\n", " "))


def wrapped(content: str, width: float, most: int) -> list[str]:
    """`content` in at most `most` lines of `width` pixels; what does not fit ends in an ellipsis."""
    letters = max(4, int(width / LETTER))
    lines = [""]
    for word in clean(content).split():
        longer = f"{lines[-1]} {word}".strip()
        if _letters(longer) <= letters or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = [line if _letters(line) <= letters else f"{_cut(line, letters - 1)}…" for line in lines[:most]]
    if len(lines) > most:
        kept[-1] = f"{_cut(kept[-1], letters - 1).rstrip('…')}…"
    return kept


def _letters(content: str) -> float:
    """How many letters wide a text is: a Chinese, Japanese or Korean one counts 2, those of words in capitals 1.3."""
    wide = sum(east_asian_width(letter) in "WF" for letter in content)
    capitals = sum(len(word) for word in content.split() if len(word) > SHORT and word.isupper())
    return len(content) + wide + 0.3 * capitals


def _cut(content: str, letters: int) -> str:
    """The beginning of a text, at most so many letters wide."""
    while _letters(content) > letters:
        content = content[: letters if len(content) > letters else -1]
    return content
