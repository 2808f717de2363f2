"""What lists show and what people do is kept as ids, ranks and days; and breaks nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from models import Engagement, Outcome, now
from models.choices import EngagementState, OutcomeKind, OutcomeList
from tests.matches.conftest import count_queries, indexed, work  # noqa: F401 - fixtures
from tests.support.client import Page, PageClient
from tests.support.factories import Cast, make_expert
from virtual_return.engagements import operations as engagements
from virtual_return.engagements.states import Side
from virtual_return.outcomes import losses
from virtual_return.outcomes.operations import Event, record

PEOPLE, NEEDS = OutcomeList.PEOPLE, OutcomeList.NEEDS


def rows(session: Session) -> list[tuple[str, str, int | None]]:
    session.expire_all()
    found = session.scalars(select(Outcome).order_by(Outcome.id))
    return [(row.list.value, row.kind.value, row.rank) for row in found]


def answered(page: Page) -> Page:
    """Close the answer, as a server does when it has been sent."""
    page.response.close()
    return page


def list_path(cast: Cast) -> str:
    return f"/needs/{cast.need.public_id}/matches"


def test_a_page_of_people_is_noted_once_the_answer_has_gone(
    client: PageClient,
    session: Session,
    indexed: Cast,  # noqa: F811
) -> None:
    page = client.sign_in(indexed.owner).get(list_path(indexed))
    assert rows(session) == []

    answered(page)

    assert rows(session) == [("people", "shown", 1)]
    row = session.scalars(select(Outcome)).one()
    assert (row.need_id, row.expert_id) == (indexed.need.id, indexed.profile.id)
    assert row.day == now().date()
    assert row.generation.isdigit()


def test_reloading_on_the_same_day_adds_nothing(
    client: PageClient,
    session: Session,
    indexed: Cast,  # noqa: F811
) -> None:
    owner = client.sign_in(indexed.owner)
    for _ in range(3):
        answered(owner.get(list_path(indexed)))

    assert rows(session) == [("people", "shown", 1)]


def test_opening_a_person_is_noted_with_the_rank_they_were_shown_at(
    client: PageClient,
    session: Session,
    indexed: Cast,  # noqa: F811
) -> None:
    record(session, [Event(indexed.need.id, indexed.profile.id, PEOPLE, OutcomeKind.SHOWN, 7, "3")])
    owner = client.sign_in(indexed.owner)
    page = owner.get(list_path(indexed))
    link = next(address for address in page.links.values() if "/matches/" in address)

    answered(owner.get(link))

    assert rows(session) == [("people", "shown", 7), ("people", "opened", 7)]


def test_needs_shown_to_a_person_and_opened_are_noted(
    client: PageClient,
    session: Session,
    indexed: Cast,  # noqa: F811
) -> None:
    expert = client.sign_in(indexed.expert)
    answered(expert.get("/matches"))
    answered(expert.get(f"/needs/{indexed.need.public_id}"))

    assert rows(session) == [("needs", "shown", 1), ("needs", "opened", 1)]


@pytest.mark.parametrize("who", ["owner", "stranger", "coordinator"])
def test_whoever_has_no_profile_leaves_no_note_on_a_need(
    client: PageClient, session: Session, cast: Cast, who: str
) -> None:
    answered(client.sign_in(getattr(cast, who)).get(f"/needs/{cast.need.public_id}"))
    answered(client.get(f"/needs/{cast.need.public_id}"))

    assert rows(session) == []


def test_a_page_that_is_not_there_notes_nothing(
    client: PageClient,
    session: Session,
    indexed: Cast,  # noqa: F811
) -> None:
    answered(client.sign_in(indexed.stranger).get(list_path(indexed), status=404))

    assert rows(session) == []


def test_a_page_costs_no_query_more_before_its_answer(
    client: PageClient,
    session: Session,
    connection: Connection,
    indexed: Cast,  # noqa: F811
) -> None:
    owner = client.sign_in(indexed.owner)
    with count_queries(connection) as statements:
        page = owner.get(list_path(indexed))
    assert not [statement for statement in statements if "outcome" in statement]

    with count_queries(connection) as statements:
        answered(page)
    assert len(statements) == 1


@pytest.fixture
def invited(app: Flask, session: Session, cast: Cast) -> Engagement:
    with app.test_request_context():
        return engagements.invite(session, cast.owner, cast.need, cast.profile.id, "Please")


def test_an_invitation_and_its_answer_are_noted(
    app: Flask, session: Session, cast: Cast, invited: Engagement
) -> None:
    with app.test_request_context():
        engagements.accept(session, cast.expert, invited, Side.EXPERT)

    assert rows(session) == [("people", "invited", None), ("people", "accepted", None)]


def test_a_refusal_is_noted_without_its_reason(
    app: Flask, session: Session, cast: Cast, invited: Engagement
) -> None:
    with app.test_request_context():
        engagements.decline(session, cast.expert, invited, Side.EXPERT, "I am ill")

    assert rows(session)[-1] == ("people", "declined", None)
    assert "ill" not in str([vars(row) for row in session.scalars(select(Outcome))])


def test_an_offer_of_oneself_belongs_to_the_list_of_needs(
    app: Flask, session: Session, cast: Cast
) -> None:
    with app.test_request_context():
        offered = engagements.express_interest(session, cast.expert, cast.need, "")
        engagements.decline(session, cast.owner, offered, Side.INSTITUTION)

    assert rows(session) == [("needs", "invited", None), ("needs", "declined", None)]


def test_hiding_is_not_declining(
    app: Flask, session: Session, cast: Cast, invited: Engagement
) -> None:
    with app.test_request_context():
        engagements.release_all_of(session, cast.profile)

    assert rows(session) == [("people", "invited", None)]


@pytest.fixture
def broken(connection: Connection) -> Callable[[], None]:
    """Make every write to the table fail, as a full disk or a missing migration would."""

    def break_it() -> None:
        def refuse(_c: object, _k: object, statement: str, *_rest: object) -> tuple[str, object]:
            parameters = _rest[0]
            if statement.startswith("INSERT INTO outcome"):
                statement = statement.replace("INSERT INTO outcome", "INSERT INTO no_such_table")
            return statement, parameters

        event.listen(connection, "before_cursor_execute", refuse, retval=True)

    return break_it


def test_a_note_that_cannot_be_written_breaks_no_page_and_is_counted(
    client: PageClient,
    session: Session,
    indexed: Cast,  # noqa: F811
    broken: Callable[[], None],
) -> None:
    broken()
    before = losses.total()

    answered(client.sign_in(indexed.owner).get(list_path(indexed)))

    assert losses.total() == before + 1
    assert rows(session) == []


def test_a_note_that_cannot_be_written_stops_no_invitation(
    app: Flask, session: Session, cast: Cast, broken: Callable[[], None]
) -> None:
    broken()
    before = losses.total()

    with app.test_request_context():
        engagement = engagements.invite(session, cast.owner, cast.need, cast.profile.id, "Please")
    session.commit()

    assert session.get_one(Engagement, engagement.id).state == EngagementState.INVITED
    assert losses.total() == before + 1


def test_a_whole_list_is_one_statement(
    session: Session, connection: Connection, cast: Cast
) -> None:
    others = [make_expert(session) for _ in range(5)]
    events = [
        Event(cast.need.id, other.id, PEOPLE, OutcomeKind.SHOWN, rank, "1")
        for rank, other in enumerate(others, start=1)
    ]

    with count_queries(connection) as statements:
        record(session, events)
        record(session, events)

    assert len(statements) == 2
    assert len(rows(session)) == 5


def test_nothing_to_note_is_nothing(session: Session) -> None:
    record(session, [])
    assert rows(session) == []
