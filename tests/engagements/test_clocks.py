"""Clocks: a reminder, then release, and both are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import MailMessage, now
from models.choices import EngagementState
from virtual_return.engagements import operations
from virtual_return.engagements.jobs import run_clocks
from virtual_return.engagements.states import REMIND_BEFORE, Side


@pytest.fixture(autouse=True)
def _in_a_request(app):
    with app.test_request_context():
        yield


@pytest.fixture
def invited(session, cast):
    return operations.invite(session, cast.owner, cast.need, cast.profile.id, "Would you help?")


def kinds(session):
    return session.scalars(select(MailMessage.kind).order_by(MailMessage.id)).all()


def test_nothing_is_due_on_the_first_day(session, invited):
    assert run_clocks(session) == 0


def test_one_reminder_comes_before_the_end(session, invited):
    invited.due_at = now() + REMIND_BEFORE - timedelta(hours=1)
    assert run_clocks(session) == 1
    assert run_clocks(session) == 0
    assert kinds(session).count("engagement_reminder") == 1


def test_silence_ends_by_itself_and_both_are_told(session, cast, invited):
    invited.due_at = now() - timedelta(minutes=1)
    assert run_clocks(session) == 1
    assert invited.state == EngagementState.EXPIRED
    told = session.scalars(
        select(MailMessage.recipient).where(MailMessage.kind == "engagement_over")
    ).all()
    assert set(told) == {cast.expert.email, cast.owner.email, cast.member.email}


def test_running_the_clocks_twice_ends_it_once(session, invited):
    invited.due_at = now() - timedelta(minutes=1)
    run_clocks(session)
    before = kinds(session)
    assert run_clocks(session) == 0
    assert kinds(session) == before


def test_an_answered_invitation_is_left_alone(session, cast, invited):
    operations.decline(session, cast.expert, invited, Side.EXPERT)
    assert invited.due_at is None
    assert run_clocks(session) == 0
