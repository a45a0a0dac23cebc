"""One fault each in a copy of the invented markets: the message says where, what was found and what is allowed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from footprint.errors import InputError
from footprint.library.markets import load_markets
from tests.conftest import TOY

#: (file, text, what is put in its place, words of the message)
CASES = {
    "no-schema": ("markets.toml", "schema = 1", "schema = 2", ["markets.toml", "schema"]),
    "unknown-key": ("markets.toml", "counted =", "conted =", ["'conted' is not known; did you mean 'counted'?"]),
    "no-content": ("markets.toml", "content = 0.5", "content = 0", ["markets.toml", "content"]),
    "no-sites": ("markets.toml", "sites = 4", "sites = 0", ["markets.toml", "sites"]),
    "no-reason-without-sourcing": (
        "markets.toml",
        'no_union = "nobody asked"',
        "",
        ["market 'cobalt-salt': no_union must say why no sourcing is known"],
    ),
    "unknown-market": (
        "production.csv",
        "cobalt-salt,CL,2021",
        "cobalt-sal,CL,2021",
        ["production.csv, line 8, column 'market': 'cobalt-sal' is not known; did you mean 'cobalt-salt'?"],
    ),
    "no-output": ("production.csv", "cobalt-salt,CL,2021,7,,,invented,table 1,modelled,low,\n", "", ["has no row"]),
    "country": (
        "production.csv",
        "cobalt-metal,NA,",
        "cobalt-metal,Namibia,",
        ["line 4, column 'country': 'Namibia' is no country; two capital letters are needed"],
    ),
    "negative": ("production.csv", "2022,60", "2022,-60", ["'-60' is out of range; allowed: 0 or more"]),
    "infinite": ("production.csv", "2022,60", "2022,inf", ["column 'tonnes': 'inf' is not a finite number"]),
    "half-a-year": ("production.csv", "CL,2022,60", "CL,2022.5,60", ["column 'year': '2022.5' is not a whole number"]),
    "status": ("production.csv", "estimated", "guessed", ["'guessed' is not known", "reported, estimated, modelled"]),
    "same-year-twice": ("production.csv", "CL,2023,30", "CL,2022,30", ["'cobalt-metal': CL, 2022 is given twice"]),
    "missing-column": ("production.csv", "status", "standing", ["column 'status' is missing"]),
    "too-many-cells": ("production.csv", "CL,2022,60,", "CL,2022,60,,", ["production.csv, line 2", "cells"]),
    "too-much-sourced": ("sourcing.csv", "HK,0.2", "HK,0.9", ["the shares sum to 1.6; they sum to 1 at most"]),
    "no-share": ("sourcing.csv", "HK,0.2", "HK,0", ["column 'share': '0' is no share"]),
    "shares-of-a-country": ("routes.csv", "CL,mine,0.6", "CL,mine,0.5", ["the shares of CL sum to 0.9; they sum to 1"]),
    "route-twice": ("routes.csv", "CL,salt,", "CL,mine,", ["market 'cobalt-metal': CL, mine is given twice"]),
    "unmapped": ("mapping.csv", "cobalt-metal,salt,*", "cobalt-metal,salts,*", ["route 'salt' of CL has no row"]),
    "no-reason": ("mapping.csv", ",salt is another product", ",", ["column 'reason'", "say why this route"]),
    "place-of-no-route": ("mapping.csv", "none,,no route", "none,CL,no route", ["column 'place'", "here is none"]),
    "stage": ("spread.csv", "extraction", "extracting", ["'extracting' is not known; did you mean 'extraction'?"]),
    "category": ("spread.csv", ",CC,", ",CO,", ["column 'categories': 'CO' is not known"]),
    "narrower-than-nothing": ("spread.csv", ",4,", ",0.5,", ["'0.5' is out of range; allowed: 1 or more"]),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


def test_the_invented_markets_are_valid(folder: Path) -> None:
    assert list(load_markets(folder).markets) == ["cobalt-metal", "cobalt-salt"]


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_is_refused(case: str, folder: Path) -> None:
    name, old, new, words = CASES[case]
    path = folder / "markets" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, "the case no longer fits the file it breaks"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_markets(folder)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "name", ["markets.toml", "production.csv", "sourcing.csv", "routes.csv", "mapping.csv", "spread.csv"]
)
def test_a_missing_file_is_named(name: str, folder: Path) -> None:
    (folder / "markets" / name).unlink()
    with pytest.raises(InputError, match=rf"{name}: no such file"):
        load_markets(folder)
