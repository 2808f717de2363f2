"""The index answers exactly, with filters, and sees every change at once."""

from __future__ import annotations

from collections.abc import Iterable

import faiss
import numpy as np
import pytest

from matching import ItemVectors, VectorIndex
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


def test_a_filter_may_be_a_mask_over_owner_numbers() -> None:
    vectors = owned(11, 300)
    index = index_of(vectors)
    index.put("late", ItemVectors(("passage:0",), rows(12, 1)))
    allowed = [f"o{n}" for n in range(0, 300, 3)]
    mask = np.zeros(300, dtype=np.bool_)
    mask[index.numbers_of(allowed)] = True

    # Shorter than there are owners: who came later does not pass.
    assert index.search(rows(13, 2), 40, mask) == index.search(rows(13, 2), 40, allowed)
    assert index.numbers_of(["nobody"]).tolist() == [-1]
    assert [index.owner_at(n) for n in index.numbers_of(allowed).tolist()] == allowed
    with pytest.raises(ValueError, match="mask"):
        index.search(rows(13, 1), 5, np.arange(3))


def test_answers_come_as_arrays_too() -> None:
    index = index_of(owned(14, 50))
    ((scores, numbers),) = index.nearest(rows(15, 1), 30)
    (hits,) = index.search(rows(15, 1), 30)

    assert [index.owner_at(n) for n in numbers.tolist()] == [hit.owner for hit in hits]
    assert scores.tolist() == [hit.score for hit in hits]


def test_rows_of_many_are_those_of_each() -> None:
    index = index_of(owned(16, 30))
    index.put("o7", ItemVectors(("passage:new",), rows(17, 1)))

    found = index.rows_of_many(["o7", "nobody", "o3"])

    assert list(found) == ["o7", "nobody", "o3"]
    for owner, of_one in found.items():
        assert of_one.items == index.rows_of(owner).items
        np.testing.assert_array_equal(of_one.vectors, index.rows_of(owner).vectors)


def test_a_fork_changes_without_the_original() -> None:
    index = index_of(owned(18, 40))
    index.remove("o5")
    before = index.search(rows(19, 3), 200)
    fork = index.fork()

    fork.remove("o6")
    for number in range(60):
        fork.put(f"o{number}", ItemVectors(("passage:new",), rows(20 + number, 1)))
    again = fork.fork()
    again.remove("o1")

    assert index.search(rows(19, 3), 200) == before
    assert "o55" in fork
    assert "o55" not in index
    assert "o1" in fork
    assert "o1" not in again


def test_slots_of_those_who_left_are_used_again() -> None:
    vectors = owned(21, 50)
    index = index_of(vectors, PlainSimilarity())
    for turn in range(20):
        for owner in list(vectors)[:10]:
            vectors[owner] = ItemVectors(vectors[owner].items, rows(turn, 4))
            index.put(owner, vectors[owner])

    assert sum(slots.count for slots in index.parts()) == len(index) == 200
    (hits,) = index.search(rows(22, 1), 30)
    expected = exact(vectors, rows(22, 1)[0], 30, similarity=PlainSimilarity())
    assert [h.score for h in hits] == pytest.approx(sorted((h.score for h in hits), reverse=True))
    assert {(h.owner, h.item) for h in hits if h.score > hits[-1].score + 1e-6} <= set(expected)
