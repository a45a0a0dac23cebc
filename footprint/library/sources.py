"""The bibliography: `datasets/sources.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from footprint.library.cache import cached, content_hash
from footprint.library.files import SourceRow
from footprint.library.toml import read_toml
from footprint.model import Source


def load_sources(datasets: Path) -> Mapping[str, Source]:
    """Source id -> Source."""
    path = datasets / "sources.toml"
    if not path.is_file():
        return {}
    rows = cached("sources", content_hash([path], datasets), dict[str, SourceRow],
                  lambda: read_toml(path, dict[str, SourceRow]))
    return {key: Source(key, r.title, r.author, r.year, r.kind, r.licence, r.url, r.basis) for key, r in rows.items()}
