"""Erasing later: hidden at once, taken back with one button, done when the time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MailMessage, User, now
from models.choices import Role
from tests.accounts.factors import events
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_user
from virtual_return.accounts import cooling_off, leaving
from virtual_return.errors import Conflict
from virtual_return.experts import privacy
from virtual_return.jobs.mailing import deliver

PAGE = "/settings/erase"


def ask(client: PageClient, user: User, days: int = 3, *, status: int = 302) -> PageClient:
    browser = client.sign_in(user)
    browser.post(PAGE, {"days": str(days), "confirmed": "y"}, status=status)
    return browser


def run_at(app: Flask, days: float) -> int:
    with time_machine.travel(now() + timedelta(days=days)), app.app_context():
        return cooling_off.erase_due()


def test_the_person_is_hidden_from_the_moment_of_asking(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = ask(client, cast.profile.user)
    session.expire_all()
    assert not privacy.can_institution_see(session, cast.institution, cast.profile.id)
    assert "Your account is going to be erased" in browser.get("/settings").text
    assert session.scalars(select(MailMessage).where(MailMessage.kind == "erasure_begun")).one()


def test_one_button_takes_it_back(
    app: Flask, client: PageClient, session: Session, cast: Cast
) -> None:
    browser = ask(client, cast.profile.user)
    browser.submit(browser.get("/settings"), action="/settings/come-back")
    session.expire_all()
    assert privacy.can_institution_see(session, cast.institution, cast.profile.id)
    assert run_at(app, 4) == 0
    session.expire_all()
    assert cast.profile.user.erased_at is None


@pytest.mark.parametrize("days", [1, 3, 7, 14])
def test_it_is_erased_when_due_and_not_before(
    app: Flask, client: PageClient, session: Session, cast: Cast, days: int
) -> None:
    user = cast.stranger
    ask(client, user, days)
    assert run_at(app, days - 0.1) == 0
    assert run_at(app, days + 0.1) == 1
    assert run_at(app, days + 0.2) == 0
    session.expire_all()
    assert user.erased_at is not None
    assert (user.email, user.erase_at) == (None, None)


def test_the_last_mail_goes_to_the_address_and_is_forgotten_with_it(
    app: Flask, client: PageClient, session: Session, cast: Cast
) -> None:
    address = cast.stranger.email
    ask(client, cast.stranger)
    run_at(app, 4)
    session.expire_all()
    mail = session.scalars(select(MailMessage).where(MailMessage.kind == "account_erased")).one()
    assert mail.recipient == address
    assert "/erased/" in mail.body_text
    with app.app_context():
        deliver(mail.id)
    session.expire_all()
    assert mail.recipient == ""


def test_asking_again_changes_nothing(client: PageClient, session: Session, cast: Cast) -> None:
    ask(client, cast.stranger, 14)
    session.expire_all()
    when = cast.stranger.erase_at
    ask(client, cast.stranger, 1)
    session.expire_all()
    assert cast.stranger.erase_at == when


@pytest.mark.parametrize("days", ["2", "-1", "999999999999", "soon"])
def test_another_time_is_refused(client: PageClient, cast: Cast, days: str) -> None:
    browser = client.sign_in(cast.stranger)
    browser.post(PAGE, {"days": days, "confirmed": "y"}, status=422)


def test_none_erases_now(client: PageClient, session: Session, cast: Cast) -> None:
    ask(client, cast.stranger, 0)
    session.expire_all()
    assert cast.stranger.erased_at is not None


def test_what_stands_in_the_way_puts_it_off_by_a_day(
    app: Flask,
    client: PageClient,
    session: Session,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_session: Session, _user: User) -> None:
        raise Conflict

    ask(client, cast.stranger)
    monkeypatch.setattr(leaving, "refuse_orphans", refuse)
    assert run_at(app, 4) == 0
    session.expire_all()
    assert cast.stranger.erased_at is None
    assert events(session, "account.erasure_put_off")


def test_of_two_owners_who_both_want_to_go_the_second_hears_it_at_once(
    app: Flask, client: PageClient, session: Session
) -> None:
    first, second = make_user(session), make_user(session)
    institution = make_institution(session, owner=first)
    add_member(session, institution, second, Role.OWNER)
    ask(client, first)
    page = client.sign_in(second).post(PAGE, {"days": "3", "confirmed": "y"}, status=409)
    assert "only owner" in page.text
    assert run_at(app, 4) == 1


def test_an_editor_follows_an_owner_whose_time_is_over(
    app: Flask, client: PageClient, session: Session
) -> None:
    """The other owner was suspended meanwhile, when nobody could be asked any more."""
    first, second, editor = (make_user(session) for _ in range(3))
    institution = make_institution(session, owner=first)
    add_member(session, institution, second, Role.OWNER)
    add_member(session, institution, editor, Role.EDITOR)
    ask(client, first)
    second.suspended_at = now()
    session.commit()
    assert run_at(app, 4) == 1
    session.expire_all()
    roles = {row.user_id: row.role for row in institution.memberships}
    assert roles[editor.id] is Role.OWNER
