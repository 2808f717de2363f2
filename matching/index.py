"""The vector index: who is near to a query, with our own ids beside the vectors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from matching.index_files import Manifest, read_index_files, write_index_files
from matching.segment import Segment
from matching.similarity import Similarity
from matching.vectors import Float32, ItemVectors


@dataclass(frozen=True)
class Hit:
    """One row near to a query: whose, which item, and its calibrated score."""

    owner: str
    item: str
    score: float


class VectorIndex:
    """Exact inner-product search over the passages of many owners.

    One process writes (build, put, remove, save), others read what it saved. An instance is not
    to be changed by one thread while another searches it: publish a new one instead
    (`generations.GenerationStore`).
    """

    def __init__(
        self, similarity: Similarity, encoder_name: str, encoder_revision: str, dimension: int
    ) -> None:
        self.similarity = similarity
        self.encoder_name = encoder_name
        self.encoder_revision = encoder_revision
        self.dimension = dimension
        self._segments: dict[int, Segment] = {}
        self._codes: dict[str, int] = {}
        self._owners: list[str] = []
        self._places: dict[int, list[tuple[int, int]]] = {}

    def build(self, vectors: Mapping[str, ItemVectors]) -> VectorIndex:
        """Replace everything by *vectors* (owner id to rows) and return self."""
        self._segments, self._codes, self._owners, self._places = {}, {}, [], {}
        for owner, rows in vectors.items():
            self.put(owner, rows)
        return self

    def put(self, owner: str, rows: ItemVectors) -> None:
        """Add *owner* or replace all its rows; seen by the next search. ValueError on dimension."""
        if rows.vectors.shape[1] != self.dimension:
            raise ValueError(
                f"The index holds vectors of {self.dimension} numbers, not {rows.vectors.shape[1]}."
            )
        self.remove(owner)
        code = self._code(owner)
        groups = self.similarity.groups(rows.vectors)
        for group in np.unique(groups).tolist():
            members = np.flatnonzero(groups == group)
            segment = self._segments.setdefault(group, Segment.empty(self.dimension))
            added = segment.add(code, [rows.items[i] for i in members], rows.vectors[members])
            self._places.setdefault(code, []).extend((group, row) for row in added)

    def remove(self, owner: str) -> bool:
        """Forget *owner*; return whether it was there. Its rows are gone from the next search."""
        places = self._places.pop(self._codes.get(owner, -1), None)
        for group, row in places or ():
            self._segments[group].dead.add(row)
        return places is not None

    def owners(self) -> tuple[str, ...]:
        """Return the owners that have at least one row, in the order in which they came."""
        return tuple(self._owners[code] for code in sorted(self._places))

    def __len__(self) -> int:
        return sum(segment.live_count for segment in self._segments.values())

    def __contains__(self, owner: object) -> bool:
        return isinstance(owner, str) and self._codes.get(owner, -1) in self._places

    def rows_of(self, owner: str) -> ItemVectors:
        """Return a copy of the rows of *owner*; no rows when it is not there."""
        places = self._places.get(self._codes.get(owner, -1), [])
        items: list[str] = []
        vectors: list[Float32] = []
        for group, numbered in groupby(places, key=itemgetter(0)):
            segment = self._segments[group]
            rows = [row for _, row in numbered]
            items.extend(segment.items[row] for row in rows)
            vectors.append(segment.vectors[rows])
        if not vectors:
            return ItemVectors.of((), self.dimension)
        whole = vectors[0] if len(vectors) == 1 else np.concatenate(vectors)
        return ItemVectors(tuple(items), whole)

    def search(
        self, queries: Float32, k: int, allowed: Collection[str] | None = None
    ) -> list[list[Hit]]:
        """Return the *k* best rows for each query [n, dimension], best first.

        *allowed* limits the answer to those owners. Exact: a filter never loses a row that
        passes it. ValueError on another dimension or a k below 1.
        """
        if queries.ndim != 2 or queries.shape[1] != self.dimension or k < 1:
            raise ValueError(f"Wanted queries [n, {self.dimension}] and k of at least 1.")
        # Several threads make one query slower; concurrent queries are what scales.
        faiss.omp_set_num_threads(1)
        mask = None if allowed is None else self._mask(allowed)
        hits: list[list[Hit]] = [[] for _ in queries]
        for probe in self.similarity.probes(queries):
            segment = self._segments.get(probe.group)
            if segment is None:
                continue
            scores, rows = segment.search(probe.vectors, k, mask)
            shifted = scores + probe.offsets[:, None]
            for found, values, numbers in zip(hits, shifted, rows, strict=True):
                found.extend(self._hits(segment, values, numbers))
        return [sorted(found, key=lambda hit: -hit.score)[:k] for found in hits]

    def save(self, directory: Path, change: int = 0) -> Manifest:
        """Write the index to a new *directory*, which appears whole or not at all.

        *change* is the caller's change number up to which the vectors are current. FileExistsError
        when the directory is there already.
        """
        return write_index_files(directory, self._compacted(), change)

    @classmethod
    def load(
        cls, directory: Path, encoder_name: str | None = None, encoder_revision: str | None = None
    ) -> VectorIndex:
        """Map a saved index into memory.

        Raises IndexMissing, IndexDamaged, IndexVersionUnsupported, or IndexMismatch when the
        encoder asked for is not the one that the vectors came from.
        """
        stored = read_index_files(directory, encoder_name, encoder_revision)
        manifest = stored.manifest
        index = cls(
            manifest.similarity,
            manifest.encoder_name,
            manifest.encoder_revision,
            manifest.dimension,
        )
        index._owners = list(stored.owners)
        index._codes = {owner: code for code, owner in enumerate(stored.owners)}
        index._segments = stored.segments
        for group, segment in stored.segments.items():
            for row, code in enumerate(segment.owner_codes):
                index._places.setdefault(code, []).append((group, row))
        return index

    @property
    def all_owners(self) -> tuple[str, ...]:
        """Owner ids by code, those without rows included."""
        return tuple(self._owners)

    @property
    def segments(self) -> Mapping[int, Segment]:
        """The rows by group, for writing and for inspection."""
        return self._segments

    def _compacted(self) -> VectorIndex:
        """Return an index without tombstones and without owners that have gone."""
        if not any(segment.dead for segment in self._segments.values()):
            return self
        fresh = VectorIndex(
            self.similarity, self.encoder_name, self.encoder_revision, self.dimension
        )
        return fresh.build({owner: self.rows_of(owner) for owner in self.owners()})

    def _code(self, owner: str) -> int:
        if owner not in self._codes:
            self._codes[owner] = len(self._owners)
            self._owners.append(owner)
        return self._codes[owner]

    def _mask(self, allowed: Collection[str]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self._owners), dtype=np.bool_)
        mask[[self._codes[owner] for owner in allowed if owner in self._codes]] = True
        return mask

    def _hits(self, segment: Segment, scores: Float32, rows: NDArray[np.int64]) -> Iterable[Hit]:
        for score, row in zip(scores.tolist(), rows.tolist(), strict=True):
            if row >= 0:
                owner = self._owners[segment.owner_codes[row]]
                yield Hit(owner, segment.items[row], score)
