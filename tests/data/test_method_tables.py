"""The tables of methods/ef-3.1: complete, without clashes, and with the values that were published.

Counts per category are those of the source table (regioinvent 1.4.1, EF v3.1: 96,036 rows, less the six indicators
that split toxicity). Factors are compared with the models' own publications, which the tests name.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

METHODS = Path(__file__).resolve().parents[2] / "methods"
EF = METHODS / "ef-3.1"
CODES = ["CC", "OD", "HTC", "HTNC", "PM", "IR", "POF", "AC", "EUT", "EUF", "EUM", "ETF", "LU", "WU", "RUF", "RUM"]
PARTS = ["CC-fossil", "CC-biogenic", "CC-land-use"]
TAKEN_FROM = {"ground", "fresh-water", "fossil-water", "sea-water", "land", "biotic", "air", "renewable"}
EMITTED_TO = {
    *(f"air/{place}" for place in ("urban", "non-urban", "long-term", "upper", "unspecified")),
    *(f"water/{place}" for place in ("surface", "ground", "ground-long-term", "ocean", "fossil-well", "unspecified")),
    *(f"soil/{place}" for place in ("agricultural", "forestry", "industrial", "unspecified")),
}
UNITS = {"kg", "kBq", "m3", "m2", "m2*a", "MJ"}
COUNTS = {
    "AC": 560, "CC": 184, "CC-biogenic": 4, "CC-fossil": 168, "CC-land-use": 12, "ETF": 7236, "EUF": 15, "EUM": 29,
    "EUT": 14, "HTC": 813, "HTNC": 4975, "IR": 175, "LU": 63889, "OD": 60, "PM": 29, "POF": 255, "RUF": 7,
    "RUM": 64, "WU": 4525,
}  # fmt: skip

#: symbol -> name, CAS number of the element (CRC Handbook of Chemistry and Physics)
ELEMENTS = {
    "Ag": ("silver", "7440-22-4"), "Al": ("aluminium", "7429-90-5"), "As": ("arsenic", "7440-38-2"),
    "Au": ("gold", "7440-57-5"), "B": ("boron", "7440-42-8"), "Ba": ("barium", "7440-39-3"),
    "Be": ("beryllium", "7440-41-7"), "Bi": ("bismuth", "7440-69-9"), "Ca": ("calcium", "7440-70-2"),
    "Cd": ("cadmium", "7440-43-9"), "Ce": ("cerium", "7440-45-1"), "Co": ("cobalt", "7440-48-4"),
    "Cr": ("chromium", "7440-47-3"), "Cs": ("caesium", "7440-46-2"), "Cu": ("copper", "7440-50-8"),
    "Dy": ("dysprosium", "7429-91-6"), "Er": ("erbium", "7440-52-0"), "Eu": ("europium", "7440-53-1"),
    "F": ("fluorine", "7782-41-4"), "Fe": ("iron", "7439-89-6"), "Ga": ("gallium", "7440-55-3"),
    "Gd": ("gadolinium", "7440-54-2"), "Ge": ("germanium", "7440-56-4"), "He": ("helium", "7440-59-7"),
    "Hf": ("hafnium", "7440-58-6"), "Hg": ("mercury", "7439-97-6"), "Ho": ("holmium", "7440-60-0"),
    "In": ("indium", "7440-74-6"), "Ir": ("iridium", "7439-88-5"), "K": ("potassium", "7440-09-7"),
    "La": ("lanthanum", "7439-91-0"), "Li": ("lithium", "7439-93-2"), "Lu": ("lutetium", "7439-94-3"),
    "Mg": ("magnesium", "7439-95-4"), "Mn": ("manganese", "7439-96-5"), "Mo": ("molybdenum", "7439-98-7"),
    "Na": ("sodium", "7440-23-5"), "Nb": ("niobium", "7440-03-1"), "Nd": ("neodymium", "7440-00-8"),
    "Ni": ("nickel", "7440-02-0"), "Os": ("osmium", "7440-04-2"), "P": ("phosphorus", "7723-14-0"),
    "Pb": ("lead", "7439-92-1"), "Pd": ("palladium", "7440-05-3"), "Pr": ("praseodymium", "7440-10-0"),
    "Pt": ("platinum", "7440-06-4"), "Rb": ("rubidium", "7440-17-7"), "Re": ("rhenium", "7440-15-5"),
    "Rh": ("rhodium", "7440-16-6"), "Ru": ("ruthenium", "7440-18-8"), "S": ("sulfur", "7704-34-9"),
    "Sb": ("antimony", "7440-36-0"), "Sc": ("scandium", "7440-20-2"), "Se": ("selenium", "7782-49-2"),
    "Si": ("silicon", "7440-21-3"), "Sm": ("samarium", "7440-19-9"), "Sn": ("tin", "7440-31-5"),
    "Sr": ("strontium", "7440-24-6"), "Ta": ("tantalum", "7440-25-7"), "Tb": ("terbium", "7440-27-9"),
    "Te": ("tellurium", "13494-80-9"), "Th": ("thorium", "7440-29-1"), "Ti": ("titanium", "7440-32-6"),
    "Tl": ("thallium", "7440-28-0"), "Tm": ("thulium", "7440-30-4"), "U": ("uranium", "7440-61-1"),
    "V": ("vanadium", "7440-62-2"), "W": ("tungsten", "7440-33-7"), "Y": ("yttrium", "7440-65-5"),
    "Yb": ("ytterbium", "7440-64-4"), "Zn": ("zinc", "7440-66-6"), "Zr": ("zirconium", "7440-67-7"),
}  # fmt: skip
#: CAS numbers of ions that the source gives in place of the element's
IONS = {
    "17428-41-0": "As", "22537-48-0": "Cd", "16065-83-1": "Cr", "18540-29-9": "Cr", "15158-11-9": "Cu",
    "15438-31-0": "Fe", "17341-24-1": "Li", "14701-22-5": "Ni", "14701-21-4": "Ag", "22541-90-8": "Sn",
    "22541-75-9": "Ti", "22541-77-1": "V", "23713-49-7": "Zn",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def flows() -> list[dict[str, str]]:
    return rows(EF / "flows.csv")


@cache
def uncharacterised() -> list[dict[str, str]]:
    return rows(EF / "uncharacterised.csv")


@cache
def factors(code: str) -> dict[tuple[str, str, str], float]:
    found = rows(EF / "factors" / f"{code}.csv")
    table = {(r["flow"], r["compartment"], r["location"]): float(r["factor"]) for r in found}
    assert len(table) == len(found), f"{code}: a key has two factors"
    return table


def factor(code: str, flow: str, compartment: str, location: str = "GLO") -> float:
    return factors(code)[flow, compartment, location]


# --- form -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", COUNTS)
def test_each_category_holds_as_many_factors_as_the_source(code: str) -> None:
    assert len(factors(code)) == COUNTS[code]


def test_there_is_a_factor_file_for_each_category_and_no_other() -> None:
    assert {path.stem for path in (EF / "factors").glob("*.csv")} == {*CODES, *PARTS} == set(COUNTS)


def test_categories_are_in_the_order_of_results_with_three_parts_of_climate_change() -> None:
    table = rows(EF / "categories.csv")
    assert [r["code"] for r in table] == [*CODES, *PARTS]
    assert {r["code"]: r["parent"] for r in table if r["parent"]} == dict.fromkeys(PARTS, "CC")
    assert all(r["name"] and r["indicator"] and r["unit"] and r["model"] for r in table)
    assert {r["robustness"] for r in table} == {"I", "II", "III"}


def test_units_of_results_are_those_of_the_method() -> None:
    """Recommendation (EU) 2021/2279, Annex I, Table 2."""
    units = {r["code"]: r["unit"] for r in rows(EF / "categories.csv")}
    assert units["CC"] == units["CC-fossil"] == "kg CO2 eq"
    assert (units["AC"], units["EUT"]) == ("mol H+ eq", "mol N eq")
    assert (units["EUF"], units["EUM"], units["RUM"]) == ("kg P eq", "kg N eq", "kg Sb eq")
    assert (units["HTC"], units["HTNC"], units["ETF"]) == ("CTUh", "CTUh", "CTUe")
    assert (units["RUF"], units["IR"], units["PM"]) == ("MJ", "kBq U-235 eq", "disease incidence")


def test_a_flow_is_named_once_by_name_and_compartment() -> None:
    keys = Counter((r["flow"], r["compartment"]) for r in (*flows(), *uncharacterised()))
    assert [key for key, n in keys.items() if n > 1] == []


def test_names_differ_by_more_than_capitals_and_spaces() -> None:
    folded: dict[str, set[str]] = {}
    for r in (*flows(), *uncharacterised()):
        folded.setdefault(re.sub(r"\s+", " ", r["flow"].strip().lower()), set()).add(r["flow"])
    assert [names for names in folded.values() if len(names) > 1] == []


def test_compartments_and_units_are_of_the_closed_lists() -> None:
    found = (*flows(), *uncharacterised())
    assert {r["compartment"] for r in found} == TAKEN_FROM | EMITTED_TO
    assert {r["unit"] for r in found} <= UNITS


def test_a_flow_has_the_unit_of_its_kind() -> None:
    """Radionuclides in kBq, land in m2 or m2*a, water in m3, energy in MJ; the rest in kg, gas and wood in m3."""
    for r in (*flows(), *uncharacterised()):
        if r["compartment"] == "land":
            assert r["unit"] == ("m2*a" if r["flow"].startswith("occupation") else "m2"), r
        elif re.fullmatch(r"[a-z]+-\d+|tritium", r["flow"]):
            assert r["unit"] == "kBq", r
        elif r["flow"].startswith("water"):
            assert r["unit"] == "m3", r
        else:
            assert r["unit"] in ("kg", "MJ") or r["flow"].startswith(("gas", "wood")), r


def test_every_factor_belongs_to_a_flow_and_every_flow_has_a_factor() -> None:
    listed = {(r["flow"], r["compartment"]) for r in flows()}
    used = {(flow, compartment) for code in COUNTS for flow, compartment, _ in factors(code)}
    assert used == listed


def test_no_uncharacterised_flow_has_a_factor() -> None:
    used = {(flow, compartment) for code in COUNTS for flow, compartment, _ in factors(code)}
    assert not used & {(r["flow"], r["compartment"]) for r in uncharacterised()}


def test_every_uncharacterised_flow_says_why_and_none_claims_what_the_method_lacks() -> None:
    for r in uncharacterised():
        assert r["status"] in ("no factor held", "zero by rule"), r
        assert len(r["reason"]) > 20, r
        assert not re.search(r"\bEF (has|holds|characterises|ionising)", r["reason"]), r


def test_only_what_a_rule_makes_zero_is_zero_by_rule() -> None:
    zero = {r["flow"] for r in uncharacterised() if r["status"] == "zero by rule"}
    biogenic = {"carbon dioxide, non-fossil", "carbon dioxide, in air"}
    assert zero == {*biogenic, "particulate matter, above 10 um", "water", "water, brine", "water, sea"}


def test_locations_are_text_so_namibia_and_norway_survive() -> None:
    """NA and NO are what a careless reader turns into an empty cell and False."""
    for code in ("LU", "WU"):
        locations = {location for _, _, location in factors(code)}
        assert {"NA", "NO", "GLO"} <= locations
        assert not {"", "nan", "None", "False"} & locations
    assert factor("WU", "water, river", "fresh-water", "NA") == 37.8
    assert factor("WU", "water, river", "fresh-water", "NO") == 0.634
    assert factor("AC", "sulfur dioxide", "air/unspecified", "NO") == 4.524


def test_only_three_categories_have_factors_by_location() -> None:
    for code in COUNTS:
        regional = {location for _, _, location in factors(code)} != {"GLO"}
        assert regional == (code in ("AC", "LU", "WU")), code


def test_what_has_a_factor_by_location_has_a_generic_one() -> None:
    """The last step of the fall-back must exist, or a flow would have a factor in some countries and none in others."""
    for code in ("AC", "LU", "WU"):
        keys = factors(code)
        assert {(f, c) for f, c, _ in keys} == {(f, c) for f, c, location in keys if location == "GLO"}


# --- elements -------------------------------------------------------------------------------------------------------


def test_element_symbols_agree_with_names() -> None:
    """Cerium is Ce and caesium Cs: the symbol stands for the first word of the name."""
    for r in (*flows(), *uncharacterised()):
        if r["element"]:
            assert r["flow"].split()[0] == ELEMENTS[r["element"]][0], r


def test_element_symbols_agree_with_cas_numbers() -> None:
    of_cas = {cas: symbol for symbol, (_, cas) in ELEMENTS.items()} | IONS
    for r in (*flows(), *uncharacterised()):
        if r["element"] and r["cas"]:
            assert of_cas[r["cas"]] == r["element"], r


def test_no_element_is_left_without_its_symbol() -> None:
    names = {name for name, _ in ELEMENTS.values()}
    form = re.compile(r"([a-z]+)( ion| I{1,3}| IV| VI?)?")
    for r in (*flows(), *uncharacterised()):
        match = form.fullmatch(r["flow"])
        assert bool(r["element"]) == bool(match and match[1] in names), r


def test_cas_numbers_have_their_check_digit() -> None:
    """The last digit is the sum of the others, counted from the right, modulo 10 (CAS Registry)."""
    for r in (*flows(), *uncharacterised()):
        if r["cas"]:
            digits = r["cas"].replace("-", "")
            total = sum(place * int(digit) for place, digit in enumerate(reversed(digits[:-1]), 1))
            assert total % 10 == int(digits[-1]), r


def test_every_element_of_the_34_materials_can_be_filed_anywhere() -> None:
    """From the ground, and to air, water, soil and the long term: with a factor, or listed as without."""
    materials = tomllib.loads((METHODS / "crma" / "materials.toml").read_text(encoding="utf-8"))["material"]
    known: dict[str, set[str]] = {}
    for r in (*flows(), *uncharacterised()):
        known.setdefault(r["element"], set()).add(r["compartment"])
    emitted = EMITTED_TO - {"air/upper", "water/fossil-well"}
    for symbol in {symbol for material in materials for symbol in material["elements"]} - {"C", "F", "He"}:
        assert known[symbol] >= {"ground", *emitted}, symbol


def test_resource_factors_are_missing_for_most_rare_earths() -> None:
    """The known gap: yttrium alone has a factor here, and the others are listed, so that a result can say so."""
    rare = {"Sc", "Y", "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"}
    held = {r["element"] for r in flows() if r["compartment"] == "ground"}
    listed = {r["element"] for r in uncharacterised() if r["compartment"] == "ground"}
    assert rare & held == {"Y"}
    assert rare - {"Y"} <= listed
    assert {"graphite", "fluorspar", "feldspar"} <= {r["flow"] for r in uncharacterised()}


def test_no_metal_has_a_factor_to_long_term_ground_water() -> None:
    """Leachate filed there is reported, not characterised; phosphorus alone has a factor (eutrophication)."""
    held = {r["element"] for r in flows() if r["compartment"] == "water/ground-long-term" and r["element"]}
    assert held == {"P"}
    listed = {r["element"] for r in uncharacterised() if r["compartment"] == "water/ground-long-term"}
    assert {"As", "Cd", "Co", "Cr", "Cu", "Hg", "Ni", "Pb", "Sb", "Se", "U", "Zn"} <= listed


def test_natural_radionuclides_are_known_in_air_water_and_soil() -> None:
    keys = {(r["flow"], r["compartment"]) for r in (*flows(), *uncharacterised())}
    for nuclide in (
        "uranium-238",
        "thorium-232",
        "thorium-230",
        "radium-226",
        "radium-228",
        "lead-210",
        "polonium-210",
    ):
        for compartment in ("air/non-urban", "water/surface", "water/ground-long-term", "soil/industrial"):
            assert (nuclide, compartment) in keys
    assert {("radon-222", "air/non-urban"), ("radon-220", "air/non-urban")} <= keys


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "published"),
    [
        ("carbon dioxide, fossil", 1.0),
        ("carbon dioxide, from soil or biomass stock", 1.0),
        ("methane, fossil", 29.8),
        ("methane, non-fossil", 27.0),
        ("dinitrogen monoxide", 273.0),
        ("tetrafluoromethane", 7380.0),
        ("hexafluoroethane", 12400.0),
        ("sulfur hexafluoride", 25200.0),
        ("nitrogen fluoride", 17400.0),
        ("1,1,1,2-Tetrafluoroethane", 1530.0),
        ("chlorodifluoromethane", 1960.0),
        ("trichlorofluoromethane", 6230.0),
    ],
)
def test_climate_change(flow: str, published: float) -> None:
    """GWP100 of IPCC AR6 WG I, Tables 7.15 and 7.SM.7 (SF6 25,200 as in EF 3.1; 24,300 in the later table)."""
    assert factor("CC", flow, "air/unspecified") == published


def test_the_parts_of_climate_change_are_the_whole() -> None:
    parts: dict[tuple[str, str, str], float] = {}
    for code in PARTS:
        assert not parts.keys() & factors(code).keys()
        parts |= factors(code)
    assert parts == factors("CC")


def test_values_of_ef_3_0_are_not_here() -> None:
    """EF 3.0 took AR5 with feedbacks: fossil methane 36.75, biogenic 34, N2O 298, SF6 26,087 (EF 3.0 package)."""
    values = {
        factor("CC", flow, "air/unspecified")
        for flow in ("methane, fossil", "methane, non-fossil", "dinitrogen monoxide")
    }
    assert not values & {36.8, 36.75, 34.0, 36.0, 298.0}
    assert factor("CC", "sulfur hexafluoride", "air/unspecified") != 26087.0


@pytest.mark.parametrize(
    ("flow", "published"), [("sulfur dioxide", 1.31), ("nitrogen oxides", 0.74), ("ammonia", 3.02)]
)
def test_acidification(flow: str, published: float) -> None:
    """Accumulated exceedance, European mean (Seppälä et al. 2006; Posch et al. 2008)."""
    for place in ("urban", "non-urban", "unspecified", "long-term"):
        assert factor("AC", flow, f"air/{place}") == published


def test_sulfur_trioxide_acidifies_by_its_sulfur() -> None:
    """SO3 counts as the SO2 of the same sulfur: 1.31 x 64.06 / 80.06 = 1.048 mol H+ eq/kg."""
    assert factor("AC", "sulfur trioxide", "air/unspecified") == pytest.approx(1.31 * 64.064 / 80.063, rel=1e-3)


def test_terrestrial_eutrophication() -> None:
    """Accumulated exceedance of nitrogen (Seppälä et al. 2006; Posch et al. 2008)."""
    assert factor("EUT", "nitrogen oxides", "air/unspecified") == 4.26
    assert factor("EUT", "ammonia", "air/unspecified") == 13.47


@pytest.mark.parametrize(("flow", "mass"), [("nitrate", 62.005), ("nitrite", 46.006), ("ammonium", 18.039)])
def test_marine_eutrophication_counts_the_nitrogen(flow: str, mass: float) -> None:
    """kg N eq of a nitrogen compound to fresh water: 14.007 / molar mass (Struijs et al. 2009: fate factor 1)."""
    assert factor("EUM", flow, "water/surface") == pytest.approx(14.007 / mass, rel=0.005)


@pytest.mark.parametrize(("flow", "mass"), [("phosphate", 94.971), ("phosphorus", 30.974)])
def test_freshwater_eutrophication_counts_the_phosphorus(flow: str, mass: float) -> None:
    """kg P eq to fresh water: 30.974 / molar mass; to the sea nothing (Struijs et al. 2009)."""
    assert factor("EUF", flow, "water/surface") == pytest.approx(30.974 / mass, rel=0.015)
    assert factor("EUF", flow, "water/ocean") == 0.0


def test_ozone_depletion() -> None:
    """WMO 2014: CFC-11 is the reference, CFC-12 0.73, carbon tetrachloride 0.72, halon 1301 15.2, HCFC-22 0.034."""
    published = {
        "trichlorofluoromethane": 1.0, "dichlorodifluoromethane": 0.73, "carbon tetrachloride": 0.72,
        "bromotrifluoromethane": 15.2, "chlorodifluoromethane": 0.034,
    }  # fmt: skip
    assert {flow: factor("OD", flow, "air/unspecified") for flow in published} == published


def test_photochemical_ozone_formation() -> None:
    """Van Zelm et al. 2008: NMVOC is the reference, NOx 1, carbon monoxide 0.0456, sulfur dioxide 0.0811."""
    assert factor("POF", "NMVOC", "air/unspecified") == 1.0
    assert factor("POF", "nitrogen oxides", "air/unspecified") == 1.0
    assert factor("POF", "carbon monoxide, fossil", "air/unspecified") == 0.0456
    assert factor("POF", "sulfur dioxide", "air/unspecified") == 0.0811


def test_particles_count_79_times_more_in_a_town() -> None:
    """Fantke et al. 2016: 2.38e-4 disease incidences per kg below 2.5 um in a town, 3.02e-6 far from one."""
    town = factor("PM", "particulate matter, below 2.5 um", "air/urban")
    assert town == pytest.approx(2.38e-4, rel=5e-3)
    assert town / factor("PM", "particulate matter, below 2.5 um", "air/non-urban") == pytest.approx(79.0, rel=5e-3)
    assert factor("PM", "particulate matter, 2.5 to 10 um", "air/urban") < town


def test_ionising_radiation() -> None:
    """Frischknecht et al. 2000, relative to U-235 to air: C-14 10, Cs-137 0.636, Ra-226 to water 6.07e-3."""
    assert factor("IR", "carbon-14", "air/unspecified") == 10.0
    assert factor("IR", "caesium-137", "air/unspecified") == 0.636
    assert factor("IR", "radium-226", "water/surface") == 0.00607


@pytest.mark.parametrize(
    ("flow", "published"),
    [
        ("antimony", 1.0), ("copper", 0.00137), ("lithium", 1.15e-5), ("cobalt", 1.57e-5), ("nickel", 6.53e-5),
        ("platinum", 2.22), ("palladium", 0.571), ("gold", 52.0), ("tellurium", 40.7), ("aluminium", 1.09e-9),
        ("magnesium", 2.02e-9), ("tungsten", 0.00452), ("bismuth", 0.0411), ("germanium", 6.52e-7),
    ],
)  # fmt: skip
def test_resource_use_minerals_and_metals(flow: str, published: float) -> None:
    """Abiotic depletion potential, ultimate reserves (van Oers et al. 2002; CML-IA 4.8), kg Sb eq/kg."""
    assert factor("RUM", flow, "ground") == published


def test_resource_use_fossils_is_the_energy_of_the_fuel() -> None:
    """EF counts MJ, the table kg or m3: hard coal 18.01, lignite 9.41, oil 43.4, gas 36.0, uranium 560,000."""
    assert {(f, c): v for (f, c, _), v in factors("RUF").items()} == {
        ("coal, hard", "ground"): 18.01,
        ("coal, brown", "ground"): 9.41,
        ("oil, crude", "ground"): 43.4,
        ("gas, natural", "ground"): 36.0,
        ("gas, mine, off-gas, process, coal mining", "ground"): 36.0,
        ("peat", "biotic"): 9.76,
        ("uranium", "ground"): 560000.0,
    }


def test_water_taken_and_returned_cancel() -> None:
    """AWARE at JRC: withdrawal positive, return negative, the same factor; the world's is 42.95 m3 world eq/m3."""
    assert factor("WU", "water, river", "fresh-water") == 42.95
    for flow, compartment, location in factors("WU"):
        if compartment == "water/surface":
            taken = factor("WU", "water, river", "fresh-water", location)
            assert taken == -factor("WU", flow, compartment, location)
    assert factor("WU", "water", "water/ocean") == 0.0


