"""Hard facts exclude when they are known not to hold, and only then."""

from __future__ import annotations

from datetime import date

import pytest

from matching import ExclusionCode, FactState, NeedFacts, PersonFacts, Span, check_facts

DAY = date(2027, 3, 1)
LATER = date(2027, 4, 1)
MUCH_LATER = date(2027, 9, 1)


@pytest.mark.parametrize(
    ("need", "person", "code"),
    [
        (NeedFacts(languages={"ar": 4}), PersonFacts(languages={"de": 6}), "language"),
        (NeedFacts(languages={"ar": 4}), PersonFacts(languages={"ar": 3}), "language"),
        (NeedFacts(mode="visit"), PersonFacts(modes=frozenset({"remote"})), "mode"),
        (NeedFacts(mode="mixed"), PersonFacts(modes=frozenset({"remote"})), "mode"),
        (NeedFacts(kind="lecture"), PersonFacts(kinds_refused=frozenset({"lecture"})), "kind"),
        (NeedFacts(kind="lecture"), PersonFacts(kinds_wanted=frozenset({"review"})), "kind"),
        (NeedFacts(hours_per_week=5), PersonFacts(hours_per_week=3), "hours"),
        (NeedFacts(latest_start=DAY), PersonFacts(available=(Span(LATER),)), "dates"),
        (
            NeedFacts(window=Span(LATER, MUCH_LATER)),
            PersonFacts(available=(Span(None, DAY),)),
            "dates",
        ),
        (NeedFacts(), PersonFacts(capacity_left=0), "capacity"),
        (
            NeedFacts(residence_in=frozenset({"FR"})),
            PersonFacts(country_of_residence="DE"),
            "eligibility",
        ),
    ],
)
def test_a_fact_known_not_to_hold_excludes(need: NeedFacts, person: PersonFacts, code: str) -> None:
    assert check_facts(need, person).exclusions == (ExclusionCode(code),)


@pytest.mark.parametrize(
    ("need", "person"),
    [
        (NeedFacts(languages={"ar": 4}), PersonFacts(languages={"ar": 4, "de": 6})),
        (NeedFacts(mode="remote"), PersonFacts(modes=frozenset({"remote"}))),
        (NeedFacts(mode="mixed"), PersonFacts(modes=frozenset({"remote", "visit"}))),
        (NeedFacts(mode="mixed"), PersonFacts(modes=frozenset({"mixed"}))),
        (NeedFacts(kind="lecture"), PersonFacts(kinds_wanted=frozenset({"lecture"}))),
        (NeedFacts(hours_per_week=5), PersonFacts(hours_per_week=5)),
        (NeedFacts(latest_start=LATER), PersonFacts(available=(Span(DAY),))),
        (
            NeedFacts(window=Span(DAY, MUCH_LATER), latest_start=LATER),
            PersonFacts(available=(Span(None, None),)),
        ),
        (NeedFacts(), PersonFacts(capacity_left=1)),
        (
            NeedFacts(residence_in=frozenset({"FR"})),
            PersonFacts(country_of_residence="FR"),
        ),
    ],
)
def test_a_fact_that_holds_is_met(need: NeedFacts, person: PersonFacts) -> None:
    check = check_facts(need, person)

    assert check.exclusions == ()
    assert [result.state for result in check.results] == [FactState.MET]


def test_what_a_profile_does_not_say_is_unknown_and_excludes_nobody() -> None:
    need = NeedFacts(
        languages={"ar": 4},
        mode="remote",
        kind="lecture",
        hours_per_week=4,
        latest_start=DAY,
        residence_in=frozenset({"FR"}),
    )

    check = check_facts(need, PersonFacts())

    assert check.exclusions == ()
    assert {result.state for result in check.results} == {FactState.UNKNOWN}
    assert len(check.results) == 6
    assert check.has_unknown_language


def test_a_language_listed_without_a_level_is_unknown() -> None:
    check = check_facts(NeedFacts(languages={"ar": 4}), PersonFacts(languages={"ar": None}))

    assert check.exclusions == ()
    assert check.has_unknown_language


def test_results_carry_the_values_that_a_page_prints() -> None:
    need = NeedFacts(languages={"ar": 4}, latest_start=LATER)
    person = PersonFacts(languages={"ar": 5}, available=(Span(DAY), Span(LATER)))

    language, dates = check_facts(need, person).results

    assert (language.subject, language.needed, language.offered) == ("ar", "4", "5")
    assert (dates.needed, dates.offered) == ("2027-04-01", "2027-03-01")


def test_a_person_excluded_twice_over_has_both_codes_once() -> None:
    need = NeedFacts(languages={"ar": 4, "fr": 4}, hours_per_week=9)
    person = PersonFacts(languages={"de": 6}, hours_per_week=1)

    assert check_facts(need, person).exclusions == (ExclusionCode.LANGUAGE, ExclusionCode.HOURS)


def test_a_need_that_asks_nothing_has_nothing_to_report() -> None:
    person = PersonFacts(languages={"en": 6}, hours_per_week=2)

    assert check_facts(NeedFacts(), person).results == ()
