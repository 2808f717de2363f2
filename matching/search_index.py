"""What ranking asks of an index: the seam at which another engine can be set beside ours.

`tests/matching/index_contract.py` holds any engine to it; `VectorIndex` is the one there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.changelog import Change
from matching.index import Allowed, Hit
from matching.similarity import Similarity
from matching.vectors import Float32, ItemVectors


class SearchIndex(Protocol):
    """Nearest rows among the passages of many owners, with filters and changes.

    Owners have numbers that stay theirs for as long as the instance and its forks live.
    """

    similarity: Similarity
    dimension: int
    # Rises with every change.
    version: int

    def put(self, owner: str, rows: ItemVectors) -> None:
        """Add an owner or replace all its rows; the next search sees it. Dimension: ValueError."""
        ...

    def remove(self, owner: str) -> bool:
        """Forget an owner; return whether it had rows."""
        ...

    def apply(self, changes: Iterable[Change]) -> None:
        """Make the index say of these owners what the changes say."""
        ...

    def owners(self) -> tuple[str, ...]:
        """Return the owners that have at least one row."""
        ...

    def has_rows(self) -> NDArray[np.bool_]:
        """Return a mask over owner numbers: who has at least one row."""
        ...

    def __len__(self) -> int: ...

    def __contains__(self, owner: object) -> bool: ...

    def rows_of(self, owner: str) -> ItemVectors:
        """Return the rows of an owner, none when it is not there."""
        ...

    def rows_of_many(self, owners: Collection[str]) -> Mapping[str, ItemVectors]:
        """Return `rows_of` for each of many owners."""
        ...

    def numbers_of(self, owners: Collection[str]) -> NDArray[np.int64]:
        """Return the number of each owner, -1 for one that never was there."""
        ...

    def owner_at(self, number: int) -> str:
        """Return the owner of a number; IndexError on one that nobody has."""
        ...

    @property
    def owner_count(self) -> int:
        """How many numbers there are."""
        ...

    def search(
        self, queries: Float32, k: int, allowed: Allowed = None, *, exact: bool = False
    ) -> list[list[Hit]]:
        """Return the *k* best rows for each query [n, dimension], best first, with true scores.

        A filter, ids or a mask over owner numbers, loses at most one row in a hundred that
        passes it; *exact* none. ValueError on another dimension or a k below 1.
        """
        ...

    def nearest(
        self, queries: Float32, k: int, allowed: Allowed = None, *, exact: bool = False
    ) -> list[tuple[Float32, NDArray[np.int64]]]:
        """Return what `search` does as arrays: scores and owner numbers."""
        ...