def test_land_transformed_from_and_to_cancel() -> None:
    """LANCA: a transformation from a land use undoes the transformation to it, in every location."""
    table = factors("LU")
    pairs = 0
    for (flow, compartment, location), value in table.items():
        if flow.startswith("transformation, to ") and location == "GLO":
            back = table.get((flow.replace(", to ", ", from "), compartment, location))
            assert back is None or back == pytest.approx(-value)
            pairs += back is not None
    assert pairs > 50
    assert factor("LU", "occupation, mineral extraction site", "land") == 110.79


def test_copper_to_water() -> None:
    """46.476 CTUe/kg, the digits that JRC and ecoinvent both state for copper to surface water (EF 3.1)."""
    assert factor("ETF", "copper ion", "water/surface") == pytest.approx(46.47592828149169)


def test_all_factors_are_finite() -> None:
    for code in COUNTS:
        assert all(abs(value) < 1e12 for value in factors(code).values()), code


def test_only_returns_uptake_and_scavengers_are_negative() -> None:
    """Water returned, land restored, carbon dioxide taken up, and benzaldehyde, which removes ozone."""
    for code in COUNTS:
        negative = {flow for (flow, _, _), value in factors(code).items() if value < 0}
        if code in ("CC", "CC-land-use"):
            assert negative == {"carbon dioxide, to soil or biomass stock"}
        elif code == "POF":
            assert negative == {"benzaldehyde"}
        elif code not in ("LU", "WU"):
            assert negative == set(), code


