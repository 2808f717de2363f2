"""What other capabilities get of matching."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy.orm import Session

from models import Expert, MatchSnapshot
from models.choices import Visibility
from tests.matches.conftest import Work
from tests.support.factories import Cast, make_expert, make_institution
from virtual_return.jobs import changes
from virtual_return.matches import service
from virtual_return.security import unseal
from virtual_return.services import services


def test_people_for_need_are_anonymous_and_can_be_stored(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    found = service.people_for_need(session, indexed.need, indexed.institution, limit=5)
    assert [match.expert_id for match in found] == [indexed.profile.id]
    match = found[0]
    assert match.band in {"strong", "possible", "weak", "not_enough_information"}
    assert match.headline == indexed.profile.headline_anonymous
    context = f"need:{indexed.need.id}"
    assert unseal(services().settings.secret_key, context, match.handle) == indexed.profile.id
    stored = json.loads(json.dumps(match.reasons_document()))
    assert stored["pairs"][0]["need_text"]
    assert "Elias" not in json.dumps(stored)


def test_another_institution_gets_nobody(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    other = make_institution(session)
    assert service.people_for_need(session, indexed.need, other) == ()


def test_needs_for_expert_mirror_people_for_need(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    (need,) = service.needs_for_expert(session, indexed.profile)
    (person,) = service.people_for_need(session, indexed.need, indexed.institution)
    assert need.need.id == indexed.need.id
    assert need.band == person.band
    assert round(need.score, 3) == round(person.score, 3)


def test_a_candidate_is_one_pair_or_nobody(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    match = service.candidate(session, indexed.need, indexed.profile.id)
    assert match is not None
    assert match.reasons.pairs
    assert service.candidate(session, indexed.need, 987654) is None
    indexed.profile.visibility = Visibility.HIDDEN
    session.flush()
    assert service.candidate(session, indexed.need, indexed.profile.id) is None


def test_a_candidate_can_be_asked_while_the_index_is_away(
    session: Session, cast: Cast, request_context: Flask
) -> None:
    match = service.candidate(session, cast.need, cast.profile.id)
    assert match is not None
    assert match.band == "not_enough_information"


def test_a_snapshot_keeps_the_newest_moment_of_a_pair(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    (match,) = service.people_for_need(session, indexed.need, indexed.institution)
    first = service.snapshot(session, indexed.need, indexed.profile, match)
    again = service.snapshot(session, indexed.need, indexed.profile, match)
    assert first.id == again.id
    row = session.get_one(MatchSnapshot, first.id)
    assert row.reasons == match.reasons_document()
    assert row.generation


def test_health_says_what_is_behind(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    state = service.index_health(session)
    assert state.lag == 0
    assert state.generation
    assert state.age_s is not None
    changes.changed(session, "expert", indexed.profile.id)
    assert service.index_health(session).lag == 1


def test_swapping_a_name_leaves_the_score_unchanged(
    session: Session, indexed: Cast, work: Work, request_context: Flask
) -> None:
    def score(name: str, text: str) -> float:
        profile: Expert = make_expert(
            session, headline_anonymous="", about_anonymous="", anonymous_approved_at=None,
            headline="Hydrologist", about=text,
        )  # fmt: skip
        profile.user.name = name
        changes.changed(session, "expert", profile.id)
        work()
        match = service.candidate(session, indexed.need, profile.id)
        assert match is not None
        return round(match.score, 4)

    text = "I am {}, and I have written three courses on drinking water for colleges."
    first = score("Amina Warsame", text.format("Amina Warsame"))
    second = score("John Smith", text.format("John Smith"))
    assert first == second
