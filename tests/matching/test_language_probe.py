"""From Arabic, French, Spanish and Portuguese to English and back, with the default encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pytest

from matching import Encoder, create_encoder
from matching.calibration import parallel_texts
from matching.vectors import Float32

from .language_probe import TOPICS, distractors

OTHERS = ("ar", "fr", "es", "pt")
# Calibration texts that would answer a need are left out of what lies around.
ANSWERS = ("irrigation", "midwives")
DIRECTIONS = [*((code, "en") for code in OTHERS), *(("en", code) for code in OTHERS)]


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    return create_encoder()


@lru_cache(maxsize=1)
def encoded() -> Mapping[str, tuple[Float32, Float32]]:
    """Return vectors of needs and of experience by language."""
    return {
        code: (
            encode([need for need, _ in topics], code),
            encode([experience for _, experience in topics], code),
        )
        for code, topics in TOPICS.items()
    }


@lru_cache(maxsize=1)
def around() -> Float32:
    """Return vectors of what is nobody's answer: 140 English texts and 140 in five languages."""
    texts = parallel_texts()
    kept = [row for row, text in enumerate(texts["en"]) if not any(a in text for a in ANSWERS)]
    parts = [encode(distractors(), "en")]
    parts.extend(encode([texts[code][row] for row in kept], code) for code in TOPICS)
    return np.concatenate(parts)


def encode(texts: Sequence[str], code: str) -> Float32:
    return encoder().encode(list(texts), [code] * len(texts))


def ranks(needs: Float32, people: Float32) -> list[int]:
    """Return where each need's own answer stands among the eight and all that lies around."""
    scores = encoder().similarity.pairs(needs, np.concatenate([people, around()]))
    own = np.diag(scores[:, : len(people)])[:, None]
    return (scores >= own).sum(axis=1).tolist()


def reciprocal(found: Sequence[int]) -> float:
    """Return the mean reciprocal rank; each rank is among nearly three hundred."""
    return float(np.mean([1.0 / rank for rank in found]))


@pytest.mark.parametrize(("asked", "written"), DIRECTIONS)
def test_the_right_one_comes_among_the_first(asked: str, written: str) -> None:
    assert reciprocal(ranks(encoded()[asked][0], encoded()[written][1])) >= 0.55


@pytest.mark.parametrize("code", list(TOPICS))
def test_and_within_one_language(code: str) -> None:
    assert reciprocal(ranks(*encoded()[code])) >= 0.65


def test_an_answer_in_the_needs_own_language_does_not_push_out_the_others() -> None:
    """The eight answers in all five languages: each need's five stand near the top together."""
    people = np.concatenate([encoded()[code][1] for code in TOPICS])
    for needs, _ in encoded().values():
        scores = encoder().similarity.pairs(needs, np.concatenate([people, around()]))
        top = np.argsort(-scores, axis=1)[:, :10]
        kept = [
            sum(at < len(people) and at % 8 == need for at in best) for need, best in enumerate(top)
        ]
        assert np.mean(kept) >= 3.5, kept
