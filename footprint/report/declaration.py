"""The page of a declaration: one HTML file that needs nothing else, for the screen and for A4 paper.

Texts of the study are escaped; there is no script, and nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from footprint.report.numbers import percent, plural, short_provider
from footprint.report.page import cell, facts, figure, hash_code, number_cell, page, row_head, table
from footprint.report.svg import safe

if TYPE_CHECKING:
    from footprint.declaration.declaration import Category, Class, Declaration, Material, Resting, Spread

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
NOT_STATED = "not stated"
SYSTEMS = {"primary": "primary (from ore)", "secondary": "secondary (from scrap or waste)", "mixed": "mixed"}


def declaration_page(declaration: Declaration) -> str:
    """The declaration as one HTML page, in the order in which a customer asks: what, who, how much, how sure."""
    return page(f"Environmental footprint of {declaration.material.name}", _body(declaration))


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
    yield from _screening(d)
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


def _screening(d: Declaration) -> Iterator[str]:
    """What makes it a screening result, with the share of each category (DECISIONS 14)."""
    shares = {c.name: d.information.compliance[c.code].none for c in d.footprint if c.code in d.information.compliance}
    told = ", ".join(f"{_small(name)} {percent(share)}" for name, share in shares.items() if share > 0)
    if told:
        yield (
            "<p><strong>Screening:</strong> part of each result rests on data that comply neither with the "
            f"Environmental Footprint nor with its entry level: {safe(told)}.</p>"
        )


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
    yield f"<h2>Footprint of {d.material.declared_unit_kg:g} kg of {safe(d.material.product)}</h2>"
    classed = any(category.performance_class for category in d.footprint)
    heads = ["Impact category", "Value", "Unit", *(["Class"] if classed else [])]
    rows = [_category_row(category, classed) for category in d.footprint]
    told = f"{BOUNDARIES[d.material.system]}; use and end of life are not part of it. Characterised results."
    yield f'<div class="main">{table(heads, rows, told, ["Value"])}</div>'
    for category in d.footprint:
        if category.without_data:
            names = ", ".join(map(short_provider, category.without_data))
            count = plural(len(category.without_data), "background process")
            yield f'<p class="small">{safe(f"{category.name}: {count} without data for this category: {names}.")}</p>'


def _category_row(category: Category, classed: bool) -> list[str]:
    row = [row_head(category.name), number_cell(figure(category.value)), cell(safe(category.unit))]
    if classed:
        given = category.performance_class
        row.append(cell(_scale(given) if given else "none"))
    return row


def _scale(given: Class) -> str:
    """The letters with the given one framed; read aloud as a sentence."""
    letters = "".join(f"<b>{letter}</b>" if letter == given.letter else letter for letter in given.letters)
    spoken = f"{given.letter} of {given.letters[0]} to {given.letters[-1]}, {_standing(given)}"
    return f'<span class="scale" role="img" aria-label="{safe(spoken)}">{letters}</span> {safe(_standing(given))}'


def _standing(given: Class) -> str:
    """`illustrative, modelled, 40% on estimates`: how firm a class is."""
    modelled = ", modelled" if given.modelled else ""
    estimates = "" if given.on_estimates is None else f", {percent(given.on_estimates)} on estimates"
    return f"{given.status}{modelled}{estimates}"


def _responsible(d: Declaration) -> Iterator[str]:
    who = d.responsible
    yield "<h2>Responsible person</h2>"
    yield facts(
        ("Name", safe(who.name)),
        ("Trade name", safe(who.trade_name or "none")),
        ("Postal address", safe(who.address)),
        ("Contact", safe(who.contact)),
    )


def _material(d: Declaration) -> Iterator[str]:
    m = d.material
    yield "<h2>Material</h2>"
    yield facts(
        ("Critical raw material", safe(f"{m.annex_ii} (Annex II{', strategic: Annex I' if m.strategic else ''})")),
        ("Product", safe(m.product)),
        ("Form", safe(m.form)),
        ("Grade", safe(m.grade or "not graded")),
        ("Content", safe(_content(m))),
        ("Declared unit", f"{m.declared_unit_kg:g} kg"),
        ("System", _system(m)),
        ("Sites", safe("; ".join(f"{site.name} ({site.country})" for site in d.sites) or "not stated")),
    )


def _content(m: Material) -> str:
    if m.content is not None:
        return f"{m.content:.6g} kg {m.element or ''} per kg of dry product"
    return f"{m.element}, not stated" if m.element else "no metal of its own"


def _system(m: Material) -> str:
    given = (("pre", m.share_pre_consumer), ("post", m.share_post_consumer))
    scrap = ", ".join(f"{percent(share)} {kind}-consumer" for kind, share in given if share is not None)
    return SYSTEMS[m.system] + (f": {scrap} scrap" if scrap else "")


def _countries(d: Declaration) -> Iterator[str]:
    yield "<h2>Country or region of each stage</h2>"
    yield facts(*((name, ", ".join(getattr(d.countries, stage)) or "not applicable") for stage, name in STAGES.items()))


def _classes(d: Declaration) -> Iterator[str]:
    classed = [(category, given) for category in d.footprint if (given := category.performance_class)]
    if d.information.unused_schemes:
        unused = "; ".join(map(safe, d.information.unused_schemes))
        yield f'<p class="small">Schemes of the file that give no class here: {unused}.</p>'
    if not classed:
        return
    heads = ["Impact category", "Class", "From, to", "Scheme", "Status", "Valid"]
    rows = [
        [row_head(category.name), *map(cell, (given.letter, _between(given), safe(given.scheme), safe(_standing(given)),
                                              _until(given)))]
        for category, given in classed
    ]  # fmt: skip
    yield "<h2>Performance classes</h2>"
    yield table(heads, rows, "A is best: the lowest impact over the life cycle. A class holds for its scheme and "
                "category alone.")  # fmt: skip
    yield f'<p class="small">File of the scheme: {hash_code(classed[0][1].scheme_sha256)}</p>'


def _between(given: Class) -> str:
    if given.above is None:
        return f"up to {figure(given.up_to or 0.0)}"
    if given.up_to is None:
        return f"above {figure(given.above)}"
    return f"above {figure(given.above)}, up to {figure(given.up_to)}"


def _until(given: Class) -> str:
    return f"{given.valid_from} to {given.valid_to}" if given.valid_to else f"since {given.valid_from}"


def _validity(d: Declaration) -> Iterator[str]:
    url = d.study.url
    yield "<h2>Study and validity</h2>"
    yield facts(
        ("Public study", f'<a href="{safe(url)}" rel="noopener noreferrer">{safe(url)}</a>' if url else "not given"),
        ("Report of", f"{d.study.report_date}"),
        ("Reporting period", f"{d.period.from_} to {d.period.to}"),
        ("Declared on", f"{d.validity.declared_on}"),
        ("Valid until", f"{d.validity.until} ({safe(d.validity.basis)})"),
        ("Bill of materials", hash_code(d.fingerprint.bill_of_materials)),
        ("Energy mix", hash_code(d.fingerprint.energy_mix)),
    )
    yield (
        '<p class="small">Another bill of materials or energy mix than these fingerprints stand for asks for a new '
        "calculation.</p>"
    )


def _calculation(d: Declaration) -> Iterator[str]:
    c = d.calculation
    yield "<h2>How it was calculated</h2>"
    yield facts(
        ("Rules", safe(c.ruleset if c.ruleset != "none" else "none for this material")),
        ("Method", f"{safe(c.method.id)} {safe(c.method.version)}<br>{hash_code(c.method.sha256)}"),
        (
            "Background data",
            f"{safe(f'{c.background.id}, {c.background.version}')}<br>{hash_code(c.background.sha256)}",
        ),
        ("Study file", hash_code(d.study.sha256)),
        ("Allocation", safe(f"{c.allocation}, unless a process says otherwise")),
        ("Electricity", safe(c.electricity)),
        ("Emissions after 100 years", "counted" if c.long_term == "include" else "left out"),
        ("Recycled content", f"factor A = {c.cff_A:g}"),
        ("Program", safe(c.software)),
    )


def _information(d: Declaration) -> Iterator[str]:
    info = d.information
    heads = ["Impact category", "95 % of values lie in", "Probability of each class", "On estimates", "Rests on"]
    yield "<h2>For information</h2>"
    yield '<p class="small">Beside the declaration: not part of what Article 31 asks for.</p>'
    rows = [
        [row_head(category.name), cell(_spread(info.uncertainty.get(category.code))),
         cell(_chances(info.class_probability.get(category.code, {}))),
         number_cell(_share(info.on_estimates.get(category.code))), cell(_resting(info.compliance.get(category.code)))]
        for category in d.footprint
    ]  # fmt: skip
    told = (
        "From the spread of the company's own data; share of the value on unconfirmed estimates; share on own data, "
        "on datasets that comply with the Environmental Footprint (EF), with its entry level (EL), with neither."
    )
    yield table(heads, rows, told, ["On estimates"])
    yield facts(
        ("Data quality rating", f"{info.dqr:.2f} (1 best, 5 worst)" if info.dqr is not None else NOT_STATED),
        ("Placed on the Union market", f"{info.mass_t:,.6g} t" if info.mass_t is not None else NOT_STATED),
        ("Warnings of the checks", f"{info.warnings}"),
    )


def _spread(found: Spread | None) -> str:
    return f"{figure(found.low)} to {figure(found.high)}" if found else NOT_STATED


def _chances(found: Mapping[str, float]) -> str:
    likely = ", ".join(f"{letter} {percent(chance)}" for letter, chance in found.items() if chance >= 0.005)
    return safe(likely) or NOT_STATED


def _resting(found: Resting | None) -> str:
    if found is None:
        return NOT_STATED
    parts = {"own": found.company_specific, "EF": found.EF, "EL": found.ILCD_EL, "neither": found.none}
    return safe(", ".join(f"{name} {percent(share)}" for name, share in parts.items() if share > 0))


def _share(found: float | None) -> str:
    return NOT_STATED if found is None else safe(percent(found))


def _rules(d: Declaration) -> Iterator[str]:
    if not d.not_adopted:
        return
    rows = [
        [row_head(rule.title), *(cell(safe(text)) for text in (rule.value, rule.status, rule.reference))]
        for rule in d.not_adopted
    ]
    yield '<h2 id="rules">Rules that are not adopted law</h2>'
    yield table(["Rule", "Set to", "Status", "Where"], rows, "What the declaration rests on and no adopted text sets.")


def _footer(d: Declaration) -> Iterator[str]:
    yield (
        f'<footer class="small"><p>Declaration {safe(d.id)}. The same in a form for programs: declaration.json. '
        "Whoever has the dossier can compute it anew: <code>footprint verify DOSSIER</code>.</p></footer>"
    )
