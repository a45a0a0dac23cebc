"""Pictures of classes: where shapes stand, what is told, what is withheld, and in which files."""

from __future__ import annotations

import re
import struct
import sys
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from footprint.errors import FootprintError, InputError
from footprint.market.assignment import classify
from footprint.market.curve import Curve, production_curve
from footprint.market.fitting import fit_classes
from footprint.market.histogram import histogram
from footprint.market.migration import Flow
from footprint.market.review import Review, review
from footprint.market.rules import class_rules
from footprint.market.thresholds import ClassScheme
from footprint.market.window import validity
from footprint.report.document import Figure, Paragraph
from footprint.report.html import html_page
from footprint.report.pictures import curve as curve_picture
from footprint.report.pictures.axes import Axis, apart, tick_text, tonnes_unit
from footprint.report.pictures.bands import bands, reach
from footprint.report.pictures.colours import CLASSES, SYSTEMS
from footprint.report.pictures.curve import curve_svg
from footprint.report.pictures.figures import curve_figure, histogram_figure, label_figure, market_page
from footprint.report.pictures.histogram import histogram_svg
from footprint.report.pictures.label import Labelled, label_svg
from footprint.report.pictures.migration import stacked
from footprint.report.pictures.writing import write_picture
from footprint.report.svg import wrapped
from tests.rules.test_class_schemes import ON, declared

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script> & \ufffe\ud800 ]]>'
ILLUSTRATIVE = "Illustrative: no legal act sets classes for this material."


def curve_of(values: list[float], **columns: Any) -> Curve:
    market = declared(values, **columns)
    return production_curve(market, fit_classes(market, on=ON, replicates=50))


def seven(**changes: Any) -> Curve:
    """Three operators with 10, 30 and 60 t at 2, 4 and 8."""
    return curve_of([8.0, 2.0, 4.0], mass_t=[60.0, 10.0, 30.0], system=["primary", "secondary", "primary"], **changes)


def two_operators() -> Curve:
    """Not publishable: fewer than three operators."""
    return curve_of([2.0, 4.0])


def hostile(scheme: ClassScheme) -> ClassScheme:
    pool = replace(scheme.pool, product=HOSTILE, form=HOSTILE, grade=HOSTILE)
    return replace(scheme, pool=pool, unit=HOSTILE, scheme=HOSTILE, material=HOSTILE)


def moved(scheme: ClassScheme) -> Review:
    return Review(scheme, scheme, {"A": {"A": 3, "B": 1}, "B": {"B": 2}}, (), 0, 0, ())


def pictures(curve: Curve) -> dict[str, str]:
    """Every picture of one scheme."""
    from footprint.report.pictures.migration import migration_svg

    scheme = curve.scheme
    of = Labelled(HOSTILE, "primary", validity(ON, 3))
    return {
        "curve": curve_svg(curve),
        "histogram": histogram_svg(histogram(curve)),
        "migration": migration_svg(moved(scheme)),
        "label": label_svg(classify(4.0, scheme), scheme, of),
    }


def texts(picture: str) -> str:
    return " ".join(element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text"))


# --- axes and bands


def test_an_axis_is_linear_or_logarithmic() -> None:
    """Half way from 0 to 10 is 5, from 1 to 100 it is 10."""
    assert Axis(0, 10, 100, 300).at(5) == 200
    assert Axis(1, 100, 300, 100, log=True).at(10) == pytest.approx(200)


def test_ticks_are_round() -> None:
    """23 / 5 = 4.6, so steps of 5; 0.3 to 40 by 1, 2, 5; 11 orders of magnitude by powers of ten."""
    assert Axis(0, 23, 0, 1).ticks() == [0, 5, 10, 15, 20]
    assert Axis(0.3, 40, 0, 1, log=True).ticks() == [0.5, 1, 2, 5, 10, 20]
    assert Axis(1e-9, 2e-2, 0, 1, log=True).ticks() == [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]
    assert [tick_text(t) for t in (0.5, 200.0, 1e-9, 0.0)] == ["0.5", "200", "1e-9", "0"]
    assert [tonnes_unit(t) for t in (9_999.0, 10_000.0, 1e7)] == [(1.0, "t"), (1e3, "kt"), (1e6, "Mt")]


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [([10, 50], [10, 50]), ([10, 11, 12], [10, 15, 20]), ([97, 98, 99], [90, 95, 100]), ([-3, 1], [0, 5])],
)
def test_labels_stand_at_least_five_apart(wanted: list[float], placed: list[float]) -> None:
    assert apart(wanted, 5, 0, 100) == placed


