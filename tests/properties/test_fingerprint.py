"""The fingerprints of a study: what must leave them alone, and what must not."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.declaration.fingerprint import Fingerprint, fingerprint, needed
from footprint.library.routes import load_route
from footprint.library.studies import Study, load_study
from footprint.model import Amount, Exchange, Process

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"
STUDY = load_study(EXAMPLE)
FOUND = fingerprint(STUDY)
factors = st.floats(1e-6, 1e6)


def times(amount: Amount, k: float) -> Amount:
    return replace(amount, value=amount.value * k)


def scaled(process: Process, k: float) -> Process:
    """The process in other annual totals: everything it takes, makes and emits times k."""
    return replace(
        process,
        products=tuple(replace(p, amount=times(p.amount, k)) for p in process.products),
        exchanges=tuple(replace(e, amount=times(e.amount, k)) for e in process.exchanges),
    )


def of(*processes: Process) -> Fingerprint:
    return fingerprint(Study(replace(STUDY.route, processes=processes), STUDY.company))


def written(tmp_path: Path, old: str, new: str) -> Fingerprint:
    """The fingerprints of the example with `new` for `old` in its text."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "study.toml").write_text(text.replace(old, new), encoding="utf-8")
    return fingerprint(tmp_path / "study.toml")


def changed(found: Fingerprint) -> str:
    """Which of the two differ from those of the example."""
    bill = found.bill_of_materials != FOUND.bill_of_materials
    energy = found.energy_mix != FOUND.energy_mix
    return {(True, True): "both", (True, False): "bill of materials", (False, True): "energy mix"}.get(
        (bill, energy), "none"
    )


@given(k=factors)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_annual_totals_times_k_are_the_same(k):
    assert of(*(scaled(process, k) for process in STUDY.route.processes)) == FOUND


@given(st.permutations(STUDY.route.processes), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_another_order_of_processes_products_and_exchanges_is_the_same(processes, random):
    def shuffled(items):
        return tuple(random.sample(items, len(items)))

    assert of(*(replace(p, exchanges=shuffled(p.exchanges), products=shuffled(p.products)) for p in processes)) == FOUND


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('amount = 24e6, unit = "kg"', 'amount = 24e3, unit = "t"'),
        ('amount = 27e6, unit = "kWh"', 'amount = 97.2, unit = "TJ"'),
        ('name = "Flash smelting, converting, slag cleaning and anode casting"', 'name = "Smelting"'),
        ("Invented. Annual totals", "Another note. Annual totals"),
        ('locator = "meter E2"', 'locator = "meter E2b"'),
        ('amount = 410000, unit = "kg", locator = "stack', 'amount = 390000, unit = "kg", locator = "stack'),
        ("from = 2025-01-01, to = 2025-12-31", "from = 2024-01-01, to = 2024-12-31"),
        ('input = "quicklime"', 'input = "burnt lime"'),
        ('input = "copper concentrate"', 'input = "concentrate of Chile"'),
        ('input = "copper anode"', 'input = "anodes"'),
        (
            'input = "electricity, medium voltage", from = "electricity:FI:MV", supply = "grid", amount = 62e6',
            'input = "electricity of the works", from = "electricity:FI:MV", supply = "grid", amount = 62e6',
        ),
    ],
    ids=[
        "t for kg",
        "TJ for kWh",
        "name of a process",
        "notes",
        "locator",
        "an emission",
        "period",
        "text of a flow",
        "text of a route's flow",
        "text of an own flow",
        "text of electricity",
    ],
)
def test_units_names_notes_and_outputs_are_the_same(tmp_path, old, new):
    assert written(tmp_path, old, new) == FOUND


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("amount = 24e6", "amount = 24.0001e6", "bill of materials"),
        ("amount = 610000", "amount = 610001", "bill of materials"),
        ('"silica sand", from = "background:silica-sand"', '"gravel", from = "background:gravel"', "bill of materials"),
        ('from = "background:quicklime"', 'from = "background:quicklime@FI"', "bill of materials"),
        ('"water, river", from = "fresh-water"', '"water, lake", from = "fresh-water"', "bill of materials"),
        ('from = "route:copper/concentrate-cl"', 'from = "route:copper/concentrate-pe"', "both"),
        ("{ input = \"copper anode\", from = \"smelting\", amount = 80.7e6", "{ input = \"copper anode\", "
         "from = \"smelting\", amount = 80.8e6", "bill of materials"),
        ("amount = 62e6, unit = \"kWh\"", 'amount = 62.01e6, unit = "kWh"', "energy mix"),
        ("value = 320e6", "value = 321e6", "energy mix"),
        ('"electricity:FI:MV", supply = "grid", amount = 62e6', '"electricity:SE:MV", supply = "grid", amount = 62e6',
         "energy mix"),
        ('"electricity:FI:MV", supply = "grid", amount = 62e6', '"electricity:FI:HV", supply = "grid", amount = 62e6',
         "energy mix"),
        ('"electricity:FI:MV", supply = "grid", amount = 62e6', '"electricity:FI:MV", supply = "own", amount = 62e6',
         "energy mix"),
        ('"heat from natural gas", from = "background:heat-natural-gas", amount = 70e6',
         '"heat from coal", from = "background:heat-hard-coal", amount = 70e6', "energy mix"),
        ('flow = "copper cathode", amount = 80e6', 'flow = "copper cathode", amount = 79e6', "both"),
    ],
)  # fmt: skip
def test_a_quantity_a_supplier_or_a_material_is_another(tmp_path, old, new, differs):
    assert changed(written(tmp_path, old, new)) == differs


