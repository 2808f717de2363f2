"""How large and how varied the programme is."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.choices import (
    EngagementKind,
    EvidenceKind,
    NeedState,
    Standing,
    VerificationState,
    Visibility,
)
from virtual_return.demo import DEMO_SIGN_INS, generate, library
from virtual_return.demo.allotment import DEMONSTRATION_FIELDS

LANGUAGES = {"en", "fr", "ar", "es", "pt"}


def test_there_are_enough_of_everything(programme):
    assert len(programme.experts) >= 240
    assert len(programme.institutions) >= 36
    assert len(programme.needs) >= 90
    assert len({profile.origin for profile in programme.experts}) >= 8
    assert len({profile.field for profile in programme.experts}) >= 40


def test_every_country_asks_and_offers(programme):
    hosts = {entry.domain: entry.country for entry in programme.institutions}
    asking = Counter(hosts[need.institution] for need in programme.needs)
    offering = Counter(profile.origin for profile in programme.experts)
    assert asking.keys() == offering.keys() == library.world("origins").keys()
    assert min(asking.values()) >= 8
    assert min(offering.values()) >= 25


@pytest.mark.parametrize(
    ("language", "share"), [("en", 0.45), ("fr", 0.20), ("ar", 0.15), ("es", 0.12), ("pt", 0.08)]
)
def test_the_five_languages_have_their_shares(programme, language, share):
    for entries in (programme.experts, programme.needs):
        count = sum(entry.language == language for entry in entries)
        assert count / len(entries) == pytest.approx(share, abs=0.04)


def test_every_field_is_spoken_of_in_two_languages(programme):
    written: dict[str, set[str]] = {}
    for profile in programme.experts:
        written.setdefault(profile.field, set()).add(profile.language)
    asked: dict[str, set[str]] = {}
    for need in programme.needs:
        asked.setdefault(need.field_of_study, set()).add(need.language)
    for code in library.fields():
        assert "en" in written[code]
        assert len(written[code]) >= 2
        assert len(asked[code]) >= 2


def test_needs_are_of_every_kind_and_mostly_open(programme):
    kinds = Counter(need.kind for need in programme.needs)
    assert kinds.keys() == set(EngagementKind)
    assert min(kinds.values()) >= 3
    states = Counter(need.state for need in programme.needs)
    assert states[NeedState.OPEN] / len(programme.needs) > 0.6
    assert {
        NeedState.SUBMITTED,
        NeedState.DRAFT,
        NeedState.CHANGES_REQUESTED,
        NeedState.FILLED,
    } <= states.keys()


def test_the_rules_of_visibility_can_be_seen_at_work(programme):
    levels = Counter(profile.visibility for profile in programme.experts)
    assert levels.keys() == set(Visibility)
    assert levels[Visibility.INSTITUTIONS_ANONYMOUS] / len(programme.experts) > 0.6
    assert sum(profile.is_paused for profile in programme.experts) >= 3
    assert sum(bool(profile.hidings) for profile in programme.experts) >= 5
    approved = Counter(profile.is_approved for profile in programme.experts)
    assert 0 < approved[False] < approved[True] / 4


def test_people_come_in_every_standing(programme):
    standings = Counter(profile.standing for profile in programme.experts)
    assert standings.keys() == set(Standing)
    assert standings[Standing.LOCAL] >= 10
    for profile in programme.experts:
        lives_there = profile.country_of_residence == profile.origin
        assert lives_there == (profile.standing in (Standing.LOCAL, Standing.RETURNEE))


def test_names_are_of_women_and_men_alike(programme):
    origins, friends = library.world("origins"), library.world("abroad")["friends"]
    women = set(itertools.chain(friends["women"], *(c["women"] for c in origins.values())))
    count = sum(
        any(profile.person.name.startswith(f"{name} ") for name in women)
        for profile in programme.experts
    )
    assert count / len(programme.experts) == pytest.approx(0.5, abs=0.03)


def test_a_record_has_three_to_six_items_of_many_kinds(programme):
    seen = Counter(item.kind for profile in programme.experts for item in profile.evidence)
    assert seen.keys() == set(EvidenceKind) - {EvidenceKind.OTHER}
    for profile in programme.experts:
        assert 3 <= len(profile.evidence) <= 6
        assert profile.evidence[0].kind == EvidenceKind.POSITION


def test_a_few_institutions_wait_for_verification(programme):
    states = Counter(entry.state for entry in programme.institutions)
    assert states[VerificationState.APPROVED] / len(programme.institutions) > 0.85
    assert states[VerificationState.SUBMITTED] >= 1
    assert states[VerificationState.CHANGES_REQUESTED] >= 1


def test_the_sign_ins_lead_to_three_rich_accounts(programme):
    expert, owner, coordinator = (email for email, _ in DEMO_SIGN_INS)
    profile = programme.experts[0]
    assert profile.person.email == expert
    assert profile.visibility == Visibility.INSTITUTIONS_ANONYMOUS
    assert len(profile.evidence) == 6
    owned = [e for e in programme.institutions if e.members[0][0].email == owner]
    assert [entry.state for entry in owned] == [VerificationState.APPROVED]
    needs = [need for need in programme.needs if need.institution == owned[0].domain]
    assert {need.state for need in needs} == {NeedState.OPEN}
    assert {need.field_of_study for need in needs} >= set(DEMONSTRATION_FIELDS)
    assert coordinator in {person.email for person in programme.coordinators}


def test_the_sign_ins_have_somebody_to_meet(programme):
    """Experts of the field for each need of the owner, and open needs for the expert."""
    findable = (Visibility.INSTITUTIONS_ANONYMOUS, Visibility.INSTITUTIONS_NAMED)
    for code in DEMONSTRATION_FIELDS:
        fitting = [p for p in programme.experts if p.field == code and p.visibility in findable]
        assert len(fitting) >= 3
    star = programme.experts[0]
    speaks = {language for language, _ in star.languages}
    open_needs = [
        need
        for need in programme.needs
        if need.state == NeedState.OPEN
        and need.field_of_study == star.field
        and {language for language, _ in need.languages} <= speaks
    ]
    assert open_needs


def test_the_same_seed_writes_the_same_programme_word_for_word(programme):
    assert generate(2026, today=programme.made_on) == programme


def test_another_seed_writes_another_programme(programme):
    other = generate(7, today=programme.made_on)
    assert len(other.experts) == len(programme.experts)
    same = {p.about for p in other.experts} & {p.about for p in programme.experts}
    assert len(same) < len(programme.experts) / 10


def test_only_dates_move_with_the_day_of_loading(programme):
    later = generate(today=programme.made_on + timedelta(days=30))
    moved = programme.needs[0].terms.window_start + timedelta(days=30)
    assert later.needs[0].terms.window_start == moved
    assert replace(later.needs[0], terms=programme.needs[0].terms) == programme.needs[0]


def test_needs_lie_in_the_near_future(programme):
    for need in programme.needs:
        terms = need.terms
        assert programme.made_on < terms.window_start <= terms.latest_start <= terms.window_end
        assert terms.window_end - terms.window_start >= timedelta(weeks=terms.weeks)
        assert terms.window_start < programme.made_on + timedelta(days=90)


def test_it_can_be_made_for_any_day():
    assert generate(today=date(2030, 2, 28)).made_on == date(2030, 2, 28)
