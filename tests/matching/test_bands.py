"""Bands begin where judged pairs say; too few of them change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from matching import create_encoder
from matching.band_calibration import (
    MIN_PEOPLE,
    BandCalibration,
    Judged,
    Promise,
    TooLittleData,
    calibrate_bands,
    check_enough,
    choose,
    promise,
    write_bands,
)
from matching.bands import BANDS_FILE, POSSIBLE, STRONG, BandsUnreadable, read_thresholds
from matching.documents import NeedDocument, Passage, PersonDocument
from matching.evaluation_data import EvaluationData, Judgement


def judged(people: int = 40, each: int = 8, seed: int = 0) -> Judged:
    """Return pairs of which the share that will do is the score itself."""
    chance = np.random.default_rng(seed)
    scores = chance.random(people * each)
    will_do = chance.random(people * each) < scores
    return Judged(scores, will_do, np.repeat(np.arange(people), each))


def test_a_threshold_keeps_its_promise_on_people_who_did_not_choose_it() -> None:
    found = promise(judged(people=200), 0.8)

    # The mean of what lies above t is (1 + t) / 2: four in five from .6 on.
    assert found.threshold == pytest.approx(0.6, abs=0.06)
    assert found.held_out == pytest.approx(0.8, abs=0.04)
    assert found.low < found.held_out < found.high


def test_the_threshold_is_the_lowest_from_which_the_promise_holds_throughout() -> None:
    pairs = judged(people=200)

    assert choose(pairs, 0.6) < choose(pairs, 0.8) < choose(pairs, 0.9)


def test_scores_that_promise_nothing_are_refused() -> None:
    pairs = judged()
    pairs.will_do[:] = False
    pairs.will_do[::10] = True

    with pytest.raises(TooLittleData, match="no threshold can promise it"):
        choose(pairs, 0.8)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (judged(people=MIN_PEOPLE - 1), "19 people with judgements"),
        (judged(people=30, each=2), "60 judged pairs"),
        (Judged(np.ones(200), np.ones(200, bool), np.arange(200)), "0 pairs judged badly"),
        (Judged(np.ones(200), np.zeros(200, bool), np.arange(200)), "0 pairs judged well"),
    ],
)
def test_too_little_data_is_refused_with_what_is_missing(pairs: Judged, message: str) -> None:
    with pytest.raises(TooLittleData, match=message):
        check_enough(pairs)


def test_judgements_of_a_folder_are_scored_as_the_product_scores(tmp_path: Path) -> None:
    data = EvaluationData(
        {"e": PersonDocument("e", (Passage("0", "Drip irrigation of farms"),))},
        {"n": NeedDocument("n", (Passage("0", "Irrigation"),))},
        (Judgement("e", "n", 5.0),),
    )

    with pytest.raises(TooLittleData, match="1 judged pairs"):
        calibrate_bands(data, create_encoder("hashing"))


def test_what_is_written_can_be_read_and_says_what_it_is_from(tmp_path: Path) -> None:
    good = Promise(0.61, 0.8, 0.79, 0.7, 0.85, 99)
    calibration = BandCalibration("default", "2-abc", 28, 214, 0.64, good, Promise(
        0.41, 0.7, 0.72, 0.6, 0.8, 171
    ))  # fmt: skip
    path = tmp_path / "bands.json"

    write_bands(calibration, path)

    assert read_thresholds(path) == (0.61, 0.41)
    assert json.loads(path.read_text())["encoder_revision"] == "2-abc"
    assert [p.name for p in tmp_path.iterdir()] == ["bands.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"format": 1}',
        '{"format": 2, "strong": {"threshold": 0.6}, "possible": {"threshold": 0.4}}',
        '{"format": 1, "strong": {"threshold": 0.4}, "possible": {"threshold": 0.6}}',
        '{"format": 1, "strong": {"threshold": "x"}, "possible": {"threshold": 0.6}}',
    ],
)
def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bands.json"
    path.write_text(content)

    with pytest.raises(BandsUnreadable, match="restore the file"):
        read_thresholds(path)


def test_the_bands_in_use_come_from_a_calibration_of_people_and_pairs_enough() -> None:
    stored = json.loads(BANDS_FILE.read_text(encoding="utf-8"))

    assert read_thresholds() == (STRONG, POSSIBLE)
    assert stored["encoder"] == "default"
    assert stored["people"] >= MIN_PEOPLE
    assert stored["strong"]["low"] > stored["base_rate"]
