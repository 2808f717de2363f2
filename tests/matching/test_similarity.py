"""Two legs in one vector: the right one counts for each pair of languages, on one scale."""

from __future__ import annotations

import json

import numpy as np
import pytest

from matching.similarity import (
    MARK,
    FusedSimilarity,
    PlainSimilarity,
    Similarity,
    similarity_from_dict,
)
from matching.vectors import Float32

CENTRE = (0.5, 0.1, -0.2, 0.3)
FUSED = FusedSimilarity(CENTRE, split=3)
PLAIN = PlainSimilarity(2.0, -0.5)


def vectors(seed: int, count: int) -> Float32:
    rows = np.random.default_rng(seed).normal(size=(count, 7)).astype(np.float32)
    rows[::2, :3] = 0.0
    rows[::4, 1] = MARK
    return rows


@pytest.mark.parametrize("similarity", [FUSED, PLAIN])
def test_it_is_symmetric(similarity: Similarity) -> None:
    a, b = vectors(1, 6), vectors(2, 9)

    np.testing.assert_allclose(
        similarity.pairs(a, b), similarity.pairs(b, a).T, rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("similarity", [FUSED, PLAIN])
def test_probes_give_an_inner_product_index_the_same_scores(similarity: Similarity) -> None:
    queries, rows = vectors(3, 5), vectors(4, 8)
    groups = similarity.groups(rows)
    pairs = similarity.pairs(queries, rows)

    for probe in similarity.probes(queries):
        members = groups == probe.group
        assert members.any()
        scores = probe.vectors @ rows[members].T + probe.offsets[:, None]
        np.testing.assert_allclose(scores, pairs[:, members], rtol=1e-5, atol=1e-5)


def test_two_english_texts_are_compared_by_the_english_leg_and_a_little_of_the_other() -> None:
    a, b = vectors(5, 2)[1:], vectors(6, 2)[1:]
    raw = (a[:, 3:] + CENTRE) @ (b[:, 3:] + CENTRE).T
    expected = a[:, :3] @ b[:, :3].T + FUSED.blend * (raw - FUSED.floor)

    np.testing.assert_allclose(FUSED.pairs(a, b), expected, rtol=1e-4)


def test_english_and_another_are_compared_by_the_multilingual_leg_alone() -> None:
    english, other = vectors(7, 2)[1:], vectors(8, 1)
    changed = english.copy()
    changed[:, :3] *= -3.0

    expected = FUSED.mixed_scale * (english[:, 3:] @ other[:, 3:].T) + FUSED.mixed_offset

    np.testing.assert_allclose(FUSED.pairs(english, other), expected, rtol=1e-4)
    np.testing.assert_allclose(FUSED.pairs(changed, other), expected, rtol=1e-4)


def test_two_texts_of_one_other_language_are_held_to_more() -> None:
    rows = np.zeros((3, 7), dtype=np.float32)
    rows[:, 3:] = vectors(11, 1)[:, 3:]
    rows[0, 0] = rows[1, 1] = MARK
    alike, other, unknown = FUSED.pairs(rows[:1], rows)[0]

    assert unknown == pytest.approx(other)
    assert alike == pytest.approx(other - FUSED.kinship, abs=1e-5)
    assert FUSED.groups(rows).tolist() == [1, 1, 1]


def test_a_plain_scale_is_fitted_to_unrelated_texts() -> None:
    rows = np.random.default_rng(0).normal(1.0, 1.0, size=(80, 64))
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    scores = PlainSimilarity.fitted(unit).pairs(unit, unit)[~np.eye(80, dtype=bool)]

    assert scores.mean() == pytest.approx(0.082, abs=1e-3)
    assert scores.std() == pytest.approx(0.108, abs=1e-3)


@pytest.mark.parametrize("similarity", [FUSED, PLAIN])
def test_it_survives_a_manifest(similarity: Similarity) -> None:
    assert similarity_from_dict(json.loads(json.dumps(similarity.to_dict()))) == similarity


@pytest.mark.parametrize(
    "stored",
    [{}, {"kind": "other"}, {"kind": "plain", "scale": "1"}, {"kind": "fused", "centre": 3}],
)
def test_foreign_parameters_are_refused(stored: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        similarity_from_dict(stored)


def test_few_queries_many_queries_and_rows_of_one_language_give_the_same() -> None:
    queries, rows = vectors(9, 40), vectors(10, 12)
    whole = FUSED.pairs(queries, rows)

    one_by_one = np.concatenate([FUSED.pairs(query[None, :], rows) for query in queries])
    apart = np.empty_like(whole)
    apart[:, ::2], apart[:, 1::2] = (
        FUSED.pairs(queries, rows[::2]),
        FUSED.pairs(queries, rows[1::2]),
    )

    np.testing.assert_allclose(one_by_one, whole, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(apart, whole, rtol=1e-4, atol=1e-5)
    assert FUSED.pairs(queries, rows[:0]).shape == (40, 0)
