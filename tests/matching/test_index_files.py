"""A saved index comes back whole, and anything else is refused with a remedy."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matching import (
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexVersionUnsupported,
    ItemVectors,
    StoredIndexError,
    VectorIndex,
)
from matching.changelog import CHANGES
from matching.index_files import verify_index_files
from matching.manifest import MANIFEST, read_manifest
from matching.similarity import FusedSimilarity
from matching.vectors import Float32

FOLDER = Path(__file__).parent / "golden"
GOLDEN = FOLDER / "format-2"
FUSED = FusedSimilarity((0.4, 0.2, 0.1, 0.3), split=4)


def golden_vectors() -> dict[str, ItemVectors]:
    """The vectors that the golden files hold, made without any random generator."""
    values = (np.arange(6 * 8, dtype=np.float32).reshape(6, 8) % 7 - 3) / 4
    values[::2, :4] = 0.0
    names = ("amina", "جمال", "o'neill")
    return {
        name: ItemVectors(("passage:0", "passage:1"), values[2 * n : 2 * n + 2])
        for n, name in enumerate(names)
    }


def golden_index() -> VectorIndex:
    return VectorIndex(FUSED, "toy", "r1", 8).build(golden_vectors())


def query() -> Float32:
    return (np.arange(8, dtype=np.float32).reshape(1, 8) - 3) / 4


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    index = golden_index()
    index.put("amina", ItemVectors(("passage:9",), query()))
    index.remove("o'neill")

    manifest = index.save(tmp_path / "saved", change=17)
    loaded = VectorIndex.load(tmp_path / "saved", "toy", "r1")

    assert manifest == read_manifest(tmp_path / "saved")
    assert (manifest.count, manifest.owners, manifest.change) == (3, 2, 17)
    assert loaded.search(query(), 9) == index.search(query(), 9)
    assert set(loaded.owners()) == {"amina", "جمال"}
    assert loaded.similarity == FUSED


def test_a_loaded_index_can_be_changed_and_saved_again(tmp_path: Path) -> None:
    golden_index().save(tmp_path / "one")
    loaded = VectorIndex.load(tmp_path / "one")
    loaded.put("new", ItemVectors(("passage:0",), query()))
    loaded.remove("amina")

    loaded.save(tmp_path / "two")
    again = VectorIndex.load(tmp_path / "two")

    assert again.search(query(), 9) == loaded.search(query(), 9)
    assert VectorIndex.load(tmp_path / "one").search(query(), 9) == golden_index().search(
        query(), 9
    )


def test_an_empty_index_can_be_saved(tmp_path: Path) -> None:
    VectorIndex(FUSED, "toy", "r1", 8).save(tmp_path / "empty")

    assert len(VectorIndex.load(tmp_path / "empty")) == 0


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    golden_index().save(tmp_path / "saved")

    with pytest.raises(FileExistsError, match="new directory"):
        golden_index().save(tmp_path / "saved")


def test_a_failed_save_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("matching.index_files.os.fsync", fail)

    with pytest.raises(OSError, match="No space"):
        golden_index().save(tmp_path / "saved")

    assert list(tmp_path.iterdir()) == []


def test_golden_files_of_format_1_are_refused_with_a_remedy() -> None:
    with pytest.raises(IndexVersionUnsupported, match=r"has format 1, .* reads 2; rebuild"):
        VectorIndex.load(FOLDER / "format-1", "toy", "r1")


def test_golden_files_of_format_2_are_read() -> None:
    loaded = VectorIndex.load(GOLDEN, "toy", "r1")

    assert loaded.search(query(), 9) == golden_index().search(query(), 9)
    assert read_manifest(GOLDEN).change == 5


def test_format_2_is_still_written_as_it_was(tmp_path: Path) -> None:
    golden_index().save(tmp_path / "saved", change=5)

    for path in sorted(GOLDEN.iterdir()):
        assert (tmp_path / "saved" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN, tmp_path / "copy")
    return tmp_path / "copy"


def edited(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """Change the manifest and give it the checksum that belongs to what it says now."""

    def apply(folder: Path) -> None:
        stored = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        change(stored)
        stored.pop("checksum")
        text = json.dumps(stored, sort_keys=True)
        stored["checksum"] = hashlib.sha256(text.encode()).hexdigest()
        (folder / MANIFEST).write_text(json.dumps(stored), encoding="utf-8")

    return apply


def swapped(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace('"change": 5', '"change": 6'))


DAMAGES: dict[str, tuple[Callable[[Path], object], type[StoredIndexError]]] = {
    "no manifest": (lambda f: (f / MANIFEST).unlink(), IndexMissing),
    "no owners": (lambda f: (f / "owners.txt").unlink(), IndexDamaged),
    "no rows": (lambda f: (f / "vectors-0.f32").unlink(), IndexDamaged),
    "manifest is not JSON": (lambda f: (f / MANIFEST).write_text("{"), IndexDamaged),
    "manifest is a list": (lambda f: (f / MANIFEST).write_text("[]"), IndexVersionUnsupported),
    "manifest is bytes": (lambda f: (f / MANIFEST).write_bytes(b"\xff\xfe"), IndexDamaged),
    "manifest was edited": (swapped, IndexDamaged),
    "newer format": (edited(lambda m: m.update(format=3)), IndexVersionUnsupported),
    "older format": (edited(lambda m: m.update(format=0)), IndexVersionUnsupported),
    "no encoder": (edited(lambda m: m.pop("encoder")), IndexDamaged),
    "no similarity": (edited(lambda m: m.pop("similarity")), IndexDamaged),
    "odd similarity": (edited(lambda m: m.update(similarity={"kind": "x"})), IndexDamaged),
    "other count": (edited(lambda m: m.update(groups={"0": 2, "1": 3})), IndexDamaged),
    "other owners": (edited(lambda m: m.update(owners=5)), IndexDamaged),
    "other dimension": (edited(lambda m: m.update(dimension=9)), IndexDamaged),
    "count is a text": (edited(lambda m: m.update(owners="3")), IndexDamaged),
    "change is negative": (edited(lambda m: m.update(change=-1)), IndexDamaged),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_refused(copy: Path, name: str) -> None:
    damage, error = DAMAGES[name]
    damage(copy)

    with pytest.raises(error, match="build"):
        VectorIndex.load(copy)


DATA = sorted(path.name for path in GOLDEN.iterdir() if path.name not in {MANIFEST, CHANGES})


@pytest.mark.parametrize("name", DATA)
def test_one_changed_bit_is_noticed(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[random.Random(name).randrange(len(content))] ^= 1
    (copy / name).write_bytes(bytes(content))

    with pytest.raises(IndexDamaged, match="checksum"):
        VectorIndex.load(copy)


def test_large_files_are_checked_by_size_at_opening_and_whole_by_verify(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.index_files.READ_AT_OPENING", 16)
    content = bytearray((copy / "vectors-0.f32").read_bytes())
    content[5] ^= 1
    (copy / "vectors-0.f32").write_bytes(bytes(content))

    assert len(VectorIndex.load(copy)) == 6
    with pytest.raises(IndexDamaged, match="checksum"):
        verify_index_files(copy)
    (copy / "vectors-0.f32").write_bytes(bytes(content[:-1]))
    with pytest.raises(IndexDamaged, match="bytes"):
        VectorIndex.load(copy)


def test_places_out_of_range_never_reach_the_kernels(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the right size with wrong numbers in it: FAISS would read outside of the rows."""
    monkeypatch.setattr("matching.index_files.READ_AT_OPENING", 0)
    stored = np.frombuffer((copy / "first-0.i64").read_bytes(), dtype="<i8").copy()
    stored[1] = 10**9
    (copy / "first-0.i64").write_bytes(stored.tobytes())

    with pytest.raises(IndexDamaged):
        VectorIndex.load(copy)


def test_a_file_cut_short_anywhere_is_noticed(copy: Path) -> None:
    chance = random.Random(5)
    for name in (*DATA, MANIFEST):
        whole = (copy / name).read_bytes()
        for _ in range(15):
            # The manifest's last byte is a line break, without which it is as good.
            (copy / name).write_bytes(whole[: chance.randrange(len(whole) - 1)])
            with pytest.raises(IndexDamaged):
                VectorIndex.load(copy)
        (copy / name).write_bytes(whole)

    assert len(VectorIndex.load(copy)) == 6


@pytest.mark.parametrize(("encoder", "revision"), [("other", "r1"), ("toy", "r2"), ("other", None)])
def test_vectors_of_another_encoder_are_refused(encoder: str, revision: str | None) -> None:
    with pytest.raises(IndexMismatch, match="rebuild"):
        VectorIndex.load(GOLDEN, encoder, revision)
