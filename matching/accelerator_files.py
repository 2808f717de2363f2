"""The files of an accelerator, beside the rows that it is for. Lost or damaged, it is left out.

`order-G.i32`, `starts-G.i64`, `centroids-G.f32`, `means-G.f32`, `spread-G.f32` and `scale-G.f32`
are the arrays of `Clusters` and `EightBits`; `listed-G.u8` has the rows in eight bits list by
list, `owned-G.u8` in their own order. `lists-G.json` has the rest, with each file's size and
SHA-256 and with the identity of the index whose rows they number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.accelerator import Accelerator
from matching.arrays import check_file, map_array, write_array, write_bytes
from matching.clusters import Clusters
from matching.eight_bits import CHUNK, EightBits
from matching.index_errors import IndexDamaged
from matching.range_lists import RangeLists
from matching.scan import Rows
from matching.vectors import Float32

ARRAYS = {"order": "i32", "starts": "i64", "centroids": "f32", "means": "f32", "spread": "f32"}


def write_accelerator(
    folder: Path, group: int, made: Clusters, vectors: Float32, identity: str
) -> None:
    """Write the lists of one group to the disk, and its *vectors* in eight bits, twice."""
    arrays = {f"{name}-{group}.{kind}": [getattr(made, name)] for name, kind in ARRAYS.items()}
    files = {name: write_array(folder / name, array) for name, array in arrays.items()}
    scale, owned, listed = (f"{name}-{group}" for name in ("scale", "owned", "listed"))
    files[f"{scale}.f32"] = write_array(folder / f"{scale}.f32", [made.bits.scale])
    files[f"{owned}.u8"] = write_array(folder / f"{owned}.u8", _encoded(made.bits, vectors))
    whole = map_array(folder / f"{owned}.u8").reshape(vectors.shape)
    chunks = (made.order[start : start + CHUNK] for start in range(0, made.rows, CHUNK))
    files[f"{listed}.u8"] = write_array(folder / f"{listed}.u8", (whole[rows] for rows in chunks))
    stored = {
        "identity": identity,
        "reach": made.reach,
        "reads": made.reads,
        "trained_rows": made.trained_rows,
        "imbalance": made.imbalance,
        "files": files,
    }
    write_bytes(folder / f"lists-{group}.json", json.dumps(stored, indent=1).encode())


def read_accelerator(
    folder: Path, group: int, first: Rows, identity: str, *, whole: bool = False
) -> Accelerator | None:
    """Map the lists of one group; None when there are none.

    *first* is where each owner's rows begin. IndexDamaged when they do not belong to these rows;
    with *whole*, checksums are compared too.
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
        return _opened(folder, group, first, stored)
    except (KeyError, TypeError, ValueError, OSError, RuntimeError) as error:
        raise IndexDamaged(f"The lists of {folder} cannot be used ({error}).") from error


def _opened(folder: Path, group: int, first: Rows, stored: dict[str, float]) -> Accelerator:
    order, starts, centroids, means, spread = (
        map_array(folder / f"{name}-{group}.{kind}") for name, kind in ARRAYS.items()
    )
    scale, rows = map_array(folder / f"scale-{group}.f32"), int(first[-1])
    fits = len(order) == rows and len(starts) == len(spread) + 1
    # Wrong numbers would make the kernels read outside of the rows.
    if not fits or starts[0] != 0 or starts[-1] != rows or order.max() >= rows or order.min() < 0:
        raise ValueError("they have other rows")
    return Accelerator(
        bits=EightBits(scale),
        centroids=centroids.reshape(len(spread), len(scale)),
        order=order,
        starts=starts,
        means=means.reshape(len(spread), len(scale)),
        spread=spread,
        reach=float(stored["reach"]),
        reads=float(stored["reads"]),
        trained_rows=int(stored["trained_rows"]),
        imbalance=float(stored["imbalance"]),
        listed=RangeLists(folder / f"listed-{group}.u8", starts, len(scale)),
        owned=RangeLists(folder / f"owned-{group}.u8", first, len(scale)),
    )


def _encoded(bits: EightBits, vectors: Float32) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(vectors), CHUNK):
        yield bits.encoded(vectors[start : start + CHUNK])
