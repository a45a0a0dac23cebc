"""Electricity: a contract needs an instrument that meets all criteria, else the residual mix counts (PEF, 4.4.2)."""

import pytest

from footprint.declaration.instruments import powers
from tests.rules.studying import PLANT, case

POWER = '{ input = "electricity", from = "electricity:CN:MV", supply = "%s", amount = 0.4, unit = "kWh" },'
CRITERIA = ("conveys_attributes", "unique_claim", "redeemed", "vintage", "same_market")


def instrument(*met: str, kind: str = "supplier-product", evidence: str = '["meters"]') -> str:
    lines = "".join(f"{name} = true\n" for name in met)
    head = f'\n[[study.instrument]]\nprocess = "plant"\nflow = "electricity"\nkind = "{kind}"\n'
    return f"{head}evidence = {evidence}\n{lines}"


def told(tmp_path, supply, rows=""):
    found = case(tmp_path, PLANT + rows, POWER % supply)
    return [f for f in found.assessment.findings if f.rule.startswith("electricity.")]


def test_a_contract_that_meets_all_criteria_counts(tmp_path):
    assert told(tmp_path, "contract", instrument(*CRITERIA)) == []


def test_a_contract_without_an_instrument_is_an_error(tmp_path):
    """0.4 kWh MV in China: 0.4 x 1.25 kWh HV, all coal at 1 kg CO2 = 0.5 of 10.5 kg, 4.8 %."""
    (finding,) = told(tmp_path, "contract")
    assert (finding.rule, finding.severity) == ("electricity.no-instrument", "error")
    assert "4.8% of the weighted sum" in finding.message
    assert 'residual mix (supply = "residual")' in finding.message
    assert "Annex I, 4.4.2.2; assumption" in finding.message


@pytest.mark.parametrize("lacking", CRITERIA)
def test_each_criterion_is_needed(tmp_path, lacking):
    (finding,) = told(tmp_path, "contract", instrument(*(name for name in CRITERIA if name != lacking)))
    assert (finding.rule, finding.severity) == ("electricity.criteria", "error")
    assert f"does not meet {lacking} (" in finding.message


def test_an_own_plant_is_no_contract(tmp_path):
    assert [f.rule for f in told(tmp_path, "contract", instrument(*CRITERIA, kind="own-generation"))] == [
        "electricity.no-instrument"
    ]


def test_an_instrument_without_a_document_is_told(tmp_path):
    (finding,) = told(tmp_path, "contract", instrument(*CRITERIA, evidence="[]"))
    assert (finding.rule, finding.severity) == ("electricity.no-evidence", "warning")


def test_grid_supply_takes_the_residual_mix_that_nobody_holds(tmp_path):
    (finding,) = told(tmp_path, "grid")
    assert (finding.rule, finding.severity) == ("electricity.residual-mix", "warning")
    assert "supplier-product, supplier-total-mix, country-residual-mix, region-residual-mix" in finding.message
    assert "takes the production mix of CN;" in finding.message  # the plant lies in Finland


def test_an_instrument_beside_grid_supply_has_no_effect(tmp_path):
    rules = [f.rule for f in told(tmp_path, "grid", instrument(*CRITERIA))]
    assert rules == ["electricity.residual-mix", "electricity.unused-instrument"]


@pytest.mark.parametrize(
    ("rows", "severity"),
    [
        (instrument("unique_claim", kind="own-generation"), None),
        (instrument(kind="own-generation"), "error"),
        ("", "warning"),
    ],
)
def test_own_generation_counts_where_no_certificate_was_sold(tmp_path, rows, severity):
    findings = told(tmp_path, "own", rows)
    assert [(f.rule, f.severity) for f in findings] == ([("electricity.own-generation", severity)] if severity else [])


def test_the_share_of_an_input_is_of_its_supplier_and_of_no_longer_name(tmp_path):
    """0.1 kWh of coal power without a country and 0.4 kWh of that of Chile, each 1 kg CO2 per kWh, beside 10 kg."""
    line = (
        '{ input = "electricity", from = "background:electricity-coal%s", supply = "own", amount = %s, unit = "kWh" },'
    )
    found = case(tmp_path, more=line % ("", 0.1) + line % ("@CL", 0.4))
    effects = [power.effect for power in powers(found.basis)]
    assert effects == pytest.approx([0.1 / 10.5, 0.4 / 10.5])


def test_shares_of_inputs_are_summed_once_whatever_the_number_of_processes(tmp_path, monkeypatch):
    from dataclasses import replace

    found = case(tmp_path, more=POWER % "grid")
    plant = found.study.route.process("plant")
    many = tuple(replace(plant, id=f"plant-{n}") for n in range(50))
    route = replace(found.study.route, processes=(*found.study.route.processes, *many))
    basis = replace(found.basis, study=replace(found.study, route=route))
    passes: list[int] = []
    monkeypatch.setattr(type(basis), "shares", lambda self, key: passes.append(1) or {})
    assert len(list(powers(basis))) == 51
    assert len(passes) <= 1


@pytest.mark.parametrize(("own", "severity"), [("true", "error"), ("false", "warning")])
def test_grid_power_of_another_country_is_an_error_for_an_own_process(tmp_path, own, severity):
    """The plant lies in Finland and takes power of China."""
    changes = (("operator_control = true", f"operator_control = {own}"),)
    found = case(tmp_path, PLANT, POWER % "grid", changes)
    (finding,) = [f for f in found.assessment.findings if f.rule == "structure.electricity-elsewhere"]
    assert finding.severity == severity
