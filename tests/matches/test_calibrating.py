"""`virtual-return calibrate` writes bands from judgements enough, and refuses too few."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from matching.bands import read_thresholds
from virtual_return.cli import main

TOPICS = ("drip irrigation", "tax law", "bee keeping", "heart surgery", "solar power")


@pytest.fixture
def bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of bands that a test may write, and the encoder that needs no model."""
    monkeypatch.setenv("ENCODER", "hashing")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "bands.json"
    monkeypatch.setattr("virtual_return.cli.calibrate.BANDS_FILE", path)
    return path


def judged_folder(folder: Path, people: int) -> Path:
    """Write people of five topics, one need of each, and a good grade for the right ones."""
    folder.mkdir()
    experts = [
        {
            "id": f"e{n}",
            "evidence": [
                {
                    "kind": "project",
                    "title": f"Led work on {TOPICS[n % 5]}, part {part}",
                    "text": "",
                }
                for part in range(3)
            ],
        }
        for n in range(people)
    ]
    needs = [{"id": f"n{n}", "title": f"Work on {topic}"} for n, topic in enumerate(TOPICS)]
    for name, records in (("experts", experts), ("needs", needs)):
        text = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    grades = [f"e{e},n{n},{5 if e % 5 == n else 1}" for e in range(people) for n in range(5)]
    (folder / "judgements.csv").write_text("\n".join(["expert,need,grade", *grades, ""]))
    return folder


def test_enough_judgements_set_the_bands(tmp_path: Path, bands: Path) -> None:
    folder = judged_folder(tmp_path / "judged", people=60)

    found = CliRunner().invoke(main, ["calibrate", str(folder), "--write"])

    assert found.exit_code == 0, found.output
    strong, possible = read_thresholds(bands)
    assert 0.0 < possible <= strong
    stored = json.loads(bands.read_text(encoding="utf-8"))
    assert stored["people"] == 60
    assert stored["strong"]["low"] <= stored["strong"]["held_out"] <= stored["strong"]["high"]


def test_without_write_nothing_changes(tmp_path: Path, bands: Path) -> None:
    folder = judged_folder(tmp_path / "judged", people=60)

    found = CliRunner().invoke(main, ["calibrate", str(folder)])

    assert found.exit_code == 0, found.output
    assert "Not written" in found.output
    assert not bands.exists()


def test_too_few_are_refused_and_nothing_changes(tmp_path: Path, bands: Path) -> None:
    folder = judged_folder(tmp_path / "judged", people=10)

    found = CliRunner().invoke(main, ["calibrate", str(folder), "--write"])

    assert found.exit_code == 1
    assert "10 people with judgements (at least 20)" in found.output
    assert not bands.exists()
