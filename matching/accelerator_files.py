"""The files of an accelerator, beside the rows that it is for. Lost or damaged, it is left out.

`lists-G.faiss` has the codes, `order-G.i32`, `starts-G.i64`, `means-G.f32` and `spread-G.f32` the
arrays of `Accelerator`, and `lists-G.json` the rest, with each file's size and SHA-256 and with the
identity of the index whose rows they number.
"""

from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np

from matching.accelerator import Accelerator
from matching.arrays import check_file, described, map_array, write_array, write_bytes
from matching.index_errors import IndexDamaged

ARRAYS = {"order": "i32", "starts": "i64", "means": "f32", "spread": "f32"}


def write_accelerator(folder: Path, group: int, made: Accelerator, identity: str) -> None:
    """Write the lists of one group to the disk."""
    codes = folder / f"lists-{group}.faiss"
    faiss.write_index(made.codes, str(codes))
    files = {codes.name: described(codes)}
    for name, kind in ARRAYS.items():
        path = folder / f"{name}-{group}.{kind}"
        files[path.name] = write_array(path, [getattr(made, name)])
    stored = {
        "identity": identity,
        "probes": made.probes,
        "trained_rows": made.trained_rows,
        "imbalance": made.imbalance,
        "files": files,
    }
    write_bytes(folder / f"lists-{group}.json", json.dumps(stored, indent=1).encode())


def read_accelerator(
    folder: Path, group: int, rows: int, identity: str, *, whole: bool = False
) -> Accelerator | None:
    """Map the lists of one group; None when there are none.

    IndexDamaged when they do not belong to these rows; with *whole*, checksums are compared too.
    """
    path = folder / f"lists-{group}.json"
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["identity"] != identity:
            raise ValueError("they belong to another index")
        for name, (size, digest) in stored["files"].items():
            check_file(folder / name, int(size), str(digest) if whole else None)
        return _opened(folder, group, rows, stored)
    except (KeyError, TypeError, ValueError, OSError, RuntimeError) as error:
        raise IndexDamaged(f"The lists of {folder} cannot be used ({error}).") from error


def _opened(folder: Path, group: int, rows: int, stored: dict[str, float]) -> Accelerator:
    codes = faiss.read_index(str(folder / f"lists-{group}.faiss"), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(codes, faiss.IndexIVFScalarQuantizer):
        raise ValueError("they are of another kind")
    order, starts, means, spread = (
        map_array(folder / f"{name}-{group}.{kind}") for name, kind in ARRAYS.items()
    )
    fits = len(order) == codes.ntotal == rows and len(starts) == len(spread) + 1 == codes.nlist + 1
    # Wrong numbers would make the kernels read outside of the rows.
    if not fits or starts[-1] != rows or np.any(np.diff(starts) < 0) or order.max() >= rows:
        raise ValueError("they have other rows")
    return Accelerator(
        codes=codes,
        order=order,
        starts=starts,
        means=means.reshape(codes.nlist, codes.d),
        spread=spread,
        probes=int(stored["probes"]),
        trained_rows=int(stored["trained_rows"]),
        imbalance=float(stored["imbalance"]),
    )
