"""Traps of the kernels that once cost a factor of ten or an answer, each held by a test."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import faiss
import numpy as np
import pytest

from matching import GenerationStore, ItemVectors, VectorIndex
from matching.arrays import map_array, write_array
from matching.scan import BATCH_QUERIES, scan, scan_masked
from matching.similarity import PlainSimilarity
from matching.vectors import Float32

DIMENSION = 32


def rows(seed: int, count: int) -> Float32:
    return np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)


@pytest.mark.parametrize("queries", [1, BATCH_QUERIES - 1, BATCH_QUERIES, 40])
@pytest.mark.parametrize("way", ["all", "rows", "mask"])
def test_one_query_and_many_get_the_same_answer(queries: int, way: str) -> None:
    vectors, asked = rows(1, 3_000), rows(2, queries)
    passing = np.arange(0, 3_000, 1 if way == "all" else 7)
    if way == "all":
        scores, found = scan(asked, vectors, 9)
    elif way == "rows":
        scores, found = scan(asked, vectors, 9, passing)
    else:
        mask = np.zeros(3_000, dtype=np.bool_)
        mask[passing] = True
        scores, found = scan_masked(asked, vectors, 9, mask)
    every = asked @ vectors[passing].T
    order = np.argsort(-every, axis=1)[:, :9]
    np.testing.assert_array_equal(found, passing[order])
    np.testing.assert_allclose(scores, np.take_along_axis(every, order, axis=1), atol=1e-4)


def test_fewer_rows_than_asked_for_are_filled_with_none() -> None:
    _, found = scan(rows(1, 2), rows(2, 50), 9, np.asarray([3, 4], dtype=np.int64))
    assert (found >= 0).sum(axis=1).tolist() == [2, 2]
    _, found = scan(rows(1, 2), rows(2, 0), 9)
    assert (found == -1).all()


def test_a_query_takes_one_thread() -> None:
    """Several make one query two to three times slower."""
    faiss.omp_set_num_threads(4)
    scan(rows(1, 1), rows(2, 100), 5)
    assert faiss.omp_get_max_threads() == 1


def test_a_batch_is_a_matrix_product_and_a_query_is_not() -> None:
    """FAISS alone begins at hundreds of queries, and costs seven times as much until then."""
    scan(rows(1, 1), rows(2, 100), 5)
    threshold = faiss.cvar.distance_compute_blas_threshold
    assert (BATCH_QUERIES - 1) * DIMENSION < threshold <= BATCH_QUERIES * DIMENSION


def test_rows_are_searched_where_the_file_is_mapped(tmp_path: Path) -> None:
    vectors = rows(1, 500)
    write_array(tmp_path / "vectors.f32", [vectors])
    mapped = map_array(tmp_path / "vectors.f32").reshape(-1, DIMENSION)
    assert not mapped.flags.writeable
    np.testing.assert_array_equal(scan(vectors[:3], mapped, 4)[1], scan(vectors[:3], vectors, 4)[1])


def test_removing_moves_no_rows(tmp_path: Path) -> None:
    """A flat index of FAISS moves all rows behind the one that goes: 179 ms at a million."""
    index = VectorIndex(PlainSimilarity(), "toy", "1", DIMENSION)
    index.build({f"o{n}": ItemVectors(("p",), rows(n, 1)) for n in range(2_000)})
    (slots,) = index.parts()
    before, address = slots.count, slots.vectors.ctypes.data
    for number in range(0, 2_000, 2):
        index.remove(f"o{number}")
    assert (slots.count, slots.vectors.ctypes.data) == (before, address)
    index.put("o0", ItemVectors(("p",), rows(0, 1)))
    assert slots.count == before


def test_a_change_of_a_mapped_index_is_a_matter_of_a_millisecond(tmp_path: Path) -> None:
    """Adding to a mapped index of FAISS ends the process; ours neither ends nor copies."""
    owners = {f"o{n}": ItemVectors(("p",) * 7, rows(n, 7)) for n in range(3_000)}
    GenerationStore(tmp_path).publish(
        VectorIndex(PlainSimilarity(), "toy", "1", DIMENSION).build(owners)
    )
    index = GenerationStore(tmp_path).current().index
    took = []
    for number in range(50):
        start = time.perf_counter()
        index.put(f"o{number}", owners["o7"])
        took.append(time.perf_counter() - start)
    assert np.median(took) < 0.001
    assert np.array_equal(index.rows_of("o3").vectors, owners["o7"].vectors)


def test_queries_run_beside_each_other() -> None:
    vectors, asked = rows(1, 20_000), rows(2, 8)
    expected = [scan(query[None], vectors, 9)[1].tolist() for query in asked]
    found: dict[int, object] = {}

    def search(number: int) -> None:
        for _ in range(20):
            found[number] = scan(asked[number][None], vectors, 9)[1].tolist()

    threads = [threading.Thread(target=search, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(8)] == expected
