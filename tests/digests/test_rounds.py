"""A round: everybody once, whoever begins it and however often."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from models import MailMessage, OutboxEntry
from models.choices import MailState, Visibility
from virtual_return.digests import compose, rounds


def waiting(session):
    return session.scalars(
        select(OutboxEntry.arguments).where(OutboxEntry.job == rounds.SEND_ONE)
    ).all()


def test_a_round_is_for_experts_who_can_be_found_and_for_members(session, told):
    assert rounds.begin(session) == 3
    ids = {entry["user_id"] for entry in waiting(session)}
    assert ids == {told.expert.id, told.owner.id, told.member.id}


def test_a_hidden_expert_is_left_in_peace(session, told):
    told.profile.visibility = Visibility.HIDDEN
    session.flush()
    assert told.expert.id not in rounds.people(session)


def test_beginning_twice_adds_nobody_twice(session, told):
    rounds.begin(session)
    rounds.begin(session)
    assert len(waiting(session)) == 3


def test_a_day_has_one_round(session, told, app):
    bound = app.extensions["services"]
    app.extensions["services"] = replace(bound, settings=replace(bound.settings, digest_hour_utc=0))
    assert rounds.begin_when_due(session) == 3
    assert rounds.begin_when_due(session) == 0


def test_a_job_that_runs_twice_writes_once(session, told, monkeypatch):
    monkeypatch.setattr(
        compose,
        "WORTH_TELLING",
        frozenset({"strong", "possible", "weak", "not_enough_information"}),
    )
    session.commit()
    assert rounds.send_one(told.expert.id) == 1
    assert rounds.send_one(told.expert.id) == 0
    count = select(func.count()).where(MailMessage.kind == "digest_experts")
    assert session.scalar(count) == 1
    assert session.scalar(select(MailMessage.state)) == MailState.WAITING
