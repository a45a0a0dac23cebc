"""The bibliography: `datasets/sources.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from footprint.library.cache import Signature, cached, content_hash, signature
from footprint.library.files import SourceRow
from footprint.library.toml import read_toml
from footprint.model import Source


def load_sources(datasets: Path) -> Mapping[str, Source]:
    """Source id -> Source."""
    path = datasets / "sources.toml"
    return _loaded(signature([path])) if path.is_file() else {}


@lru_cache(maxsize=8)
def _loaded(files: Signature) -> Mapping[str, Source]:
    path = files[0][0]
    rows = cached(
        "sources",
        content_hash([path], path.parent),
        dict[str, SourceRow],
        lambda: read_toml(path, dict[str, SourceRow]),
    )
    return {key: Source(key, r.title, r.author, r.year, r.kind, r.licence, r.url, r.basis) for key, r in rows.items()}
