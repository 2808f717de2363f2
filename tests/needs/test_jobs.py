"""The clock of open needs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import MailMessage, OutboxEntry, now
from models.choices import NeedState
from tests.support.factories import Cast
from virtual_return.needs.jobs import run_clocks


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def mails(session: Session, kind: str) -> int:
    session.flush()
    query = select(func.count(MailMessage.id)).where(MailMessage.kind == kind)
    return session.scalar(query) or 0


def test_a_need_whose_time_is_over_ends_once(session: Session, cast: Cast) -> None:
    cast.need.expires_at = now() - timedelta(seconds=1)
    assert run_clocks(session) == 1
    session.flush()
    assert run_clocks(session) == 0
    assert cast.need.state == NeedState.EXPIRED
    assert mails(session, "need_expired") == 2
    told = select(func.count(OutboxEntry.id)).where(OutboxEntry.job == "matches.refresh")
    assert session.scalar(told) == 1


def test_a_reminder_comes_once_in_the_last_week(session: Session, cast: Cast) -> None:
    cast.need.expires_at = now() + timedelta(days=8)
    run_clocks(session)
    assert mails(session, "need_expiring") == 0
    cast.need.expires_at = now() + timedelta(days=6)
    for _ in range(3):
        run_clocks(session)
    assert mails(session, "need_expiring") == 2
    assert cast.need.state == NeedState.OPEN


def test_a_renewed_need_is_reminded_of_its_new_end(session: Session, cast: Cast) -> None:
    for days in (6, 4):
        cast.need.expires_at = now() + timedelta(days=days)
        run_clocks(session)
    assert mails(session, "need_expiring") == 4


@pytest.mark.parametrize("state", set(NeedState) - {NeedState.OPEN})
def test_what_is_not_open_has_no_clock(session: Session, cast: Cast, state: NeedState) -> None:
    cast.need.state, cast.need.expires_at = state, now() - timedelta(days=1)
    assert run_clocks(session) == 0
    assert cast.need.state == state
