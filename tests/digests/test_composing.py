"""A digest tells what is new and true, once, and says how to stop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from models import DigestItem, DigestPreference, MailMessage, now
from models.choices import DigestList, Frequency, MailState, NeedState, Visibility
from tests.support.factories import make_expert, make_need
from virtual_return.digests import compose, preferences
from virtual_return.jobs.mailing import cancel_about


@pytest.fixture(autouse=True)
def _every_band_is_worth_telling(monkeypatch):
    """The small encoder of tests bands little as possible; what is told is not under test here."""
    monkeypatch.setattr(
        compose,
        "WORTH_TELLING",
        frozenset({"strong", "possible", "weak", "not_enough_information"}),
    )


def age_last_digest(session, days=8):
    for preference in session.scalars(select(DigestPreference)):
        preference.last_sent_at = now() - timedelta(days=days)
    session.flush()


def test_an_expert_hears_of_a_new_need(session, told):
    message = compose.send_to_expert(session, told.expert)
    assert message is not None
    assert message.recipient == told.expert.email
    assert told.need.title in message.body_text
    assert told.need.title in message.body_html
    assert f"/needs/{told.need.public_id}" in message.body_text


def test_an_institution_hears_of_somebody_without_a_name(session, told):
    message = compose.send_to_member(session, told.owner)
    assert message is not None
    assert told.profile.headline_anonymous in message.body_text
    everything = message.subject + message.body_text + message.body_html + str(message.headers)
    for secret in ("Elias", told.expert.email, told.profile.city, told.profile.employer):
        assert secret not in everything
    assert message.mentions_experts == [told.profile.id]


def test_an_institution_hears_nothing_about_a_need_whose_time_is_over(session, told):
    told.need.expires_at = now() - timedelta(minutes=1)
    session.flush()
    assert compose.send_to_member(session, told.owner) is None


def test_subjects_say_nothing_personal(session, told):
    for message in (
        compose.send_to_expert(session, told.expert),
        compose.send_to_member(session, told.owner),
    ):
        assert told.need.title not in message.subject
        assert "University" not in message.subject


def test_the_same_match_is_never_told_twice(session, told):
    assert compose.send_to_expert(session, told.expert) is not None
    age_last_digest(session)
    assert compose.send_to_expert(session, told.expert) is None
    assert session.scalar(select(func.count()).select_from(DigestItem)) == 1


def test_only_what_is_new_is_told(session, told, index):
    compose.send_to_expert(session, told.expert)
    fresh = make_need(session, told.institution, title="Teach slow sand filtration")
    index()
    age_last_digest(session)
    message = compose.send_to_expert(session, told.expert)
    assert message is not None
    assert fresh.title in message.body_text
    assert told.need.title not in message.body_text


def test_nobody_hears_more_often_than_they_chose(session, told, index):
    compose.send_to_expert(session, told.expert)
    make_need(session, told.institution, title="Teach slow sand filtration")
    index()
    age_last_digest(session, days=3)
    assert compose.send_to_expert(session, told.expert) is None


def test_never_means_never(session, told):
    preferences.choose(session, told.expert, DigestList.EXPERT_MATCHES, Frequency.NEVER)
    assert compose.send_to_expert(session, told.expert) is None


def test_who_is_hidden_now_is_not_told_of(session, told):
    told.profile.visibility = Visibility.HIDDEN
    session.flush()
    assert compose.send_to_member(session, told.owner) is None


def test_a_need_that_closed_is_not_told(session, told):
    told.need.state = NeedState.CLOSED
    session.flush()
    assert compose.send_to_expert(session, told.expert) is None


def test_one_institution_does_not_flood(session, told, index):
    for number in range(6):
        make_need(session, told.institution, title=f"Review drinking water course {number}")
    index()
    message = compose.send_to_expert(session, told.expert)
    told_of = session.scalar(select(func.count()).select_from(DigestItem))
    assert told_of == compose.NEEDS_PER_INSTITUTION
    assert "and 4 more" in message.body_text


def test_who_has_no_room_hears_nothing(session, told):
    told.profile.capacity = 0
    session.flush()
    assert compose.send_to_expert(session, told.expert) is None


def test_each_message_offers_one_click_to_leave(session, told):
    message = compose.send_to_expert(session, told.expert)
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.headers["List-Unsubscribe"].startswith("<http")
    assert message.headers["List-Unsubscribe"].strip("<>") in message.body_text


def test_a_viewer_gets_no_digest(session, told):
    for membership in told.owner.memberships:
        membership.role = "viewer"
    session.flush()
    assert compose.send_to_member(session, told.owner) is None


def test_a_title_cannot_forge_headers(session, told, index):
    session.execute(delete(MailMessage))
    told.need.title = "Review\r\nBcc: everybody@example.org"
    session.flush()
    message = compose.send_to_expert(session, told.expert)
    assert "\n" not in message.subject
    assert "Bcc" not in str(message.headers)


def test_what_a_cancelled_message_would_have_told_is_told_later(session, told, index):
    hiding = make_expert(session, headline_anonymous="Hydrologist of small rivers")
    index()
    first = compose.send_to_member(session, told.owner)
    assert "Hydrologist" in first.body_text
    hiding.visibility = Visibility.HIDDEN
    cancel_about(session, user_id=None, expert_id=hiding.id)
    assert first.state == MailState.CANCELLED
    age_last_digest(session)
    second = compose.send_to_member(session, told.owner)
    assert told.profile.headline_anonymous in second.body_text
    assert "Hydrologist" not in second.body_text
