"""Programme staff and owners show a second factor before they see names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from models import User, now
from models.choices import Role
from tests.accounts.factors import PAGE, STEP, App, events, give_app
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_user
from tests.support.sign_in import sign_in
from virtual_return.accounts import sessions
from virtual_return.accounts.access import Access, only, require_second_factor, signed_in_user
from virtual_return.accounts.factors import holding
from virtual_return.accounts.sessions import Way
from virtual_return.demo.sign_ins import DEMO_SIGN_INS

Ask = Callable[[str], str]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application with a page that names people."""
    app = make_app()
    app.add_url_rule("/names", "names", only(Access.NAMES)(lambda: signed_in_user().name))
    app.add_url_rule("/some", "some", lambda: require_second_factor() or "names")
    return app


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**span), tick=False)


def test_a_coordinator_with_one_factor_is_asked_to_set_up_another(
    client: PageClient, cast: Cast
) -> None:
    person = client.sign_in(cast.coordinator, both_factors=False)
    answer = person.get("/coordination/queue", status=302)
    assert answer.location == f"{PAGE}?next=/coordination/queue"
    assert "One step is missing" in person.follow(answer).text
    client.sign_in(cast.coordinator).get("/coordination/queue")


def test_others_hear_nothing_of_coordination_whatever_they_showed(
    client: PageClient, cast: Cast
) -> None:
    for both in (True, False):
        client.sign_in(cast.owner, both_factors=both).get("/coordination/queue", status=404)


def test_setting_up_a_factor_leads_on_to_where_one_was(client: PageClient, cast: Cast) -> None:
    person = client.sign_in(cast.coordinator, both_factors=False)
    page = person.follow(person.get("/coordination/queue", status=302))
    page = person.follow(person.submit(page, action=f"{PAGE}/app/begin"))
    app = App(page.document.one("code").text.replace(" ", ""))
    codes = person.submit(page, {"code": app.code()}, status=200)
    assert codes.links["I have kept them"] == "/coordination/queue"
    person.get("/coordination/queue")


def test_owners_need_it_for_names_and_editors_do_not(client: PageClient, cast: Cast) -> None:
    owner = client.sign_in(cast.owner, both_factors=False)
    assert owner.get("/names", status=302).location == f"{PAGE}?next=/names"
    owner.get("/some", status=302)
    for person in (cast.member, cast.expert, cast.stranger):
        client.sign_in(person, both_factors=False).get("/names")
        client.sign_in(person, both_factors=False).get("/some")
    client.sign_in(cast.owner).get("/names")
    assert client.get("/names", status=302).location == "/sign-in?next=/names"


def test_who_becomes_an_owner_needs_it_from_then_on(client: PageClient, session: Session) -> None:
    user = make_user(session)
    person = client.sign_in(user, both_factors=False)
    person.get("/names")
    add_member(session, make_institution(session), user, Role.OWNER)
    person.get("/names", status=302)
    assert holding.must_have(session, user)


def test_programme_staff_show_it_again_after_twelve_hours(
    client: PageClient, session: Session, cast: Cast
) -> None:
    app = give_app(session, cast.coordinator)
    person = client.sign_in(cast.coordinator)
    with later(hours=13):
        answer = person.get("/coordination/queue", status=302)
        assert answer.location == f"{STEP}?next=/coordination/queue"
        page = person.follow(answer)
        answer = person.submit(page, {"code": app.code()}, action=STEP)
        assert answer.location == "/coordination/queue"
        person.follow(answer)


def test_the_last_factor_stays_while_the_role_asks_for_one(
    client: PageClient, session: Session, cast: Cast
) -> None:
    give_app(session, cast.owner)
    owner = client.sign_in(cast.owner)
    page = owner.post(f"{PAGE}/app/remove", status=409)
    assert "Set up another one first" in page.text
    assert holding.has_any(session, cast.owner)


def test_a_demonstration_sign_in_counts_as_both_factors(
    client: PageClient, session: Session
) -> None:
    email = DEMO_SIGN_INS[0][0]
    user = make_user(session, email=email, is_coordinator=True)
    give_app(session, user)
    client.post("/sign-in/demonstration", {"email": email})
    client.get("/coordination/queue")
    with later(minutes=11):
        page = client.get("/sign-in/again?next=/settings/second-factor")
        answer = client.submit(page, action="/sign-in/demonstration")
        assert answer.location == PAGE
        client.follow(answer)


def test_in_production_a_demonstration_sign_in_is_nobody(
    make_app: Callable[..., Flask], session: Session
) -> None:
    user = make_user(session, is_coordinator=True)
    app = make_app(
        environment="production", secret_key="s" * 40, base_url="https://return.example.org"
    )
    client = PageClient(app, session, sign_in)
    token = sessions.start(
        session, user, device="", is_shared=False, way=Way.DEMONSTRATION, both_factors=True
    )
    with client.http.session_transaction(base_url="https://return.example.org") as cookie:
        cookie["sign_in"] = token
    session.commit()
    answer = client.http.get("/settings", base_url="https://return.example.org")
    assert answer.status_code == 302
    client.http.post(
        "/sign-in/demonstration", data={"email": DEMO_SIGN_INS[0][0]},
        base_url="https://return.example.org",
    )  # fmt: skip
    assert not events(session, "account.signed_in")


def test_a_link_by_mail_alone_never_enters_an_account_with_a_second_factor(
    client: PageClient, session: Session, cast: Cast, ask: Ask
) -> None:
    give_app(session, cast.coordinator)
    client.submit(client.get(ask(cast.coordinator.email or "")))
    for path in ("/coordination/queue", "/settings", "/settings/export", PAGE, "/engagements"):
        assert client.get(path, status=302).location.startswith(STEP), path
    client.post(f"{PAGE}/app/remove")
    client.post("/settings/sessions", {"all": "1"})
    client.post("/settings/erase", {"confirmed": "y"})
    assert holding.has_any(session, cast.coordinator)
    assert session.get_one(User, cast.coordinator.id).erased_at is None
    client.submit(client.get(STEP), action="/sign-out")
    assert client.get("/settings", status=302).location.startswith("/sign-in?")
