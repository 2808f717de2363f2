"""Rows of one group in a flat FAISS index, with tombstones for what was removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from matching.vectors import Float32

# Below this many allowed rows FAISS gathers them one by one, which is faster than a full scan
# with a bitmap and always exact.
GATHER_ROWS = 5_000

Rows = NDArray[np.int64]


@dataclass
class Segment:
    """Rows of one group: vectors in FAISS, the owner code and item of each beside them."""

    dimension: int
    index: faiss.IndexFlatIP
    owner_codes: list[int] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    dead: set[int] = field(default_factory=set)
    is_mapped: bool = False

    @classmethod
    def empty(cls, dimension: int) -> Segment:
        return cls(dimension, faiss.IndexFlatIP(dimension))

    @classmethod
    def read(cls, path: Path, owner_codes: list[int], items: list[str]) -> Segment:
        """Map the vectors in *path* into memory; nothing is copied until something is added."""
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(index, faiss.IndexFlatIP):
            raise ValueError(f"{path.name} holds another kind of index.")
        return cls(index.d, index, owner_codes, items, is_mapped=True)

    @property
    def vectors(self) -> Float32:
        """All rows float32 [rows, dimension], dead ones included, as a view where there are any."""
        if not self.items:
            return np.zeros((0, self.dimension), dtype=np.float32)
        flat = faiss.rev_swig_ptr(self.index.get_xb(), len(self.items) * self.dimension)
        return np.asarray(flat).reshape(len(self.items), self.dimension)

    @property
    def live_count(self) -> int:
        return len(self.items) - len(self.dead)

    def add(self, owner_code: int, items: Sequence[str], vectors: Float32) -> range:
        """Append rows of one owner and return their numbers."""
        if self.is_mapped:
            own = faiss.IndexFlatIP(self.dimension)
            own.add(self.vectors)
            self.index, self.is_mapped = own, False
        first = len(self.items)
        self.index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        self.items.extend(items)
        self.owner_codes.extend([owner_code] * len(items))
        return range(first, len(self.items))

    def live_rows(self) -> Rows:
        """Return the numbers of the rows that were not removed."""
        rows = np.arange(len(self.items), dtype=np.int64)
        return rows if not self.dead else np.setdiff1d(rows, np.fromiter(self.dead, np.int64))

    def search(
        self, queries: Float32, k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[Float32, Rows]:
        """Return scores and rows [queries, up to k], best first; row -1 fills a short answer.

        *allowed* is a mask over owner codes, None for everybody.
        """
        selector, count = self._selector(allowed)
        k = min(k, count)
        if k == 0:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        parameters = None
        if selector is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = selector
        return self.index.search(np.ascontiguousarray(queries), k, params=parameters)

    def _selector(self, allowed: NDArray[np.bool_] | None) -> tuple[faiss.IDSelector | None, int]:
        if allowed is None and not self.dead:
            return None, len(self.items)
        rows = self.live_rows()
        if allowed is not None:
            codes = np.asarray(self.owner_codes, dtype=np.int64)
            rows = rows[allowed[codes[rows]]]
        if len(rows) <= GATHER_ROWS:
            return faiss.IDSelectorArray(rows), len(rows)
        mask = np.zeros(len(self.items), dtype=np.uint8)
        mask[rows] = 1
        bits = np.packbits(mask, bitorder="little")
        # The wrapper takes the array alone; the stub repeats the C++ signature.
        return faiss.IDSelectorBitmap(bits), len(rows)  # type: ignore[call-arg, arg-type]
