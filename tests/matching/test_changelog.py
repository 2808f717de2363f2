"""Changes beside a saved index: whole or not at all, in order, whatever happens to the writer."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from matching import GenerationStore, IndexDamaged, ItemVectors, VectorIndex
from matching.changelog import CHANGES, Change
from matching.merging import merge, needs_merge
from matching.similarity import PlainSimilarity

ROOT = Path(__file__).parents[2]
DIMENSION = 4


def rows(value: float, count: int = 2) -> ItemVectors:
    items = tuple(f"passage:{n}" for n in range(count))
    return ItemVectors(items, np.full((count, DIMENSION), value, dtype=np.float32))


def published(directory: Path, *owners: str) -> GenerationStore:
    index = VectorIndex(PlainSimilarity(), "toy", "r1", DIMENSION)
    store = GenerationStore(directory, "toy", "r1")
    store.publish(index.build({owner: rows(1.0) for owner in owners}), change=1)
    return store


def value_of(store: GenerationStore, owner: str) -> float | None:
    found = store.current().index.rows_of(owner).vectors
    return float(found[0, 0]) if len(found) else None


def log_of(directory: Path) -> Path:
    return max(directory.glob("generation-*")) / CHANGES


def test_a_reader_picks_up_what_was_appended(tmp_path: Path) -> None:
    writer = published(tmp_path, "a", "b")
    reader = GenerationStore(tmp_path)
    held = reader.current()

    writer.append([Change("a", rows(2.0)), Change("new", rows(3.0, 5))], change=2)
    writer.append([Change("b", None)], change=3)

    assert reader.refresh() is True
    assert reader.refresh() is False
    assert (value_of(reader, "a"), value_of(reader, "new"), value_of(reader, "b")) == (2, 3, None)
    assert reader.current().index.rows_of("new").items[4] == "passage:4"
    assert (reader.current().number, reader.current().change) == (1, 3)
    # Who holds what was there before goes on seeing that.
    assert held.index.owners() == ("a", "b")
    assert held.change == 1
    assert GenerationStore(tmp_path).current().index.owners() == ("a", "new")


def test_a_number_without_changes_is_a_change_number_too(tmp_path: Path) -> None:
    writer = published(tmp_path, "a")
    reader = GenerationStore(tmp_path)
    before = reader.current().index
    writer.append([], change=7)

    assert reader.current().change == 7
    assert reader.current().index is before


def test_reading_what_one_wrote(tmp_path: Path) -> None:
    writer = published(tmp_path, "a")
    reader = GenerationStore(tmp_path)
    assert reader.wait_for(2, timeout_s=0.02) is None

    def later() -> None:
        time.sleep(0.05)
        writer.append([Change("a", rows(9.0))], change=2)

    thread = threading.Thread(target=later)
    thread.start()
    seen = reader.wait_for(2, timeout_s=10)
    thread.join()

    assert seen is not None
    assert seen.index.rows_of("a").vectors[0, 0] == 9


def test_a_crash_at_any_byte_leaves_a_readable_prefix(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    store = published(origin, "a")
    sizes = [log_of(origin).stat().st_size]
    for change in range(2, 8):
        store.append([Change("a", rows(change)), Change(f"o{change}", rows(change))], change)
        sizes.append(log_of(origin).stat().st_size)
    whole = log_of(origin).read_bytes()
    chance = random.Random(3)
    for attempt in range(60):
        crashed = tmp_path / f"crashed-{attempt}"
        shutil.copytree(origin, crashed)
        size = chance.randrange(sizes[0], len(whole))
        log_of(crashed).write_bytes(whole[:size])
        complete = sum(size >= end for end in sizes)

        reader = GenerationStore(crashed)
        now = reader.current()
        assert now.change == complete
        assert value_of(reader, "a") == complete
        assert len(now.index.owners()) == complete
        GenerationStore(crashed).append([Change("later", rows(0.5))], change=99)
        assert reader.current().change == 99
        assert reader.current().index.owners() == (*now.index.owners(), "later")


def test_bytes_that_never_were_written_end_the_log(tmp_path: Path) -> None:
    """After a power cut a file may have its length but not all of its content."""
    store = published(tmp_path, "a")
    for change in (2, 3):
        store.append([Change("a", rows(change))], change)
    content = bytearray(log_of(tmp_path).read_bytes())
    content[-20:] = bytes(20)
    log_of(tmp_path).write_bytes(bytes(content))

    assert GenerationStore(tmp_path).current().change == 2


def test_the_log_of_another_index_is_refused(tmp_path: Path) -> None:
    published(tmp_path / "one", "a")
    published(tmp_path / "two", "a", "b")
    shutil.copy(log_of(tmp_path / "two"), log_of(tmp_path / "one"))

    with pytest.raises(IndexDamaged, match="another index; rebuild"):
        GenerationStore(tmp_path / "one").current()
    log_of(tmp_path / "one").unlink()
    with pytest.raises(IndexDamaged, match="rebuild"):
        GenerationStore(tmp_path / "one").current()


def test_a_merge_says_the_same_in_a_new_generation(tmp_path: Path) -> None:
    store = published(tmp_path, "a", "b", "c")
    reader = GenerationStore(tmp_path)
    store.append([Change("a", rows(2.0)), Change("d", rows(4.0))], change=2)
    store.append([Change("b", None)], change=3)
    before = reader.current()

    assert merge(store) == 2

    after = reader.current()
    assert (after.number, after.change) == (2, 3)
    assert set(after.index.owners()) == set(before.index.owners()) == {"a", "c", "d"}
    query = np.ones((1, DIMENSION), dtype=np.float32)
    scores = [
        sorted(h.score for h in found.search(query, 9)[0]) for found in (before.index, after.index)
    ]
    assert scores[0] == scores[1]
    assert after.index.dead_count == after.index.open_count == 0


def test_what_is_appended_during_a_merge_is_in_the_new_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = published(tmp_path, "a")
    store.append([Change("a", rows(2.0))], change=2)
    save = VectorIndex.save

    def slow_save(self: VectorIndex, directory: Path, change: int, **options: bool) -> object:
        GenerationStore(tmp_path).append([Change("b", rows(3.0))], change=3)
        GenerationStore(tmp_path).append([Change("a", None)], change=4)
        return save(self, directory, change, **options)

    monkeypatch.setattr(VectorIndex, "save", slow_save)
    assert merge(store) == 2
    store.append([Change("c", rows(5.0))], change=5)

    now = GenerationStore(tmp_path).current()
    assert (now.number, now.change) == (2, 5)
    assert now.index.owners() == ("b", "c")


def test_a_merge_gives_way_to_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = published(tmp_path, "a")
    other = VectorIndex(PlainSimilarity(), "toy", "r1", DIMENSION).build({"new": rows(1.0)})

    def rebuilt() -> object:
        GenerationStore(tmp_path).publish(other, change=8)
        return threading.Lock()

    assert merge(store, rebuilt) is None  # type: ignore[arg-type]
    assert GenerationStore(tmp_path).current().index.owners() == ("new",)
    assert merge(store) == 4


def test_only_one_merges_and_nobody_clears_away_what_it_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = published(tmp_path, "a")
    save = VectorIndex.save

    def interrupted_save(
        self: VectorIndex, directory: Path, change: int, **options: bool
    ) -> object:
        assert merge(GenerationStore(tmp_path)) is None
        (tmp_path / ".mine.part").mkdir()
        GenerationStore(tmp_path).switch_to(1)
        assert (tmp_path / ".mine.part").exists()
        return save(self, directory, change, **options)

    monkeypatch.setattr(VectorIndex, "save", interrupted_save)
    assert merge(store) == 2
    assert not (tmp_path / ".mine.part").exists()


def test_a_long_log_wants_a_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.merging.MERGE_ROWS", 5)
    store = published(tmp_path, "a", "b")
    store.append([Change("a", rows(2.0))], change=2)
    assert not needs_merge(store)
    store.append([Change("c", rows(2.0, 3))], change=3)
    assert needs_merge(store)
    merge(store)
    assert not needs_merge(store)


def test_what_was_erased_leaves_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = published(tmp_path, "a", "secret-owner")
    store.append([Change("secret-owner", rows(123.25))], change=2)
    store.append([Change("secret-owner", None)], change=3)
    assert not needs_merge(store)
    monkeypatch.setattr("matching.merging.MERGE_AFTER_S", -1)
    assert needs_merge(store)
    merge(store)
    store.forget_replaced(after_s=60)
    assert store.folder(1).exists()
    store.forget_replaced(after_s=-1)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    assert b"secret-owner" not in held
    assert np.float32(123.25).tobytes() not in held
    assert not needs_merge(store)
    assert GenerationStore(tmp_path).current().index.owners() == ("a",)


def test_another_process_reads_while_this_one_appends_and_merges(tmp_path: Path) -> None:
    """Whatever it sees is one change as a whole: all owners have the value of its number."""
    writer = published(tmp_path, "a", "b", "c")
    writer.append([Change(owner, rows(2)) for owner in "abc"], change=2)
    script = (
        "import sys, pathlib\n"
        "from matching.generations import GenerationStore\n"
        "store = GenerationStore(pathlib.Path(sys.argv[1]), 'toy', 'r1')\n"
        "seen = []\n"
        "while not seen or seen[-1] < 200:\n"
        "    now = store.current()\n"
        "    found = now.index.rows_of_many(['a', 'b', 'c'])\n"
        "    values = {float(v) for one in found.values() for v in one.vectors[:, 0]}\n"
        "    assert values == {float(now.change)}, (values, now.change)\n"
        "    if not seen or now.change != seen[-1]: seen.append(now.change)\n"
        "assert seen == sorted(seen)\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )
    for change in range(3, 201):
        writer.append([Change(owner, rows(change)) for owner in "abc"], change)
        if change % 40 == 0:
            merge(writer)

    _, error = reader.communicate(timeout=60)

    assert reader.returncode == 0, error
