"""What every engine behind `SearchIndex` must do; subclass it and say how to make one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest
from numpy.typing import NDArray

from matching.changelog import Change
from matching.search_index import SearchIndex
from matching.similarity import FusedSimilarity, PlainSimilarity, Similarity
from matching.vectors import Float32, ItemVectors

DIMENSION = 8
EACH = 4
Vectors = dict[str, ItemVectors]


def rows(seed: int, count: int) -> Float32:
    values = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    values[::3, : DIMENSION // 2] = 0.0
    # Embeddings are of one length, on which lists rely.
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), dtype=np.float32)


def people(seed: int, count: int) -> Vectors:
    values = rows(seed, count * EACH).reshape(count, EACH, DIMENSION)
    items = tuple(f"passage:{n}" for n in range(EACH))
    return {f"pérson-{n}": ItemVectors(items, values[n]) for n in range(count)}


class IndexContract:
    """`make` returns an index of DIMENSION numbers that holds these vectors."""

    # Of an answer without `exact`; with it nothing may be missed.
    recall = 0.99
    count = 500

    def make(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        raise NotImplementedError

    @pytest.fixture(params=["fused", "plain"])
    def similarity(self, request: pytest.FixtureRequest) -> Similarity:
        fused = FusedSimilarity((0.4, 0.2, 0.1, 0.3), split=DIMENSION // 2)
        return fused if request.param == "fused" else PlainSimilarity(1.5, 0.1)

    @pytest.fixture
    def vectors(self) -> Vectors:
        return people(1, self.count)

    @pytest.fixture
    def index(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        return self.make(similarity, vectors)

    def check(
        self,
        index: SearchIndex,
        vectors: Vectors,
        allowed: Collection[str] | NDArray[np.bool_] | None = None,
        k: int = 20,
    ) -> None:
        """Compare answers with comparing everything."""
        kept = vectors
        if allowed is not None:
            names = allowed if not isinstance(allowed, np.ndarray) else [
                owner
                for owner, number in zip(
                    vectors, index.numbers_of(list(vectors)).tolist(), strict=True
                )
                if number < len(allowed) and allowed[number]
            ]  # fmt: skip
            kept = {owner: vectors[owner] for owner in names if owner in vectors}
        queries = rows(99, 6)
        for exact in (True, False):
            found = index.search(queries, k, allowed, exact=exact)
            arrays, shares = index.nearest(queries, k, allowed, exact=exact), []
            for query, hits, (scores, numbers) in zip(queries, found, arrays, strict=True):
                best = np.sort(self.scores(index, query, kept))[::-1][:k]
                assert len(hits) == len(best)
                mine = np.asarray([hit.score for hit in hits])
                assert np.all(np.diff(mine) <= 0)
                shares.append(float(np.mean(mine >= best[-1] - 1e-4)) if len(best) else 1.0)
                for hit in hits:
                    row = kept[hit.owner].get(hit.item)
                    assert row is not None
                    true = index.similarity.pairs(query[None], row[None])[0, 0]
                    assert hit.score == pytest.approx(float(true), abs=1e-4)
                np.testing.assert_allclose(scores, mine, atol=1e-6)
                assert [index.owner_at(n) for n in numbers.tolist()] == [h.owner for h in hits]
            assert np.mean(shares) >= (1.0 if exact else self.recall)

    def scores(self, index: SearchIndex, query: Float32, kept: Vectors) -> NDArray[np.float32]:
        if not kept:
            return np.zeros(0, dtype=np.float32)
        whole = np.concatenate([one.vectors for one in kept.values()])
        return index.similarity.pairs(query[None], whole)[0]

    def test_it_finds_what_comparing_everything_finds(
        self, index: SearchIndex, vectors: Vectors
    ) -> None:
        self.check(index, vectors)
        self.check(index, vectors, k=1)
        assert len(index) == self.count * EACH

    @pytest.mark.parametrize("step", [1, 2, 10, 100])
    def test_a_filter_loses_nobody(self, index: SearchIndex, vectors: Vectors, step: int) -> None:
        allowed = list(vectors)[::step]
        self.check(index, vectors, [*allowed, "nobody"])
        mask = np.zeros(index.owner_count, dtype=np.bool_)
        mask[index.numbers_of(allowed)] = True
        self.check(index, vectors, mask)
        self.check(index, vectors, mask[: len(mask) // 2])

    def test_a_filter_of_those_who_are_farthest_loses_nobody(
        self, index: SearchIndex, vectors: Vectors
    ) -> None:
        query = rows(99, 6)[0]
        best = {o: index.similarity.pairs(query[None], v.vectors).max() for o, v in vectors.items()}
        self.check(index, vectors, sorted(best, key=lambda owner: best[owner])[:50])

    def test_nobody_may_pass(self, index: SearchIndex) -> None:
        none = np.zeros(index.owner_count, dtype=np.bool_)
        for nobody in ([], none, none[:1], none[:0]):
            for exact in (True, False):
                assert index.search(rows(1, 2), 5, nobody, exact=exact) == [[], []]

    def test_every_change_is_seen_by_the_next_search(
        self, index: SearchIndex, vectors: Vectors
    ) -> None:
        before = index.version
        numbers = dict(zip(vectors, index.numbers_of(list(vectors)).tolist(), strict=True))
        for turn in range(30):
            owner = f"pérson-{turn * 7}"
            vectors[owner] = ItemVectors(("passage:new",), rows(200 + turn, 1))
            index.put(owner, vectors[owner])
        index.apply([Change("late", people(3, 1)["pérson-0"]), Change("pérson-5", None)])
        vectors["late"] = people(3, 1)["pérson-0"]
        del vectors["pérson-5"]

        assert index.remove("pérson-6") is True
        assert index.remove("pérson-6") is False
        assert index.remove("nobody") is False
        del vectors["pérson-6"]

        self.check(index, vectors)
        self.check(index, vectors, list(vectors)[::3])
        assert index.version > before
        assert set(index.owners()) == set(vectors)
        assert len(index) == sum(len(one.items) for one in vectors.values())
        assert "late" in index
        assert "pérson-6" not in index
        known = {owner: index.numbers_of([owner])[0] for owner in numbers}
        assert known == numbers
        named = {index.owner_at(n) for n in np.flatnonzero(index.has_rows()).tolist()}
        assert named == set(vectors)

    def test_rows_come_back_by_owner(self, index: SearchIndex, vectors: Vectors) -> None:
        names = [*list(vectors)[::50], "nobody"]
        many = index.rows_of_many(names)
        assert list(many) == names
        for owner in names:
            back, stored = index.rows_of(owner), vectors.get(owner)
            assert back.items == many[owner].items
            np.testing.assert_array_equal(back.vectors, many[owner].vectors)
            assert set(back.items) == set(stored.items if stored else ())
            for item in back.items:
                assert stored is not None
                np.testing.assert_array_equal(back.get(item), stored.get(item))

    @pytest.mark.parametrize(("shape", "k"), [((1, 5), 3), ((DIMENSION,), 3), ((1, DIMENSION), 0)])
    def test_a_wrong_query_is_refused(
        self, index: SearchIndex, shape: tuple[int, ...], k: int
    ) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            index.search(np.zeros(shape, dtype=np.float32), k)

    def test_vectors_of_another_length_are_refused(self, index: SearchIndex) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            index.put("o", ItemVectors(("passage:0",), np.zeros((1, 3), dtype=np.float32)))

    def test_a_number_that_nobody_has_is_refused(self, index: SearchIndex) -> None:
        for number in (-1, index.owner_count):
            with pytest.raises(IndexError):
                index.owner_at(number)
