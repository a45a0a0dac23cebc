"""Where a batch is kept: one Parquet file per chunk, so that it goes on where it was interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from footprint.batch.work import Batch
from footprint.errors import InputError
from footprint.extras import needed
from footprint.library.replacing import replacing

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
#: studies in a chunk: what a worker takes, and a file of the output
CHUNK = 256


@dataclass(frozen=True)
class Store:
    """A folder with one Parquet file per chunk, and a manifest that says of which batch."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, batch: Batch, rows: Array, names: Sequence[str]) -> Store:
        """The store of this batch, new or to go on with; InputError where the folder holds another batch."""
        needed("pyarrow", "batch")
        digest = hashlib.sha256(json.dumps(asdict(batch), sort_keys=True).encode())
        digest.update(np.ascontiguousarray(rows).tobytes())
        digest.update("\0".join(names).encode())
        manifest = {"schema": "footprint/batch/1", "batch": asdict(batch), "sha256": digest.hexdigest()}
        path = folder / "batch.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.exists():
                if json.loads(path.read_text(encoding="utf-8"))["sha256"] != manifest["sha256"]:
                    raise InputError(f"{folder}: holds another batch; choose another folder")
            elif any(folder.iterdir()):
                raise InputError(f"{folder}: is not empty; choose another folder")
            else:
                with replacing(path) as temporary:
                    temporary.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{folder}: cannot be used ({error.strerror})") from None
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{path}: is no manifest of a batch") from None
        return cls(folder)

    def path(self, start: int) -> Path:
        """The file of the chunk that begins with row `start`."""
        return self.folder / f"part-{start // CHUNK:06d}.parquet"

    def has(self, start: int) -> bool:
        """Whether a chunk is done."""
        return self.path(start).exists()

    def write(self, start: int, frame: pd.DataFrame) -> None:
        """Write a chunk to a temporary file and rename it."""
        with replacing(self.path(start)) as temporary:
            frame.to_parquet(temporary, index=False)

    def read(self, starts: Sequence[int]) -> pd.DataFrame:
        """Every chunk, in order."""
        import pandas as pd

        return pd.concat([pd.read_parquet(self.path(start)) for start in starts], ignore_index=True)
