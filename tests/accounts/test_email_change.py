"""Another e-mail address: both addresses agree within a day, or nothing happens."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import EmailChange, MailMessage, SignInSession, User, now
from tests.accounts.factors import events
from tests.support.client import PageClient
from tests.support.factories import Cast, make_user
from virtual_return.accounts import email_change, exports, people

PAGE = "/settings/email"
NEW = "new.address@example.org"


def ask(client: PageClient, user: User, address: str = NEW) -> PageClient:
    browser = client.sign_in(user)
    browser.submit(browser.get(PAGE), {"email": address}, action=PAGE)
    return browser


def link(session: Session, kind: str) -> str:
    session.expire_all()
    mail = session.scalars(
        select(MailMessage).where(MailMessage.kind == kind).order_by(MailMessage.id.desc())
    ).first()
    assert mail is not None
    found = re.search(r"http\S+/email/\S+", mail.body_text)
    assert found
    return urlsplit(found[0]).path


def press(client: PageClient, path: str, *, action: str = "", status: int = 200) -> None:
    client.submit(client.get(path), action=action or path, status=status)


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_the_address_changes_once_both_agreed(
    client: PageClient, session: Session, cast: Cast, order: tuple[str, str]
) -> None:
    user = cast.stranger
    old = user.email
    ask(client, user)
    for which in order:
        session.refresh(user)
        assert user.email == old
        press(client, link(session, f"email_change_{which}"))
    session.refresh(user)
    assert user.email == NEW
    assert session.scalar(select(EmailChange)) is None
    told = session.scalars(
        select(MailMessage.recipient).where(MailMessage.kind == "email_changed")
    ).all()
    assert set(told) == {old, NEW}
    assert events(session, "account.email_changed")


def test_opening_a_link_changes_nothing_without_the_button(
    client: PageClient, session: Session, cast: Cast
) -> None:
    ask(client, cast.stranger)
    for kind in ("email_change_old", "email_change_new"):
        client.get(link(session, kind))
    row = session.scalars(select(EmailChange)).one()
    assert (row.old_confirmed_at, row.new_confirmed_at) == (None, None)


def test_a_link_works_once_and_never_for_both(
    client: PageClient, session: Session, cast: Cast
) -> None:
    ask(client, cast.stranger)
    path = link(session, "email_change_new")
    press(client, path)
    client.get(path, status=410)
    client.post(path, {}, status=410)
    assert session.scalars(select(EmailChange)).one().old_confirmed_at is None


def test_a_link_of_yesterday_is_over(client: PageClient, session: Session, cast: Cast) -> None:
    ask(client, cast.stranger)
    path = link(session, "email_change_old")
    with time_machine.travel(now() + timedelta(hours=25)):
        client.get(path, status=410)
        assert email_change.forget_expired(session) == 1


def test_a_taken_address_is_not_revealed(client: PageClient, session: Session, cast: Cast) -> None:
    make_user(session, email="taken@example.org")
    session.commit()
    browser = ask(client, cast.stranger, "taken@example.org")
    taken = browser.get(PAGE).text.replace("taken@example.org", NEW)
    mail = session.scalars(
        select(MailMessage).where(MailMessage.recipient == "taken@example.org")
    ).one()
    assert mail.kind == "email_change_taken"
    assert "/email/" not in mail.body_text
    browser.submit(browser.get(PAGE), {"email": NEW}, action=PAGE)
    clean = re.compile(r"\d+:\d\d(:\d\d)?|We wrote to both[^.]*\.[^.]*\.")
    assert clean.sub("", browser.get(PAGE).text) == clean.sub("", taken)


def test_the_link_of_another_person_does_nothing_in_my_browser(
    client: PageClient, session: Session, cast: Cast
) -> None:
    ask(client, cast.stranger)
    path = link(session, "email_change_new")
    other = client.sign_in(cast.owner)
    other.get(path, status=410)
    other.post(path, {}, status=410)
    other.post(f"{path}/stop", {}, status=410)
    assert session.scalars(select(EmailChange)).one().new_confirmed_at is None
    assert events(session, "account.email_change_refused")


def test_it_is_stopped_from_the_old_address_and_not_from_the_new_one(
    client: PageClient, session: Session, cast: Cast
) -> None:
    ask(client, cast.stranger)
    client.post(link(session, "email_change_new") + "/stop", {}, status=410)
    path = link(session, "email_change_old")
    press(client, path, action=f"{path}/stop")
    assert session.scalar(select(EmailChange)) is None
    client.get(link(session, "email_change_new"), status=410)


def test_it_is_stopped_from_the_settings(client: PageClient, session: Session, cast: Cast) -> None:
    browser = ask(client, cast.stranger)
    browser.submit(browser.get(PAGE), action=f"{PAGE}/cancel")
    assert session.scalar(select(EmailChange)) is None


def test_a_suspended_account_changes_nothing(
    client: PageClient, session: Session, cast: Cast
) -> None:
    user = cast.stranger
    ask(client, user)
    path = link(session, "email_change_old")
    user.suspended_at = now()
    session.commit()
    client.post(path, {}, status=403)


def test_other_browsers_are_signed_out(client: PageClient, session: Session, cast: Cast) -> None:
    user = cast.stranger
    client.sign_in(user)
    browser = ask(client, user)
    press(browser, link(session, "email_change_old"))
    press(browser, link(session, "email_change_new"))
    rows = session.scalars(select(SignInSession).where(SignInSession.user_id == user.id)).all()
    assert len(rows) == 1
    browser.get("/settings")


def test_an_address_that_was_taken_meanwhile_changes_nothing(
    client: PageClient, session: Session, cast: Cast
) -> None:
    user = cast.stranger
    old = user.email
    ask(client, user)
    press(client, link(session, "email_change_old"))
    make_user(session, email=NEW)
    session.commit()
    client.post(link(session, "email_change_new"), {}, status=410)
    session.refresh(user)
    assert user.email == old


def test_nobody_becomes_staff_by_a_change(session: Session, cast: Cast) -> None:
    user = cast.stranger
    user.email_changed_at = now()
    people.make_coordinator_if_listed(session, user, user.email or "")
    assert not user.is_coordinator


def test_staff_stay_staff(client: PageClient, session: Session, cast: Cast) -> None:
    ask(client, cast.coordinator)
    press(client, link(session, "email_change_old"))
    press(client, link(session, "email_change_new"))
    session.refresh(cast.coordinator)
    assert (cast.coordinator.email, cast.coordinator.is_coordinator) == (NEW, True)


def test_the_same_address_is_refused(client: PageClient, cast: Cast) -> None:
    browser = client.sign_in(cast.stranger)
    browser.submit(browser.get(PAGE), {"email": cast.stranger.email or ""}, action=PAGE, status=422)


def test_the_export_says_what_waits(client: PageClient, session: Session, cast: Cast) -> None:
    ask(client, cast.stranger)
    session.expire_all()
    assert exports.collect(session, cast.stranger)["email_change"]["new_email"] == NEW
