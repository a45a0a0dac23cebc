"""The completeness matrix of Annex V (R9 to R12)."""

import pytest

from footprint.checks import boundary
from footprint.checks.boundary import completeness, declared_stages, included_stages
from tests.unit.checking import alone, one, route_of, rules

PRIMARY = (
    "upstream-extraction",
    "own-transport",
    "storage",
    "crushing-cleaning",
    "concentrate-production",
    "metal-extraction",
    "smelting",
    "conversion",
    "slag-cleaning",
    "refining",
    "electrolysis",
    "casting-packaging",
    "spent-material-slag-treatment",
    "auxiliaries",
)
MINE = """
[[process]]
id = "mine"
name = "Mine"
stage = "extraction"
location = "CL"
year = 2021
product = [ { flow = "ore", amount = 1.0, unit = "kg" } ]
[[process]]
id = "mill"
name = "Mill"
stage = "concentration"
location = "CL"
year = 2021
product = [ { flow = "concentrate", amount = 1.0, unit = "kg" } ]
exchange = [ { input = "ore", from = "mine", amount = 1.0, unit = "kg" } ]
"""
TAKES = '{ input = "concentrate", from = "mill", amount = 1.0, unit = "kg" }'
ALL = f"annex_v = {list(PRIMARY)}"


def excluded(*items, reason="no such step in this route"):
    return "[boundary]\n" + "".join(
        f'"{item}" = {{ status = "not-relevant", reason = "{reason}" }}\n' for item in items
    )


def findings(route):
    return list(boundary.boundary(route, alone()))


def test_complete_primary_route():
    route = route_of(TAKES, process=ALL, more=MINE)
    assert not findings(route)
    assert [row.item for row in completeness(route)] == list(PRIMARY)
    assert {row.status for row in completeness(route)} == {"covered"}


@pytest.mark.parametrize("item", PRIMARY)
def test_each_of_the_14_primary_items_must_be_answered_for(item):
    """R10: leaving out any one of them is an error; a reason in [boundary] mends it."""
    rest = f"annex_v = {[i for i in PRIMARY if i != item]}"
    found = one(findings(route_of(TAKES, process=rest, more=MINE)))
    assert (found.rule, found.severity, found.where) == ("boundary.missing-item", "error", f"Annex V item '{item}'")
    assert not findings(route_of(TAKES, process=rest, more=MINE, head=excluded(item)))


def test_secondary_route_has_11_items():
    """R11: the recycling stage and 11 items."""
    route = route_of(system="secondary", replace=('"refining"', '"recycling"'))
    assert len(completeness(route)) == 11
    assert rules(findings(route)) == ["boundary.missing-item"]


def test_mixed_route_answers_for_both_lists():
    """14 + 11 items; eight stand on both lists (own transport, storage, smelting, conversion, refining, electrolysis,
    casting or packaging, auxiliaries): 17 in all.
    """
    route = route_of(system="mixed", head="share_pre_consumer = 0.1\nshare_post_consumer = 0.2")
    assert len(completeness(route)) == 17


def test_item_covered_by_an_exchange_and_by_an_own_lorry():
    rest = [i for i in PRIMARY if i not in ("own-transport", "casting-packaging")]
    item = 'annex_v = ["casting-packaging"], legs = [ { by = "lorry", distance = 10, own = true } ]'
    bags = f'{{ input = "bags", from = "background:acid", amount = 0.1, unit = "kg", {item} }}'
    assert not findings(route_of(TAKES, bags, process=f"annex_v = {rest}", more=MINE))


def test_item_both_covered_and_excluded():
    found = one(findings(route_of(TAKES, process=ALL, more=MINE, head=excluded("smelting"))))
    assert (found.rule, found.severity) == ("boundary.covered-and-excluded", "warning")


def test_exclusion_needs_a_reason():
    rest = f"annex_v = {[i for i in PRIMARY if i != 'smelting']}"
    found = one(findings(route_of(TAKES, process=rest, more=MINE, head=excluded("smelting", reason="-"))))
    assert (found.rule, found.severity) == ("boundary.no-reason", "error")


@pytest.mark.parametrize(
    ("where", "route"),
    [
        ("process 'p'", route_of(TAKES, process=ALL.replace("'smelting'", "'smelting', 'smeltting'"), more=MINE)),
        ("[boundary] 'smeltting'", route_of(TAKES, process=ALL, more=MINE, head=excluded("smeltting"))),
        (
            "process 'p', exchange 1 (concentrate)",
            route_of(TAKES.replace("unit", 'annex_v = ["smeltting"], unit'), process=ALL, more=MINE),
        ),
    ],
)
def test_unknown_item_names_the_nearest(where, route):
    found = one(findings(route))
    assert (found.rule, found.severity, found.where) == ("boundary.unknown-item", "error", where)
    assert "did you mean 'smelting'?" in found.message


def test_item_of_the_other_system():
    route = route_of(TAKES, process=ALL.replace("'smelting'", "'smelting', 'pre-treatment'"), more=MINE)
    assert "'pre-treatment' is an item of secondary materials; this system is primary" in one(findings(route)).message


@pytest.mark.parametrize("name", ["use", "use-phase", "end-of-life", "product-use", "eol-treatment"])
def test_use_phase_and_end_of_life_are_refused(name):
    """R12: as a process, as an item a process covers, and as an entry of [boundary]."""
    as_process = MINE.replace('"mine"', f'"{name}"')
    for route in (
        route_of(TAKES, process=ALL, more=as_process),
        route_of(TAKES, process=ALL.replace("'smelting'", f"'smelting', '{name}'"), more=MINE),
        route_of(TAKES, process=ALL, more=MINE, head=excluded(name)),
        route_of(TAKES, process=ALL, more=MINE.replace('"Mine"', f'"{name.title()}"')),
    ):
        found = one(findings(route))
        assert (found.rule, found.severity) == ("boundary.excluded-phase", "error")