def test_bands_meet_and_fill_the_axis() -> None:
    """Each begins where the one before ends, from one end of the axis to the other."""
    scheme = seven().scheme
    found = bands(scheme, Axis(0.0, 10.0, 500.0, 100.0))
    assert "".join(band.letter for band in found) == "ABCDEFG"
    assert [band.end for band in found[:-1]] == [band.start for band in found[1:]]
    assert (found[0].start, found[-1].end) == (500.0, 100.0)
    assert found[0].end == pytest.approx(500 - 40 * scheme.thresholds["A"])


def test_a_linear_axis_begins_at_zero_or_below() -> None:
    """Thresholds 2 to 8: 8 % of room above; with −2 also below: 0.08·10."""
    scheme = seven().scheme
    assert reach([2.0, 8.0], scheme, False) == pytest.approx((0.0, 8.64))
    assert reach([-2.0, 8.0], scheme, False) == pytest.approx((-2.8, 8.8))


# --- curve


def outlines(picture: str) -> list[tuple[str, list[float]]]:
    """Fill, and the numbers M x, base, V, H … of each run of steps."""
    paths = re.findall(r'<path d="(M[^"]*)" fill="([^"]*)"', picture)
    return [(fill, [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]) for path, fill in paths if "H" in path]


def test_steps_are_as_wide_as_their_tonnes_and_as_high_as_their_value() -> None:
    """10, 30, 60 of 100 t on 588 pixels: 58.8, 176.4, 352.8; heights over the base as 2 : 4 : 8 on one scale."""
    (first, one), (second, two) = outlines(curve_svg(seven()))
    assert (first, second) == (SYSTEMS["secondary"], SYSTEMS["primary"])
    x0, base, y1, x1, _ = one
    x2, _, y2, x3, y3, x4, _ = two
    assert [x0, x1, x2, x3, x4] == pytest.approx([76, 134.8, 134.8, 311.2, 664])
    assert x4 - x0 == pytest.approx(curve_picture.RIGHT - curve_picture.LEFT)
    unit = (base - y1) / 2
    assert [base - y2, base - y3] == pytest.approx([4 * unit, 8 * unit], rel=1e-4)
    assert unit == pytest.approx(curve_picture.HEIGHT / 8.64, rel=1e-4)


def test_neighbours_of_one_system_are_one_outline() -> None:
    """1 000 declarations of one system: one path, however thin its steps."""
    curve = curve_of([1 + n / 100 for n in range(1000)])
    assert len(outlines(curve_svg(curve))) == 1


def test_a_wide_market_has_a_logarithmic_axis() -> None:
    assert "log scale" in texts(curve_svg(curve_of([1.0, 10.0, 21.0])))
    assert "log scale" not in texts(curve_svg(curve_of([1.0, 10.0, 19.0])))


def test_a_credit_hangs_below_zero() -> None:
    """−2 beside 4, 6 and 8: its step ends below the base."""
    ((_, (_, base, low, *_)),) = outlines(curve_svg(curve_of([-2.0, 4.0, 6.0, 8.0])))
    assert low > base


# --- histogram


def bars(picture: str) -> list[tuple[float, float]]:
    """Width and height of each bar."""
    groups = ElementTree.fromstring(picture).iter(f"{SVG}g")
    shapes = [group[1].attrib for group in groups if (group[0].text or "").startswith(tuple(SYSTEMS))]
    return [(float(shape["width"]), float(shape["height"])) for shape in shapes]


