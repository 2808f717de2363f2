"""Mail is accepted with its cause, sent once, kept when the server says later, and can stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MailMessage, OutboxEntry, now
from models.choices import MailState
from tests.support.factories import Cast
from tests.support.mail import Mailbox
from virtual_return.jobs import mailing


@pytest.fixture
def mail_app(make_app, smtp: Mailbox) -> Iterator[Flask]:
    app = make_app(mail_url=smtp.url)
    with app.test_request_context():
        yield app


def post(session: Session, cast: Cast, **changes) -> MailMessage | None:
    values = {
        "recipient": cast.expert.email,
        "user": cast.expert,
        "locale": "en",
        "need_title": "Review our course",
        "institution": "Sea University",
        "to_expert": True,
        "due_at": now() + timedelta(days=14),
        "address": "http://127.0.0.1:8000/engagements/abc",
    }
    message = mailing.post(session, "engagement_invitation", **{**values, **changes})
    session.commit()
    return message


def test_a_message_is_sent_in_both_parts_and_its_text_is_dropped(mail_app, smtp, session, cast):
    message = post(session, cast)
    mailing.deliver(message.id)
    (received,) = smtp.messages
    assert received["To"] == cast.expert.email
    assert received["Auto-Submitted"] == "auto-generated"
    assert "Review our course" in received.get_body(("plain",)).get_content()
    assert "Review our course" in received.get_body(("html",)).get_content()
    session.expire_all()
    assert message.state == MailState.SENT
    assert message.body_text == message.body_html == ""


def test_a_message_that_was_sent_is_not_sent_again(mail_app, smtp, session, cast):
    message = post(session, cast)
    mailing.deliver(message.id)
    mailing.deliver(message.id)
    assert len(smtp.messages) == 1


def test_a_message_in_other_hands_is_left_to_them(mail_app, smtp, session, cast):
    message = post(session, cast)
    message.state, message.claimed_at = MailState.SENDING, now()
    session.commit()
    mailing.deliver(message.id)
    assert smtp.messages == []


def test_a_message_whose_worker_died_is_found_and_sent_under_the_same_id(
    mail_app, smtp, session, cast
):
    message = post(session, cast)
    message.state = MailState.SENDING
    message.claimed_at = now() - mailing.CLAIM_LASTS - timedelta(seconds=1)
    session.commit()
    assert mailing.find_unsent(session) == 1
    session.commit()
    mailing.deliver(message.id)
    assert smtp.messages[0]["Message-ID"] == message.message_id


def test_later_means_later(mail_app, smtp, session, cast):
    message = post(session, cast)
    smtp.answer = lambda _message: "451 Come back later"
    with pytest.raises(Exception, match="451"):
        mailing.deliver(message.id)
    session.expire_all()
    assert message.state == MailState.WAITING
    assert message.body_text
    smtp.answer = lambda _message: None
    mailing.deliver(message.id)
    assert len(smtp.messages) == 1


def test_after_many_tries_it_is_given_up_and_counted(mail_app, smtp, session, cast):
    message = post(session, cast)
    message.attempts = mailing.MAXIMUM_ATTEMPTS - 1
    session.commit()
    smtp.answer = lambda _message: "451 Come back later"
    with pytest.raises(Exception, match="451"):
        mailing.deliver(message.id)
    session.expire_all()
    assert message.state == MailState.FAILED


def test_a_cancelled_message_never_leaves(mail_app, smtp, session, cast):
    message = post(session, cast)
    assert mailing.cancel_about(session, user_id=cast.expert.id, expert_id=None) == 1
    session.commit()
    mailing.deliver(message.id)
    assert smtp.messages == []
    assert message.state == MailState.CANCELLED
    assert message.body_text == ""


def test_mail_that_speaks_of_somebody_stops_with_them(mail_app, session, cast):
    about = post(session, cast, recipient=cast.owner.email, user=cast.owner,
                 mentions_experts=[cast.profile.id])  # fmt: skip
    other = post(session, cast, recipient=cast.owner.email, user=cast.owner)
    mailing.cancel_about(session, user_id=None, expert_id=cast.profile.id)
    assert about.state == MailState.CANCELLED
    assert other.state == MailState.WAITING


def test_one_key_is_one_message(mail_app, session, cast):
    assert post(session, cast, unique_key="once") is not None
    assert post(session, cast, unique_key="once") is None


def test_a_message_speaks_the_language_of_its_reader(mail_app, session, cast):
    message = post(session, cast, locale="ar")
    assert 'dir="rtl"' in message.body_html
    assert 'lang="ar"' in message.body_html


def test_arguments_of_the_job_are_ids(mail_app, session, cast):
    message = post(session, cast)
    (entry,) = session.scalars(select(OutboxEntry).where(OutboxEntry.job == mailing.DELIVER))
    assert entry.arguments == {"mail_id": message.id}
