"""Vectors of the items of one document, and how they are written to bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
# Halving the bytes costs less than .0005 of a cosine (tests/matching/test_vectors.py).
STORED = np.dtype("<f2")


def to_bytes(vector: Float32) -> bytes:
    """Return *vector* [dimension] as little-endian half-precision bytes for a database column."""
    return np.asarray(vector, dtype=STORED).tobytes()


def from_bytes(stored: bytes) -> Float32:
    """Return the float32 vector that `to_bytes` stored; ValueError on a torn value."""
    return np.frombuffer(stored, dtype=STORED).astype(np.float32)


def many_from_bytes(stored: Sequence[bytes], dimension: int) -> Float32:
    """Return float32 [len(stored), dimension], as `from_bytes` of each; ValueError on a torn one.

    One conversion of all takes a tenth of the time of one for each.
    """
    if any(len(one) != dimension * STORED.itemsize for one in stored):
        raise ValueError(f"A stored vector does not have {dimension} numbers.")
    flat = np.frombuffer(b"".join(stored), dtype=STORED)
    return flat.astype(np.float32).reshape(len(stored), dimension)


@dataclass(frozen=True)
class ItemVectors:
    """Vectors float32 [items, dimension] with the item keys of `embedding_plan` as row names."""

    items: tuple[str, ...]
    vectors: Float32

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.items) != len(self.vectors):
            raise ValueError(
                f"{len(self.items)} items need a matrix with as many rows, "
                f"not an array of shape {self.vectors.shape}."
            )

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Float32]], dimension: int) -> ItemVectors:
        """Build from (item, vector) pairs; *dimension* gives the shape when there are none."""
        kept = list(pairs)
        rows = [vector for _, vector in kept]
        matrix = np.stack(rows) if rows else np.zeros((0, dimension), dtype=np.float32)
        return cls(tuple(item for item, _ in kept), matrix.astype(np.float32, copy=False))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {item: row for row, item in enumerate(self.items)}

    def __contains__(self, item: object) -> bool:
        return item in self._row_of

    def get(self, item: str) -> Float32 | None:
        """Return the vector of *item* [dimension], or None when it is not stored."""
        row = self._row_of.get(item)
        return None if row is None else self.vectors[row]

    def pick(self, items: Iterable[str]) -> ItemVectors:
        """Return the rows of those *items* that are stored, in the order asked for."""
        known = [item for item in items if item in self._row_of]
        return ItemVectors(tuple(known), self.vectors[[self._row_of[item] for item in known]])

    def starting_with(self, prefix: str) -> ItemVectors:
        """Return the rows whose item key starts with *prefix*."""
        return self.pick(item for item in self.items if item.startswith(prefix))