def test_bars_are_as_high_as_their_tonnes() -> None:
    """2, 4, 8 with 10, 30, 60 t in three bins, ⌈2·3^(1/3)⌉, of width 2; 300 pixels are 1.3 times the highest, 78 t."""
    found = histogram(seven())
    assert [(bin_.low, sum(bin_.tonnes.values())) for bin_ in found.bins] == [(2, 10), (4, 30), (6, 60)]
    heights = [height for _, height in bars(histogram_svg(found))]
    assert heights == pytest.approx([tonnes * 300 / 78 for tonnes in (10, 30, 60)], rel=1e-4)


def test_a_bar_thinner_than_a_pixel_is_drawn() -> None:
    found = histogram(curve_of([1.0038, 1.00385, 1.0039]))
    assert [width for width, _ in bars(histogram_svg(found))] == [0.5] * 3


# --- migration


def test_flows_share_the_height_by_their_number() -> None:
    """300 pixels for 20 declarations: 12 stay on 180, 8 move on 120; A begins at 50 and B after a gap of 8."""
    found = (Flow("A", "A", 12), Flow("A", "B", 8))
    slots, classes, low = stacked(found, "AB", "before", 50.0, 20)
    assert [(s.top, s.height) for s in slots.values()] == [(50, 180), (230, 120)]
    assert (classes["A"].top, classes["A"].height, classes["B"].top, classes["B"].height) == (50, 300, 358, 22)
    assert low == 380
    _, after, _ = stacked(found, "AB", "after", 50.0, 20)
    assert [after[letter].height for letter in "AB"] == [180, 120]


def test_a_small_flow_leaves_room_for_its_number() -> None:
    """1 of 1 000 would be 0.3 pixels; its slot has 13."""
    slots, _, _ = stacked((Flow("A", "A", 999), Flow("A", "B", 1)), "AB", "before", 0.0, 1000)
    assert slots["A", "B"].height == 13


def test_a_migration_prints_every_number() -> None:
    told = texts(pictures(seven())["migration"])
    for words in ("3 stay", "1 to B", "2 stay", "4 (67%)", "6 declarations in both markets"):
        assert words in told


# --- what every picture tells, and what it withholds


@pytest.mark.parametrize("name", ["curve", "histogram", "migration", "label"])
def test_every_picture_stands_on_its_own(name: str) -> None:
    curve = seven()
    told = texts(pictures(curve)[name])
    product = ("lithium: lithium carbonate", "Climate change (CC)", "kg CO2 eq per kg", "all systems pooled")
    market = ("2024-01-01", "2027-01-01", "of 3 operators", "declared")
    for words in (*product, *market, ILLUSTRATIVE, "lithium-CC-2027-01-01-"):
        assert words in told


@pytest.mark.parametrize("name", ["curve", "histogram", "migration", "label"])
def test_hostile_names_are_escaped_and_the_picture_stays_xml(name: str) -> None:
    curve = seven()
    picture = pictures(Curve(hostile(curve.scheme), curve.steps))[name]
    assert ElementTree.fromstring(picture).tag == f"{SVG}svg"
    assert "<script" not in picture
    assert "alert(" in texts(picture)
    picture.encode()


def test_the_same_market_gives_the_same_picture() -> None:
    assert pictures(seven()) == pictures(seven())


def test_what_is_not_publishable_is_not_drawn() -> None:
    """Classes and the reason, but no step, no bar and no flow."""
    from footprint.report.pictures.migration import migration_svg

    curve = two_operators()
    steps, bars, ribbons = curve_svg(curve), histogram_svg(histogram(curve)), migration_svg(moved(curve.scheme))
    for picture in (steps, bars, ribbons):
        assert "Not publishable" in texts(picture)
        assert "up to" in texts(picture) or "A 2.00" in texts(picture)
    assert not outlines(steps)
    assert "primary, " not in bars
    assert "stay" not in ribbons


def test_a_confidential_picture_says_so() -> None:
    curve = two_operators()
    assert outlines(curve_svg(curve, confidential=True))
    assert "CONFIDENTIAL, not for publication" in texts(curve_svg(curve, confidential=True))