# --- normalisation and weighting ------------------------------------------------------------------------------------


def test_normalisation_and_weighting_of_ef_3_1() -> None:
    """JRC130796 (2023), per person and year; weights sum to 100 % (Sala et al. 2018)."""
    table = {r["code"]: r for r in rows(EF / "normalisation_weighting.csv")}
    assert list(table) == CODES
    assert sum(float(r["weighting_percent"]) for r in table.values()) == pytest.approx(100.0, abs=1e-9)
    published = {"CC": 7553.08, "OD": 0.0523484, "HTC": 1.72529e-5, "HTNC": 1.28736e-4, "ETF": 56716.6, "WU": 11468.7}
    for code, value in published.items():
        assert float(table[code]["normalisation_per_person"]) == pytest.approx(value, rel=5e-6)
    weights = {"CC": 21.06, "PM": 8.96, "WU": 8.51, "RUF": 8.32, "LU": 7.94, "RUM": 7.55, "HTNC": 1.84}
    assert {code: float(table[code]["weighting_percent"]) for code in weights} == weights
    assert all(r["source"] for r in table.values())


def test_normalisation_of_ef_3_0_is_not_here() -> None:
    """EF 3.0: CC 8095.5, ETF 42683, HTNC 2.297e-4, HTC 1.690e-5, OD 0.05365, POF 40.60 per person."""
    table = {r["code"]: float(r["normalisation_per_person"]) for r in rows(EF / "normalisation_weighting.csv")}
    old = {"CC": 8095.5, "ETF": 42683.2, "HTNC": 2.29659e-4, "HTC": 1.68995e-5, "OD": 0.053648, "POF": 40.6014}
    for code, value in old.items():
        assert abs(table[code] / value - 1) > 0.005, code


