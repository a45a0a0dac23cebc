"""An HTML page in one file: for the screen and for A4 paper, without scripts, loading nothing; and its pieces.

A text is escaped where it becomes HTML; a parameter called `html` is HTML already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from footprint.market.decimals import printed
from footprint.report.svg import safe

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 3rem; max-width: 50rem; background: #fff; color: #1d1d1b;
  font: 1rem/1.5 Charter, "Bitstream Charter", "Source Serif 4", Georgia, "DejaVu Serif", serif; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; font-weight: 600; }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.15rem; font-weight: 600; break-after: avoid; }
p { margin: .5rem 0; }
a { color: #0b4a6f; overflow-wrap: anywhere; }
.kind { margin: 0 0 .75rem; color: #55534e; }
.lead { font-size: 1.05rem; }
.marks { margin: 1.25rem 0; padding: .75rem 1rem; border-left: .25rem solid #8a3b12; list-style: none; }
.marks strong { color: #7a3410; }
.small, caption { font-size: .85rem; color: #55534e; }
.hash { font: .72rem/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color: #55534e;
  overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: lining-nums tabular-nums; }
caption { text-align: left; padding: 0 0 .4rem; caption-side: top; }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: baseline;
  border-bottom: 1px solid #dcd9d2; overflow-wrap: break-word; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; border-bottom: 1.5px solid #1d1d1b; }
tbody th { font-weight: 400; }
tr { break-inside: avoid; }
.facts th { width: 13rem; color: #55534e; }
.facts td, h1, .lead { overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
.right { text-align: right; white-space: nowrap; }
.main td.right { font-size: 1.15rem; font-weight: 600; }
.scale { white-space: nowrap; letter-spacing: .18em; color: #6b6963; }
.scale b { margin-right: .18em; padding: .05rem .3rem .05rem .4rem; border: 2px solid #1d1d1b; color: #1d1d1b;
  letter-spacing: 0; }
.water { position: fixed; inset: 0; z-index: -1; display: flex; flex-direction: column; align-items: center;
  justify-content: center; overflow: hidden; color: #f3efe9; font-size: 4.5rem; line-height: 1.3; letter-spacing: .08em;
  transform: rotate(-35deg); }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid #dcd9d2; }
@page { size: A4; margin: 18mm 18mm 20mm; }
@media print {
  html { font-size: 9.5pt; }
  body { padding: 0; max-width: none; }
  h2 { margin-top: 1.6rem; }
  .facts { break-inside: avoid; }
  .wide { overflow: visible; }
  a { color: inherit; }
}
@media (max-width: 40rem) { .facts th { width: 8rem; } .water { font-size: 2.2rem; } }
"""
RIGHT = ' class="right"'
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, body: Iterable[str]) -> str:
    """A whole page around its body."""
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{safe(title)}</title>\n<link rel="icon" href="data:,">\n<style>{STYLE}</style>\n</head>\n<body>'
    )
    return "\n".join([head, *body, "</body>\n</html>"]) + "\n"


def figure(value: float) -> str:
    """HTML of a number: three significant digits, powers of ten as people write them."""
    digits, e, power = printed(value).partition("e")
    return f"{digits} × 10<sup>{power.replace('-', '−')}</sup>" if e else digits.replace("-", "−")


def hash_code(digits: str) -> str:
    """HTML of a hash, which may break anywhere."""
    return f'<span class="hash">{safe(digits)}</span>'


def row_head(content: str) -> str:
    """The cell that says what its row is of."""
    return f'<th scope="row">{safe(content)}</th>'


def cell(html: str) -> str:
    """A cell of text."""
    return f"<td>{html}</td>"


def number_cell(html: str) -> str:
    """A cell of a number, flush right."""
    return f"<td{RIGHT}>{html}</td>"


def facts(*pairs: tuple[str, str]) -> str:
    """A table of names and what they are (HTML), one a row."""
    rows = (f"<tr>{row_head(name)}{cell(html)}</tr>" for name, html in pairs)
    return f'<table class="facts"><tbody>{"".join(rows)}</tbody></table>'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str, numbers: Sequence[str] = ()) -> str:
    """A table of ready cells with a caption; `numbers` are flush right. It scrolls where the window is narrow."""
    top = "".join(f'<th scope="col"{RIGHT if name in numbers else ""}>{safe(name)}</th>' for name in heads)
    body, said = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows), safe(caption)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{said}"><table><caption>{said}</caption>'
        f"<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