def test_tables_withhold_what_the_picture_does() -> None:
    """Tonnes of a step are in no cell; with `confidential` they and the id are."""
    curve = curve_of([2.0, 4.0], mass_t=[11.0, 17.0])
    page = [html_page("t", (figure, *tables)) for figure, tables in (
        curve_figure(curve), histogram_figure(histogram(curve)), curve_figure(curve, confidential=True)
    )]  # fmt: skip
    assert [("17.0" in part, "<td>d1</td>" in part) for part in page] == [(False, False), (False, False), (True, True)]


def test_no_label_for_what_is_not_publishable() -> None:
    scheme = two_operators().scheme
    of = Labelled("d0", "primary", validity(ON, 3))
    with pytest.raises(InputError, match="--confidential"):
        label_svg(classify(2.0, scheme), scheme, of)
    assert "CONFIDENTIAL" in texts(label_svg(classify(2.0, scheme), scheme, of, confidential=True))


def test_an_illustrative_label_bears_a_watermark_and_a_legal_one_none() -> None:
    scheme = seven().scheme
    of = Labelled("d0", "primary", validity(ON, 3))
    drawn = label_svg(classify(4.0, scheme), scheme, of)
    assert texts(drawn).count("ILLUSTRATIVE no legal act sets classes for this material.") == 3
    assert "from 2027-01-01 until before 2030-01-01" in texts(drawn)
    act = {"act": "Invented Regulation", "provision": "Annex I"}
    legal = replace(scheme, status="legal", parameters=act)
    drawn = label_svg(classify(4.0, legal), legal, of)
    assert "ILLUSTRATIVE" not in drawn
    assert "Legal classes: Invented Regulation, Annex I" in texts(drawn)


def test_a_capped_operator_is_told() -> None:
    """60 of 100 t with three operators: above 1/3, so its tonnes count for less in the fit than they are wide."""
    assert "capped: the largest operator has 60%" in texts(curve_svg(seven()))


def test_modelled_sites_are_no_declarations() -> None:
    """Every picture of a modelled market says so and of which, and has no operators and no intervals."""
    curve = curve_of([2.0, 4.0], ruleset=["modelled-world"] * 2)
    for told in map(texts, pictures(curve).values()):
        assert "2 modelled sites" in told.replace("6 modelled sites", "2 modelled sites")
        assert "lithium: lithium carbonate, modelled world market" in told
        assert "operator" not in told
        assert "interval" not in told
    assert "Each step is one modelled site" in texts(curve_svg(curve))


@pytest.mark.parametrize(
    ("grade", "words"),
    [("battery", ", grade battery)"), ("Grade A, 99 % Cu", "carbonate, Grade A, 99"), ("low-grade", "grade low-grade")],
)
def test_a_grade_is_called_so_once(grade: str, words: str) -> None:
    assert words in texts(curve_svg(curve_of([2.0, 4.0, 8.0], grade=[grade] * 3)))


@pytest.mark.parametrize(("tonnes", "explained"), [([1.0, 1.0, 1.0], True), ([1.0, 1000.0, 1.0], False)])
def test_white_lines_are_explained_where_there_are_any(tonnes: list[float], explained: bool) -> None:
    """588 pixels: thirds have a line where they meet; of 1002 t a step of 1 t is 0.6 pixels wide and has none."""
    told = texts(curve_svg(curve_of([2.0, 4.0, 8.0], mass_t=tonnes), confidential=True))
    assert ("White upright lines" in told) is explained
    assert "Dashed lines" in told


# --- colours and texts


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_classes_grow_lighter_so_that_grey_keeps_their_order() -> None:
    """In lightness L* (CIE 1976) each class is at least 4 above the one before."""
    lightness = [116 * luminance(colour) ** (1 / 3) - 16 for colour in CLASSES.values()]
    assert all(high - low >= 4 for low, high in pairwise(lightness))


