"""The pages of one's own account."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, User
from tests.accounts.conftest import LinkFor
from tests.support.client import PageClient
from tests.support.factories import Cast, make_user
from tests.support.sign_in import sign_in
from virtual_return import accounts
from virtual_return.accounts import exports
from virtual_return.jobs.mailing import post

OWN_PAGES = ("/settings", "/settings/erase", "/settings/export", "/settings/account", "/welcome")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_a_visitor_is_asked_to_sign_in_first(client: PageClient, path: str) -> None:
    assert client.get(path, status=302).location.startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/settings", "/settings/sessions", "/settings/account/remove",
                                  "/settings/erase", "/settings/account", "/welcome"])  # fmt: skip
def test_a_visitor_changes_nothing(client: PageClient, path: str) -> None:
    assert "/sign-in" in client.post(path, {"confirmed": "y"}).location


def test_somebody_who_is_signed_in_is_not_asked_again(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.stranger).get("/sign-in?next=/settings", status=302)
    assert page.location == "/settings"


def test_name_language_and_time_zone_are_kept(
    client: PageClient, session: Session, cast: Cast
) -> None:
    stranger = client.sign_in(cast.stranger)
    answer = stranger.submit(
        stranger.get("/settings"),
        {"name": "  Sara   Stranger ", "locale": "fr", "time_zone": "Africa/Khartoum"},
        action="/settings",
    )
    user = cast.stranger
    session.refresh(user)
    assert (user.name, user.locale, user.time_zone) == ("Sara Stranger", "fr", "Africa/Khartoum")
    assert "lang=fr" in " ".join(answer.response.headers.getlist("Set-Cookie"))
    assert stranger.get("/settings").document.one("html").attributes["lang"] == "fr"
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event
    assert event.action == "account.settings_changed"
    assert event.details == {}


def test_an_old_name_of_a_time_zone_stays(client: PageClient, session: Session) -> None:
    user = make_user(session, time_zone="Asia/Calcutta")
    mine = client.sign_in(user)
    mine.submit(mine.get("/settings"), {"name": "A"}, action="/settings")
    session.refresh(user)
    assert user.time_zone == "Asia/Calcutta"


@pytest.mark.parametrize(
    "values",
    [{"name": "a" * 201}, {"locale": "xx"}, {"locale": ""}, {"time_zone": "Mars/Olympus"},
     {"time_zone": "../../etc/passwd"}],
)  # fmt: skip
def test_settings_that_do_not_exist_are_refused(
    client: PageClient, session: Session, cast: Cast, values: dict[str, str]
) -> None:
    stranger = client.sign_in(cast.stranger)
    sent = {"name": "Sam", "locale": "en", "time_zone": "UTC", **values}
    page = stranger.post("/settings", sent, status=422)
    assert page.document.one("title").text.startswith("Error: ")
    session.refresh(cast.stranger)
    assert cast.stranger.name == "Sam Stranger"


def test_nobody_makes_themselves_coordinator(
    client: PageClient, session: Session, cast: Cast
) -> None:
    stranger = client.sign_in(cast.stranger)
    sent = {"name": "Sam", "locale": "en", "time_zone": "UTC"}
    stranger.post("/settings", {**sent, "is_coordinator": "1", "email": "owner@university.example"})
    session.refresh(cast.stranger)
    assert not cast.stranger.is_coordinator
    assert cast.stranger.email == "stranger@example.org"


def test_the_welcome_asks_for_a_name_and_leads_on(client: PageClient, session: Session) -> None:
    user = make_user(session, name="")
    new = client.sign_in(user)
    page = new.post("/welcome", {"name": " ", "path": "offer"}, status=422)
    assert page.document.one("title").text.startswith("Error: ")
    answer = new.post("/welcome", {"name": "Nadia", "path": "institution"})
    assert answer.location.startswith("/")
    session.refresh(user)
    assert user.name == "Nadia"
    assert (
        new.post("/welcome", {"name": "Nadia", "path": "//evil.example"}).location.count("evil")
        == 0
    )


def test_the_export_has_everything_and_no_secret(
    client: PageClient, app: Flask, session: Session, cast: Cast
) -> None:
    exports.register("test part", lambda _session, user: {"expert": user.expert is not None})
    with app.test_request_context():
        post(session, "sign_in", recipient="owner@university.example", user=cast.owner,
             locale="en", address="https://secret.example", minutes=15)  # fmt: skip
    try:
        answer = client.sign_in(cast.owner).get("/settings/export")
    finally:
        del exports._collectors["test part"]
    assert answer.response.headers["Content-Disposition"].startswith("attachment")
    assert answer.response.headers["Cache-Control"] == "no-store"
    document = json.loads(answer.html)
    assert document["format"] == "virtual-return-export"
    assert document["account"]["email"] == "owner@university.example"
    assert document["memberships"][0]["role"] == "owner"
    assert document["mail"][0]["kind"] == "sign_in"
    assert document["sessions"][0]["device"] == "Test"
    assert document["test part"] == {"expert": False}
    assert "secret" not in answer.html
    assert "hash" not in answer.html
    assert "member@university.example" not in answer.html


DEMO = (("expert@example.org", "Elias, an engineer"), ("absent@example.org", "Nobody"))


def test_demonstration_people_can_be_entered_where_they_are_loaded(
    make_app: Callable[..., Flask], session: Session, cast: Cast
) -> None:
    app = make_app()
    accounts.offer_demo_sign_ins(app, DEMO)
    client = PageClient(app, session, sign_in)
    page = client.get("/sign-in")
    assert "Elias, an engineer" in page.text
    assert "Nobody" not in page.text
    client.submit(page, action="/sign-in/demonstration")
    assert "expert@example.org" in client.get("/settings").text


@pytest.mark.parametrize("email", ["owner@university.example", "absent@example.org", "", "%"])
def test_nobody_else_can_be_entered_that_way(
    make_app: Callable[..., Flask], session: Session, cast: Cast, email: str
) -> None:
    app = make_app()
    accounts.offer_demo_sign_ins(app, DEMO)
    client = PageClient(app, session, sign_in)
    client.post("/sign-in/demonstration", {"email": email}, status=404)
    client.get("/settings", status=302)


def test_production_has_no_demonstration_sign_in(
    make_app: Callable[..., Flask], session: Session, cast: Cast, redis_url: str
) -> None:
    app = make_app(
        environment="production", base_url="https://return.example.org", redis_url=redis_url
    )
    accounts.offer_demo_sign_ins(app, DEMO)
    client = PageClient(app, session, sign_in)
    secure = {"base_url": "https://return.example.org"}
    assert "Elias" not in client.get("/sign-in", **secure).text
    client.post("/sign-in/demonstration", {"email": DEMO[0][0]}, status=404, **secure)
    assert session.scalars(select(User).where(User.email == DEMO[0][0])).one().sessions == []


def test_a_newcomer_still_gets_to_the_page_that_they_came_for(
    client: PageClient, link_for: LinkFor
) -> None:
    asked = client.follow(client.get("/settings/erase", status=302))
    client.submit(asked, {"email": "new@example.org"})
    welcome = client.submit(client.get(link_for("new@example.org")))
    assert welcome.location == "/welcome?next=/settings/erase"
    page = client.follow(welcome)
    assert client.submit(page, {"name": "Nadia", "path": "next"}).location == "/settings/erase"
    stranger = client.post("/welcome?next=//evil.example", {"name": "Nadia", "path": "next"})
    assert "evil" not in stranger.location


@pytest.mark.parametrize(
    "path", ["/sign-in", "/settings", "/settings/erase", "/welcome", "/erased/x"]
)
@pytest.mark.parametrize("language", ["ar", "fr"])
def test_pages_can_be_had_in_other_languages(
    client: PageClient, cast: Cast, path: str, language: str
) -> None:
    person = client if path == "/sign-in" else client.sign_in(cast.stranger)
    page = person.get(f"{path}?lang={language}", status=404 if "erased" in path else 200)
    assert page.document.one("html").attributes["lang"] == language
