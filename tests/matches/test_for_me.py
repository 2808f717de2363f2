"""A person sees which open needs fit, why, and who could ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models import Block, CountryStatus, Engagement, Need
from models.choices import (
    BlockKind,
    Cefr,
    CountryState,
    EngagementState,
    Mode,
    VerificationState,
    Visibility,
)
from tests.matches.conftest import Work, count_queries
from tests.support.client import PageClient
from tests.support.factories import Cast, make_institution, make_need, make_user
from virtual_return.jobs import changes

PATH = "/matches"


def add_need(session: Session, work: Work, **values: Any) -> Need:
    institution = make_institution(session, owner=make_user(session), country="SD")
    need = make_need(session, institution, **values)
    changes.changed(session, "need", need.id)
    work()
    return need


def test_it_shows_needs_with_reasons(client: PageClient, indexed: Cast) -> None:
    page = client.sign_in(indexed.expert).get(PATH)
    assert page.h1 == "Needs for you"
    assert "Review our drinking water curriculum" in page.text
    assert "Your profile says" in page.text
    assert "Sea University" in page.text
    assert "1 verified institution can find your profile" in page.text


def test_somebody_without_a_profile_is_told_how_to_begin(client: PageClient, cast: Cast) -> None:
    assert "You have no profile yet" in client.sign_in(cast.stranger).get(PATH).text


def test_somebody_hidden_still_finds_needs(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    indexed.profile.visibility = Visibility.HIDDEN
    changes.changed(session, "expert", indexed.profile.id)
    work()
    page = client.sign_in(indexed.expert).get(PATH)
    assert "Review our drinking water curriculum" in page.text
    assert "Your profile is not found by anybody" in page.text


def test_needs_of_a_blocked_or_unverified_institution_are_not_there(
    client: PageClient, session: Session, indexed: Cast
) -> None:
    person = client.sign_in(indexed.expert)
    indexed.institution.state = VerificationState.SUSPENDED
    assert "drinking water curriculum" not in person.get(PATH).text
    indexed.institution.state = VerificationState.APPROVED
    indexed.profile.blocks = [Block(kind=BlockKind.COUNTRY, value="SO")]
    page = person.get(PATH)
    assert "drinking water curriculum" not in page.text
    assert "left out" not in page.text


def test_hard_facts_leave_needs_out_with_the_reason(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    add_need(session, work, title="Teach in Arabic", languages={"ar": Cefr.B2})
    page = client.sign_in(indexed.expert).get(PATH)
    assert "Teach in Arabic" not in page.text
    assert "1 need was left out by a fact that must hold" in page.text
    assert "a language, or a level, that your profile does not name" in page.text


def test_a_visit_to_where_nobody_may_travel_is_left_out(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    indexed.profile.modes = [Mode.REMOTE, Mode.ON_SITE]
    add_need(session, work, title="Visit our laboratory", mode=Mode.ON_SITE)
    session.add(
        CountryStatus(country="SD", state=CountryState.VIRTUAL_ONLY, since=date(2026, 1, 1))
    )
    page = client.sign_in(indexed.expert).get(PATH)
    assert "Visit our laboratory" not in page.text
    assert "where nobody may travel at present" in page.text


def test_what_is_running_already_is_left_out(
    client: PageClient, session: Session, indexed: Cast
) -> None:
    session.add(
        Engagement(
            need_id=indexed.need.id, expert_id=indexed.profile.id, state=EngagementState.APPLIED
        )
    )
    page = client.sign_in(indexed.expert).get(PATH)
    assert "drinking water curriculum" not in page.text
    assert "in touch about them already" in page.text


def test_a_new_profile_reads_that_matching_is_catching_up(
    client: PageClient, session: Session, cast: Cast
) -> None:
    assert "catching up" in client.sign_in(cast.expert).get(PATH).text


def test_the_number_of_queries_does_not_grow_with_the_number_of_needs(
    client: PageClient, session: Session, connection: Connection, indexed: Cast, work: Work
) -> None:
    person = client.sign_in(indexed.expert)
    person.get(PATH)
    with count_queries(connection) as few:
        person.get(PATH)
    for number in range(6):
        add_need(session, work, title=f"Review water course {number}")
    # What changed is read once more, whatever the number.
    person.get(PATH)
    with count_queries(connection) as many:
        person.get(PATH)
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 35
