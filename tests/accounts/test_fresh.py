"""Dangerous acts ask once more who somebody is, and lead back to where they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SignInSession, User, now
from tests.accounts.factors import BASE_URL, PAGE, add_passkey, challenge, events, give_app
from tests.support.authenticator import Authenticator
from tests.support.client import PageClient
from tests.support.factories import make_user
from virtual_return.accounts.access import Access, fresh, only

Link = Callable[[str], str]
AGAIN = "/sign-in/again"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    app = make_app(base_url=BASE_URL)
    guarded = only(Access.SIGNED_IN)(fresh(5)(lambda: "done"))
    app.add_url_rule("/dangerous", "dangerous", guarded, methods=["GET", "POST"])
    sent = only(Access.SIGNED_IN)(fresh(5)(lambda: "done"))
    app.add_url_rule("/dangerous/send", "send", sent, methods=["POST"])
    return app


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**span), tick=False)


def test_a_fresh_sign_in_is_enough(client: PageClient, user: User) -> None:
    person = client.sign_in(user)
    person.get("/dangerous")
    with later(minutes=6):
        assert person.get("/dangerous?x=1", status=302).location == f"{AGAIN}?next=/dangerous?x%3D1"
        assert person.post("/dangerous").location == f"{AGAIN}?next=/dangerous"
        assert person.post("/dangerous/send").location == f"{AGAIN}?next=/"


def test_visitors_are_asked_to_sign_in_first(client: PageClient) -> None:
    assert client.get("/dangerous", status=302).location.startswith("/sign-in?")
    assert client.get(AGAIN, status=302).location.startswith("/sign-in?")


def test_a_code_proves_it_and_leads_back_with_a_new_secret(
    client: PageClient, session: Session, user: User
) -> None:
    app = give_app(session, user)
    person = client.sign_in(user)
    before = session.scalars(select(SignInSession.token_hash)).one()
    with later(minutes=20):
        page = person.get(f"{AGAIN}?next=/dangerous")
        page = person.submit(page, {"code": app.wrong()}, action=AGAIN, status=422)
        answer = person.submit(page, {"code": app.code()}, action=AGAIN)
        assert answer.location == "/dangerous"
        person.follow(answer)
    assert session.scalars(select(SignInSession.token_hash)).one() != before
    assert events(session, "second_factor.refused")


def test_a_passkey_proves_it_too(client: PageClient, session: Session, user: User) -> None:
    key, person = Authenticator(), client.sign_in(user)
    add_passkey(person, key, status=200)
    with later(minutes=20):
        answer = key.sign(challenge(person, "again"))
        sent = {"answer": answer, "next": "/dangerous"}
        assert person.post(f"{AGAIN}/passkey", sent).location == "/dangerous"
        person.get("/dangerous")
        assert "sent twice" in person.post(f"{AGAIN}/passkey", sent, status=422).text


def test_without_a_second_factor_a_link_by_mail_proves_it(
    client: PageClient, user: User, link_for: Link
) -> None:
    person = client.sign_in(user)
    with later(minutes=20):
        page = person.get(f"{AGAIN}?next=/dangerous")
        assert not page.document.all("input", name="code")
        person.submit(page, action="/sign-in")
        answer = person.submit(person.get(link_for(user.email or "")))
        assert answer.location == "/dangerous"
        person.follow(answer)


def test_the_way_back_stays_on_this_site(client: PageClient, session: Session, user: User) -> None:
    app = give_app(session, user)
    person = client.sign_in(user)
    with later(minutes=20):
        for wanted in ("https://evil.example", "//evil.example", "/\\evil.example"):
            page = person.get(AGAIN, query_string={"next": wanted})
            values = [item.attributes["value"] for item in page.document.all("input", name="next")]
            assert set(values) == {""}
        answer = person.post(AGAIN, {"code": app.code(), "next": "https://evil.example"})
        assert answer.location == "/settings"


def test_the_page_of_second_factors_asks_for_it(client: PageClient, user: User) -> None:
    person = client.sign_in(user)
    with later(minutes=11):
        assert person.get(PAGE, status=302).location == f"{AGAIN}?next={PAGE}"
        for path in ("app/begin", "app/remove", "codes", "passkeys/remove", "passkeys"):
            assert person.post(f"{PAGE}/{path}").location == f"{AGAIN}?next={PAGE}"
