"""Other engines at the settings that their own guides recommend, each behind the same face.

All are development dependencies of the benchmark alone (`pip install -r requirements-bench.txt`);
`make bench` says which are missing.
"""

from __future__ import annotations

import contextlib
import shutil
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.index_data import DIMENSION, EACH
from benchmarks.index_engines import Engine, K
from matching.vectors import Float32

BATCH = 2_000


class Hnswlib(Engine):
    """M 16, ef_construction 200, ef 200; its filter is a Python function."""

    name = "hnswlib"
    most_queries = 60

    def build(self) -> None:
        import hnswlib  # noqa: PLC0415

        self.index = hnswlib.Index("ip", DIMENSION)
        self.index.init_index(len(self.rows) + 2_000, M=16, ef_construction=200)
        self.index.add_items(self.rows, num_threads=2)
        self.index.set_ef(200)
        self.index.set_num_threads(1)

    def search(self, query: Float32, name: str | None) -> Any:
        if name is None:
            return self.index.knn_query(query[None], K)[0][0]
        mask = self.filters[name]
        # Asked for more than pass, it gives none at all.
        k = min(K, EACH * int(np.count_nonzero(mask)))
        try:
            return self.index.knn_query(query[None], k, filter=lambda id: mask[id // EACH])[0][0]
        except RuntimeError:
            return []

    def add(self, vectors: Float32) -> None:
        self.index.add_items(vectors)


class Usearch(Engine):
    """bfloat16, connectivity 16, expansion 128 to add and 200 to search; no filter in Python."""

    name = "usearch"
    can_filter = False

    def build(self) -> None:
        from usearch.index import Index  # noqa: PLC0415

        self.index = Index(
            ndim=DIMENSION, metric="ip", dtype="bf16", connectivity=16, expansion_add=128,
            expansion_search=200,
        )  # fmt: skip
        self.index.add(np.arange(len(self.rows)), self.rows, threads=2)
        self.next = len(self.rows)

    def search(self, query: Float32, _name: str | None) -> Any:
        return self.index.search(query, K, threads=1).keys

    def add(self, vectors: Float32) -> None:
        self.index.add(np.arange(self.next, self.next + len(vectors)), vectors, threads=1)
        self.next += len(vectors)


class SqliteVec(Engine):
    """vec0 with a metadata column for each filter: exact."""

    name = "sqlite-vec"
    most_queries = 15

    def build(self) -> None:
        import sqlite_vec  # noqa: PLC0415

        # Not every Python is built to load extensions of SQLite; this package is.
        sqlite3 = import_module("pysqlite3")
        self.base = sqlite3.connect(":memory:")
        self.base.enable_load_extension(True)
        sqlite_vec.load(self.base)
        columns = ", ".join(f"{name} integer" for name in self.filters)
        self.base.execute(
            f"create virtual table v using vec0(e float[{DIMENSION}] distance_metric=cosine, "
            f"{columns})"
        )
        masks = [np.repeat(mask, EACH) for mask in self.filters.values()]
        marks = ", ".join("?" for _ in range(len(masks) + 2))
        self.base.executemany(
            f"insert into v(rowid, e, {', '.join(self.filters)}) values ({marks})",
            ((n, row.tobytes(), *(int(m[n]) for m in masks)) for n, row in enumerate(self.rows)),
        )
        self.base.commit()
        self.next = len(self.rows)

    def search(self, query: Float32, name: str | None) -> Any:
        where = "" if name is None else f" and {name} = 1"
        found = self.base.execute(
            f"select rowid from v where e match ? and k = {K}{where}", (query.tobytes(),)
        )
        return [row for (row,) in found]

    def add(self, vectors: Float32) -> None:
        zeros = ", ".join("0" for _ in self.filters)
        for vector in vectors:
            self.base.execute(
                f"insert into v(rowid, e, {', '.join(self.filters)}) values (?, ?, {zeros})",
                (self.next, vector.tobytes()),
            )
            self.next += 1
        self.base.commit()


class QdrantEdge(Engine):
    """Qdrant's own engine in this process: HNSW 16/100, 8-bit codes in memory, payload indexes."""

    name = "qdrant-edge"
    expansion = 128
    # So many times the rows asked for are scored again from the vectors; None: its own default.
    oversampling: float | None = None

    def build(self) -> None:
        import qdrant_edge as q  # noqa: PLC0415

        self.q = q
        folder = self.folder / "qdrant"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        codes = q.ScalarQuantizationConfig(q.ScalarType.Int8, quantile=0.99, always_ram=True)
        config = q.EdgeConfig(
            vectors=q.EdgeVectorParams(DIMENSION, q.Distance.Dot, quantization_config=codes),
            hnsw_config=q.HnswIndexConfig(16, 100, 1_000, max_indexing_threads=2),
            optimizers=q.EdgeOptimizersConfig(default_segment_number=1, indexing_threshold=1_000),
            max_search_threads=1,
        )
        self.shard = q.EdgeShard.create(str(folder), config)
        for name in self.filters:
            operation = q.UpdateOperation.create_field_index(name, q.PayloadSchemaType.Integer)
            self.shard.update(operation)
        for start in range(0, len(self.rows), BATCH):
            self._upsert(start, self.rows[start : start + BATCH])
        while self.shard.optimize():
            pass
        self.next = len(self.rows)

    def search(self, query: Float32, name: str | None) -> Any:
        q = self.q
        chosen = None
        if name is not None:
            chosen = q.Filter(must=[q.FieldCondition(name, match=q.MatchValue(1))])
        again = None
        if self.oversampling is not None:
            again = q.QuantizationSearchParams(rescore=True, oversampling=self.oversampling)
        params = q.SearchParams(hnsw_ef=self.expansion, quantization=again)
        request = q.SearchRequest(q.Query.Nearest(query.tolist()), K, filter=chosen, params=params)
        return [point.id for point in self.shard.search(request)]

    def add(self, vectors: Float32) -> None:
        self._upsert(self.next, vectors)
        self.next += len(vectors)

    def close(self) -> None:
        self.shard.close()

    def _upsert(self, start: int, vectors: Float32) -> None:
        points = []
        for n, vector in enumerate(vectors, start):
            person = n // EACH
            payload = {
                name: int(mask[person]) if person < len(mask) else 0
                for name, mask in self.filters.items()
            }
            points.append(self.q.Point(n, vector.tolist(), payload))
        self.shard.update(self.q.UpdateOperation.upsert_points(points))


class QdrantEdgeThorough(QdrantEdge):
    """The same with as much effort at search as finds .98 without a filter, as ours does."""

    name = "qdrant-edge, thorough"
    expansion = 512
    oversampling = 2.0


class Pgvector(Engine):
    """HNSW 16/64, ef_search 100, iterative scan, partial btrees; writes do not await the disk."""

    name = "pgvector"

    def build(self) -> None:
        import pgserver  # noqa: PLC0415
        import psycopg  # noqa: PLC0415

        server = pgserver.get_server(self.folder / "pg", cleanup_mode="stop")
        self.base = psycopg.connect(server.get_uri(), autocommit=True)
        run = self.base.execute
        for setting in ("maintenance_work_mem = '2GB'", "max_parallel_maintenance_workers = 1",
                        "max_parallel_workers_per_gather = 0", "synchronous_commit = off",
                        "hnsw.ef_search = 100"):  # fmt: skip
            if setting.startswith("hnsw"):
                run("create extension if not exists vector")
                run("load 'vector'")
            run(f"set {setting}")
        run("drop table if exists v")
        columns = ", ".join(f"{name} boolean" for name in self.filters)
        run(f"create table v (id integer primary key, e vector({DIMENSION}), {columns})")
        self._copy(0, self.rows)
        run("create index on v using hnsw (e vector_ip_ops) with (m = 16, ef_construction = 64)")
        for name in self.filters:
            run(f"create index on v (id) where {name}")
        run("analyze v")
        run("set hnsw.iterative_scan = strict_order")
        self.next = len(self.rows)

    def search(self, query: Float32, name: str | None) -> Any:
        where = "" if name is None else f" where {name}"
        found = self.base.execute(
            f"select id from v{where} order by e <#> %s limit {K}", (_text(query),)
        )
        return [row for (row,) in found.fetchall()]

    def add(self, vectors: Float32) -> None:
        self._copy(self.next, vectors)
        self.next += len(vectors)

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.base.execute("drop table v")
        self.base.close()

    def _copy(self, start: int, vectors: Float32) -> None:
        masks = list(self.filters.values())
        with self.base.cursor() as cursor, cursor.copy("copy v from stdin") as copy:
            for n, vector in enumerate(vectors, start):
                person = n // EACH
                facts = [bool(m[person]) if person < len(m) else False for m in masks]
                copy.write_row((n, _text(vector), *facts))


def _text(vector: Float32) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


PEERS = {
    engine.name: engine
    for engine in (Hnswlib, Usearch, SqliteVec, QdrantEdge, QdrantEdgeThorough, Pgvector)
}
