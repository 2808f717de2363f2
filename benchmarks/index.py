"""Index benchmark: our index beside plain FAISS and numpy, in one run.

    python -m benchmarks.index [ROWS ...]

Prints milliseconds for one query on one thread (median), filters included, and the ratio to
FAISS IndexFlatIP at the same size. Vectors are random topics with noise, 768 numbers long.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np

from matching import GenerationStore, ItemVectors, VectorIndex
from matching.similarity import PlainSimilarity
from matching.vectors import Float32

DIMENSION = 768
EACH = 7
QUERIES = 40
BEST = 50


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [10_000]
    faiss.omp_set_num_threads(1)
    print(f"{'rows':>8}  {'what':<34}{'ms':>10}{'x FAISS':>10}")
    for size in sizes:
        measure(size)


def measure(size: int) -> None:
    rows, queries = synthetic(size)
    owners = {
        f"o{n}": ItemVectors(
            tuple(f"passage:{i}" for i in range(EACH)), rows[n * EACH : (n + 1) * EACH]
        )
        for n in range(size // EACH)
    }
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(rows)
    index = VectorIndex(PlainSimilarity(), "synthetic", "1", DIMENSION).build(owners)
    names = list(owners)
    reference = median_ms(lambda q: flat.search(q, BEST), queries)

    def report(what: str, ms: float) -> None:
        print(f"{size:>8}  {what:<34}{ms:>10.3f}{ms / reference:>10.2f}")

    report("FAISS IndexFlatIP", reference)
    report("numpy, everything and sorted", median_ms(lambda q: np.argsort(-(rows @ q[0])), queries))
    report("this index", median_ms(lambda q: index.search(q, BEST), queries))
    for share in (0.1, 0.01, 0.001):
        allowed = names[:: int(1 / share)]
        ms = median_ms(lambda q, a=allowed: index.search(q, BEST, a), queries)  # type: ignore[misc]
        report(f"this index, {share:.1%} allowed", ms)
    changed = owners["o1"]
    report("one person changed", timed_ms(lambda: index.put("o1", changed)))
    with tempfile.TemporaryDirectory() as folder:
        store = GenerationStore(Path(folder))
        report("publish a generation", timed_ms(lambda: store.publish(index)))
        report("pick it up", timed_ms(store.current))
        report("look for a newer one", timed_ms(store.refresh))


def synthetic(size: int) -> tuple[Float32, Float32]:
    chance = np.random.default_rng(size)
    topics = chance.normal(size=(200, DIMENSION))
    rows = topics[chance.integers(0, 200, size)] + chance.normal(size=(size, DIMENSION))
    queries = topics[:QUERIES] + chance.normal(size=(QUERIES, DIMENSION))
    return unit(rows), unit(queries)


def unit(rows: np.ndarray) -> Float32:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def median_ms(search: Callable[[Float32], object], queries: Float32) -> float:
    return statistics.median(timed_ms(lambda q=q: search(q[None, :])) for q in queries)  # type: ignore[misc]


def timed_ms(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return 1_000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
