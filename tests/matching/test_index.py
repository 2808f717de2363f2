"""The index answers exactly, with filters, and sees every change at once."""

from __future__ import annotations

from collections.abc import Iterable

import faiss
import numpy as np
import pytest

from matching import ItemVectors, VectorIndex
from matching.segment import GATHER_ROWS
from matching.similarity import FusedSimilarity, PlainSimilarity, Similarity
from matching.vectors import Float32

FUSED = FusedSimilarity((0.4, 0.2, 0.1, 0.3), split=4)
DIMENSION = 8


def rows(seed: int, count: int) -> Float32:
    values = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    values[::3, :4] = 0.0
    return values


def owned(seed: int, owners: int, each: int = 4) -> dict[str, ItemVectors]:
    values = rows(seed, owners * each).reshape(owners, each, DIMENSION)
    items = tuple(f"passage:{n}" for n in range(each))
    return {f"o{n}": ItemVectors(items, values[n]) for n in range(owners)}


def index_of(vectors: dict[str, ItemVectors], similarity: Similarity = FUSED) -> VectorIndex:
    return VectorIndex(similarity, "toy", "1", DIMENSION).build(vectors)


def exact(
    vectors: dict[str, ItemVectors],
    query: Float32,
    k: int,
    allowed: Iterable[str] | None = None,
    similarity: Similarity = FUSED,
) -> list[tuple[str, str]]:
    kept = set(vectors if allowed is None else allowed)
    keys = [(o, item) for o, v in vectors.items() if o in kept for item in v.items]
    if not keys:
        return []
    matrix = np.concatenate([v.vectors for o, v in vectors.items() if o in kept])
    scores = similarity.pairs(query[None, :], matrix)[0]
    return [keys[row] for row in np.argsort(-scores)[:k]]


@pytest.mark.parametrize("similarity", [FUSED, PlainSimilarity(1.5, 0.1)])
def test_the_answer_is_that_of_comparing_everything(similarity: Similarity) -> None:
    vectors = owned(1, 60)
    queries = rows(2, 5)

    answers = index_of(vectors, similarity).search(queries, 20)

    for query, hits in zip(queries, answers, strict=True):
        expected = exact(vectors, query, 20, similarity=similarity)
        assert [(hit.owner, hit.item) for hit in hits] == expected
        assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5])
def test_a_filter_loses_nobody_who_passes_it(share: float) -> None:
    vectors = owned(3, 2_000)
    # Correlated with the answer: only those far from the query may pass.
    query = rows(4, 1)
    ranked = list(dict.fromkeys(owner for owner, _ in exact(vectors, query[0], 8_000)))
    allowed = ranked[-max(2, int(share * len(ranked))) :]

    (hits,) = index_of(vectors).search(query, 5, allowed)

    assert [(hit.owner, hit.item) for hit in hits] == exact(vectors, query[0], 5, allowed)


def test_a_filter_of_many_rows_is_exact_too() -> None:
    vectors = owned(5, 4_000)
    allowed = [owner for number, owner in enumerate(vectors) if number % 10]
    query = rows(6, 1)
    index = index_of(vectors)

    (hits,) = index.search(query, 50, allowed)

    assert max(segment.live_count for segment in index.segments.values()) > GATHER_ROWS
    assert [(hit.owner, hit.item) for hit in hits] == exact(vectors, query[0], 50, allowed)


def test_a_change_is_seen_by_the_next_search() -> None:
    vectors = owned(7, 20)
    index = index_of(vectors)
    query = rows(8, 1)
    vectors["o3"] = ItemVectors(("passage:new",), query * 5)
    index.put("o3", vectors["o3"])
    vectors["o99"] = ItemVectors(("passage:0",), rows(9, 1))
    index.put("o99", vectors["o99"])
    del vectors["o4"]

    assert index.remove("o4")
    (hits,) = index.search(query, 100)

    assert [(hit.owner, hit.item) for hit in hits] == exact(vectors, query[0], 100)
    assert "o4" not in index
    assert "o99" in index
    assert len(index) == len(hits)
    assert set(index.owners()) == set(vectors)


def test_removing_somebody_who_is_not_there_says_so() -> None:
    index = index_of(owned(1, 2))

    assert index.remove("nobody") is False
    assert index.remove("o1") is True
    assert index.remove("o1") is False


def test_rows_come_back_by_owner() -> None:
    vectors = owned(10, 5)

    back = index_of(vectors).rows_of("o2")

    assert sorted(back.items) == sorted(vectors["o2"].items)
    for item in back.items:
        np.testing.assert_array_equal(back.get(item), vectors["o2"].get(item))


def test_an_empty_index_answers_with_nothing() -> None:
    index = index_of({})

    assert index.search(rows(1, 2), 5) == [[], []]
    assert index.owners() == ()
    assert index.rows_of("o1").items == ()
    assert index_of(owned(1, 3)).search(rows(1, 1), 5, allowed=[]) == [[]]


@pytest.mark.parametrize(("shape", "k"), [((1, 5), 3), ((8,), 3), ((1, 8), 0)])
def test_a_wrong_query_is_refused(shape: tuple[int, ...], k: int) -> None:
    with pytest.raises(ValueError, match="queries"):
        index_of(owned(1, 2)).search(np.zeros(shape, dtype=np.float32), k)


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="8 numbers, not 3"):
        index_of({}).put("o1", ItemVectors(("passage:0",), np.zeros((1, 3), dtype=np.float32)))


def test_a_query_uses_one_thread() -> None:
    faiss.omp_set_num_threads(4)
    index_of(owned(1, 2)).search(rows(1, 1), 1)

    assert faiss.omp_get_max_threads() == 1
