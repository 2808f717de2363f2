"""Our index and the two yardsticks, numpy and FAISS FlatIP, behind the face of the benchmark.

Rows belong to people, EACH of them one behind the other; a filter is a mask over people, and making
what an engine needs of it belongs to the time of a search.
"""

from __future__ import annotations

import os
import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.index_data import DIMENSION, EACH
from matching import GenerationStore, ItemVectors, VectorIndex
from matching.changelog import CHANGES, Change
from matching.merging import merge, needs_merge
from matching.similarity import PlainSimilarity
from matching.vectors import Float32

K = 50
Mask = NDArray[np.bool_]


class Engine(ABC):
    """One engine with rows in it. `filters` are masks over people by name."""

    name = ""
    can_filter = True
    # Queries that are enough, where one takes long.
    most_queries = 200

    def __init__(self, rows: Float32, filters: dict[str, Mask], folder: Path) -> None:
        self.rows, self.filters, self.folder = rows, filters, folder

    @abstractmethod
    def build(self) -> None: ...

    @abstractmethod
    def search(self, query: Float32, name: str | None) -> Any:
        """Return the K nearest rows that pass the filter of that name, None for all."""

    def scores(self, query: Float32, found: Any) -> Float32:
        """Return the true scores of what a search found."""
        return self.rows[np.asarray(found, dtype=np.int64)] @ query

    def add(self, vectors: Float32) -> None:
        """Add vectors of new people, one each, so that the next search sees them."""
        raise NotImplementedError

    def close(self) -> None:  # noqa: B027 - most have nothing to close.
        """Let go of servers and files."""


class Numpy(Engine):
    name = "numpy, exact"
    most_queries = 40

    def build(self) -> None: ...

    def search(self, query: Float32, name: str | None) -> Any:
        if name is None:
            scores = self.rows @ query
            best = np.argpartition(-scores, K)[:K]
            return best[np.argsort(-scores[best])]
        rows = np.flatnonzero(np.repeat(self.filters[name], EACH)[: len(self.rows)])
        scores = self.rows[rows] @ query
        best = np.argsort(-scores)[:K]
        return rows[best]


class Flat(Engine):
    name = "FAISS FlatIP (R)"
    most_queries = 60

    def build(self) -> None:
        self.index = faiss.IndexFlatIP(DIMENSION)
        self.index.add(self.rows)

    def search(self, query: Float32, name: str | None) -> Any:
        if name is None:
            return self.index.search(query[None], K)[1][0]
        rows = np.flatnonzero(np.repeat(self.filters[name], EACH)[: len(self.rows)])
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorArray(rows))
        return self.index.search(query[None], min(K, len(rows)), params=parameters)[1][0]

    def add(self, vectors: Float32) -> None:
        self.index.add(vectors)


class Ours(Engine):
    """The index as a web process has it: mapped, with lists, read through a store."""

    name = "this index"

    def build(self) -> None:
        self.store = GenerationStore(self.folder / f"index-{len(self.rows)}")
        if not self.store.directory.exists():
            self.store.publish(index_of(self.rows), change=1)
        if needs_merge(self.store):
            merge(self.store)
        self.index = self.store.current().index.fork()
        self.added = 0
        # What the machine has put out of its page cache is not what is measured.
        for path in self.store.folder(self.store.current_number()).iterdir():
            path.read_bytes()

    def search(self, query: Float32, name: str | None) -> Any:
        # A filter comes as facts of people; comparing them is part of the search.
        allowed = None if name is None else self.filters[name] == np.True_
        return self.index.nearest(query[None], K, allowed)[0][0]

    def scores(self, _query: Float32, found: Any) -> Float32:
        return np.asarray(found)

    def add(self, vectors: Float32) -> None:
        for vector in vectors:
            self.added += 1
            self.index.put(f"new{self.added}", ItemVectors(("p",), vector[None]))


