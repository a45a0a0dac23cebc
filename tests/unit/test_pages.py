"""Blocks, diagrams and bars of a page: what they show of invented processes."""

import pytest

import footprint as fp
from footprint.errors import InputError
from footprint.library.portraits import load_portraits
from footprint.library.published import load_published
from footprint.report.diagram import Link, layers, links, needed_processes, process_diagram, process_shares
from footprint.report.document import Grid, Heading, Items, Paragraph, markdown
from footprint.report.stage_chart import stage_chart
from footprint.report.svg import wrapped


def test_a_process_stands_below_all_it_takes_from():
    """a feeds b and d, b feeds c, c feeds d: four layers."""
    flows = [Link("a", "b", ""), Link("a", "d", ""), Link("b", "c", ""), Link("c", "d", "")]
    assert layers(["d", "c", "b", "a"], flows) == [["a"], ["b"], ["c"], ["d"]]


def test_a_loop_does_not_hang():
    """a and b feed each other: the flow that closes the loop is drawn, and moves nothing."""
    assert layers(["a", "b"], [Link("a", "b", ""), Link("b", "a", "")]) == [["b"], ["a"]]


def test_links_follow_products_down_and_wastes_on(toy_route):
    """Mining gives ore to refining; refining's own seed is no arrow."""
    assert links(needed_processes(toy_route)) == (Link("mining", "refining", "cobalt ore"),)


def test_shares_of_processes_add_up(toy_route, toy_background):
    """Each process with what the background brings to it: mining and refining make 100 %."""
    result = fp.calculate(toy_route, background=toy_background)
    values = result.split("CC", lambda c: c.process)
    assert sum(values.values()) == pytest.approx(result["CC"].value, rel=1e-12)
    shares = process_shares(result, "CC")
    assert shares == {name: f"{100 * v / result['CC'].value:.0f}%" for name, v in values.items()}


def test_pictures_escape_what_a_file_says(toy_route, toy_background):
    from dataclasses import replace

    hostile = replace(toy_route, declared=replace(toy_route.declared, name='<script>"x"</script>'))
    result = fp.calculate(hostile, background=toy_background)
    for figure in (process_diagram(result, "p"), stage_chart([result], "CC", "s", "<b>")):
        assert "<script" not in figure.svg
        assert "<b>" not in figure.svg


def test_a_bar_is_as_long_as_its_value(toy_route, toy_background):
    """The only bar is the largest: its parts have the whole width of 420, split as the stages are."""
    result = fp.calculate(toy_route, background=toy_background)
    picture = stage_chart([result], "CC", "s", "Climate change").svg
    widths = [float(part.split('width="')[1].split('"')[0]) for part in picture.split("<title>cobalt")[1:]]
    stages = result["CC"].by_stage
    total = sum(stages.values())
    assert widths == pytest.approx([420 * value / total for value in stages.values() if value], rel=1e-4)


def test_markdown_takes_no_markup_from_data():
    page = (Heading(1, "a # b"), Paragraph("<img> [x](y) *z*"), Items(("`q`",)), Grid(("h", "n"), (("a|b", "1"),)))
    assert markdown(page) == (
        "# a \\# b\n\n\\<img\\> \\[x\\](y) \\*z\\*\n\n- \\`q\\`\n\n| h | n |\n| --- | --- |\n| a\\|b | 1 |\n"
    )


def test_long_names_end_in_an_ellipsis():
    """60 pixels are ten letters."""
    assert wrapped("one two three four five", 60, 2) == ["one two", "three fou…"]
    assert wrapped("unbreakableword", 60, 1) == ["unbreakab…"]


HEAD = "route,citation,value,low,high,range,per,basis,independent,scored,why_not,source\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a/b,X,1,,,30 %,kilo,read,yes,yes,,s", ["line 2", "column 'per'", "'kilo'", "product, element"]),
        ("a/b,X,one,,,30 %,product,read,yes,yes,,s", ["line 2", "column 'value'", "'one'"]),
        ("a/b,X,1,,,30 %,product,read,yes,perhaps,,s", ["column 'scored'", "yes, no"]),
        ("a/b,X,1", ["line 2", "cells"]),
    ],
)
def test_a_broken_table_of_published_values_is_refused(tmp_path, line, words):
    path = tmp_path / "published.csv"
    path.write_text(f"{HEAD}{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_published(path)
    for word in (str(path), *words):
        assert word in str(caught.value)


def test_portraits_join_the_standards_of_a_material_and_of_all(tmp_path):
    (tmp_path / "materials.toml").write_text('[copper]\nabout = "A metal."\n', encoding="utf-8")
    (tmp_path / "standards.csv").write_text(
        "material,document,kind,basis,note\n*,ISO 14040,standard,read,\ncopper,ISO/TC 26,standard,recalled,copper\n",
        encoding="utf-8",
    )
    found = load_portraits(tmp_path)["copper"]
    assert [(s.document, s.read) for s in found.standards] == [("ISO/TC 26", False), ("ISO 14040", True)]


def test_a_portrait_with_an_unknown_key_is_refused(tmp_path):
    (tmp_path / "materials.toml").write_text('[copper]\nabuot = "A metal."\n', encoding="utf-8")
    (tmp_path / "standards.csv").write_text("material,document,kind,basis,note\n", encoding="utf-8")
    with pytest.raises(InputError, match="did you mean 'about'"):
        load_portraits(tmp_path)
