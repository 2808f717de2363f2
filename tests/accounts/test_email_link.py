"""Signing in with a link by mail, and what must not sign anybody in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, MailMessage, SignInSession, SignInToken, User, now
from tests.accounts.conftest import LinkFor
from tests.support.client import PageClient
from tests.support.factories import make_user
from tests.support.sign_in import COOKIE_KEY, sign_in
from virtual_return.accounts import email_links
from virtual_return.security import hash_token

Ask = Callable[[str], str]


def users(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


def is_signed_in(client: PageClient) -> bool:
    return client.http.get("/settings").status_code == 200


def test_a_link_makes_an_account_and_leads_to_the_welcome(
    client: PageClient, ask: Ask, session: Session
) -> None:
    page = client.get(ask("Ann.New@Example.org"))
    assert "ann.new@example.org" in page.text
    answer = client.submit(page)
    assert answer.location == "/welcome"
    user = session.scalars(select(User)).one()
    assert user.email == "ann.new@example.org"
    assert not user.is_coordinator
    assert user.expert is None
    assert is_signed_in(client)


def test_an_address_is_kept_in_ascii_and_lower_case(client: PageClient, session: Session) -> None:
    client.post("/sign-in", {"email": " ANN.B+c@MÜNCHEN.example "})
    row = session.scalars(select(SignInToken)).one()
    assert row.email == "ann.b+c@xn--mnchen-3ya.example"


def test_a_known_and_an_unknown_address_get_the_same_answer(
    client: PageClient, session: Session
) -> None:
    make_user(session, email="known@example.org")
    known = client.post("/sign-in", {"email": "known@example.org"})
    known_page = client.follow(known)
    unknown = client.post("/sign-in", {"email": "other@example.org"})
    unknown_page = client.follow(unknown)
    assert known.location == unknown.location
    assert known_page.text.replace("known@", "other@") == unknown_page.text
    mails = session.scalars(select(MailMessage).order_by(MailMessage.id)).all()
    assert [mail.kind for mail in mails] == ["sign_in", "sign_in"]
    assert mails[0].subject == mails[1].subject


def test_opening_a_link_does_not_use_it(client: PageClient, ask: Ask, session: Session) -> None:
    path = ask("ann@example.org")
    for _ in range(3):
        client.get(path)
    assert not is_signed_in(client)
    assert session.scalars(select(SignInToken)).one().used_at is None
    client.submit(client.get(path))
    assert is_signed_in(client)


def test_the_token_is_stored_as_a_hash_only(ask: Ask, session: Session) -> None:
    token = ask("ann@example.org").rpartition("/")[2]
    row = session.scalars(select(SignInToken)).one()
    assert row.token_hash == hash_token(token)
    assert token not in repr(vars(row))


def test_a_link_works_once(client: PageClient, app: Flask, ask: Ask, session: Session) -> None:
    path = ask("ann@example.org")
    client.submit(client.get(path))
    thief = PageClient(app, session, sign_in)
    assert "no longer works" in thief.get(path, status=410).text
    thief.post(path, status=410)
    assert not is_signed_in(thief)


def test_two_tabs_that_race_for_one_link_make_one_session(ask: Ask, session: Session) -> None:
    token = ask("ann@example.org").rpartition("/")[2]
    email_links.use(session, token, coordinators="")
    with pytest.raises(email_links.LinkOver):
        email_links.use(session, token, coordinators="")
    assert users(session) == 1


def test_pressing_twice_goes_on_instead_of_complaining(client: PageClient, ask: Ask) -> None:
    path = ask("ann@example.org")
    client.submit(client.get(path))
    assert client.post(path).location == "/welcome"


def test_a_link_expires_after_fifteen_minutes(client: PageClient, ask: Ask) -> None:
    path = ask("ann@example.org")
    with time_machine.travel(now() + timedelta(minutes=14), tick=False):
        client.get(path)
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1), tick=False):
        client.get(path, status=410)
        client.post(path, status=410)
    assert not is_signed_in(client)


@pytest.mark.parametrize("change", ["x", "%00", "%2e%2e", "é", "A" * 3000])
def test_a_tampered_link_opens_nothing(client: PageClient, ask: Ask, change: str) -> None:
    path = ask("ann@example.org")
    client.get(path + change, status=410)
    client.post(path[:-1], status=410)
    assert not is_signed_in(client)


def test_using_one_link_voids_the_others(client: PageClient, ask: Ask) -> None:
    first, second = ask("ann@example.org"), ask("ann@example.org")
    client.submit(client.get(second))
    client.post("/sign-out")
    client.get(first, status=410)


@pytest.mark.parametrize(
    "typed",
    ["", "ann", "ann@", "@example.org", "a b@example.org", "ann@localhost",
     "ann@example.org\nBcc: x@y.org",
     "a" * 5000 + "@example.org", "ann@example.org,eve@example.org", "<script>@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_kept_on_the_page(
    client: PageClient, session: Session, typed: str
) -> None:
    page = client.post("/sign-in", {"email": typed}, status=422)
    assert page.document.one("title").text.startswith("Error: ")
    assert any(href.startswith("#email") for href in page.links.values())
    assert session.scalar(select(func.count()).select_from(MailMessage)) == 0


def test_the_page_that_was_asked_for_comes_after_the_link(
    client: PageClient, link_for: LinkFor, session: Session
) -> None:
    make_user(session, email="ann@example.org")
    page = client.follow(client.get("/settings", status=302))
    client.submit(page, {"email": "ann@example.org"})
    assert client.submit(client.get(link_for("ann@example.org"))).location == "/settings"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)",
     "/%0d%0aLocation: https://evil.example\r\n", "\\\\evil.example", "/" + "a" * 600],
)  # fmt: skip
def test_nobody_is_sent_to_another_site_after_signing_in(
    client: PageClient, link_for: LinkFor, session: Session, target: str
) -> None:
    make_user(session, email="ann@example.org")
    client.get("/sign-in", query_string={"next": target})
    client.post("/sign-in", {"email": "ann@example.org", "next": target})
    location = client.submit(client.get(link_for("ann@example.org"))).location
    assert location.startswith("/")
    assert "evil" not in location


def test_a_suspended_account_cannot_sign_in(client: PageClient, ask: Ask, session: Session) -> None:
    make_user(session, email="ann@example.org", suspended_at=now())
    path = ask("ann@example.org")
    assert "suspended" in client.post(path, status=403).text
    assert not is_signed_in(client)
    # Nothing was written: the link waits for the day on which the suspension ends.
    assert session.scalars(select(SignInToken)).one().used_at is None


def test_listed_addresses_become_coordinators_when_they_sign_in(
    make_app: Callable[..., Flask], session: Session, link_for: LinkFor
) -> None:
    app = make_app(coordinator_emails="boss@example.org , Staff@example.org")
    for email, is_coordinator in (("staff@example.org", True), ("ann@example.org", False)):
        client = PageClient(app, session, sign_in)
        client.post("/sign-in", {"email": email})
        client.post(link_for(email))
        user = session.scalars(select(User).where(User.email == email)).one()
        assert user.is_coordinator is is_coordinator
    actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("account.made_coordinator") == 1


def test_a_form_without_its_token_is_refused(
    make_app: Callable[..., Flask], session: Session, ask: Ask
) -> None:
    path = ask("ann@example.org")
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = True
    client = PageClient(app, session, sign_in)
    client.post("/sign-in", {"email": "ann@example.org"}, status=400)
    client.post(path, status=400)
    client.post("/sign-out", status=400)
    client.submit(client.get(path))
    assert is_signed_in(client)


def test_links_are_limited_by_address_and_by_sender(
    make_app: Callable[..., Flask], session: Session, redis_url: str, redis: Redis
) -> None:
    app = make_app(environment="development", sign_in_limit="2 per hour", redis_url=redis_url)

    def ask(email: str, sender: str, status: int) -> None:
        client = PageClient(app, session, sign_in)
        origin = {"REMOTE_ADDR": sender}
        client.post("/sign-in", {"email": email}, environ_base=origin, status=status)

    ask("ann@example.org", "192.0.2.1", 302)
    ask("ANN@example.org", "192.0.2.2", 302)
    ask(" ann@Example.org", "192.0.2.3", 429)
    ask("bob@example.org", "192.0.2.1", 302)
    ask("eve@example.org", "192.0.2.1", 429)


def test_a_new_session_gets_a_new_cookie_and_ends_the_old_one(
    client: PageClient, ask: Ask, session: Session
) -> None:
    other = make_user(session, email="other@example.org")
    attacked = client.sign_in(other)
    with attacked.http.session_transaction() as cookie:
        planted = cookie[COOKIE_KEY]
        cookie["planted"] = "by somebody else"
    path = ask("ann@example.org")
    attacked.submit(attacked.get(path))
    with attacked.http.session_transaction() as cookie:
        assert cookie[COOKIE_KEY] != planted
        assert "planted" not in cookie
    hashes = session.scalars(select(SignInSession.token_hash)).all()
    assert hash_token(planted) not in hashes
    assert len(hashes) == 1


def test_the_answer_page_without_having_asked_leads_to_the_form(client: PageClient) -> None:
    assert client.get("/sign-in/sent", status=302).location == "/sign-in"
