"""Codes from an authenticator app: set up, used once, counted when wrong."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FactorGuard, OneTimeCode, RecoveryCode, SignInSession, User, now
from tests.accounts.factors import PAGE, STEP, App, events, give_app, mails
from tests.support.client import PageClient
from tests.support.factories import make_user
from virtual_return.accounts.factors import app_codes, codes
from virtual_return.config import DEVELOPMENT_SECRET
from virtual_return.db import Database, make_engine
from virtual_return.security import encrypt

Ask = Callable[[str], str]


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**span), tick=False)


def enter(client: PageClient, ask: Ask, user: User) -> PageClient:
    """Show the first factor."""
    answer = client.submit(client.get(ask(user.email or "")))
    assert answer.location.startswith(STEP)
    return client


def test_an_app_is_set_up_by_its_first_code(
    client: PageClient, session: Session, user: User
) -> None:
    person = client.sign_in(user, both_factors=False)
    page = person.follow(person.submit(person.get(PAGE), action=f"{PAGE}/app/begin"))
    assert page.document.all("svg")
    app = App(page.document.one("code").text.replace(" ", ""))
    assert f"secret={app.secret}" in page.links["open it in the app"]
    assert "Error: " in person.submit(page, {"code": app.wrong()}, status=422).html
    kept = person.submit(page, {"code": app.code()}, status=200)
    assert len(kept.document.all("code")) == 10
    assert "codes still work" in person.get(PAGE).text
    assert events(session, "one_time_code.added")
    assert any("authenticator app" in text for text in mails(session, user))
    row = session.scalars(select(OneTimeCode)).one()
    assert app.secret not in row.secret_sealed


def test_arabic_digits_and_spaces_are_a_code_too(session: Session, user: User) -> None:
    assert codes.digits_of(" ١٢٣ ٤٥٦ ") == "123456"
    assert codes.digits_of("123-456") == "123456"
    assert codes.digits_of("12345a") == ""
    assert codes.digits_of("²²²²²²") == ""


def test_the_first_code_of_a_new_app_opens_nothing_again(
    app: Flask, session: Session, user: User
) -> None:
    with app.test_request_context():
        code = confirmed(session, user)
    assert not app_codes.use(session, user, code, secret_key=DEVELOPMENT_SECRET)


def confirmed(session: Session, user: User) -> str:
    """Set an app up, and return the code that did it."""
    app_codes.begin(session, user, secret_key=DEVELOPMENT_SECRET)
    secret = app_codes.waiting_secret(session, user, secret_key=DEVELOPMENT_SECRET)
    code = App(secret or "").code()
    assert app_codes.confirm(session, user, code, secret_key=DEVELOPMENT_SECRET)
    return code


def test_after_the_first_step_somebody_is_still_nobody(
    client: PageClient, session: Session, user: User, ask: Ask
) -> None:
    app = give_app(session, user)
    person = enter(client, ask, user)
    assert person.get("/settings", status=302).location.startswith(STEP)
    assert "Sign in" in person.get("/").text
    page = person.get(f"{STEP}?next=/settings")
    answer = person.submit(page, {"code": app.code()}, action=STEP)
    assert answer.location == "/settings"
    person.follow(answer)
    assert events(session, "account.second_factor_shown")[0].details == {"way": "one_time_code"}


def test_the_secret_in_the_cookie_changes_with_the_second_step(
    client: PageClient, session: Session, user: User, ask: Ask
) -> None:
    app = give_app(session, user)
    person = enter(client, ask, user)
    before = session.scalars(select(SignInSession.token_hash)).one()
    person.submit(person.get(STEP), {"code": app.code()}, action=STEP)
    assert session.scalars(select(SignInSession.token_hash)).one() != before


def test_a_code_works_once(client: PageClient, session: Session, user: User, ask: Ask) -> None:
    app = give_app(session, user)
    code = app.code()
    person = enter(client, ask, user)
    person.submit(person.get(STEP), {"code": code}, action=STEP)
    person.post("/sign-out")
    other = enter(client, ask, user)
    page = other.submit(other.get(STEP), {"code": code}, action=STEP, status=422)
    assert "used before" in page.text
    assert events(session, "second_factor.refused")


def test_an_older_code_than_the_last_one_is_refused(session: Session, user: User) -> None:
    app = give_app(session, user)
    key = DEVELOPMENT_SECRET
    assert app_codes.use(session, user, app.code(steps=1), secret_key=key)
    assert not app_codes.use(session, user, app.code(), secret_key=key)
    with later(seconds=60):
        assert app_codes.use(session, user, app.code(), secret_key=key)


def test_codes_of_two_steps_away_are_refused(session: Session, user: User) -> None:
    app = give_app(session, user)
    for steps in (-2, 2, 100):
        code = app.code(steps=steps)
        assert not app_codes.use(session, user, code, secret_key=DEVELOPMENT_SECRET)


def test_of_requests_at_once_exactly_one_has_the_code(database_url: str) -> None:
    database = Database(make_engine(database_url))
    app = App(pyotp.random_base32(length=32))
    with database.writing() as session:
        user_id = make_user(session).id
        sealed = encrypt(DEVELOPMENT_SECRET, app_codes.PURPOSE, app.secret)
        session.add(OneTimeCode(user_id=user_id, secret_sealed=sealed, confirmed_at=now()))
    code = app.code()

    def use(_number: int) -> bool:
        with database.writing() as session:
            person = session.get_one(User, user_id)
            return app_codes.use(session, person, code, secret_key=DEVELOPMENT_SECRET)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]
    database.engine.dispose()


def test_wrong_codes_bring_longer_and_longer_pauses(
    client: PageClient, session: Session, user: User, ask: Ask
) -> None:
    app = give_app(session, user)
    person = enter(client, ask, user)
    for _ in range(5):
        page = person.post(STEP, {"code": app.wrong()}, status=422)
    assert "Try again in one minute" in page.text
    assert "Try again in one minute" in person.post(STEP, {"code": app.code()}, status=422).text
    assert len(events(session, "second_factor.refused")) == 5
    assert len(events(session, "second_factor.locked")) == 1
    assert any("wrong codes" in text for text in mails(session, user))
    with later(seconds=61):
        for _ in range(5):
            page = person.post(STEP, {"code": app.wrong()}, status=422)
        assert "10 minutes" in page.text
    with later(minutes=12):
        person.post(STEP, {"code": app.code()})


def test_wrong_recovery_codes_are_counted_with_the_others(
    client: PageClient, session: Session, user: User, ask: Ask
) -> None:
    app = give_app(session, user)
    person = enter(client, ask, user)
    for typed in ("x" * 100, "zzzzz-zzzzz", app.wrong(), "0", "ü"):
        person.post(STEP, {"code": typed}, status=422)
    assert "too often" in person.post(STEP, {"code": app.code()}, status=422).text


def test_guesses_that_run_side_by_side_are_all_counted(database_url: str, app: Flask) -> None:
    database = Database(make_engine(database_url))
    with database.writing() as session:
        user_id = make_user(session).id

    def guess(number: int) -> bool:
        with app.test_request_context(), database.writing() as session:
            person = session.get_one(User, user_id)
            typed = f"{number:06}"
            return codes.check(session, person, typed, secret_key=DEVELOPMENT_SECRET).is_right

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(guess, range(8)))
    with database.reading() as session:
        guard = session.scalars(select(FactorGuard)).one()
        # The fifth brought the pause, in which nothing is tried and nothing counted.
        assert guard.failures == 5
        assert guard.locked_until is not None
    database.engine.dispose()


def test_a_right_code_forgets_the_wrong_ones(
    client: PageClient, session: Session, user: User, ask: Ask
) -> None:
    app = give_app(session, user)
    person = enter(client, ask, user)
    for _ in range(4):
        person.post(STEP, {"code": app.wrong()}, status=422)
    person.post(STEP, {"code": app.code()})
    again = client.sign_in(user)
    assert "too often" not in again.post("/sign-in/again", {"code": app.wrong()}, status=422).text


def test_the_second_step_waits_half_an_hour(
    client: PageClient, session: Session, user: User, ask: Ask
) -> None:
    app = give_app(session, user)
    person = enter(client, ask, user)
    with later(minutes=31):
        assert person.post(STEP, {"code": app.code()}).location.startswith("/sign-in")
        person.get("/settings", status=302)


def test_nobody_without_a_first_step_gets_to_the_second(client: PageClient) -> None:
    assert client.get(STEP, status=302).location == "/sign-in"
    assert client.post(STEP, {"code": "123456"}).location == "/sign-in"


def test_older_browsers_are_out_once_a_factor_was_added(
    client: PageClient, session: Session, user: User
) -> None:
    old = client.sign_in(user, both_factors=False)
    with later(hours=1):
        old.get("/settings")
        give_app(session, user)
        assert old.get("/settings", status=302).location.startswith("/sign-in?")


def test_an_app_moves_to_another_phone_by_a_code_of_the_new_one(
    client: PageClient, session: Session, user: User
) -> None:
    old = give_app(session, user)
    person = client.sign_in(user)
    page = person.follow(person.submit(person.get(PAGE), action=f"{PAGE}/app/begin"))
    new = App(page.document.one("code").text.replace(" ", ""))
    # Until then the old one goes on working.
    assert app_codes.use(session, user, old.code(), secret_key=DEVELOPMENT_SECRET)
    person.submit(page, {"code": new.code()}, status=200)
    with later(minutes=2):
        assert not app_codes.use(session, user, old.code(), secret_key=DEVELOPMENT_SECRET)
        assert app_codes.use(session, user, new.code(), secret_key=DEVELOPMENT_SECRET)


def test_the_secret_leaves_the_page_after_an_hour(
    client: PageClient, session: Session, user: User
) -> None:
    person = client.sign_in(user)
    person.post(f"{PAGE}/app/begin")
    person.get(f"{PAGE}/app")
    with later(minutes=61):
        again = client.sign_in(user)
        assert again.get(f"{PAGE}/app", status=302).location == PAGE


def test_without_the_key_of_the_settings_a_code_opens_nothing(session: Session, user: User) -> None:
    app = give_app(session, user)
    assert not app_codes.use(session, user, app.code(), secret_key="another key")


def test_removing_the_last_factor_takes_the_codes_on_paper_along(
    client: PageClient, session: Session, user: User
) -> None:
    give_app(session, user)
    person = client.sign_in(user)
    person.submit(person.get(PAGE), action=f"{PAGE}/codes", status=200)
    person.submit(person.get(PAGE), action=f"{PAGE}/app/remove")
    assert session.scalars(select(RecoveryCode)).all() == []
    assert events(session, "one_time_code.removed")
    person.post(f"{PAGE}/app/remove", status=404)
