"""Sessions: how long they last, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Identity, SignInSession, User, now
from tests.support.client import PageClient
from tests.support.factories import make_user
from tests.support.sign_in import COOKIE_KEY, sign_in
from virtual_return.accounts import devices, jobs, sessions
from virtual_return.accounts.sessions import AtProvider, Way

Ask = Callable[[str], str]


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**span), tick=False)


def test_a_session_ends_after_two_idle_weeks(session: Session, user: User) -> None:
    token = sessions.start(session, user, device="", is_shared=False)
    with later(days=13):
        found = sessions.find(session, token)
        assert found
        assert found.needs_note
        sessions.note_use(session, found.session_id)
    with later(days=26):
        assert sessions.find(session, token)
    with later(days=28):
        assert sessions.find(session, token) is None


def test_a_session_ends_after_sixty_days_however_much_it_is_used(
    session: Session, user: User
) -> None:
    token = sessions.start(session, user, device="", is_shared=False)
    for day in range(10, 60, 10):
        with later(days=day):
            found = sessions.find(session, token)
            assert found
            sessions.note_use(session, found.session_id)
    with later(days=60, seconds=1):
        assert sessions.find(session, token) is None


def test_on_a_shared_phone_it_ends_after_two_hours(
    client: PageClient, ask: Ask, session: Session
) -> None:
    page = client.get(ask("ann@example.org"))
    answer = client.submit(page, {"is_shared": "y"})
    cookie = answer.response.headers["Set-Cookie"]
    assert "Expires" not in cookie
    client.get("/settings")
    with later(hours=2, seconds=1):
        client.get("/settings", status=302)


def test_the_cookie_is_closed_to_scripts_and_other_sites(
    make_app: Callable[..., Flask], session: Session, user: User
) -> None:
    app = make_app(base_url="https://return.example.org")
    client = PageClient(app, session, sign_in)
    answer = client.http.get("/sign-in", base_url="https://return.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_pages_carry_the_protecting_headers(client: PageClient, user: User) -> None:
    for path in ("/sign-in", "/settings", "/settings/erase", "/welcome"):
        headers = client.sign_in(user).http.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_signing_out_deletes_the_session_and_clears_the_browser(
    client: PageClient, session: Session, user: User
) -> None:
    signed_in = client.sign_in(user)
    with signed_in.http.session_transaction() as cookie:
        stolen = cookie[COOKIE_KEY]
    answer = signed_in.post("/sign-out")
    assert answer.response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "deleted" in signed_in.follow(answer).text
    assert session.scalars(select(SignInSession)).all() == []
    thief = client.sign_in(user)
    with thief.http.session_transaction() as cookie:
        cookie[COOKIE_KEY] = stolen
    thief.get("/settings", status=302)


def test_signing_out_by_a_link_is_not_possible(client: PageClient, user: User) -> None:
    client.sign_in(user).get("/sign-out", status=405)


@pytest.mark.parametrize("cookie", ["", "x", 7, None, ["a"], {"a": 1}, "a" * 10_000])
def test_a_cookie_of_ours_with_a_strange_secret_is_nobody(
    client: PageClient, cookie: object
) -> None:
    with client.http.session_transaction() as kept:
        kept[COOKIE_KEY] = cookie
    client.get("/settings", status=302)


def test_a_forged_or_remember_me_cookie_is_nobody(client: PageClient, user: User) -> None:
    client.http.set_cookie("session", "eyJzaWduX2luIjoiYSJ9.aaaa.bbbb")
    client.http.set_cookie("remember_token", f"{user.id}|abcdef")
    client.get("/settings", status=302)
    with client.http.session_transaction() as cookie:
        cookie["_user_id"] = str(user.id)
    client.get("/settings", status=302)


@pytest.mark.parametrize("field", ["suspended_at", "erased_at"])
def test_suspended_and_erased_people_are_signed_out_at_once(
    client: PageClient, session: Session, user: User, field: str
) -> None:
    signed_in = client.sign_in(user)
    signed_in.get("/settings")
    setattr(user, field, now())
    session.commit()
    signed_in.get("/settings", status=302)


def test_one_browser_can_sign_out_another(client: PageClient, session: Session, user: User) -> None:
    here, there = client.sign_in(user), client.sign_in(user)
    page = here.get("/settings")
    assert page.text.count("This browser") == 1
    here.submit(page, action="/settings/sessions")
    there.get("/settings", status=302)
    here.get("/settings")


def test_one_browser_can_sign_out_all_others(
    client: PageClient, session: Session, user: User
) -> None:
    here, others = client.sign_in(user), [client.sign_in(user) for _ in range(3)]
    here.post("/settings/sessions", {"all": "1"})
    for other in others:
        other.get("/settings", status=302)
    here.get("/settings")


def test_nobody_signs_out_somebody_else(client: PageClient, session: Session, user: User) -> None:
    victim, stranger = client.sign_in(user), client.sign_in(make_user(session))
    victim_page = client.sign_in(user).get("/settings")
    handles = [
        item.attributes["value"] for item in victim_page.document.all("input", name="handle")
    ]
    assert handles
    for handle in [*handles, "", "1", "x" * 500]:
        stranger.post("/settings/sessions", {"handle": handle}, status=404)
    victim.get("/settings")


def test_use_is_noted_once_an_hour_and_not_as_an_edit(
    client: PageClient, session: Session, user: User
) -> None:
    signed_in = client.sign_in(user)
    row = session.scalars(select(SignInSession)).one()
    first, edited = row.last_used_at, user.updated_at
    signed_in.get("/settings")
    session.refresh(row)
    assert row.last_used_at == first
    with later(hours=2):
        signed_in.get("/settings")
        session.refresh(row)
        session.refresh(user)
        assert row.last_used_at > first
        assert user.last_seen_at == row.last_used_at
        assert user.updated_at == edited


def test_use_is_noted_when_a_form_is_sent_too(
    client: PageClient, session: Session, user: User
) -> None:
    signed_in = client.sign_in(user)
    row = session.scalars(select(SignInSession)).one()
    first = row.last_used_at
    with later(hours=2):
        signed_in.post("/settings", {"name": "", "locale": "xx"}, status=422)
        session.refresh(row)
        assert row.last_used_at > first


def test_a_new_secret_voids_the_old_one(session: Session, user: User) -> None:
    old = sessions.start(session, user, device="", is_shared=True, way=Way.EMAIL_LINK)
    new = sessions.renew(session, old)
    assert sessions.find(session, old) is None
    found = sessions.find(session, new)
    assert found is not None
    again = sessions.prove_again(session, found.session_id, second_factor=True)
    assert sessions.find(session, new) is None
    proved = sessions.find(session, again)
    assert proved is not None
    assert proved.proof.has_second_factor
    assert proved.proof.way == Way.EMAIL_LINK


def test_a_provider_ends_the_sessions_that_it_opened_and_no_others(
    session: Session, user: User
) -> None:
    identity = Identity(user_id=user.id, issuer="https://a.example", subject="1")
    session.add(identity)
    session.flush()
    tokens = [
        sessions.start(session, user, device="", is_shared=False, provider=provider)
        for provider in (AtProvider(identity.id, "one"), AtProvider(identity.id, "two"), None)
    ]
    assert sessions.end_at_provider(session, [identity.id], sid="one") == 1
    assert [bool(sessions.find(session, token)) for token in tokens] == [False, True, True]
    assert sessions.end_at_provider(session, [identity.id]) == 1
    assert [bool(sessions.find(session, token)) for token in tokens] == [False, False, True]


def test_a_session_outlives_the_identity_that_opened_it(session: Session, user: User) -> None:
    identity = Identity(user_id=user.id, issuer="https://a.example", subject="1")
    session.add(identity)
    session.flush()
    provider = AtProvider(identity.id)
    token = sessions.start(session, user, device="", is_shared=False, provider=provider)
    session.delete(identity)
    session.flush()
    assert sessions.find(session, token)


def test_somebody_with_very_many_sessions_keeps_the_newest(session: Session, user: User) -> None:
    first = sessions.start(session, user, device="", is_shared=False)
    for minute in range(1, sessions.MAXIMUM_PER_USER + 1):
        with later(minutes=minute):
            sessions.start(session, user, device="", is_shared=False)
    assert sessions.find(session, first) is None
    assert len(session.scalars(select(SignInSession)).all()) == sessions.MAXIMUM_PER_USER


def test_the_nightly_job_forgets_what_is_over(session: Session, user: User) -> None:
    sessions.start(session, user, device="", is_shared=True)
    kept = sessions.start(session, user, device="", is_shared=False)
    with later(days=1):
        assert jobs.forget_expired(session) == 1
        assert jobs.forget_expired(session) == 0
        assert sessions.find(session, kept)


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Firefox/128.0", "Firefox on Android"),
        ("(Windows NT 10.0) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge on Windows"),
        ("(iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
        ("<script>" * 1000, "Unknown device"),
    ],
)
def test_a_device_is_named_coarsely(app: Flask, agent: str, label: str) -> None:
    with app.test_request_context():
        assert devices.device_label(agent) == label