def test_units_agree_between_categories_and_normalisation() -> None:
    units = {r["code"]: r["unit"] for r in rows(EF / "categories.csv")}
    assert all(r["unit"] == units[r["code"]] for r in rows(EF / "normalisation_weighting.csv"))


def test_method_names_tables_that_exist_and_cites_its_sources() -> None:
    method = tomllib.loads((EF / "method.toml").read_text(encoding="utf-8"))
    assert method["id"] == EF.name == "ef-3.1"
    for name in method["tables"].values():
        assert (EF / name).exists(), name
    assert {"regioinvent-1.4.1", "randonneur-data-0.7.2", "jrc-ef-3.1"} <= {s["id"] for s in method["source"]}
    assert all(s["licence"] and s["url"].startswith("https://") for s in method["source"])
    assert method["regional"] == {
        "used": ["LU", "WU"],
        "sensitivity": ["AC"],
        "fallback": ["subdivision", "country", "GLO"],
        "aliases": {"CA-NL": "CA-NF", "CA-YT": "CA-YK", "IN-OD": "IN-OR", "IN-CG": "IN-CT", "IN-UK": "IN-UT"},
    }
    held = {r["location"] for r in rows(EF / "factors" / "WU.csv")}
    assert set(method["regional"]["aliases"].values()) <= held
    assert held.isdisjoint(method["regional"]["aliases"])


def test_readme_counts_are_the_counts() -> None:
    text = (EF / "README.md").read_text(encoding="utf-8")
    total = sum(len(factors(code)) for code in COUNTS)
    for n in (len(flows()), len(uncharacterised()), total):
        assert f"{n:,}" in text, n
