"""Codes and addresses: everything is something that exists, or that cannot."""

import itertools
import re
from zoneinfo import ZoneInfo

import pytest

from models.choices import Cefr, EngagementKind, Importance, Mode, Money, VerificationState
from virtual_return.demo import library
from virtual_return.reference import countries, currencies, isced, languages, time_zones


def people(programme):
    yield from programme.coordinators
    for profile in programme.experts:
        yield profile.person
    for entry in programme.institutions:
        yield from (person for person, _ in entry.members)


def test_every_address_is_in_example_org(programme):
    for person in people(programme):
        assert re.fullmatch(r"[a-z0-9.]+@[a-z0-9-]+\.example\.org", person.email), person.email
    for entry in programme.institutions:
        assert re.fullmatch(r"[a-z0-9-]+\.example\.org", entry.domain)
    for profile in programme.experts:
        for item in profile.evidence:
            assert item.link == "" or item.link.startswith("https://papers.example.org/")


def test_no_text_carries_an_address(programme):
    texts = itertools.chain(
        (profile.about for profile in programme.experts),
        (item.text for profile in programme.experts for item in profile.evidence),
        (need.task for need in programme.needs),
    )
    assert not [text for text in texts if "@" in text or "http" in text]


def test_accounts_and_names_are_unique(programme):
    everybody = list(people(programme))
    assert len({person.email for person in everybody}) == len(everybody)
    assert len({person.name for person in everybody}) == len(everybody)


def test_fields_are_of_the_classification(programme):
    codes = {profile.field for profile in programme.experts}
    codes |= {profile.near_field for profile in programme.experts if profile.near_field}
    codes |= {need.field_of_study for need in programme.needs}
    codes |= {degree.field_of_study for p in programme.experts for degree in p.degrees}
    assert all(isced.is_code(code) and len(code) == 4 for code in codes)


def test_countries_languages_currencies_and_zones_exist(programme):
    for profile in programme.experts:
        assert countries.is_code(profile.country_of_residence)
        assert all(countries.is_code(country) for country, _ in profile.ties)
        assert all(languages.is_code(code) for code, _ in profile.languages)
    for need in programme.needs:
        assert all(languages.is_code(code) for code, _ in need.languages)
        assert need.terms.currency == "" or currencies.is_code(need.terms.currency)
        assert time_zones.is_name(need.terms.time_zone)
    for person in people(programme):
        assert ZoneInfo(person.time_zone)


def test_people_speak_the_language_of_their_profile_well(programme):
    for profile in programme.experts:
        levels = dict(profile.languages)
        assert len(levels) == len(profile.languages)
        assert levels[profile.language] in (Cefr.C1, Cefr.C2)


def test_needs_ask_for_the_language_that_they_are_written_in(programme):
    for need in programme.needs:
        assert dict(need.languages)[need.language].rank >= Cefr.B2.rank


def test_skills_are_concepts_with_a_label_in_each_language(programme):
    concepts = {concept.uri: dict(concept.labels) for concept in programme.concepts}
    assert len(concepts) == len(programme.concepts)
    assert all(set(labels) == {"en", "fr", "ar", "es", "pt"} for labels in concepts.values())
    for entry in (*programme.experts, *programme.needs):
        for skill in entry.skills:
            assert concepts[skill.uri][entry.language] == skill.label


def test_needs_have_skills_they_must_have_and_useful_ones(programme):
    for need in programme.needs:
        levels = [skill.importance for skill in need.skills]
        assert 1 <= levels.count(Importance.MUST_HAVE) <= 3
        assert levels.count(Importance.USEFUL) >= 1
        assert len({skill.uri for skill in need.skills}) == len(need.skills)


def test_nobody_travels_where_a_country_is_not_normal(programme):
    closed = {notice.country for notice in programme.notices}
    assert closed
    hosts = {entry.domain: entry for entry in programme.institutions}
    travelling = [need for need in programme.needs if need.terms.mode != Mode.REMOTE]
    assert travelling
    for need in travelling:
        assert hosts[need.institution].country not in closed
        assert need.security_note


@pytest.mark.parametrize(
    ("kind", "mode"), [(EngagementKind.VISIT, Mode.ON_SITE), (EngagementKind.MIXED, Mode.MIXED)]
)
def test_kind_and_mode_agree(programme, kind, mode):
    for need in programme.needs:
        assert (need.kind == kind) == (need.terms.mode == mode)


def test_who_pays_is_said_where_it_is_paid(programme):
    for need in programme.needs:
        assert bool(need.terms.payer) == (need.terms.money != Money.UNPAID)


def test_only_verified_institutions_have_open_needs(programme):
    hosts = {entry.domain: entry for entry in programme.institutions}
    for need in programme.needs:
        if hosts[need.institution].state != VerificationState.APPROVED:
            assert need.state.value in ("draft", "submitted", "approved")


def test_needs_belong_to_institutions_that_can_have_them(programme):
    hosts = {entry.domain: entry for entry in programme.institutions}
    table = {data["domain"]: data for data in library.world("institutions")["institution"]}
    for need in programme.needs:
        host = hosts[need.institution]
        suits = tuple(table[need.institution]["suits"])
        assert not suits or need.field_of_study.startswith(suits)
        assert need.unit == "" or need.unit in {unit.name for unit in host.units}
        assert need.author == host.members[0][0].email
        assert need.counterpart_name in {person.name for person, _ in host.members}
        assert need.partner == "" or hosts[need.partner].country == host.country


def test_years_are_in_order(programme):
    for profile in programme.experts:
        for item in profile.evidence:
            assert 1985 < item.start_year <= programme.made_on.year
            assert item.end_year is None or (
                item.start_year <= item.end_year <= programme.made_on.year
            )
