"""The page of a declaration: one HTML file that needs nothing else, for the screen and for A4 paper.

Texts of the study are escaped; there is no script, and nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from footprint.market.decimals import printed
from footprint.report.numbers import percent, plural, short_provider
from footprint.report.svg import safe

if TYPE_CHECKING:
    from footprint.declaration.declaration import Category, Class, Declaration

MARKS = {
    "draft": "Draft: the study does not yet conform, or was not checked. Not for publication.",
    "invented": "Invented: company, figures and documents are made up as an example.",
    "illustrative": "Illustrative: not legally established. No act asks for this declaration or sets its classes.",
}
STAGES = {
    "extraction": "Extraction", "processing": "Processing", "refining": "Refining", "recycling": "Recycling",
}  # fmt: skip
BOUNDARIES = {
    "primary": "From extraction to refining",
    "secondary": "From scrap or waste to metal",
    "mixed": "From extraction, and from scrap or waste, to metal",
}
SYSTEMS = {"primary": "primary (from ore)", "secondary": "secondary (from scrap or waste)", "mixed": "mixed"}
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
.footprint td.right { font-size: 1.15rem; font-weight: 600; }
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


def declaration_page(declaration: Declaration) -> str:
    """The declaration as one HTML page, in the order in which a customer asks: what, who, how much, how sure."""
    title = f"Environmental footprint of {declaration.material.name}"
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{safe(title)}</title>\n<link rel="icon" href="data:,">\n<style>{STYLE}</style>\n</head>\n<body>'
    )
    return "\n".join([head, *_body(declaration), "</body>\n</html>"]) + "\n"


def _body(d: Declaration) -> Iterator[str]:
    if d.marks:
        words = "".join(f"<span>{mark.upper()}</span>" for mark in d.marks)
        yield f'<div class="water" aria-hidden="true">{words}</div>'
    yield "<main>"
    yield '<p class="kind">Environmental footprint declaration of a critical raw material</p>'
    yield f"<h1>{safe(d.material.name)}</h1>"
    yield f'<p class="lead">{safe(_who(d))}, {d.period.from_} to {d.period.to}</p>'
    if d.marks:
        told = "".join(f"<li>{_first_strong(MARKS[mark])}</li>" for mark in d.marks)
        yield f'<ul class="marks" aria-label="What this declaration is not">{told}</ul>'
    yield from _status(d)
    yield from _footprint(d)
    yield from _responsible(d)
    yield from _material(d)
    yield from _countries(d)
    yield from _classes(d)
    yield from _validity(d)
    yield from _calculation(d)
    yield from _information(d)
    yield from _rules(d)
    yield "</main>"
    yield from _footer(d)


def _who(d: Declaration) -> str:
    trade = d.responsible.trade_name
    return f"{d.responsible.name} ({trade})" if trade else d.responsible.name


def _first_strong(sentence: str) -> str:
    word, colon, rest = sentence.partition(":")
    return f"<strong>{safe(word)}{colon}</strong>{safe(rest)}"


def _status(d: Declaration) -> Iterator[str]:
    """What is law and what is not: named at the top."""
    act = d.legal
    if act.delegated_act == "none":
        seen = f" (looked up {act.looked_up})" if act.looked_up else ""
        yield (
            f"<p>No adopted delegated act under {safe(act.regulation)} is known{seen}: this page is for information, "
            "not a declaration in the sense of the Regulation.</p>"
        )
    else:
        yield f"<p>Declared under {safe(act.delegated_act)} ({safe(act.reference)}, {safe(act.status)}).</p>"
    if d.not_adopted:
        names = "; ".join(safe(_small(rule.title)) for rule in d.not_adopted)
        yield (
            f'<p class="small">It rests on {plural(len(d.not_adopted), "rule")} not adopted as law, but assumed or '
            f'drafted: {names}. <a href="#rules">Their values</a> are at the end.</p>'
        )


def _small(title: str) -> str:
    """A title within a sentence; an abbreviation or name keeps its capital."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _footprint(d: Declaration) -> Iterator[str]:
    unit = d.material.declared_unit_kg
    yield f"<h2>Footprint of {unit:g} kg of {safe(d.material.product)}</h2>"
    classed = any(category.performance_class for category in d.footprint)
    heads = ["Impact category", "Value", "Unit", *(["Class"] if classed else [])]
    rows = [_category_row(category, classed) for category in d.footprint]
    told = f"{BOUNDARIES[d.material.system]}; use and end of life are not part of it. Characterised results."
    yield _table(heads, rows, told, "footprint")
    for category in d.footprint:
        if category.without_data:
            yield (
                f'<p class="small">{safe(category.name)}: {plural(len(category.without_data), "background process")} '
                f"without data for this category: {safe(', '.join(map(short_provider, category.without_data)))}.</p>"
            )