def test_the_product_of_a_supplier_with_several_is_its_flow(tmp_path):
    """Chlor-alkali electrolysis makes chlorine and caustic soda: which one is taken is a matter of the bill."""
    line = '"quicklime", from = "background:quicklime"'
    taken = '"{}", from = "background:chlor-alkali"'
    soda = written(tmp_path, line, taken.format("sodium hydroxide"))
    assert soda != written(tmp_path, line, taken.format("chlorine"))


def inputs() -> list[tuple[int, int]]:
    """The inputs of the example that are of one of the two lists, as (process, exchange)."""
    return [
        (i, j)
        for i, process in enumerate(STUDY.route.processes)
        for j, exchange in enumerate(process.exchanges)
        if exchange.kind in ("product", "resource")
    ]


@given(st.sampled_from(inputs()), st.floats(1e-7, 10.0))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_change_of_any_quantity_is_another_however_small(place, by):
    i, j = place
    process = STUDY.route.processes[i]

    def grown(n: int, exchange: Exchange) -> Exchange:
        return replace(exchange, amount=times(exchange.amount, 1 + by)) if n == j else exchange

    other = replace(process, exchanges=tuple(grown(n, e) for n, e in enumerate(process.exchanges)))
    processes = list(STUDY.route.processes)
    processes[i] = other
    found = of(*processes)
    energy = process.exchanges[j].amount.unit == "MJ"
    assert changed(found) == ("energy mix" if energy else "bill of materials")


def test_one_input_in_two_lines_is_the_same(tmp_path):
    line = '{ input = "oxygen", from = "background:oxygen", amount = %s, unit = "kg", locator = "meter O1" },'
    assert written(tmp_path, line % "62e6", f"{line % '12e6'}\n  {line % '50e6'}") == FOUND


def test_a_process_that_nothing_needs_does_not_count():
    spare = replace(STUDY.route.processes[1], id="spare")
    assert of(*STUDY.route.processes, spare) == FOUND


def test_processes_of_a_route_that_is_taken_from_are_needed():
    keys = [made.key for made in needed(STUDY.route)]
    assert keys[0] == "electrolysis[copper cathode]"
    assert {"smelting", "receiving"} < set(keys)
    assert any(re.fullmatch(r"copper/concentrate-cl#.+", key) for key in keys)


def test_fuels_are_energy_and_what_is_not_burned_is_material():
    """Coal for heat is of the energy mix, sulfur from refineries a material, though both stand in fuels.toml."""
    from footprint.declaration.fingerprint import is_energy
    from footprint.library.providers import parse_provider

    answers = {name: is_energy("kg", parse_provider(name)) for name in (
        "background:hard-coal@CN", "background:natural-gas", "background:sulfur-refinery", "background:quicklime",
        "receiving",
    )}  # fmt: skip
    assert list(answers.values()) == [True, True, False, False, False]


def test_a_variant_with_another_grid_has_another_energy_mix_alone():
    route = load_route("copper/cathode-pyro-cl")
    found = fingerprint(Study(route, STUDY.company))
    other = fingerprint(Study(replace(route, suppliers={"electricity:CL:MV": "electricity:NO:MV"}), STUDY.company))
    assert found.bill_of_materials == other.bill_of_materials
    assert found.energy_mix != other.energy_mix


def test_a_supplier_stands_with_what_it_declares_not_with_the_name_of_the_file(tmp_path):
    """The same declaration in a file of another name and layout is the same; another operator is another supplier."""

    def with_supplier(file: str, operator: str, indent: int) -> Fingerprint:
        declared = {
            "schema": "footprint/supplier-declaration/1", "operator": operator, "year": 2025, "method": "ef-3.1",
            "declared_unit": {"product": "copper concentrate", "amount": 1.0, "unit": "kg"},
            "results": {"CC": {"value": 1.5, "unit": "kg CO2 eq"}},
        }  # fmt: skip
        (tmp_path / file).write_text(json.dumps(declared, indent=indent), encoding="utf-8")
        return written(tmp_path, "route:copper/concentrate-cl", f"declaration:{file}")

    found = with_supplier("mine.json", "Example Mine", 1)
    assert found == with_supplier("other.json", "Example Mine", 4)
    assert found != with_supplier("mine.json", "Another Mine", 1)