def test_wide_letters_take_more_room() -> None:
    """60 pixels are ten letters: five Chinese ones, or seven capitals of a long word; the ellipsis takes one."""
    assert wrapped("碳酸锂单水物", 60, 1) == ["碳酸锂单…"]
    assert wrapped("CARBONATES", 60, 1) == ["CARBON…"]


# --- files


def figure() -> Figure:
    return Figure("curve", "A title", curve_svg(seven()), ("A title",))


def test_an_svg_is_the_picture(tmp_path: Path) -> None:
    write_picture(tmp_path / "c.svg", figure())
    assert (tmp_path / "c.svg").read_bytes() == figure().svg.encode()


def test_a_png_has_twice_the_size_and_is_not_blank(tmp_path: Path) -> None:
    """1 600 pixels wide; the same bytes each time; white paper and black ink among the pixels."""
    pytest.importorskip("resvg_py")
    for name in ("a.png", "b.PNG"):
        write_picture(tmp_path / name, figure())
    content = (tmp_path / "a.png").read_bytes()
    assert content == (tmp_path / "b.PNG").read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", content[16:26])
    tall = float(re.search(r'viewBox="0 0 800 ([\d.]+)"', figure().svg)[1])  # type: ignore[index]
    assert (width, height, depth, kind) == (1600, round(2 * tall), 8, 6)
    pixels = zlib.decompress(b"".join(data for name, data in chunks(content) if name == b"IDAT"))
    assert len(pixels) == height * (4 * width + 1)
    assert len(set(pixels)) > 100


def chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + size]))
        at += size + 12
    return found


def test_letters_of_the_picture_are_drawn_in_the_png(tmp_path: Path) -> None:
    """Another product name, another picture: the text is there, whatever fonts the machine has."""
    pytest.importorskip("resvg_py")
    first, second = (Figure("c", "t", figure().svg.replace("lithium carbonate", name), ()) for name in ("one", "two"))
    for name, picture in (("a.png", first), ("b.png", second)):
        write_picture(tmp_path / name, picture)
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()


def test_without_the_extra_a_png_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(FootprintError, match=r"crm-footprint\[png\]"):
        write_picture(tmp_path / "c.png", figure())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["c.jpg", "c", "c.svgz"])
def test_another_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"allowed: \.svg, \.png, \.html"):
        write_picture(tmp_path / name, figure())
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_picture(tmp_path / "none" / "c.svg", figure())


def test_a_page_holds_picture_and_tables_and_needs_nothing_else(tmp_path: Path) -> None:
    curve = seven()
    write_picture(tmp_path / "c.html", *curve_figure(curve))
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<svg " in page
    assert page.count("<tr>") == 1 + 7 + 1 + 3
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=|@import|url\((?!#)", page)
    assert re.findall(r"https?://[^\"]+", page) == ["http://www.w3.org/2000/svg"]


def test_a_page_escapes_what_data_say() -> None:
    curve = seven()
    page = html_page(HOSTILE, market_page([Curve(hostile(curve.scheme), curve.steps)]))
    assert "<script" not in page
    page.encode()
    assert html_page("t", (Paragraph("<b>"),)).count("&lt;b&gt;") == 1


def test_the_page_of_a_label_has_the_letter_and_the_classes() -> None:
    """2, 4 and 8 with thresholds at 2 × 4^(n/5): 2.00, 2.64, 3.48, 4.59 …; 4 is in D."""
    scheme = seven().scheme
    of = Labelled("d0", "primary", validity(ON, 3))
    shown, tables = label_figure(classify(4.0, scheme), scheme, of)
    assert shown.title.startswith("Class D: ")
    assert "<td>up to 4.59</td>" in html_page("t", (shown, *tables))


def test_a_review_is_drawn_from_two_markets() -> None:
    """Both declarations keep their value: two flows that stay, and no reason."""
    from footprint.report.pictures.figures import migration_figure

    market = declared([2.0, 4.0, 8.0])
    scheme = fit_classes(market, on=ON, replicates=0)
    shown, _ = migration_figure(review(scheme, scheme, market, market, class_rules(ON)))
    assert "3 declarations in both markets; 0 moved." in texts(shown.svg)
