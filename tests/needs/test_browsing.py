"""The public list: what it shows, what it never shows, and at what cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from models import now
from models.choices import Cefr, EngagementKind, Mode, NeedState, NeedVisibility, VerificationState
from models.institution import VERIFIED
from tests.support.factories import Cast, make_institution, make_need
from virtual_return.needs import browsing, queries
from virtual_return.needs.browsing import Filters


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Collect the statements that are sent."""
    statements: list[str] = []

    def remember(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", remember)
    yield statements
    event.remove(connection, "before_cursor_execute", remember)


def titles(session: Session, *, signed_in: bool = False, **filters: object) -> list[str]:
    page = browsing.browse(session, Filters(**filters), signed_in=signed_in)  # type: ignore[arg-type]
    return [card.title for card in page.cards]


def test_only_open_needs_of_verified_institutions_are_listed(session: Session, cast: Cast) -> None:
    for state in set(NeedState) - {NeedState.OPEN}:
        make_need(session, cast.institution, state=state, title=f"In state {state}")
    for state in set(VerificationState) - set(VERIFIED):
        make_need(session, make_institution(session, state=state), title=f"Of {state}")
    make_need(session, cast.institution, title="Over", expires_at=now() - timedelta(seconds=1))
    assert titles(session) == [cast.need.title]


def test_members_needs_are_for_those_who_signed_in(session: Session, cast: Cast) -> None:
    cast.need.visibility = NeedVisibility.MEMBERS
    assert titles(session) == []
    assert titles(session, signed_in=True) == [cast.need.title]
    assert browsing.countries_in_use(session) == []
    assert browsing.languages_in_use(session) == []
    assert browsing.countries_in_use(session, signed_in=True) == ["SO"]


def test_each_filter_narrows_the_list(session: Session, cast: Cast) -> None:
    kenya = make_institution(session, country="KE")
    make_need(
        session,
        kenya,
        title="Visit our clinic",
        kind=EngagementKind.VISIT,
        mode=Mode.ON_SITE,
        field_of_study="0912",
        languages={"fr": Cefr.B1, "sw": Cefr.A2},
    )
    assert titles(session, kind=EngagementKind.VISIT) == ["Visit our clinic"]
    assert titles(session, mode=Mode.ON_SITE) == ["Visit our clinic"]
    assert titles(session, country="KE") == ["Visit our clinic"]
    assert titles(session, field="09") == ["Visit our clinic"]
    assert titles(session, language="sw") == ["Visit our clinic"]
    assert titles(session, institution_id=kenya.id) == ["Visit our clinic"]
    assert titles(session, country="KE", language="en") == []
    assert sorted(browsing.countries_in_use(session)) == ["KE", "SO"]
    assert sorted(browsing.languages_in_use(session)) == ["en", "fr", "sw"]


@pytest.mark.parametrize("field", ["%", "_", "0%", "'; drop table need; --"])
def test_a_hostile_filter_finds_nothing(session: Session, cast: Cast, field: str) -> None:
    assert titles(session, field=field) == []


def test_pages_do_not_overlap_and_a_page_beyond_the_end_is_the_last(
    session: Session, cast: Cast
) -> None:
    for number in range(browsing.PAGE_SIZE + 4):
        make_need(session, cast.institution, title=f"Need {number}")
    pages = [browsing.browse(session, Filters(), page=number) for number in (1, 2, 99, -5)]
    assert [page.total for page in pages] == [browsing.PAGE_SIZE + 5] * 4
    assert [page.number for page in pages] == [1, 2, 2, 1]
    first, second = ({card.public_id for card in page.cards} for page in pages[:2])
    assert len(first) == browsing.PAGE_SIZE
    assert len(second) == 5
    assert not first & second


def test_the_number_of_queries_does_not_grow_with_the_list(
    session: Session, connection: Connection, cast: Cast
) -> None:
    for _ in range(15):
        make_need(session, make_institution(session), languages={"en": Cefr.B2, "so": Cefr.B1})
    session.commit()
    session.expire_all()
    with counted(connection) as statements:
        page = browsing.browse(session, Filters())
    assert len(page.cards) == 16
    assert all(card.languages and card.institution for card in page.cards)
    assert len(statements) == 3


def test_a_card_names_no_person(session: Session, cast: Cast) -> None:
    [card] = browsing.browse(session, Filters()).cards
    assert cast.need.counterpart_name not in repr(card)


def test_who_may_read_one_need(session: Session, cast: Cast) -> None:
    def reads(user: object) -> bool:
        found = queries.shown_to(session, cast.need.public_id, user)  # type: ignore[arg-type]
        return found is not None

    people = (None, cast.stranger, cast.owner)
    assert [reads(user) for user in people] == [True, True, True]
    cast.need.visibility = NeedVisibility.MEMBERS
    assert [reads(user) for user in people] == [False, True, True]
    cast.need.visibility = NeedVisibility.PUBLIC
    for state in (NeedState.FILLED, NeedState.CLOSED, NeedState.EXPIRED):
        cast.need.state = state
        assert [reads(user) for user in people] == [True, True, True]
    for state in (NeedState.DRAFT, NeedState.SUBMITTED, NeedState.CHANGES_REQUESTED):
        cast.need.state = state
        assert [reads(user) for user in people] == [False, False, True]
    cast.need.state = NeedState.OPEN
    cast.institution.state = VerificationState.SUSPENDED
    assert [reads(user) for user in people] == [False, False, True]


def test_a_need_that_was_refused_before_it_opened_is_not_shown(
    session: Session, cast: Cast
) -> None:
    cast.need.state, cast.need.opened_at = NeedState.CLOSED, None
    assert queries.shown_to(session, cast.need.public_id, cast.stranger) is None