class OursExact(Ours):
    name = "this index, exact"
    most_queries = 60

    def search(self, query: Float32, name: str | None) -> Any:
        allowed = None if name is None else self.filters[name] == np.True_
        return self.index.nearest(query[None], K, allowed, exact=True)[0][0]


def index_of(rows: Float32) -> VectorIndex:
    """Return our index over the rows of all people."""
    items = tuple(f"passage:{n}" for n in range(EACH))
    index = VectorIndex(PlainSimilarity(), "synthetic", "1", DIMENSION)
    return index.build(
        {
            f"o{n}": ItemVectors(items[: len(part)], part)
            for n, part in enumerate(
                rows[start : start + EACH] for start in range(0, len(rows), EACH)
            )
        }
    )


def measure_store(rows: Float32, folder: Path) -> dict[str, float]:
    """Return milliseconds of what only we do: opening, changes through the log, visibility."""
    store = GenerationStore(folder / f"index-{len(rows)}")
    opened = []
    for _ in range(5):
        fresh = GenerationStore(store.directory)
        opened.append(timed(fresh.current))
    index = fresh.current().index
    first = timed(lambda: index.nearest(rows[:1], K))
    index = index.fork()
    person = ItemVectors(tuple(f"passage:{n}" for n in range(EACH)), rows[7:14].copy())
    index.put("o5", person)
    one = [timed(lambda n=n: index.put(f"o{n}", person)) for n in range(10, 210)]
    many = [
        timed(lambda n=n: [index.put(f"o{m}", person) for m in range(n, n + 143)])
        for n in range(1_000, 1_000 + 143 * 5, 143)
    ]
    store = _copied(store)
    reader, through_log, picked_up = GenerationStore(store.directory), [], []
    reader.current()
    for change in range(2, 32):
        through_log.append(timed(lambda c=change: store.append([Change(f"o{c}", person)], c)))
        picked_up.append(timed(reader.current))
        if reader.current().change != change:
            raise RuntimeError("A reader missed a change.")
    return {
        "open": float(np.median(opened)),
        "first query after opening": first,
        "one person (7 vectors) changed in memory": float(np.median(one)),
        "143 people (1,001 vectors) changed in memory": float(np.median(many)),
        "one person appended to the log, synced": float(np.median(through_log)),
        "a reader picks one change up": float(np.median(picked_up)),
    }


def _copied(store: GenerationStore) -> GenerationStore:
    """Return a store with the same files, and a log of its own."""
    beside = store.directory.with_name(f"{store.directory.name}-changed")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(store.directory, beside, copy_function=os.link)
    for log in beside.glob(f"*/{CHANGES}"):
        content = log.read_bytes()
        log.unlink()
        log.write_bytes(content)
    return GenerationStore(beside)


def measure_batch(
    rows: Float32, queries: Float32, masks: list[Mask], folder: Path, flat: faiss.IndexFlatIP
) -> dict[str, float]:
    """Return needs a second: 1,000 with a filter each here, without filters by FlatIP and BLAS."""
    index = GenerationStore(folder / f"index-{len(rows)}").current().index
    wanted = np.tile(queries, (1_000 // len(queries) + 1, 1))[:1_000]
    own = timed(
        lambda: [
            index.nearest(query[None], K, masks[n % len(masks)]) for n, query in enumerate(wanted)
        ]
    )
    none = timed(lambda: index.nearest(wanted, K))
    faiss.cvar.distance_compute_blas_threshold = 8 * DIMENSION
    blas = timed(lambda: flat.search(wanted, K))
    return {
        "each with a filter of its own": 1e6 / own,
        "without filters": 1e6 / none,
        "FlatIP by BLAS, without filters": 1e6 / blas,
    }


def timed(act: Any) -> float:
    """Return how many milliseconds a call takes."""
    start = time.perf_counter()
    act()
    return 1_000 * (time.perf_counter() - start)
