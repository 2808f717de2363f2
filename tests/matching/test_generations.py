"""Readers see one whole generation, whatever happens to the writer."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from matching import (
    GenerationStore,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    ItemVectors,
    VectorIndex,
)
from matching.similarity import PlainSimilarity

ROOT = Path(__file__).parents[2]


def index_with(*owners: str) -> VectorIndex:
    index = VectorIndex(PlainSimilarity(), "toy", "r1", 4)
    rows = np.ones((2, 4), dtype=np.float32)
    return index.build({o: ItemVectors(("passage:0", "passage:1"), rows) for o in owners})


def test_a_reader_picks_up_what_was_published(tmp_path: Path) -> None:
    writer, reader = GenerationStore(tmp_path), GenerationStore(tmp_path, "toy", "r1")
    writer.publish(index_with("a"), change=1)
    first = reader.current()

    assert first.index.owners() == ("a",)
    assert reader.refresh() is False
    assert reader.current() is first

    writer.publish(index_with("a", "b"), change=2)

    assert reader.refresh() is True
    assert reader.current().index.owners() == ("a", "b")
    assert (reader.current().number, reader.current().change) == (2, 2)
    assert reader.current_manifest().change == 2


def test_a_generation_in_use_outlives_its_files(tmp_path: Path) -> None:
    store = GenerationStore(tmp_path)
    store.publish(index_with("a"))
    held = store.current().index
    for number in range(4):
        store.publish(index_with(f"b{number}"))

    (hits,) = held.search(np.ones((1, 4), dtype=np.float32), 5)

    assert {hit.owner for hit in hits} == {"a"}
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == [".writing", "current", "generation-000000004", "generation-000000005"]


def test_looking_for_a_new_generation_is_cheap(tmp_path: Path) -> None:
    store = GenerationStore(tmp_path)
    store.publish(index_with("a"))
    store.current()

    start = time.perf_counter()
    for _ in range(1_000):
        store.refresh()

    assert time.perf_counter() - start < 1.0


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        GenerationStore(tmp_path / "nothing").current()


@pytest.mark.parametrize("content", ["", "generation-1", "../../etc/passwd", "\x00\x01"])
def test_a_damaged_pointer_is_noticed(tmp_path: Path, content: str) -> None:
    GenerationStore(tmp_path).publish(index_with("a"))
    (tmp_path / "current").write_text(content)

    with pytest.raises(IndexDamaged):
        GenerationStore(tmp_path).current()


def test_a_lost_generation_is_noticed_and_publishing_repairs_it(tmp_path: Path) -> None:
    store = GenerationStore(tmp_path)
    number = store.publish(index_with("a"))
    shutil.rmtree(tmp_path / f"generation-{number:09d}")

    with pytest.raises(IndexDamaged):
        store.current()
    store.publish(index_with("b"))

    assert store.current().index.owners() == ("b",)


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    GenerationStore(tmp_path).publish(index_with("a"))

    with pytest.raises(IndexMismatch):
        GenerationStore(tmp_path, "toy", "r2").current()


def test_a_crash_at_any_byte_of_a_write_leaves_the_old_generation(tmp_path: Path) -> None:
    """Stop a writer at random places: what it had written is cut there, the rest is not there."""
    origin = tmp_path / "origin"
    GenerationStore(origin).publish(index_with("old"), change=1)
    complete = tmp_path / "complete"
    shutil.copytree(origin, complete)
    GenerationStore(complete).publish(index_with("old", "new"), change=2)
    written = sorted((complete / "generation-000000002").iterdir())
    total = sum(path.stat().st_size for path in written)
    chance = random.Random(11)

    for attempt in range(40):
        crashed = tmp_path / f"crashed-{attempt}"
        shutil.copytree(origin, crashed)
        beside = crashed / ".generation-000000002.999.part"
        beside.mkdir()
        left = chance.randrange(total)
        for path in written:
            size = min(left, path.stat().st_size)
            (beside / path.name).write_bytes(path.read_bytes()[:size])
            left -= size
        if attempt % 2:
            (crashed / ".current.999.part").write_text("generation-0000"[: attempt % 15])

        store = GenerationStore(crashed, "toy", "r1")
        assert store.current().index.owners() == ("old",)
        store.publish(index_with("next"), change=3)
        assert store.current().index.owners() == ("next",)
        assert not list(crashed.glob(".*.part"))


def test_a_writer_killed_between_writing_and_switching_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = GenerationStore(tmp_path)
    store.publish(index_with("old"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(GenerationStore, "switch_to", killed)
    with pytest.raises(KeyboardInterrupt):
        store.publish(index_with("new"))
    monkeypatch.undo()

    assert GenerationStore(tmp_path).current().index.owners() == ("old",)
    assert GenerationStore(tmp_path).publish(index_with("later")) == 3


def test_another_process_reads_while_this_one_publishes(tmp_path: Path) -> None:
    """Forty switches under a reader's eyes: never an error, never half of a generation."""
    GenerationStore(tmp_path).publish(index_with("g0"), change=0)
    script = (
        "import sys, pathlib\n"
        "from matching.generations import GenerationStore\n"
        "store = GenerationStore(pathlib.Path(sys.argv[1]), 'toy', 'r1')\n"
        "seen = []\n"
        "while not seen or seen[-1] < 40:\n"
        "    now = store.current()\n"
        "    assert now.index.owners() == tuple(f'g{n}' for n in range(now.change + 1))\n"
        "    if not seen or now.change != seen[-1]: seen.append(now.change)\n"
        "assert seen == sorted(seen)\n"
        "print(len(seen))\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )
    writer = GenerationStore(tmp_path)
    for change in range(1, 41):
        writer.publish(index_with(*(f"g{n}" for n in range(change + 1))), change)
        time.sleep(0.01)

    out, error = reader.communicate(timeout=60)

    assert reader.returncode == 0, error
    assert int(out) >= 1
