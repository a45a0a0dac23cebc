"""Which declaration of a later market follows which of an earlier one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from footprint.market.declarations import Market

#: what tells one site's declarations from another's, where their ids differ
SITE = ("operator", "country", "route", "system")
Places = NDArray[np.int64]


def successors(before: Market, after: Market) -> tuple[Places, Places]:
    """Places in `before` and in `after` of declarations that follow each other, in the order of the later ids.

    The same id, else the same operator, country, route and system: of several declarations of one site the last, unless
    two end on the same day, for then it is not known which of two sites each is of.
    """
    ids = {ident: n for n, ident in enumerate(before["declaration_id"].tolist())}
    same = [(ids[ident], n) for n, ident in enumerate(after["declaration_id"].tolist()) if ident in ids]
    first, second = (
        _last_of_sites(market, {pair[side] for pair in same}) for side, market in enumerate((before, after))
    )
    pairs = same + [(first[site], second[site]) for site in first.keys() & second.keys()]
    pairs.sort(key=lambda pair: str(after["declaration_id"][pair[1]]))
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _last_of_sites(market: Market, taken: set[int]) -> dict[tuple[str, ...], int]:
    """Site -> its last declaration, without sites where it is not one, or where it is `taken`."""
    last: dict[tuple[str, ...], list[int]] = {}
    ends = market["period_to"]
    for n, site in enumerate(zip(*(market[column].tolist() for column in SITE), strict=True)):
        held = last.setdefault(site, [n])
        if ends[n] > ends[held[0]]:
            last[site] = [n]
        elif held != [n] and ends[n] == ends[held[0]]:
            held.append(n)
    return {site: held[0] for site, held in last.items() if len(held) == 1 and held[0] not in taken}
