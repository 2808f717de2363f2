"""Lists make searches fast and lose next to nothing, whatever the filter has to do with the topic.

Each of these is a trap that engines fall into: narrow probing under a filter finds .05 to .6.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.index_data import EACH, World, make_world
from matching import GenerationStore, IndexDamaged, ItemVectors, VectorIndex
from matching.accelerator import Accelerator
from matching.changelog import Change
from matching.index_files import verify_index_files
from matching.merging import merge, needs_merge
from matching.planner import SCORED_ROWS, SIFTED_ROWS
from matching.similarity import FusedSimilarity, PlainSimilarity
from matching.training import train

SIZE = 20_000
K = 50
Mask = NDArray[np.bool_]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(SIZE, queries=60)


def index_of(world: World) -> VectorIndex:
    items = tuple(f"passage:{n}" for n in range(EACH))
    owners = {
        f"o{n}": ItemVectors(items, world.rows[n * EACH : (n + 1) * EACH])
        for n in range(SIZE // EACH)
    }
    return VectorIndex(PlainSimilarity(), "toy", "1", world.rows.shape[1]).build(owners)


def accelerated(built: VectorIndex, folder: Path, least_rows: int = SIZE // 2) -> VectorIndex:
    """Return the index as it comes back from its files, with lists."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.index_files.ACCELERATED_ROWS", least_rows)
        built.save(folder, accelerates=True)
    return VectorIndex.load(folder)


