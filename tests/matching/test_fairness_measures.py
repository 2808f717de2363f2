"""Rank-biased overlap, exposure, Gini and Lorenz, against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fairness import exposure_at, gini, lorenz, rank_biased_overlap

rankings = st.lists(st.sampled_from("abcdefghij"), unique=True)


def by_definition(one: list[str], other: list[str], p: float, depth: int) -> float:
    """Sum the first terms of RBO (equation 6 of the paper) of two lists of equal length."""
    return (1 - p) * sum(
        p ** (d - 1) * len(set(one[:d]) & set(other[:d])) / d for d in range(1, depth + 1)
    )


@given(rankings)
def test_a_ranking_overlaps_itself_wholly(ranking: list[str]) -> None:
    assert rank_biased_overlap(ranking, ranking) == pytest.approx(1.0, abs=1e-12)


@given(rankings, rankings)
def test_it_is_symmetric_and_between_0_and_1(one: list[str], other: list[str]) -> None:
    overlap = rank_biased_overlap(one, other)

    assert overlap == pytest.approx(rank_biased_overlap(other, one))
    assert -1e-12 <= overlap <= 1 + 1e-12


def test_rankings_without_anything_in_common_do_not_overlap() -> None:
    assert rank_biased_overlap("abc", "xyz") == 0.0
    assert rank_biased_overlap("", "xyz") == 0.0
    assert rank_biased_overlap("", "") == 1.0


def test_equal_lengths_agree_with_the_definition_and_its_extrapolation() -> None:
    one, other = list("abcde"), list("bacfe")
    p, depth = 0.8, 5
    agreement_at_end = len(set(one) & set(other)) / depth

    expected = by_definition(one, other, p, depth) + agreement_at_end * p**depth

    assert rank_biased_overlap(one, other, p) == pytest.approx(expected)


def test_uneven_lengths_agree_with_equation_32_by_hand() -> None:
    # X = 0, 2, 2 for "ab" and "bac", s = 2, l = 3.
    p = 0.5
    total = 0 / 1 * p + 2 / 2 * p**2 + 2 / 3 * p**3 + 2 * (3 - 2) / (2 * 3) * p**3
    expected = (1 - p) / p * total + ((2 - 2) / 3 + 2 / 2) * p**3

    assert rank_biased_overlap("ab", "bac", p) == pytest.approx(expected)


def test_a_swap_at_the_top_costs_more_than_one_at_the_bottom() -> None:
    ranking = "abcdefghij"

    assert rank_biased_overlap(ranking, "bacdefghij") < rank_biased_overlap(ranking, "abcdefghji")


@pytest.mark.parametrize("persistence", [0.0, 1.0, -1.0])
def test_a_persistence_outside_its_bounds_is_refused(persistence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rank_biased_overlap("ab", "ab", persistence)


def test_a_ranking_with_doubles_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank_biased_overlap("aa", "ab")


def test_exposure_falls_with_the_rank() -> None:
    assert exposure_at(1) == 1.0
    assert exposure_at(3) == 0.5
    with pytest.raises(ValueError, match="begin at 1"):
        exposure_at(0)


def test_gini_of_known_spreads() -> None:
    assert gini([3, 3, 3, 3]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    assert gini([0, 0]) is None
    assert gini([]) is None
    with pytest.raises(ValueError, match="negative"):
        gini([-1, 2])


@given(st.lists(st.integers(0, 50), min_size=1).filter(any), st.integers(2, 9))
def test_gini_knows_neither_order_nor_scale(values: list[int], times: int) -> None:
    measured = gini(values)

    assert measured == pytest.approx(gini([value * times for value in reversed(values)]))
    assert measured is not None
    assert -1e-12 <= measured < 1


def test_lorenz_goes_from_0_to_1_and_never_above_the_diagonal() -> None:
    assert lorenz([1, 1, 1, 1], 2) == pytest.approx((0.0, 0.5, 1.0))
    assert lorenz([4, 0, 0, 0], 4) == pytest.approx((0.0, 0.0, 0.0, 0.0, 1.0))
    assert lorenz([1, 2], 3) == ()
    assert lorenz([0, 0], 2) == ()
