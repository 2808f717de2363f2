"""Measure the index beside numpy, FAISS FlatIP and five other engines, in one run each.

    python -m benchmarks.bench_index [--size N ...] [--engine NAME ...] [--large] [--report]

Each engine is measured beside FlatIP in the same process, on one thread, and the ratio to it is
what to read. Results are kept in docs/benchmarks/index.json by size and engine, so that a long run
may be made in pieces; --report writes the tables and charts from them alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from importlib import import_module
from pathlib import Path

import faiss
import numpy as np

from benchmarks.index_data import EACH, World, describe, make_world
from benchmarks.index_engines import (
    Engine,
    Flat,
    K,
    Mask,
    Numpy,
    Ours,
    OursExact,
    measure_batch,
    measure_store,
    timed,
)
from benchmarks.index_peers import PEERS
from benchmarks.index_report import machine, write_report

SIZES = [10_000, 100_000, 1_000_000]
LARGE = 10_000_000
# A peer that builds a graph takes longer than anybody waits above this.
PEERS_UP_TO = 100_000
SHARES = {"10": 0.1, "1": 0.01, "01": 0.001}
BUDGET_S = 6.0
BLOCK = 20
WARM_UP_S = 2.0
OWN = {engine.name: engine for engine in (Ours, OursExact, Numpy, Flat)}
MODULES = {
    "hnswlib": "hnswlib",
    "usearch": "usearch",
    "sqlite-vec": "sqlite_vec",
    "qdrant-edge": "qdrant_edge",
    "qdrant-edge, thorough": "qdrant_edge",
    "pgvector": "pgserver",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, action="append")
    parser.add_argument("--engine", action="append", choices=[*OWN, *PEERS])
    parser.add_argument("--large", action="store_true", help="ten million rows too: 40 GB")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    parser.add_argument("--cache", type=Path, help="keep rows and index here between pieces")
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.report:
        with tempfile.TemporaryDirectory() as folder:
            sizes = options.size or SIZES + ([LARGE] if options.large else [])
            for size in sizes:
                measure(size, options.engine, options.cache or Path(folder), options.out)
    write_report(options.out)


def measure(size: int, names: list[str] | None, cache: Path, out: Path) -> None:
    """Measure the engines of these names at one size, each beside FlatIP."""
    world = cached_world(size, cache)
    filters = filters_of(world)
    flat = Flat(world.rows, filters, cache)
    flat.build()
    truth = {name: best_scores(world, filters, name) for name in [None, *filters]}
    for name in names or [*OWN, *PEERS]:
        if name in PEERS and size > PEERS_UP_TO and not names:
            continue
        if name in MODULES and not is_installed(MODULES[name]):
            print(f"{size:>9,} {name}: not installed, see requirements-bench.txt")
            continue
        engine = (OWN | PEERS)[name](world.rows, filters, cache)
        result = measure_engine(engine, flat, world, truth)
        if name == Ours.name:
            result["store"] = measure_store(world.rows, cache)
            result["batch"] = measure_batch(
                world.rows, world.queries, list(filters.values()), cache, flat.index
            )
        keep(out, size, name, result)
        print(f"{size:>9,} {name}: {json.dumps(result)}")


def measure_engine(
    engine: Engine, flat: Flat, world: World, truth: dict[str | None, np.ndarray]
) -> dict[str, object]:
    build_s = timed(engine.build) / 1_000
    searches = {
        name or "all": searched(engine, flat, world, name, truth[name])
        for name in ([None, *engine.filters] if engine.can_filter else [None])
    }
    result: dict[str, object] = {
        "build_s": round(build_s, 2),
        "flat_ms": searches["all"]["flat_ms"],
        "searches": searches,
        "updates": updated(engine, world),
    }
    engine.close()
    return result


def searched(
    engine: Engine, flat: Flat, world: World, name: str | None, best: np.ndarray
) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds, recall, and FlatIP's median beside them.

    FlatIP runs between blocks of queries, so that what else the machine does meets both alike.
    """
    times, reference, recall = [], [], []
    until = time.perf_counter() + WARM_UP_S
    for query in world.queries[: engine.most_queries]:
        engine.search(query, name)
        if time.perf_counter() > until:
            break
    until = time.perf_counter() + BUDGET_S
    for start in range(0, engine.most_queries, BLOCK):
        # The first brings its rows back into the processor's caches, and does not count.
        reference += [timed(lambda q=q: flat.search(q, None)) for q in world.queries[:4]][1:]
        for number in range(start, min(start + BLOCK, engine.most_queries)):
            query = world.queries[number]
            begun = time.perf_counter()
            found = engine.search(query, name)
            times.append(1_000 * (time.perf_counter() - begun))
            scores = engine.scores(query, found)
            recall.append(float((scores >= best[number][-1] - 1e-5).sum()) / len(best[number]))
        if time.perf_counter() > until:
            break
    return {
        "p50_ms": round(float(np.median(times)), 4),
        "p99_ms": round(float(np.percentile(times, 99)), 4),
        "flat_ms": round(float(np.median(reference)), 4),
        "recall": round(float(np.mean(recall)), 4),
        "queries": len(times),
    }


def updated(engine: Engine, world: World) -> dict[str, float]:
    """Return milliseconds to add one vector, and a thousand at once."""
    try:
        engine.add(world.rows[:1])
    except NotImplementedError:
        return {}
    one = [timed(lambda n=n: engine.add(world.rows[n : n + 1])) for n in range(1, 21)]
    many = timed(lambda: engine.add(world.rows[100:1_100]))
    return {"add_1_ms": round(float(np.median(one)), 4), "add_1000_ms": round(many, 3)}


def filters_of(world: World) -> dict[str, Mask]:
    """Return masks over people: random ones, and whole topics, of three sizes each."""
    chance = np.random.default_rng(5)
    field = world.topics[::EACH]
    order = chance.permutation(field.max() + 1)
    place = np.argsort(order)[field]
    filters = {f"r{name}": chance.random(len(field)) < share for name, share in SHARES.items()}
    for name, share in SHARES.items():
        # The people of some topics, cut at the wanted number.
        chosen = np.argsort(place, kind="stable")[: max(K // EACH + 1, int(share * len(field)))]
        filters[f"c{name}"] = np.isin(np.arange(len(field)), chosen)
    return filters


def best_scores(world: World, filters: dict[str, Mask], name: str | None) -> np.ndarray:
    """Return the exact K best scores of each query."""
    rows = world.rows
    if name is not None:
        rows = rows[np.repeat(filters[name], EACH)[: len(rows)]]
    k = min(K, len(rows))
    return faiss.knn(
        world.queries, np.ascontiguousarray(rows), k, metric=faiss.METRIC_INNER_PRODUCT
    )[0]


def cached_world(size: int, cache: Path) -> World:
    file = cache / f"world-{size}.npz"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        world = make_world(size)
        np.savez(file, rows=world.rows, topics=world.topics, queries=world.queries,
                 asked=world.query_topics)  # fmt: skip
        print(f"{size:>9,} made: {describe(world)}")
        return world
    stored = np.load(file)
    return World(stored["rows"], stored["topics"], stored["queries"], stored["asked"])


def is_installed(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def keep(out: Path, size: int, name: str, result: dict[str, object]) -> None:
    """Put one result among those of other pieces."""
    path = out / "index.json"
    stored = json.loads(path.read_text()) if path.exists() else {"results": {}}
    stored["machine"] = machine()
    stored["results"].setdefault(str(size), {})[name] = result
    path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
