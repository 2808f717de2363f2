"""Built models are checked when they are read, and replaced as a whole."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from matching.built_files import built, default_folder

ROOT = Path(__file__).parents[2]
CONTENT = bytes(range(256)) * 40


class Builder:
    def __init__(self) -> None:
        self.runs = 0

    def __call__(self) -> bytes:
        self.runs += 1
        return CONTENT


def test_a_file_is_built_once(tmp_path: Path) -> None:
    build = Builder()

    found = [built(tmp_path / "new", "m.onnx", "recipe 1", build) for _ in range(3)]

    assert found == [CONTENT] * 3
    assert build.runs == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["m.onnx"]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 39, 40, 41, 5_000, len(CONTENT) + 39])
def test_a_file_cut_short_is_built_again(tmp_path: Path, size: int) -> None:
    build = Builder()
    built(tmp_path, "m.onnx", "recipe 1", build)
    whole = (tmp_path / "m.onnx").read_bytes()
    (tmp_path / "m.onnx").write_bytes(whole[:size])

    assert built(tmp_path, "m.onnx", "recipe 1", build) == CONTENT

    assert build.runs == 2
    assert (tmp_path / "m.onnx").read_bytes() == whole


@pytest.mark.parametrize("at", [0, 9, 40, 6_000])
def test_a_damaged_byte_is_noticed(tmp_path: Path, at: int) -> None:
    build = Builder()
    built(tmp_path, "m.onnx", "recipe 1", build)
    raw = bytearray((tmp_path / "m.onnx").read_bytes())
    raw[at] ^= 1
    (tmp_path / "m.onnx").write_bytes(raw)

    assert built(tmp_path, "m.onnx", "recipe 1", build) == CONTENT
    assert build.runs == 2


def test_a_file_of_another_recipe_or_another_program_is_built_again(tmp_path: Path) -> None:
    build = Builder()
    built(tmp_path, "m.onnx", "recipe 1", build)
    built(tmp_path, "m.onnx", "recipe 2", build)
    assert build.runs == 2

    (tmp_path / "m.onnx").write_bytes(b"\x08\x08 an ordinary model of somebody else" * 9)
    assert built(tmp_path, "m.onnx", "recipe 2", build) == CONTENT
    assert build.runs == 3


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise RuntimeError("no weights")

    with pytest.raises(RuntimeError, match="no weights"):
        built(tmp_path, "m.onnx", "recipe 1", fail)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with caplog.at_level(logging.WARNING):
        assert built(tmp_path / "file" / "models", "m.onnx", "recipe 1", Builder()) == CONTENT

    assert "built_file_not_kept" in caplog.text


def test_two_processes_that_build_at_once_both_get_whole_models(tmp_path: Path) -> None:
    script = (
        "import sys, hashlib; from pathlib import Path; from matching import create_encoder\n"
        "e = create_encoder(folder=Path(sys.argv[1]))\n"
        "rows = e.encode(['water law', 'droit'], ['en', 'fr'])\n"
        "print(hashlib.sha256(rows.tobytes()).hexdigest())\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]

    running = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120) for process in running]

    assert answers[0][0], answers[0][1]
    assert answers[0][0] == answers[1][0]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["e5.onnx", "e5.pieces", "minilm.onnx"]


def test_the_folder_of_nobody_in_particular_is_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert default_folder() == tmp_path / "virtual-return"
