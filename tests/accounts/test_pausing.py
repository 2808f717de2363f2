"""A pause of the account: found by nobody, told of nothing, nothing lost."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import MailMessage, OutboxEntry, User
from models.choices import MailState, OwnerKind
from tests.accounts.factors import events
from tests.support.client import PageClient
from tests.support.factories import Cast
from virtual_return.accounts import exports
from virtual_return.digests import rounds
from virtual_return.experts import privacy
from virtual_return.jobs.mailing import post
from virtual_return.matches.queries import indexable


def pause(client: PageClient, user: User) -> PageClient:
    browser = client.sign_in(user)
    browser.submit(browser.get("/settings"), action="/settings/pause")
    return browser


def test_nobody_finds_a_person_who_pauses(client: PageClient, session: Session, cast: Cast) -> None:
    expert = cast.profile
    assert privacy.can_institution_see(session, cast.institution, expert.id)
    pause(client, expert.user)
    session.expire_all()
    assert not privacy.can_institution_see(session, cast.institution, expert.id)
    assert not privacy.can_staff_see(session, expert.id)
    assert expert.id not in set(session.scalars(indexable(OwnerKind.EXPERT)))
    assert expert.user_id not in rounds.people(session)


def test_matching_is_told_when_somebody_goes_and_when_somebody_is_back(
    client: PageClient, session: Session, cast: Cast
) -> None:
    def told() -> int:
        query = select(func.max(OutboxEntry.id)).where(OutboxEntry.job == "matches.refresh")
        return session.scalar(query) or 0

    before = told()
    browser = pause(client, cast.profile.user)
    assert told() > before or before
    browser.submit(browser.get("/settings"), action="/settings/come-back")
    session.expire_all()
    assert privacy.can_institution_see(session, cast.institution, cast.profile.id)
    assert events(session, "account.paused")
    assert events(session, "account.resumed")


def test_a_notice_with_one_button_is_on_every_page(client: PageClient, cast: Cast) -> None:
    browser = pause(client, cast.stranger)
    assert "Your account is paused" in browser.get("/settings").text
    page = browser.get("/settings/export", status=200)
    assert page is not None
    browser.submit(browser.get("/settings"), action="/settings/come-back")
    assert "Your account is paused" not in browser.get("/settings").text


def test_only_mail_about_safety_is_written(app: Flask, client: PageClient, session: Session,
                                           cast: Cast) -> None:  # fmt: skip
    user = cast.stranger
    pause(client, user)
    session.expire_all()
    with app.test_request_context():
        assert post(session, "engagement_reminder", recipient="a@b.example", user=user,
                    locale="en") is None  # fmt: skip
        assert post(session, "identity_linked", recipient="a@b.example", user=user, locale="en",
                    address="x") is not None  # fmt: skip


def test_waiting_digests_are_stopped(client: PageClient, session: Session, cast: Cast) -> None:
    user = cast.stranger
    session.add(
        MailMessage(user_id=user.id, kind="digest_experts", message_id="<x@y>",
                    recipient="a@b.example", subject="s", body_text="t", body_html="h")
    )  # fmt: skip
    session.commit()
    pause(client, user)
    session.expire_all()
    state = session.scalar(select(MailMessage.state).where(MailMessage.kind == "digest_experts"))
    assert state is MailState.CANCELLED


def test_pausing_twice_is_once_and_coming_back_twice_too(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.stranger)
    page = browser.get("/settings")
    browser.submit(page, action="/settings/pause")
    browser.submit(page, action="/settings/pause")
    assert len(events(session, "account.paused")) == 1
    session.expire_all()
    assert exports.collect(session, cast.stranger)["account"]["paused_at"]


def test_a_visitor_pauses_nothing(client: PageClient) -> None:
    for path in ("/settings/pause", "/settings/come-back"):
        assert "/sign-in" in client.post(path, {}).location