def test_scrap_of_end_of_life_products_is_no_end_of_life_phase():
    more = MINE.replace('"mine"', '"end-of-life-scrap-collection"')
    assert not findings(route_of(TAKES, process=ALL, more=more))


def test_a_primary_system_has_three_stages():
    """R9: without an extraction process, and without a word on it."""
    more = MINE.replace('stage = "extraction"', 'stage = "concentration"')
    found = one(findings(route_of(TAKES, process=ALL, more=more)))
    assert (found.rule, found.severity, found.where) == ("boundary.missing-stage", "error", "stage 'extraction'")
    assert not findings(route_of(TAKES, process=ALL, more=more, head=excluded("extraction")))


def test_a_stage_whose_items_are_answered_for_is_a_note():
    """The only item of concentration alone is the production of a concentrate, here covered by the refinery."""
    found = one(findings(route_of(TAKES, process=ALL, more=MINE.replace('"concentration"', '"extraction"'))))
    assert (found.rule, found.severity, found.where) == (
        "boundary.stage-without-process",
        "note",
        "stage 'concentration'",
    )


BOUGHT = """{{ input = "concentrate", from = "declaration:mine.json", amount = 1.0, unit = "kg", annex_v = {} }}"""
OF_MINE = ["upstream-extraction", "crushing-cleaning", "concentrate-production"]
REST = f"annex_v = {[i for i in PRIMARY if i not in OF_MINE]}"


def test_a_smelter_that_buys_concentrate_by_declaration_has_the_stages_of_the_items_named_on_its_line():
    """DECISIONS 12: extraction and concentration have no process, and a supplier's declaration is behind both."""
    route = route_of(BOUGHT.format(OF_MINE), process=REST)
    found = findings(route)
    assert [(f.rule, f.severity, f.where) for f in found] == [
        ("boundary.stage-declared", "note", "stage 'extraction'"),
        ("boundary.stage-declared", "note", "stage 'concentration'"),
    ]
    assert "'mine.json'" in found[0].message
    assert declared_stages(route, alone())["concentration"] == ("mine.json",)
    assert included_stages(route, alone()) == ("extraction", "concentration", "refining")


@pytest.mark.parametrize("items", [[], ["auxiliaries"], ["storage", "own-transport"]])
def test_a_supplier_whose_line_names_no_item_of_a_stage_answers_for_none(items):
    """Of a reagent or of a store nobody can tell at which stage they are."""
    found = findings(route_of(BOUGHT.format(items), process=ALL))
    assert ("boundary.missing-stage", "stage 'extraction'") in [(f.rule, f.where) for f in found]
    assert "'annex_v' of the line of a supplier's declaration" in found[0].message


def test_a_stage_left_out_by_its_name_or_by_all_items_of_it_alone_is_not_included():
    """`concentrate-production` is the only item of concentration alone; a concentrate covered elsewhere is one."""
    no_mine = excluded("extraction", "concentrate-production")
    items = f"annex_v = {[i for i in PRIMARY if i != 'concentrate-production']}"
    assert included_stages(route_of(process=items, head=no_mine), alone()) == ("refining",)
    assert included_stages(route_of(process=ALL, head=excluded("extraction")), alone()) == ("concentration", "refining")


def test_stages_of_another_system():
    route = route_of(TAKES, process=ALL, more=MINE.replace('stage = "extraction"', 'stage = "recycling"'))
    assert "boundary.foreign-stage" in rules(findings(route))


def test_processes_after_the_declared_product_do_not_cover_it():
    """The mill needs no refinery: an item that only the refinery covers stands elsewhere in the file."""
    route = route_of(TAKES, process=ALL, more=MINE)
    from dataclasses import replace

    milled = replace(route, declared=replace(route.declared, process="mill", product="concentrate"))
    rows = {row.item: row for row in completeness(milled, alone())}
    assert rows["smelting"].status == "elsewhere"
    assert {f.severity for f in findings(milled)} == {"note"}
    assert set(rules(findings(milled))) == {"boundary.item-elsewhere", "boundary.stage-elsewhere"}


def test_items_of_a_linked_route_count():
    """A refinery that buys concentrate as `route:…` is covered by the mine of that route."""
    from footprint.checks.system import Linked

    mine = route_of(product='{ flow = "x", amount = 1.0, unit = "kg" }', process='annex_v = ["crushing-cleaning"]')
    line = '{ input = "x", from = "route:cobalt/mine", amount = 1.0, unit = "kg" }'
    rows = {row.item: row for row in completeness(route_of(line), Linked(lambda ident: mine))}
    assert rows["crushing-cleaning"].by == ("cobalt/mine#p",)


@pytest.mark.parametrize(("pre", "post", "fires"), [(0.2, 0.3, False), (0.6, 0.5, True), (0.0, 0.0, True)])
def test_shares_of_a_mixed_system(pre, post, fires):
    route = route_of(system="mixed", head=f"share_pre_consumer = {pre}\nshare_post_consumer = {post}")
    assert ("boundary.mixed-shares" in rules(findings(route))) is fires


def test_a_primary_system_has_no_recycled_share():
    assert "boundary.mixed-shares" in rules(findings(route_of(head="share_post_consumer = 0.1")))
