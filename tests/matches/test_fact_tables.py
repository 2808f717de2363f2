"""Tables of hard facts follow the database by change number, and never decide who is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from matching.constraints import check_facts
from matching.facts import ExclusionCode, Span
from models import Availability, Block, ExpertLanguage, OutboxEntry, now
from models.choices import (
    AvailabilityKind,
    BlockKind,
    Cefr,
    NeedState,
    OwnerKind,
    Visibility,
)
from tests.matches.conftest import Work, count_queries
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert
from virtual_return.jobs import changes
from virtual_return.matches import fact_tables, service
from virtual_return.matches.fact_rows import read_needs, read_people
from virtual_return.matches.fact_tables import FactTables
from virtual_return.matches.hard_facts import person_facts


@pytest.fixture
def tables() -> FactTables:
    return FactTables()


def tell(session: Session, expert_id: int) -> None:
    changes.changed(session, "expert", expert_id)
    session.commit()


def test_a_table_has_everybody_whatever_their_visibility(
    session: Session, cast: Cast, tables: FactTables
) -> None:
    hidden = make_expert(session, visibility=Visibility.HIDDEN)

    facts = read_people(session, None)

    assert set(tables.people(session)) == {str(cast.profile.id), str(hidden.id)}
    assert facts[str(hidden.id)].barred == {ExclusionCode.HIDDEN}
    assert facts[str(cast.profile.id)].barred == frozenset()


def test_facts_read_in_bulk_are_those_of_the_loaded_profile(session: Session, cast: Cast) -> None:
    profile = cast.profile
    profile.notice_weeks, profile.earliest_start = 2, date(2027, 3, 1)
    profile.availability = [
        Availability(
            kind=AvailabilityKind.FREE, starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 1)
        ),
        Availability(
            kind=AvailabilityKind.BLOCKED, starts_on=date(2027, 4, 1), ends_on=date(2027, 4, 9)
        ),
    ]
    session.commit()

    bulk = read_people(session, [profile.id])[str(profile.id)]
    loaded = person_facts(profile, taken=0)

    assert bulk.available == (
        Span(date(2027, 3, 1), date(2027, 3, 31)),
        Span(date(2027, 4, 10), date(2027, 6, 1)),
    )
    for name in (
        "languages", "modes", "kinds_wanted", "kinds_refused", "hours_per_week", "available",
        "capacity_left", "country_of_residence", "notice_days",
    ):  # fmt: skip
        assert getattr(bulk, name) == getattr(loaded, name), name
    need = read_needs(session, None)[str(cast.need.id)]
    assert check_facts(need, bulk).exclusions == check_facts(need, loaded).exclusions


def test_a_change_that_was_told_is_in_the_next_answer(
    session: Session, cast: Cast, tables: FactTables
) -> None:
    table = tables.people(session)
    person = make_expert(session)
    assert str(person.id) not in tables.people(session)

    tell(session, person.id)

    assert str(person.id) in tables.people(session)
    assert tables.people(session) is table
    session.delete(person)
    tell(session, person.id)
    assert str(person.id) not in tables.people(session)


def test_a_change_that_the_worker_has_done_already_is_read_too(
    session: Session, cast: Cast, tables: FactTables, work: Work
) -> None:
    tables.people(session)
    person = make_expert(session)
    tell(session, person.id)
    work()

    assert str(person.id) in tables.people(session)


def test_while_nothing_changes_one_query_tells_so(
    session: Session, connection: Connection, cast: Cast, tables: FactTables
) -> None:
    tables.people(session)
    with count_queries(connection) as statements:
        tables.people(session)
    assert len(statements) == 1


def test_catching_up_costs_as_many_queries_for_many_as_for_one(
    session: Session, connection: Connection, cast: Cast, tables: FactTables
) -> None:
    tables.people(session)
    counts = []
    for number in (1, 12):
        for _ in range(number):
            changes.changed(session, "expert", make_expert(session).id)
        session.commit()
        with count_queries(connection) as statements:
            tables.people(session)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7


def test_what_is_not_committed_is_not_kept_for_others(
    session: Session, cast: Cast, tables: FactTables
) -> None:
    before = tables.people(session)
    person = make_expert(session)
    changes.changed(session, "expert", person.id)

    assert tables.people(session) is before
    assert str(person.id) not in before
    session.commit()
    assert str(person.id) in tables.people(session)


def test_a_first_read_before_the_commit_is_read_again_after_it(
    session: Session, cast: Cast, tables: FactTables
) -> None:
    changes.changed(session, "expert", cast.profile.id)
    before = tables.people(session)
    session.commit()
    assert tables.people(session) is not before


def test_too_many_changes_or_too_old_a_table_are_read_anew(
    session: Session, cast: Cast, tables: FactTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tables.people(session)
    tell(session, cast.profile.id)
    with time_machine.travel(now() + timedelta(days=2)):
        second = tables.people(session)
    assert second is not first
    monkeypatch.setattr(fact_tables, "MOST_CHANGED", 0)
    tell(session, cast.profile.id)
    assert tables.people(session) is not second


def test_a_change_number_that_went_back_means_another_database(
    session: Session, cast: Cast, tables: FactTables
) -> None:
    tell(session, cast.profile.id)
    first = tables.people(session)
    state = changes.index_state(session)
    assert state is not None
    state.wanted_change -= 1
    session.commit()
    assert tables.people(session) is not first


def test_needs_that_close_leave_their_table(
    session: Session, cast: Cast, tables: FactTables
) -> None:
    assert str(cast.need.id) in tables.needs(session)
    cast.need.state = NeedState.CLOSED
    changes.changed(session, "need", cast.need.id)
    session.commit()
    assert str(cast.need.id) not in tables.needs(session)


def test_told_since_names_only_its_kind(session: Session, cast: Cast) -> None:
    changes.changed(session, "expert", cast.profile.id)
    changes.changed(session, "need", cast.need.id)
    session.commit()
    since = now() - timedelta(minutes=1)
    assert changes.told_since(session, OwnerKind.EXPERT, since) == {cast.profile.id}
    for entry in session.query(OutboxEntry):
        entry.done_at = since - timedelta(days=1)
    session.commit()
    assert changes.told_since(session, OwnerKind.EXPERT, since) == set()


@pytest.mark.parametrize("way", ["hidden", "staff", "paused", "until", "suspended", "blocked"])
def test_nobody_is_shown_or_counted_for_what_a_stale_table_says(
    session: Session, indexed: Cast, request_context: Flask, way: str
) -> None:
    """No change is told here, so the table keeps what it had: the database decides."""
    profile = indexed.profile
    assert service.list_people(session, indexed.need).matches
    match way:
        case "hidden":
            profile.visibility = Visibility.HIDDEN
        case "staff":
            profile.visibility = Visibility.STAFF
        case "paused":
            profile.is_paused = True
        case "until":
            profile.paused_until = now().date() + timedelta(days=3)
        case "suspended":
            profile.user.suspended_at = now()
        case "blocked":
            profile.blocks = [Block(kind=BlockKind.COUNTRY, value=indexed.institution.country)]
    session.flush()

    found = service.list_people(session, indexed.need)

    assert found.matches == ()
    assert found.listing.excluded == {}
    assert found.listing.considered == 0


def test_a_fact_that_changed_without_being_told_excludes_with_its_code(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    assert service.list_people(session, indexed.need).matches
    indexed.profile.languages = [ExpertLanguage(language="de", level=Cefr.C2)]
    session.flush()

    found = service.list_people(session, indexed.need)

    assert found.matches == ()
    assert found.listing.excluded == {"language": 1}


def test_a_person_who_hides_may_still_look_at_needs(
    session: Session, indexed: Cast, request_context: Flask
) -> None:
    indexed.profile.visibility = Visibility.HIDDEN
    indexed.profile.is_paused = True
    tell(session, indexed.profile.id)
    assert service.list_needs(session, indexed.profile).matches


def test_a_stale_table_does_not_show_a_need_that_closed_or_may_not_be_travelled_to(
    client: PageClient, session: Session, indexed: Cast, request_context: Flask
) -> None:
    assert service.list_needs(session, indexed.profile).matches
    indexed.need.expires_at = now() - timedelta(days=1)
    session.flush()
    found = service.list_needs(session, indexed.profile)
    assert found.matches == ()
    assert found.listing.excluded == {}
