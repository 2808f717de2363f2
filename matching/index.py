"""The vector index: who is near to a query, with our own ids beside the vectors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.accelerator import Accelerator
from matching.changelog import Change
from matching.found import Found, merged
from matching.gathering import gather
from matching.group import Group
from matching.index_files import read_index_files, write_index_files
from matching.manifest import Manifest
from matching.similarity import Similarity
from matching.slots import Mask, Slots, mask_of
from matching.strings import OwnerTable
from matching.vectors import Float32, ItemVectors

# Whom a search may return: owner ids, or a mask over owner numbers; None for everybody.
Allowed = Collection[str] | Mask | None


@dataclass(frozen=True)
class Hit:
    """One row near to a query: whose, which item, and its calibrated score."""

    owner: str
    item: str
    score: float


class VectorIndex:
    """Inner-product search over the passages of many owners.

    One process writes (build, put, remove, save), others read what it saved. An instance is not
    to be changed by one thread while another searches it: change a `fork` and publish that
    (`generations.GenerationStore`).

    Owners have numbers, valid for this instance and its forks, for filters as masks:
    `numbers_of` gives them, and a mask may be shorter than there are owners.
    """

    def __init__(
        self, similarity: Similarity, encoder_name: str, encoder_revision: str, dimension: int
    ) -> None:
        self.similarity = similarity
        self.encoder_name = encoder_name
        self.encoder_revision = encoder_revision
        self.dimension = dimension
        # Rises with every change; a fork goes on from there.
        self.version = 0
        # The same object in an index and its forks, among which numbers of owners hold.
        self.lineage = object()
        self._table = OwnerTable()
        self._groups: dict[int, Group] = {}

    def build(self, vectors: Mapping[str, ItemVectors]) -> VectorIndex:
        """Replace everything by *vectors* (owner id to rows) and return self."""
        self._table, self._groups = OwnerTable(), {}
        for owner, rows in vectors.items():
            self.put(owner, rows)
        return self

    def put(self, owner: str, rows: ItemVectors) -> None:
        """Add *owner* or replace all its rows; seen by the next search. ValueError on dimension."""
        if rows.vectors.shape[1] != self.dimension:
            raise ValueError(
                f"The index holds vectors of {self.dimension} numbers, not {rows.vectors.shape[1]}."
            )
        code = self._table.add(owner)
        self._bury(code)
        groups = self.similarity.groups(rows.vectors)
        for group in set(groups.tolist()):
            part = rows if bool((groups == group).all()) else _members(rows, groups == group)
            self._groups.setdefault(group, Group(self.dimension)).add(
                code, part.items, part.vectors
            )

    def remove(self, owner: str) -> bool:
        """Forget *owner*; return whether it was there. Its rows are gone from the next search."""
        return self._bury(self._table.code(owner))

    def owners(self) -> tuple[str, ...]:
        """Return the owners that have at least one row, in the order in which they came."""
        names = self._table.names()
        return tuple(names[code] for code in np.flatnonzero(self.has_rows()).tolist())

    def has_rows(self) -> Mask:
        """Return a mask over owner numbers: who has at least one row."""
        present = mask_of([], len(self._table))
        for group in self._groups.values():
            for codes in group.live_codes():
                present[codes] = True
        return present

    def __len__(self) -> int:
        """Return how many rows are alive."""
        return sum(group.live_count for group in self._groups.values())

    def __contains__(self, owner: object) -> bool:
        if not isinstance(owner, str):
            return False
        code = self._table.code(owner)
        return any(True for group in self._groups.values() for _ in group.rows_of(code))

    def rows_of(self, owner: str) -> ItemVectors:
        """Return a copy of the rows of *owner*; no rows when it is not there."""
        return self.rows_of_many([owner])[owner]

    def rows_of_many(self, owners: Collection[str]) -> dict[str, ItemVectors]:
        """Return `rows_of` for each of many owners: one copy for all instead of one for each."""
        found = gather(self._groups, self._table.codes(owners).tolist(), self.dimension)
        return dict(zip(owners, found, strict=True))

    def numbers_of(self, owners: Collection[str]) -> NDArray[np.int64]:
        """Return the number of each owner id, -1 for one that never was in the index."""
        return self._table.codes(owners)

    def owner_at(self, number: int) -> str:
        """Return the id of an owner by number; IndexError on one that nobody has."""
        return self._table.name(number)

    @property
    def owner_count(self) -> int:
        """How many numbers of owners there are, owners without rows included."""
        return len(self._table)

    def search(
        self, queries: Float32, k: int, allowed: Allowed = None, *, exact: bool = False
    ) -> list[list[Hit]]:
        """Return the *k* best rows for each query [n, dimension], best first.

        *allowed* limits the answer to those owners. *exact* forbids accelerators, which may miss
        one row in a hundred. ValueError on another dimension or a k below 1.
        """
        return [
            [
                Hit(self._table.name(code), slots.item(row), score)
                for score, code, (slots, row) in zip(
                    found.scores.tolist(), found.codes.tolist(), found.slots_and_rows(), strict=True
                )
            ]
            for found in self._found(queries, k, allowed, exact=exact)
        ]

    def nearest(
        self, queries: Float32, k: int, allowed: Allowed = None, *, exact: bool = False
    ) -> list[tuple[Float32, NDArray[np.int64]]]:
        """Return what `search` does as arrays: scores and owner numbers, best first."""
        found = self._found(queries, k, allowed, exact=exact)
        return [(rows.scores, rows.codes) for rows in found]

    def apply(self, changes: Iterable[Change]) -> None:
        """Make the index say of these owners what the changes say."""
        for change in changes:
            if change.rows is None or not change.rows.items:
                self.remove(change.owner)
            else:
                self.put(change.owner, change.rows)

    def accelerators(self) -> list[Accelerator]:
        """Return the lists that searches use, for inspection."""
        made = (group.accelerator for group in self._groups.values())
        return [accelerator for accelerator in made if accelerator is not None]

    @property
    def open_count(self) -> int:
        """How many live rows came since the index was loaded."""
        return sum(group.open.live_count for group in self._groups.values())

    @property
    def dead_count(self) -> int:
        """How many slots stand empty."""
        return sum(slots.dead_count for slots in self.parts())

    def parts(self) -> list[Slots]:
        """Return the slots of all groups, for inspection."""
        return [slots for group in self._groups.values() for slots in group.parts()]

    def fork(self) -> VectorIndex:
        """Return an index that may be changed while others search this one, at once.

        Rows are shared. This index is only to be searched from now on.
        """
        copy = VectorIndex(
            self.similarity, self.encoder_name, self.encoder_revision, self.dimension
        )
        copy.version, copy.lineage = self.version, self.lineage
        copy._table = self._table.fork()
        copy._groups = {number: group.fork() for number, group in self._groups.items()}
        return copy

    def save(self, directory: Path, change: int = 0, *, accelerates: bool = False) -> Manifest:
        """Write the index to a new *directory*, which appears whole or not at all.

        *change* is the caller's change number up to which the vectors are current. With
        *accelerates* lists of large groups are trained and written too, which takes its time.
        FileExistsError when the directory is there already.
        """
        head = Manifest(
            self.encoder_name, self.encoder_revision, self.dimension, self.similarity, change
        )
        return write_index_files(
            directory, head, self._table, self._groups, accelerates=accelerates
        )

    @classmethod
    def load(
        cls, directory: Path, encoder_name: str | None = None, encoder_revision: str | None = None
    ) -> VectorIndex:
        """Map an index into memory as it was saved; nothing is copied, and it may be changed.

        What was appended since is added by `generations.GenerationStore`.

        Raises IndexMissing, IndexDamaged, IndexVersionUnsupported, or IndexMismatch when the
        encoder asked for is not the one that the vectors came from. Large files are checked by
        size, as reading them whole would take seconds; `verify_index_files` reads them.
        """
        stored = read_index_files(directory, encoder_name, encoder_revision)
        head = stored.manifest
        index = cls(head.similarity, head.encoder_name, head.encoder_revision, head.dimension)
        index._table = stored.owners
        index._groups = stored.groups
        return index

    def _bury(self, code: int) -> bool:
        self.version += 1
        return sum(group.bury(code) for group in self._groups.values()) > 0

    def _found(self, queries: Float32, k: int, allowed: Allowed, *, exact: bool) -> list[Found]:
        if queries.ndim != 2 or queries.shape[1] != self.dimension or k < 1:
            raise ValueError(f"Wanted queries [n, {self.dimension}] and k of at least 1.")
        mask = self._mask(allowed)
        answers = [
            (slots, best, probe.offsets)
            for probe in self.similarity.probes(queries)
            if probe.group in self._groups
            for slots, best in self._groups[probe.group].search(
                np.ascontiguousarray(probe.vectors), k, mask, exact=exact
            )
        ]
        return [
            merged([(slots, best[n], offsets[n]) for slots, best, offsets in answers], k)
            for n in range(len(queries))
        ]

    def _mask(self, allowed: Allowed) -> Mask | None:
        if allowed is None:
            return None
        if isinstance(allowed, np.ndarray):
            if allowed.dtype != np.bool_ or allowed.ndim != 1:
                raise ValueError("A filter as an array is a mask over owner numbers.")
            return allowed
        return mask_of(self._table.codes(allowed), len(self._table))


def _members(rows: ItemVectors, chosen: Mask) -> ItemVectors:
    places = np.flatnonzero(chosen)
    return ItemVectors(tuple(rows.items[place] for place in places), rows.vectors[places])
