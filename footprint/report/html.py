"""A document as one HTML page: pictures stand in it, nothing is loaded, nothing runs."""

from __future__ import annotations

import html
from collections.abc import Iterable

from footprint.report.document import Block, Document, Figure, Grid, Heading, Items, Paragraph
from footprint.report.numbers import clean

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; color: #222; max-width: 52rem; margin: 1rem auto; padding: 0 1rem; }}
svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
th, td {{ border-bottom: 1px solid #bbb; padding: 0.2rem 0.8rem; text-align: left; overflow-wrap: anywhere; }}
.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
"""


def html_page(title: str, document: Document) -> str:
    """The whole page; what data files say is escaped."""
    return "\n".join([_HEAD.format(title=_safe(title)), *map(_block, document), "</body>\n</html>"]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, content):
            return f"<h{level}>{_safe(content)}</h{level}>"
        case Paragraph(content):
            return f"<p>{_safe(content)}</p>"
        case Items(lines):
            return "<ul>" + "".join(f"<li>{_safe(line)}</li>" for line in lines) + "</ul>"
        case Grid(heads, rows, right):
            numbers = [head in right for head in heads]
            body = "\n".join(_row("td", row, numbers) for row in rows)
            return f"<table>\n<thead>{_row('th', heads, numbers)}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        case Figure(svg=svg):
            return f"<figure style='margin: 0'>{svg}</figure>"


def _row(tag: str, cells: Iterable[str], numbers: Iterable[bool]) -> str:
    marked = zip(cells, numbers, strict=True)
    return "<tr>" + "".join(f"<{tag}{' class=n' * n}>{_safe(cell)}</{tag}>" for cell, n in marked) + "</tr>"


def _safe(content: str) -> str:
    return html.escape(clean(content))