@pytest.fixture(scope="module")
def index(world: World, tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    return accelerated(index_of(world), tmp_path_factory.mktemp("index") / "saved")


def recall(index: VectorIndex, world: World, allowed: Mask | None = None, k: int = K) -> float:
    found = index.nearest(world.queries, k, allowed)
    exact = index.nearest(world.queries, k, allowed, exact=True)
    shares = []
    for (scores, _), (best, _) in zip(found, exact, strict=True):
        assert np.all(np.diff(scores) <= 1e-6)
        assert len(scores) == len(best)
        # By score, since several rows of one owner have the same number.
        shares.append(np.mean(scores >= best[-1] - 1e-6))
    return float(np.mean(shares))


def owners_of_topics(world: World, share: float, *, near: bool) -> Mask:
    """Return owners of whole topics: those of the queries, or of topics that no query has."""
    field = world.topics[: SIZE // EACH * EACH : EACH]
    asked = np.isin(field, world.query_topics)
    order = np.argsort(~asked if near else asked, kind="stable")
    order = order[np.argsort(field[order], kind="stable")] if not near else order
    mask = np.zeros(len(field), dtype=np.bool_)
    mask[order[: max(1, int(share * len(field)))]] = True
    return mask


def test_an_unfiltered_search_finds_98_of_100(index: VectorIndex, world: World) -> None:
    assert recall(index, world) >= 0.98


@pytest.mark.parametrize("k", [10, 200, 1_000])
def test_short_and_long_answers_too(index: VectorIndex, world: World, k: int) -> None:
    assert recall(index, world, k=k) >= 0.98


@pytest.fixture(params=["looked at in eight bits", "through the lists"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is chosen by the number of rows at this size, and what larger sizes take."""
    if request.param == "through the lists":
        monkeypatch.setattr("matching.planner.SIFTED_ROWS", 400)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("share", [0.5, 0.3, 0.1, 0.01, 0.001])
def test_a_random_filter_finds_99_of_100(index: VectorIndex, world: World, share: float) -> None:
    allowed = np.random.default_rng(3).random(SIZE // EACH) < share
    assert recall(index, world, allowed) >= 0.99


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize("share", [0.5, 0.3, 0.1, 0.01, 0.001])
def test_a_filter_that_has_to_do_with_the_topic_finds_99_of_100(
    index: VectorIndex, world: World, share: float, near: bool
) -> None:
    assert recall(index, world, owners_of_topics(world, share, near=near)) >= 0.99


def test_a_narrow_probe_would_have_lost_them(index: VectorIndex, world: World) -> None:
    """The trap itself: a fixed number of lists holds few of those that pass."""
    accelerator = index.accelerators()[0]
    allowed = np.repeat(owners_of_topics(world, 0.01, near=False), EACH)
    lists, found = accelerator.list_of()[: len(allowed)], []
    for query in world.queries:
        probed = np.argsort(-(accelerator.means @ query))[:16]
        found.append(min(K, np.count_nonzero(np.isin(lists, probed) & allowed)))
    assert np.mean(found) < 0.9 * min(K, np.count_nonzero(allowed))


def test_exact_is_exact(index: VectorIndex, world: World) -> None:
    expected = np.sort(world.queries @ world.rows[: SIZE // EACH * EACH].T, axis=1)[:, ::-1][:, :K]
    found = index.nearest(world.queries, K, exact=True)
    np.testing.assert_allclose([scores for scores, _ in found], expected, atol=1e-5)


def test_changes_are_seen_through_the_lists(world: World, tmp_path: Path) -> None:
    index = accelerated(index_of(world), tmp_path / "saved")
    gone = [f"o{n}" for n in range(0, 600, 2)]
    for owner in gone:
        index.remove(owner)
    index.put("o1", ItemVectors(("passage:new",), world.queries[:1]))

    (hits, *_) = index.search(world.queries, K)

    assert (hits[0].owner, hits[0].item) == ("o1", "passage:new")
    assert recall(index, world) >= 0.98
    every = index.nearest(world.queries, K)
    dead = set(index.numbers_of(gone).tolist())
    assert not dead & {number for _, numbers in every for number in numbers.tolist()}


def test_a_fork_keeps_its_lists(index: VectorIndex, world: World) -> None:
    fork = index.fork()
    fork.put("new", ItemVectors(("passage:0",), world.queries[1:2]))

    assert len(fork.accelerators()) == 1
    assert fork.search(world.queries[1:2], 1)[0][0].owner == "new"
    assert index.search(world.queries[1:2], 1)[0][0].owner != "new"


def test_the_rows_that_pass_decide_how(
    index: VectorIndex, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    for way in ("nearest", "sifted", "pruned"):
        used = getattr(Accelerator, way)
        monkeypatch.setattr(
            Accelerator, way, lambda *a, way=way, used=used: called.append(way) or used(*a)
        )
    monkeypatch.setattr("matching.planner.SIFTED_ROWS", SIZE // 4)
    assert SCORED_ROWS < SIZE // 10 < SIFTED_ROWS

    def passing(rows: int) -> Mask:
        return np.arange(SIZE // EACH) < rows // EACH

    for rows in (SCORED_ROWS, SIZE // 10, SIZE // 2):
        index.nearest(world.queries[:1], K, passing(rows))
    index.nearest(world.queries[:1], K)
    assert called == ["sifted", "pruned", "nearest"]
    index.nearest(world.queries[:1], K, passing(SIZE // 10), exact=True)
    assert len(called) == 3


def test_two_groups_are_searched_as_one(world: World, tmp_path: Path) -> None:
    half = world.rows.shape[1] // 2
    similarity = FusedSimilarity(tuple([0.02] * half), split=half)
    rows = world.rows.copy()
    rows[::3, :half] = 0.0
    two = World(rows, world.topics, world.queries, world.query_topics)
    index = VectorIndex(similarity, "toy", "1", rows.shape[1])
    items = tuple(f"passage:{n}" for n in range(EACH))
    index.build(
        {f"o{n}": ItemVectors(items, rows[n * EACH : (n + 1) * EACH]) for n in range(SIZE // EACH)}
    )
    index = accelerated(index, tmp_path / "saved", least_rows=1_000)

    assert len(index.accelerators()) == 2
    assert recall(index, two) >= 0.98
    allowed = np.random.default_rng(5).random(SIZE // EACH) < 0.5
    assert recall(index, two, allowed) >= 0.99


@pytest.fixture
def store(index: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GenerationStore:
    for module in ("merging", "index_files"):
        monkeypatch.setattr(f"matching.{module}.ACCELERATED_ROWS", SIZE // 2)
    store = GenerationStore(tmp_path)
    store.publish(index, change=1)
    return store


def test_a_merge_makes_the_lists_and_the_next_one_uses_their_centroids(
    store: GenerationStore, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.current().index.accelerators() == []
    assert needs_merge(store)
    merge(store)
    (first,) = store.current().index.accelerators()
    assert not needs_merge(store)
    assert recall(store.current().index, world) >= 0.98
    allowed = np.random.default_rng(3).random(SIZE // EACH) < 0.3
    assert recall(store.current().index, world, allowed) >= 0.99

    store.append([Change("o3", None), Change("n", ItemVectors(("p:0",), world.queries[:1]))], 2)
    assert len(store.current().index.accelerators()) == 1
    assert store.current().index.search(world.queries[:1], 1)[0][0].owner == "n"
    monkeypatch.setattr("matching.training._trained", lambda _: pytest.fail("trained anew"))
    merge(store)
    (second,) = store.current().index.accelerators()

    assert second.trained_rows == first.trained_rows
    assert second.rows == first.rows - EACH + 1
    assert recall(store.current().index, world) >= 0.98


def test_lists_that_have_aged_are_trained_anew(world: World) -> None:
    first = train(world.rows[:4_000])
    same = train(world.rows[:5_000], first)
    grown = train(world.rows[:9_000], first)
    drifted = np.roll(world.rows[:4_000], 1, axis=1)

    assert (first.trained_rows, same.trained_rows, grown.trained_rows) == (4_000, 4_000, 9_000)
    assert np.array_equal(same.centroids, first.centroids)
    assert not np.array_equal(train(drifted, first).centroids, first.centroids)


def test_rows_that_stayed_are_not_assigned_again(world: World) -> None:
    first = train(world.rows[:4_000])
    known = np.append(first.list_of()[100:], np.full(200, -1, dtype=np.int32))

    again = train(world.rows[100:4_200], first, known)

    assert np.array_equal(again.list_of(), train(world.rows[100:4_200], first).list_of())
    assert np.array_equal(again.list_of()[:-200], known[:-200])


@pytest.mark.parametrize("name", ["lists-0.json", "listed-0.u8", "order-0.i32", "means-0.f32"])
def test_lists_that_are_lost_or_cut_are_left_out_and_made_again(
    store: GenerationStore, world: World, name: str
) -> None:
    merge(store)
    file = store.folder(2) / name
    file.write_bytes(file.read_bytes()[:-9])

    found = GenerationStore(store.directory)
    assert found.current().index.accelerators() == []
    assert recall(found.current().index, world) == 1
    with pytest.raises(IndexDamaged):
        verify_index_files(store.folder(2))
    assert needs_merge(found)
    assert merge(found) == 3
    assert len(found.current().index.accelerators()) == 1


def test_lists_of_other_rows_are_refused(store: GenerationStore) -> None:
    merge(store)
    folder = store.folder(2)
    order = np.frombuffer((folder / "order-0.i32").read_bytes(), dtype="<i4").copy()
    order[7] = 2**30
    (folder / "order-0.i32").write_bytes(order.tobytes())

    assert GenerationStore(store.directory).current().index.accelerators() == []
