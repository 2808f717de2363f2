"""Soft fit orders near equals: bounded, monotone, and neutral to what nobody said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.clock import shared_hours
from matching.facts import NeedFacts, PersonFacts, Span
from matching.soft_fit import BOUND, WEIGHTS, SoftCode, SoftFit, soft_fit

TODAY = date(2026, 11, 24)
ZONES = ("", "Africa/Mogadishu", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "No/Where")
MODES = ("remote", "visit", "mixed")
KINDS = ("teaching", "review", "visit")
NEED = NeedFacts(
    languages={"fr": 4},
    mode="remote",
    kind="teaching",
    hours_per_week=4,
    time_zone="Africa/Mogadishu",
    overlap_hours=3,
)
BEST = PersonFacts(
    languages={"fr": 6},
    modes=frozenset({"remote"}),
    kinds_wanted=frozenset({"teaching"}),
    hours_per_week=6,
    time_zone="Africa/Nairobi",
    delivery_remote=True,
    latest_year=2026,
)

people = st.builds(
    PersonFacts,
    languages=st.dictionaries(
        st.sampled_from(["fr", "ar"]), st.none() | st.integers(1, 6), max_size=2
    ),
    modes=st.frozensets(st.sampled_from(MODES)),
    kinds_wanted=st.frozensets(st.sampled_from(KINDS)),
    hours_per_week=st.none() | st.floats(0, 80),
    time_zone=st.none() | st.sampled_from(ZONES),
    delivery_remote=st.none() | st.booleans(),
    latest_year=st.none() | st.integers(1900, 2100),
)
needs = st.builds(
    NeedFacts,
    languages=st.dictionaries(st.sampled_from(["fr", "ar"]), st.integers(1, 6), max_size=2),
    mode=st.none() | st.sampled_from(MODES),
    kind=st.none() | st.sampled_from(KINDS),
    hours_per_week=st.none() | st.floats(0, 80),
    window=st.builds(Span, st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.none()),
    time_zone=st.none() | st.sampled_from(ZONES),
    overlap_hours=st.none() | st.floats(0, 24),
)


def values(fit: SoftFit) -> dict[SoftCode, float | None]:
    return {factor.code: factor.value for factor in fit.factors}


@given(needs, people)
@settings(deadline=None)
def test_every_factor_and_the_whole_are_bounded(need: NeedFacts, person: PersonFacts) -> None:
    fit = soft_fit(need, person, TODAY)

    assert [factor.code for factor in fit.factors] == list(SoftCode)
    assert all(f.value is None or -1.0 <= f.value <= 1.0 for f in fit.factors)
    assert abs(fit.bonus) <= BOUND + 1e-12


@given(needs)
def test_who_says_nothing_neither_gains_nor_loses(need: NeedFacts) -> None:
    fit = soft_fit(need, PersonFacts(), TODAY)

    assert fit.bonus == 0.0
    assert all(factor.value is None for factor in fit.factors)


@given(people)
def test_a_need_that_asks_nothing_is_fair_to_all(person: PersonFacts) -> None:
    fit = soft_fit(NeedFacts(), replace(person, latest_year=None), TODAY)

    assert fit.bonus == 0.0


def test_the_weights_share_out_the_whole_bound_and_the_best_reaches_it() -> None:
    assert set(WEIGHTS) == set(SoftCode)
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert soft_fit(NEED, BEST, TODAY).bonus == pytest.approx(BOUND)


@given(st.floats(0, 60), st.floats(0, 60))
def test_more_hours_never_lower_it(one: float, more: float) -> None:
    less, most = sorted((one, more))

    bonuses = [
        soft_fit(NEED, replace(BEST, hours_per_week=hours), TODAY).bonus for hours in (less, most)
    ]

    assert bonuses[0] <= bonuses[1]


@given(st.integers(1, 6), st.integers(1, 6))
def test_a_higher_level_of_language_never_lowers_it(one: int, other: int) -> None:
    low, high = sorted((one, other))

    bonuses = [
        soft_fit(NEED, replace(BEST, languages={"fr": rank}), TODAY).bonus for rank in (low, high)
    ]

    assert bonuses[0] <= bonuses[1]


@given(st.integers(1950, 2026), st.integers(1950, 2026))
def test_newer_evidence_never_lowers_it_and_old_evidence_is_no_fault(one: int, other: int) -> None:
    old, new = sorted((one, other))

    factors = [
        values(soft_fit(NEED, replace(BEST, latest_year=year), TODAY))[SoftCode.RECENCY]
        for year in (old, new)
    ]

    assert factors[0] is not None
    assert factors[1] is not None
    assert 0.0 <= factors[0] <= factors[1]


def test_experience_of_delivery_counts_only_where_teaching_is_remote() -> None:
    answers = [
        values(soft_fit(NEED, replace(BEST, delivery_remote=said), TODAY))[SoftCode.DELIVERY]
        for said in (False, None, True)
    ]
    visit = soft_fit(replace(NEED, mode="visit"), BEST, TODAY)
    review = soft_fit(replace(NEED, kind="review"), BEST, TODAY)

    assert answers == [-1.0, None, 1.0]
    assert values(visit)[SoftCode.DELIVERY] is None
    assert values(review)[SoftCode.DELIVERY] is None


def test_a_mode_made_up_of_its_parts_is_less_than_one_that_was_named() -> None:
    mixed = replace(NEED, mode="mixed")

    def value(*modes: str) -> float | None:
        return values(soft_fit(mixed, replace(BEST, modes=frozenset(modes)), TODAY))[SoftCode.MODE]

    assert value("mixed") == 1.0
    assert value("remote", "visit") == 0.0
    assert value("remote") == -1.0
    assert value() is None


def test_a_kind_wanted_among_few_weighs_more() -> None:
    def value(*kinds: str) -> float | None:
        person = replace(BEST, kinds_wanted=frozenset(kinds))
        return values(soft_fit(NEED, person, TODAY))[SoftCode.KIND]

    assert value("teaching") == 1.0
    assert value("teaching", "review") == 0.5
    assert value("review") == -1.0


@pytest.mark.parametrize(
    ("zone", "other", "hours"),
    [
        ("Europe/Paris", "Europe/Paris", 12),
        ("Europe/Paris", "Africa/Tunis", 11),
        ("Europe/London", "Asia/Kolkata", 6.5),
        ("America/Los_Angeles", "Asia/Manila", 3),
        ("Pacific/Auckland", "Pacific/Honolulu", 10),
    ],
)
def test_shared_hours_are_the_fewest_of_the_year(zone: str, other: str, hours: float) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))

    assert shared_hours(zone, other, *year) == pytest.approx(hours)
    assert shared_hours(other, zone, *year) == pytest.approx(hours)


def test_daylight_saving_counts_on_the_days_of_the_engagement() -> None:
    winter, summer = date(2026, 1, 15), date(2026, 7, 15)

    assert shared_hours("Europe/Paris", "Africa/Tunis", winter, winter) == 12
    assert shared_hours("Europe/Paris", "Africa/Tunis", summer, summer) == 11


@pytest.mark.parametrize("zone", ["No/Where", "../../etc/passwd", "Africa", "\x00"])
def test_a_zone_that_is_none_is_unknown(zone: str) -> None:
    need = replace(NEED, time_zone=zone)

    assert shared_hours(zone, "UTC", TODAY, TODAY) is None
    assert values(soft_fit(need, BEST, TODAY))[SoftCode.OVERLAP] is None


def test_a_visit_needs_no_shared_hours() -> None:
    assert values(soft_fit(replace(NEED, mode="visit"), BEST, TODAY))[SoftCode.OVERLAP] is None
