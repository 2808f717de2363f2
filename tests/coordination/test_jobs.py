"""The daily mail to coordinators."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MailMessage, now
from models.choices import NeedState, Role
from tests.support.factories import Cast, add_member, make_user
from virtual_return.coordination.jobs import remind_reviewers


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def recipients(session: Session) -> list[str]:
    session.flush()
    query = select(MailMessage.recipient).where(MailMessage.kind == "review_waiting")
    return list(session.scalars(query))


def test_nobody_is_written_to_while_nothing_waits(session: Session, cast: Cast) -> None:
    assert remind_reviewers(session) == 0


def test_each_coordinator_hears_once_a_day(session: Session, cast: Cast) -> None:
    cast.need.state, cast.need.submitted_at = NeedState.SUBMITTED, now()
    make_user(session, is_coordinator=True, suspended_at=now())
    assert remind_reviewers(session) == 1
    assert remind_reviewers(session) == 0
    assert recipients(session) == [cast.coordinator.email]


def test_what_one_may_not_decide_does_not_wait_for_one(session: Session, cast: Cast) -> None:
    cast.need.state, cast.need.submitted_at = NeedState.SUBMITTED, now()
    add_member(session, cast.institution, cast.coordinator, Role.VIEWER)
    assert remind_reviewers(session) == 0
