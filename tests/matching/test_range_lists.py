"""Lists of rows are searched where the file is mapped, and never outside of it."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from matching.arrays import write_array
from matching.eight_bits import EightBits
from matching.range_lists import RangeLists
from matching.scan import Rows
from matching.vectors import Float32

DIMENSION = 48
COUNT = 900


def vectors(seed: int, count: int = COUNT) -> Float32:
    values = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def bounds() -> Rows:
    """Lists of none to six rows."""
    lengths = np.random.default_rng(4).integers(0, 7, COUNT)
    ends = np.minimum(np.cumsum(lengths), COUNT)
    return np.concatenate([[0], ends]).astype(np.int64)


def rows_in(bounds: Rows, lists: Rows) -> Rows:
    return np.concatenate([np.arange(bounds[n], bounds[n + 1]) for n in lists.tolist()])


def test_the_best_of_some_lists_are_found(tmp_path: Path, bounds: Rows) -> None:
    rows, lists = vectors(1), np.arange(0, 300, 3)
    write_array(tmp_path / "rows.f32", [rows])
    found = RangeLists(tmp_path / "rows.f32", bounds, DIMENSION).search(rows[5], lists, 20)

    some = rows_in(bounds, lists)
    best = some[np.argsort(-(rows[some] @ rows[5]))[:20]]
    assert found.rows.tolist() == best.tolist()
    np.testing.assert_allclose(found.scores, rows[best] @ rows[5], atol=1e-5)
    owner = np.searchsorted(bounds, best, side="right") - 1
    assert found.runs is not None
    assert found.runs.tolist() == owner.tolist()


def test_fewer_rows_than_asked_for_are_all_there_are(tmp_path: Path, bounds: Rows) -> None:
    rows = vectors(1)
    write_array(tmp_path / "rows.f32", [rows])
    lists = RangeLists(tmp_path / "rows.f32", bounds, DIMENSION)
    asked = np.asarray([3, 4, 5])

    assert sorted(lists.search(rows[0], asked, 50).rows) == rows_in(bounds, asked).tolist()
    assert len(lists.search(rows[0], asked[:0], 50).rows) == 0


def test_eight_bits_find_nearly_the_same(tmp_path: Path, bounds: Rows) -> None:
    rows, queries = vectors(1), vectors(2, 40)
    rows[:, :8] *= 9
    bits = EightBits.fitted(rows)
    write_array(tmp_path / "rows.u8", [bits.encoded(rows)])
    lists, every = RangeLists(tmp_path / "rows.u8", bounds, DIMENSION), np.arange(len(bounds) - 1)

    shares = []
    for query in queries:
        whole, unit = bits.query(query)
        found = lists.search(whole, every, 20)
        np.testing.assert_allclose(found.scores * unit, rows[found.rows] @ query, atol=0.05)
        best = np.argsort(-(rows @ query))[:20]
        shares.append(len(np.intersect1d(found.rows, best)) / 20)
    assert np.mean(shares) > 0.95


def test_a_vector_of_nothing_is_nothing_in_eight_bits() -> None:
    nothing = np.zeros((3, DIMENSION), dtype=np.float32)
    bits = EightBits.fitted(nothing)

    assert (bits.encoded(nothing) == 128).all()
    whole, unit = bits.query(nothing[0])
    assert not whole.any()
    assert unit == 1.0


@pytest.mark.parametrize("missing", [1, 4, 4 * DIMENSION])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, bounds: Rows, missing: int) -> None:
    """Reading behind its end would end the process."""
    content = vectors(1).tobytes()
    (tmp_path / "rows.f32").write_bytes(content[:-missing])
    with pytest.raises(ValueError, match="other rows"):
        RangeLists(tmp_path / "rows.f32", bounds, DIMENSION)
    with pytest.raises(ValueError, match="other rows"):
        RangeLists(tmp_path / "rows.f32", bounds[::-1].copy(), DIMENSION)


def test_a_file_that_is_gone_is_still_searched(tmp_path: Path, bounds: Rows) -> None:
    """Generations are deleted while somebody reads them."""
    rows = vectors(1)
    write_array(tmp_path / "rows.f32", [rows])
    lists = RangeLists(tmp_path / "rows.f32", bounds, DIMENSION)
    (tmp_path / "rows.f32").unlink()
    assert lists.search(rows[7], np.arange(len(bounds) - 1), 1).rows.tolist() == [7]


def test_threads_search_beside_each_other(tmp_path: Path, bounds: Rows) -> None:
    """FAISS's parameters of one search are not those of another."""
    rows = vectors(1)
    write_array(tmp_path / "rows.f32", [rows])
    lists = RangeLists(tmp_path / "rows.f32", bounds, DIMENSION)
    asked = [np.arange(n + 1) * 7 for n in range(8)]
    expected = [lists.search(rows[0], one, 30).rows.tolist() for one in asked]
    wrong: list[int] = []

    def search(number: int) -> None:
        found = [lists.search(rows[0], asked[number], 30).rows.tolist() for _ in range(300)]
        wrong.extend(number for one in found if one != expected[number])

    threads = [threading.Thread(target=search, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
