"""Reasons in words: how a skill is covered, and what would raise a band."""

from __future__ import annotations

import pytest
from flask import Flask

from matching import BandLimit, Coverage
from virtual_return.matches.results import Fact, Reasons, SkillReason
from virtual_return.matches.why_words import (
    COVERED,
    advice_for_expert,
    advice_for_institution,
    coverage_words,
)

ARABIC = Fact("language", "unknown", "ar", "4", "")


@pytest.fixture(autouse=True)
def _in_a_request(request_context: Flask) -> None:
    """Words are in a reader's language, which a request chooses."""


@pytest.mark.parametrize(
    ("skill", "words"),
    [
        (SkillReason("welding", "equal"), "named as a skill"),
        (SkillReason("welding", "alias", by="soudage"), "named as “soudage”"),
        (SkillReason("welding", "close", by="brazing"), "close to “brazing”, which is named"),
        (SkillReason("welding", "narrower", by="arc"), "“arc” is named, which is a part of it"),
        (
            SkillReason("arc", "broader", by="welding"),
            "“welding” is named, the field that it belongs to",
        ),
        (SkillReason("welding", "mentioned", where="about"), "mentioned in the description"),
        (SkillReason("welding", "mentioned", where="evidence"), "mentioned in the evidence"),
        (SkillReason("welding", "evidenced", where="evidence"), "the evidence shows it"),
        (SkillReason("welding", "missing"), "not mentioned"),
        (SkillReason("welding", "something new"), "shown in the profile"),
    ],
)
def test_it_says_how_a_skill_is_covered(skill: SkillReason, words: str) -> None:
    assert coverage_words(skill) == words
    assert skill.is_covered == (words != "not mentioned")


def test_every_coverage_and_every_limit_has_words() -> None:
    assert {coverage.value for coverage in Coverage} <= COVERED.keys()
    why = Reasons(
        must_have=(SkillReason("welding", "missing"),),
        facts_unknown=(ARABIC,),
        limits=tuple(limit.value for limit in BandLimit),
    )
    for advise in (advice_for_institution, advice_for_expert):
        advice = advise(why)
        assert len(advice) == len(BandLimit)
        assert any("welding" in one.text for one in advice)
        assert any("Arabic" in one.text for one in advice)


def test_advice_to_a_person_says_where_to_do_it() -> None:
    why = Reasons(limits=("few_words",))
    assert [one.endpoint for one in advice_for_expert(why)] == ["experts.step_about"]
    assert [one.endpoint for one in advice_for_institution(why)] == [""]


def test_a_limit_that_nothing_can_be_said_about_is_passed_over() -> None:
    why = Reasons(limits=("must_have", "unknown_language", "a limit of tomorrow"))
    assert advice_for_institution(why) == []


def test_a_strong_match_needs_no_advice() -> None:
    assert advice_for_expert(Reasons()) == []
