"""Who would fit but for one thing is counted, by that thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from matching import (
    Coverage,
    ExclusionCode,
    NeedFacts,
    PersonFacts,
    SkillClaim,
    SkillMatch,
    SkillReport,
    Span,
    check_facts,
)
from matching.near_misses import lacking_one, regained, relaxations

WELDING, TEACHING, SAFETY = map(SkillClaim, ("welding", "teaching", "safety"))
NEED = NeedFacts(
    languages={"fr": 5, "ar": 4},
    mode="visit",
    kind="review",
    hours_per_week=8,
    window=Span(date(2027, 1, 1), date(2027, 3, 1)),
)
FITS = PersonFacts(
    languages={"fr": 5, "ar": 4},
    modes=frozenset({"visit"}),
    kinds_wanted=frozenset({"review"}),
    hours_per_week=8,
    available=(Span(date(2027, 1, 1), None),),
)


def counting(people: list[PersonFacts]) -> Callable[[NeedFacts], int]:
    return lambda need: sum(not check_facts(need, person).exclusions for person in people)


def person(**changed: object) -> PersonFacts:
    return PersonFacts(**{**vars(FITS), **changed})


def report(*covered: SkillClaim) -> SkillReport:
    return SkillReport(
        tuple(
            SkillMatch(skill, Coverage.EQUAL if skill in covered else Coverage.MISSING)
            for skill in (WELDING, TEACHING, SAFETY)
        )
    )


def test_who_lacks_one_must_have_is_counted_under_it() -> None:
    reports = [
        report(WELDING, TEACHING, SAFETY),
        report(WELDING, TEACHING),
        report(SAFETY, TEACHING),
        report(TEACHING, WELDING),
        report(WELDING),
        report(),
    ]
    assert lacking_one(reports) == {"safety": 2, "welding": 1}


def test_a_single_must_have_has_no_near_misses() -> None:
    assert not lacking_one([SkillReport((SkillMatch(WELDING, Coverage.MISSING),)), SkillReport()])


def test_the_smallest_concession_that_brings_enough_is_named() -> None:
    people = [FITS, *[person(languages={"fr": 4, "ar": 5})] * 2, person(languages={"ar": 6})]
    people += [person(languages={"fr": 2, "ar": 6})] * 2
    (french,) = regained(NEED, counting(people))
    assert (french.relaxation.code, french.relaxation.subject) == (ExclusionCode.LANGUAGE, "fr")
    # One level lower brings two only; at A2 two more come.
    assert (french.relaxation.asked, french.relaxation.instead, french.people) == ("5", "2", 4)


def test_what_keeps_out_most_comes_first() -> None:
    # Whoever comes on site alone would be lost again with a remote need: five come, one goes.
    people = [*[person(hours_per_week=5)] * 3, *[person(modes=frozenset({"remote"}))] * 5, FITS]
    first, second = regained(NEED, counting(people))
    assert (first.relaxation.code, first.relaxation.instead, first.people) == (
        ExclusionCode.MODE, "remote", 4,
    )  # fmt: skip
    assert (second.relaxation.code, second.relaxation.instead, second.people) == (
        ExclusionCode.HOURS, "4", 3,
    )  # fmt: skip


def test_who_misses_two_facts_is_nobodys_near_miss() -> None:
    people = [person(hours_per_week=2, modes=frozenset({"remote"}))] * 9
    assert regained(NEED, counting(people)) == ()


def test_only_facts_that_keep_somebody_out_by_themselves_are_asked_about() -> None:
    asked: list[NeedFacts] = []

    def count(need: NeedFacts) -> int:
        asked.append(need)
        return counting([person(hours_per_week=6)] * 3)(need)

    (hours,) = regained(NEED, count, codes={"hours"})
    assert hours.people == 3
    # As it is, and with three quarters of the hours, which was enough.
    assert [need.hours_per_week for need in asked] == [8, 6]


def test_kind_and_dates_are_dropped_as_a_whole() -> None:
    people = [
        *[person(kinds_refused=frozenset({"review"}))] * 3,
        *[person(available=(Span(date(2028, 1, 1), None),))] * 4,
    ]
    found = [
        (one.relaxation.code, one.relaxation.instead) for one in regained(NEED, counting(people))
    ]
    assert found == [(ExclusionCode.DATES, ""), (ExclusionCode.KIND, "")]


@pytest.mark.parametrize("hours", [None, 1, 2, 3, 40])
def test_fewer_hours_are_fewer_and_at_least_one(hours: float | None) -> None:
    asked = [float(one.instead) for one in relaxations(NeedFacts(hours_per_week=hours))]
    assert asked == sorted(set(asked), reverse=True)
    assert all(1 <= instead < (hours or 0) for instead in asked)


def test_a_need_without_facts_has_nothing_to_relax() -> None:
    assert list(relaxations(NeedFacts())) == []


def test_who_may_take_part_is_not_relaxed() -> None:
    need = NeedFacts(residence_in=frozenset({"SO"}))
    assert list(relaxations(need)) == []
