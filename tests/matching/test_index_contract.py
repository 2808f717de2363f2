"""The index keeps its contract in memory, mapped, with changes on top, forked, through lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching import GenerationStore, VectorIndex
from matching.changelog import Change
from matching.search_index import SearchIndex
from matching.similarity import Similarity
from tests.matching.index_contract import DIMENSION, IndexContract, Vectors


def empty(similarity: Similarity) -> VectorIndex:
    return VectorIndex(similarity, "toy", "1", DIMENSION)


class TestInMemory(IndexContract):
    recall = 1.0

    def make(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        return empty(similarity).build(vectors)


class TestForked(IndexContract):
    recall = 1.0

    def make(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        index = empty(similarity).build(vectors)
        index.put("gone", vectors["pérson-1"])
        fork = index.fork()
        fork.remove("gone")
        return fork


class TestMapped(IndexContract):
    recall = 1.0

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        empty(similarity).build(vectors).save(self.folder / "saved")
        return VectorIndex.load(self.folder / "saved")


class TestMappedWithChanges(TestMapped):
    def make(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        store = GenerationStore(self.folder)
        half = dict(list(vectors.items())[: len(vectors) // 2])
        store.publish(empty(similarity).build(half | {"gone": vectors["pérson-0"]}))
        rest = [Change(owner, vectors[owner]) for owner in vectors if owner not in half]
        store.append([*rest, Change("gone", None)], change=1)
        return store.current().index.fork()


class TestThroughLists(IndexContract):
    """Eight dimensions are far from what lists are made for; the contract holds all the same."""

    count = 2_000
    recall = 0.95

    @pytest.fixture(autouse=True)
    def _few_are_enough(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.folder = tmp_path
        monkeypatch.setattr("matching.planner.SCORED_ROWS", 100)
        monkeypatch.setattr("matching.index_files.ACCELERATED_ROWS", 100)

    def make(self, similarity: Similarity, vectors: Vectors) -> SearchIndex:
        empty(similarity).build(vectors).save(self.folder / "saved", accelerates=True)
        index = VectorIndex.load(self.folder / "saved")
        assert index.accelerators()
        return index


class TestThroughListsUnderFilters(TestThroughLists):
    """Where more rows pass than are looked at one by one."""

    @pytest.fixture(autouse=True)
    def _nothing_is_sifted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("matching.planner.SIFTED_ROWS", 100)
