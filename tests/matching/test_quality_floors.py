"""What the product ranks like on judged people: floors, and no part worse than doing without it.

The development sets are not part of this repository: VIRTUAL_RETURN_JUDGED names their folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from matching.evaluation import evaluate_data
from matching.evaluation_data import EvaluationData, read_folder
from matching.fused import LEG, FusedEncoder
from matching.lexical import NO_LEXICAL_SCORE, LexicalScore
from matching.scoring import TextScore, total_score
from matching.similarity import PlainSimilarity, Similarity
from matching.skills import SkillReport
from matching.soft_fit import SoftFit
from matching.vectors import Float32

JUDGED = Path(os.environ.get("VIRTUAL_RETURN_JUDGED", "../shared/data"))
EXPERTISE = JUDGED / "expertise-dev"
OCCUPATIONS = JUDGED / "occupations-dev" / "fra_q_fr_c_en"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not EXPERTISE.is_dir(), reason=f"no judged people in {JUDGED}"),
]


class Remembering:
    """The default encoder, that encodes each text once for all the tests of this file."""

    name = "default"
    dimension = 2 * LEG

    def __init__(self) -> None:
        self._encoder = FusedEncoder()
        self._rows: dict[tuple[str, str | None], Float32] = {}
        self.revision = self._encoder.revision

    @property
    def similarity(self) -> Similarity:
        return self._encoder.similarity

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        asked = list(zip(texts, languages, strict=True))
        new = [pair for pair in dict.fromkeys(asked) if pair not in self._rows]
        rows = self._encoder.encode([text for text, _ in new], [code for _, code in new])
        self._rows |= dict(zip(new, rows, strict=True))
        return np.stack([self._rows[pair] for pair in asked])


class OneLeg(Remembering):
    """One leg by itself: its unit vectors, on the scale of unrelated texts."""

    dimension = LEG

    def __init__(self, leg: str) -> None:
        super().__init__()
        self.name = leg
        self._make = getattr(self._encoder, f"encode_{leg}")

    @property
    def similarity(self) -> Similarity:
        # Of the multilingual leg unrelated texts lie near .8, of MiniLM near .08.
        return PlainSimilarity(5.0, -3.9) if self.name == "multilingual" else PlainSimilarity()

    def encode(self, texts: Sequence[str], languages: Sequence[str | None]) -> Float32:
        rows: Float32 = self._make(list(texts))
        return rows


@lru_cache(maxsize=1)
def some_occupations() -> EvaluationData:
    """Return the right answers and every sixth other occupation: all of them take minutes."""
    data = read_folder(OCCUPATIONS)
    right = {judgement.expert for judgement in data.judgements}
    kept = {key: e for n, (key, e) in enumerate(data.experts.items()) if n % 6 == 0 or key in right}
    return EvaluationData(kept, data.needs, data.judgements)


@lru_cache(maxsize=1)
def whole() -> Remembering:
    return Remembering()


@lru_cache(maxsize=2)
def data_of(which: str) -> EvaluationData:
    return read_folder(EXPERTISE) if which == "researchers" else some_occupations()


@lru_cache(maxsize=2)
def whole_of(which: str) -> float:
    return figure(evaluate_data(data_of(which), whole()))


def figure(result: Mapping[str, object]) -> float:
    value = result[str(result["primary"])]
    assert isinstance(value, float)
    return value


def test_researchers_are_ranked_by_their_own_ratings() -> None:
    assert whole_of("researchers") <= 0.21


def test_researchers_are_ranked_no_worse_than_by_the_english_leg() -> None:
    alone = figure(evaluate_data(data_of("researchers"), OneLeg("english")))

    assert whole_of("researchers") <= alone


def test_titles_in_french_find_occupations_in_english_at_least_as_by_e5_alone() -> None:
    alone = figure(evaluate_data(data_of("occupations"), OneLeg("multilingual")))

    assert whole_of("occupations") >= alone


@pytest.mark.parametrize("which", ["researchers", "occupations"])
def test_words_in_common_never_make_it_worse(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_words = whole_of(which)
    monkeypatch.setattr("matching.ranking.total_score", without_words)
    without = evaluate_data(data_of(which), whole())

    gain = with_words - figure(without)
    assert (-gain if without["primary"] == "pairwise_loss" else gain) >= 0.0


def without_words(
    text: TextScore, skills: SkillReport, _lexical: LexicalScore, soft: SoftFit
) -> float:
    return total_score(text, skills, NO_LEXICAL_SCORE, soft)
