"""Choose from judged pairs where the bands begin, and say how far to trust that.

A band is a promise: of the pairs that it holds, at least such a share will do. The threshold is
the lowest score from which the promise holds, chosen on some people and checked on others, for
judgements of one person resemble each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.bands import BAND_FORMAT, read_thresholds
from matching.encoder import Encoder
from matching.evaluation_data import EvaluationData
from matching.plan import Role, encode_documents
from matching.scoring import score_people

STRONG_PROMISE = 0.8
POSSIBLE_PROMISE = 0.7
# A grade in the upper quarter of the scale (4 or 5 of 5) means that the person would do.
WILL_DO = 0.75
MIN_PEOPLE = 20
MIN_PAIRS = 100
MIN_OF_EACH = 30
# A threshold above which fewer pairs than this lie is read from too few.
MIN_ABOVE = 40
STEP = 0.01
FOLDS = 5
REPEATS = 40
RESAMPLES = 1_000

Values = NDArray[np.float64]


class TooLittleData(ValueError):
    """The judgements do not suffice for thresholds that could be trusted; the message says why."""


@dataclass(frozen=True)
class Promise:
    """A threshold, the share that will do above it on people not used to choose it, and of what.

    `low` and `high` are a 95 % interval of `held_out`, over people. `pairs` lie above.
    """

    threshold: float
    promised: float
    held_out: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class BandCalibration:
    """Both thresholds and what they were read from."""

    encoder: str
    encoder_revision: str
    people: int
    pairs: int
    base_rate: float
    strong: Promise
    possible: Promise

    def to_json(self) -> str:
        """Return the file that `matching.bands` reads."""
        return json.dumps({"format": BAND_FORMAT, **asdict(self)}, indent=2) + "\n"


@dataclass(frozen=True)
class Judged:
    """Judged pairs as arrays: the text score, whether the person will do, and who it is."""

    scores: Values
    will_do: NDArray[np.bool_]
    people: NDArray[np.int64]

    def of(self, people: Sequence[int] | NDArray[np.int64]) -> Judged:
        """Return the pairs of *people*."""
        rows = np.isin(self.people, people)
        return Judged(self.scores[rows], self.will_do[rows], self.people[rows])


def calibrate_bands(data: EvaluationData, encoder: Encoder) -> BandCalibration:
    """Score the judged pairs of *data* and choose both thresholds; TooLittleData if it is."""
    judged = score_judged(data, encoder)
    check_enough(judged)
    return BandCalibration(
        encoder=encoder.name,
        encoder_revision=encoder.revision,
        people=len(np.unique(judged.people)),
        pairs=len(judged.scores),
        base_rate=round(float(judged.will_do.mean()), 3),
        strong=promise(judged, STRONG_PROMISE),
        possible=promise(judged, POSSIBLE_PROMISE),
    )


def write_bands(calibration: BandCalibration, path: Path) -> None:
    """Write the file beside itself and read it, so that nobody ever starts with a broken one."""
    beside = path.with_suffix(".new")
    beside.write_text(calibration.to_json(), encoding="utf-8")
    read_thresholds(beside)
    beside.replace(path)


def score_judged(data: EvaluationData, encoder: Encoder) -> Judged:
    """Return the text scores, which bands are read from, of all judged pairs."""
    people = encode_documents(encoder, list(data.experts.values()), [Role.PASSAGE])
    needs = encode_documents(encoder, list(data.needs.values()), [Role.PASSAGE])
    grades = np.asarray([judgement.grade for judgement in data.judgements])
    span = float(np.ptp(grades)) or 1.0
    number_of = {expert: number for number, expert in enumerate(data.experts)}
    scores = [
        score_people(encoder.similarity, needs[j.need].vectors, {j.expert: people[j.expert]})[
            j.expert
        ].value
        for j in data.judgements
    ]
    return Judged(
        np.asarray(scores),
        (grades - grades.min()) / span >= WILL_DO,
        np.asarray([number_of[j.expert] for j in data.judgements]),
    )


def check_enough(judged: Judged) -> None:
    """Raise TooLittleData unless there are people, pairs, and pairs of either kind enough."""
    found = {
        "people with judgements": (len(np.unique(judged.people)), MIN_PEOPLE),
        "judged pairs": (len(judged.scores), MIN_PAIRS),
        "pairs judged well": (int(judged.will_do.sum()), MIN_OF_EACH),
        "pairs judged badly": (int((~judged.will_do).sum()), MIN_OF_EACH),
    }
    short = [
        f"{has} {what} (at least {least})" for what, (has, least) in found.items() if has < least
    ]
    if short:
        raise TooLittleData(
            f"Too little to calibrate bands: {', '.join(short)}. The bands stay as they are."
        )


def promise(judged: Judged, promised: float) -> Promise:
    """Choose a threshold on all, and state its precision by cross-validation over people."""
    threshold = choose(judged, promised)
    held = held_out(judged, promised)
    drawn = _resampled(held)
    return Promise(
        threshold=threshold,
        promised=promised,
        held_out=round(_precision(held), 3),
        low=round(float(np.quantile(drawn, 0.025)), 3),
        high=round(float(np.quantile(drawn, 0.975)), 3),
        pairs=int((judged.scores >= threshold).sum()),
    )


def choose(judged: Judged, promised: float) -> float:
    """Return the lowest threshold from which on *promised* holds, at every one above it too.

    Without "every one above" a lucky bump far below would do. TooLittleData where even the
    highest scores do not keep the promise.
    """
    lowest = None
    for threshold in np.arange(1.2, 0.0, -STEP):
        above = judged.scores >= threshold
        if above.sum() < MIN_ABOVE:
            continue
        if judged.will_do[above].mean() < promised:
            break
        lowest = float(threshold)
    if lowest is None:
        raise TooLittleData(
            f"Not even the highest scores hold {promised:.0%} of pairs that will do, so no "
            "threshold can promise it. The bands stay as they are."
        )
    return round(lowest, 2)


def held_out(judged: Judged, promised: float) -> Values:
    """Return (people, 2): pairs that will do and all pairs above a threshold others chose.

    Sums over repeated divisions of the people into folds; a division in which no threshold keeps
    the promise counts for nothing.
    """
    people = np.unique(judged.people)
    sums = np.zeros((len(people), 2))
    chance = np.random.default_rng(0)
    for _ in range(REPEATS):
        for fold in np.array_split(chance.permutation(people), FOLDS):
            try:
                threshold = choose(judged.of(np.setdiff1d(people, fold)), promised)
            except TooLittleData:
                continue
            for person in fold.tolist():
                own = judged.of([person])
                above = own.scores >= threshold
                sums[np.searchsorted(people, person)] += (own.will_do[above].sum(), above.sum())
    return sums


def _resampled(held: Values) -> Values:
    chance = np.random.default_rng(0)
    drawn = chance.integers(0, len(held), (RESAMPLES, len(held)))
    return np.asarray([_precision(held[rows]) for rows in drawn])


def _precision(held: Values) -> float:
    well, above = held.sum(axis=0)
    return float(well / above) if above else 0.0