def _category_row(category: Category, classed: bool) -> list[str]:
    row = [_head(category.name), _right(_figure(category.value)), _cell(safe(category.unit))]
    if classed:
        given = category.performance_class
        row.append(_cell(_scale(given) if given else "none"))
    return row


def _scale(given: Class) -> str:
    """The letters with the given one framed; read aloud as a sentence."""
    letters = "".join(f"<b>{letter}</b>" if letter == given.letter else letter for letter in given.letters)
    spoken = f"{given.letter} of {given.letters[0]} to {given.letters[-1]}, {given.status}"
    return f'<span class="scale" role="img" aria-label="{safe(spoken)}">{letters}</span> {safe(given.status)}'


def _responsible(d: Declaration) -> Iterator[str]:
    who = d.responsible
    yield "<h2>Responsible person</h2>"
    yield _facts([("Name", who.name), ("Trade name", who.trade_name or "none"), ("Postal address", who.address),
                  ("Contact", who.contact)])  # fmt: skip


def _material(d: Declaration) -> Iterator[str]:
    m = d.material
    listed = f"{m.annex_ii} (Annex II{', strategic: Annex I' if m.strategic else ''})"
    content = "no metal of its own" if m.element is None else f"{m.element}, not stated"
    if m.content is not None:
        content = f"{m.content:.6g} kg {m.element or ''} per kg of dry product"
    yield "<h2>Material</h2>"
    facts = [
        ("Critical raw material", listed),
        ("Product", m.product),
        ("Form", m.form),
        ("Grade", m.grade or "not graded"),
        ("Content", content),
        ("Declared unit", f"{m.declared_unit_kg:g} kg"),
        ("System", _system(d)),
        ("Sites", "; ".join(f"{site.name} ({site.country})" for site in d.sites) or "not stated"),
    ]
    yield _facts(facts)


def _system(d: Declaration) -> str:
    shares = [
        f"{percent(share)} {kind}-consumer"
        for kind, share in (("pre", d.material.share_pre_consumer), ("post", d.material.share_post_consumer))
        if share is not None
    ]
    return SYSTEMS[d.material.system] + (f": {', '.join(shares)} scrap" if shares else "")


def _countries(d: Declaration) -> Iterator[str]:
    yield "<h2>Country or region of each stage</h2>"
    yield _facts([(name, ", ".join(getattr(d.countries, stage)) or "not applicable") for stage, name in STAGES.items()])


def _classes(d: Declaration) -> Iterator[str]:
    classed = [(category, category.performance_class) for category in d.footprint if category.performance_class]
    if not classed:
        return
    yield "<h2>Performance classes</h2>"
    rows = [
        [_head(category.name), _cell(given.letter), _cell(_between(given)), _cell(safe(given.scheme)),
         _cell(safe(given.status)), _cell(_until(given))]
        for category, given in classed
    ]  # fmt: skip
    yield _table(
        ["Impact category", "Class", "From, to", "Scheme", "Status", "Valid"], rows,
        f"{classed[0][1].letters[0]} is best: the lowest impact over the life cycle. A class holds for its scheme and "
        "category alone.",
    )  # fmt: skip
    yield f'<p class="small">File of the scheme: {_hash(classed[0][1].scheme_sha256)}</p>'


def _between(given: Class) -> str:
    if given.above is None:
        return f"up to {_figure(given.up_to or 0.0)}"
    if given.up_to is None:
        return f"above {_figure(given.above)}"
    return f"above {_figure(given.above)}, up to {_figure(given.up_to)}"


def _until(given: Class) -> str:
    return f"{given.valid_from} to {given.valid_to}" if given.valid_to else f"since {given.valid_from}"


def _validity(d: Declaration) -> Iterator[str]:
    url = d.study.url
    link = f'<a href="{safe(url)}" rel="noopener noreferrer">{safe(url)}</a>' if url else "not given"
    yield "<h2>Study and validity</h2>"
    facts = [
        ("Public study", link), ("Report of", str(d.study.report_date)),
        ("Reporting period", f"{d.period.from_} to {d.period.to}"), ("Declared on", str(d.validity.declared_on)),
        ("Valid until", f"{d.validity.until} ({safe(d.validity.basis)})"),
        ("Bill of materials", _hash(d.fingerprint.bill_of_materials)),
        ("Energy mix", _hash(d.fingerprint.energy_mix)),
    ]  # fmt: skip
    yield _facts(facts, ready=True)
    yield (
        '<p class="small">Another bill of materials or energy mix than these fingerprints stand for asks for a new '
        "calculation.</p>"
    )


def _calculation(d: Declaration) -> Iterator[str]:
    c = d.calculation
    ending = "counted" if c.long_term == "include" else "left out"
    yield "<h2>How it was calculated</h2>"
    facts = [
        ("Rules", safe(c.ruleset if c.ruleset != "none" else "none for this material")),
        ("Method", f"{safe(c.method.id)} {safe(c.method.version)}<br>{_hash(c.method.sha256)}"),
        ("Background data", f"{safe(c.background.id)} {safe(c.background.version)}<br>{_hash(c.background.sha256)}"),
        ("Study file", _hash(d.study.sha256)), ("Allocation", f"{safe(c.allocation)}, unless a process says otherwise"),
        ("Electricity", safe(c.electricity)), ("Emissions after 100 years", ending),
        ("Recycled content", f"factor A = {c.cff_A:g}"), ("Program", safe(c.software)),
    ]  # fmt: skip
    yield _facts(facts, ready=True)


def _information(d: Declaration) -> Iterator[str]:
    info = d.information
    yield "<h2>For information</h2>"
    yield '<p class="small">Beside the declaration: not part of what Article 31 asks for.</p>'
    rows = []
    for category in d.footprint:
        spread = info.uncertainty.get(category.code)
        between = f"{_figure(spread.low)} to {_figure(spread.high)}" if spread else "not stated"
        chances = info.class_probability.get(category.code, {})
        likely = ", ".join(f"{letter} {percent(chance)}" for letter, chance in chances.items() if chance >= 0.005)
        rows.append([_head(category.name), _cell(between), _cell(safe(likely or "not stated")),
                     _right(_share(info.on_estimates.get(category.code)))])  # fmt: skip
    yield _table(["Impact category", "95 % of values lie in", "Probability of each class", "On estimates"], rows,
                 "From the spread of the company's own data; share of the value on unconfirmed estimates.")  # fmt: skip
    facts = [
        ("Data quality rating", f"{info.dqr:.2f} (1 best, 5 worst)" if info.dqr is not None else "not stated"),
        ("Placed on the Union market", f"{info.mass_t:,.6g} t" if info.mass_t is not None else "not stated"),
        ("Warnings of the checks", str(info.warnings)),
    ]
    yield _facts(facts)


def _rules(d: Declaration) -> Iterator[str]:
    if not d.not_adopted:
        return
    yield '<h2 id="rules">Rules that are not adopted law</h2>'
    rows = [
        [_head(rule.title), _cell(safe(rule.value)), _cell(safe(rule.status)), _cell(safe(rule.reference))]
        for rule in d.not_adopted
    ]
    yield _table(["Rule", "Set to", "Status", "Where"], rows, "What the declaration rests on and no adopted text sets.")


def _footer(d: Declaration) -> Iterator[str]:
    yield (
        f'<footer class="small"><p>Declaration {safe(d.id)}. The same in a form for programs: declaration.json. '
        "Whoever has the dossier can compute it anew: <code>footprint verify DOSSIER</code>.</p></footer>"
    )


# --- pieces


def _figure(value: float) -> str:
    """Three significant digits; powers of ten as people write them."""
    digits, e, power = printed(value).partition("e")
    return f"{digits} × 10<sup>{power.replace('-', '−')}</sup>" if e else digits.replace("-", "−")


def _share(share: float | None) -> str:
    return "not stated" if share is None else percent(share)


def _hash(digits: str) -> str:
    return f'<span class="hash">{safe(digits)}</span>'


def _cell(content: str) -> str:
    return f"<td>{content}</td>"


def _right(content: str) -> str:
    return f"<td{RIGHT}>{content}</td>"


def _head(content: str) -> str:
    return f'<th scope="row">{safe(content)}</th>'


def _facts(pairs: Sequence[tuple[str, str]], ready: bool = False) -> str:
    """Name and content, one a row; `ready` content is HTML already."""
    rows = (f"<tr>{_head(name)}<td>{text if ready else safe(text)}</td></tr>" for name, text in pairs)
    return f'<table class="facts"><tbody>{"".join(rows)}</tbody></table>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str, kind: str = "") -> str:
    right = ("Value", "On estimates")
    top = "".join(f'<th scope="col"{RIGHT if h in right else ""}>{safe(h)}</th>' for h in heads)
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    named, said = f' class="{kind}"' if kind else "", safe(caption)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{said}"><table{named}><caption>{said}</caption>'
        f"<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
