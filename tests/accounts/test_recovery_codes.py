"""Recovery codes: shown once, used once; and a colleague's word for whoever lost them too."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FactorReset, RecoveryCode, User, now
from tests.accounts.factors import PAGE, STEP, App, events, give_app, mails
from tests.support.client import Page, PageClient
from tests.support.factories import Cast, make_user
from virtual_return.accounts.factors import holding, recovery
from virtual_return.cli import accounts as command
from virtual_return.db import Database, make_engine
from virtual_return.security import hash_token

Ask = Callable[[str], str]
VOUCHING = "/coordination/second-factors"


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def app_of_user(session: Session, user: User) -> App:
    return give_app(session, user)


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**span), tick=False)


def shown(page: Page) -> list[str]:
    return [code.text for code in page.document.all("code")]


def make_codes(client: PageClient, user: User) -> list[str]:
    person = client.sign_in(user)
    return shown(person.submit(person.get(PAGE), action=f"{PAGE}/codes", status=200))


def enter(client: PageClient, ask: Ask, user: User) -> PageClient:
    """Show the first factor."""
    answer = client.submit(client.get(ask(user.email or "")))
    assert answer.location.startswith(STEP)
    return client


def test_ten_codes_are_shown_once_and_kept_as_hashes(
    client: PageClient, session: Session, user: User, app_of_user: App
) -> None:
    made = make_codes(client, user)
    assert len(set(made)) == 10
    for code in made:
        assert re.fullmatch(r"([0-9a-hjkmnp-tv-z]{5}-){3}[0-9a-hjkmnp-tv-z]{5}", code)
    hashes = set(session.scalars(select(RecoveryCode.code_hash)))
    assert hashes == {hash_token(code.replace("-", "")) for code in made}
    page = client.sign_in(user).get(PAGE)
    assert not any(code in page.html for code in made)
    assert "10 codes still work" in page.text
    assert any("New recovery codes" in text for text in mails(session, user))


def test_the_codes_can_be_saved_as_a_file(client: PageClient, user: User, app_of_user: App) -> None:
    person = client.sign_in(user)
    page = person.submit(person.get(PAGE), action=f"{PAGE}/codes", status=200)
    address = page.links["Save as a file"]
    assert address.startswith("data:text/plain")
    for code in shown(page):
        assert code in address
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_code_opens_once(
    client: PageClient, session: Session, user: User, app_of_user: App, ask: Ask
) -> None:
    code = make_codes(client, user)[0]
    person = enter(client, ask, user)
    typed = f" {code.upper().replace('-', ' ')} "
    person.submit(person.get(STEP), {"code": typed}, action=STEP)
    assert "9 codes still work" in person.get(PAGE).text
    assert events(session, "recovery_codes.used")[0].details == {"left": 9}
    assert any("recovery code was used" in text for text in mails(session, user))
    person.post("/sign-out")
    enter(client, ask, user).post(STEP, {"code": code}, status=422)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("OIL00", "01100"), ("ab-cd e", "abcde"), (" 1\u20132 ", "12"), ("", ""), ("É", "é")],
)
def test_handwriting_is_read_kindly(typed: str, meant: str) -> None:
    assert recovery.normalise(typed) == meant


def test_a_new_set_voids_the_old_one(
    client: PageClient, session: Session, user: User, app_of_user: App, ask: Ask
) -> None:
    old, new = make_codes(client, user), make_codes(client, user)
    person = enter(client, ask, user)
    person.post(STEP, {"code": old[0]}, status=422)
    person.post(STEP, {"code": new[0]})


def test_codes_of_somebody_else_open_nothing(
    client: PageClient, session: Session, user: User, app_of_user: App, ask: Ask
) -> None:
    other = make_user(session)
    give_app(session, other)
    made = make_codes(client, other)
    enter(client, ask, user).post(STEP, {"code": made[0]}, status=422)
    assert recovery.left(session, other) == 10


def test_nobody_without_a_second_factor_makes_codes(
    client: PageClient, session: Session, user: User
) -> None:
    client.sign_in(user).post(f"{PAGE}/codes")
    assert recovery.left(session, user) == 0


def test_of_requests_at_once_exactly_one_has_the_code(database_url: str, app: Flask) -> None:
    database = Database(make_engine(database_url))
    with database.writing() as session:
        user_id = make_user(session).id
        code = recovery.renew(session, session.get_one(User, user_id))[0]

    def use(_number: int) -> bool:
        with app.test_request_context(), database.writing() as session:
            return recovery.use(session, session.get_one(User, user_id), code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]
    database.engine.dispose()


def ask_for_a_word(client: PageClient, ask: Ask, user: User) -> PageClient:
    """Say that everything is lost, after the first factor."""
    person = enter(client, ask, user)
    person.submit(person.get(f"{STEP}/lost"))
    return person


def test_whoever_lost_everything_begins_anew_a_day_after_a_coordinator_vouched(
    client: PageClient, session: Session, cast: Cast, ask: Ask
) -> None:
    lost = make_user(session, is_coordinator=True)
    give_app(session, lost)
    person = ask_for_a_word(client, ask, lost)
    assert "speak to you first" in person.get(STEP).text
    assert mails(session, cast.coordinator, "factor_vouching")
    assert any("is lost" in text for text in mails(session, lost))
    # Not before somebody vouched, and not before a day is over.
    person.post(f"{STEP}/begin-anew", status=409)
    colleague = client.sign_in(cast.coordinator)
    page = colleague.get(VOUCHING)
    assert lost.email in page.text
    form = colleague.get(page.links["Vouch"])
    assert "is a coordinator" in form.text
    colleague.submit(form, status=422)
    colleague.submit(form, {"confirmed": "y"})
    assert events(session, "second_factor.vouched")[0].actor_id == cast.coordinator.id
    person.post(f"{STEP}/begin-anew", status=409)
    person.post("/sign-out")
    with later(hours=25):
        again = enter(client, ask, lost)
        answer = again.submit(again.get(STEP), action=f"{STEP}/begin-anew")
        assert "lost factors are gone" in again.follow(answer).text
        # The role still asks for one, and names stay closed until it is there.
        assert again.get("/coordination/queue", status=302).location.startswith(PAGE)
    assert events(session, "second_factor.reset")[0].details == {"voucher": cast.coordinator.id}
    assert any("let go of" in text for text in mails(session, lost))


def test_nobody_vouches_for_themselves(
    client: PageClient, session: Session, cast: Cast, ask: Ask
) -> None:
    give_app(session, cast.coordinator)
    ask_for_a_word(client, ask, cast.coordinator)
    row = session.scalars(select(FactorReset)).one()
    own = client.sign_in(cast.coordinator)
    assert "another coordinator has to vouch" in own.get(VOUCHING).text
    own.post(f"{VOUCHING}/{row.public_id}", {"confirmed": "y"}, status=403)
    assert events(session, "second_factor.vouching_refused")
    own.post(f"{VOUCHING}/{row.public_id}/decline", status=403)
    for stranger in (cast.stranger, cast.owner):
        client.sign_in(stranger).post(f"{VOUCHING}/{row.public_id}", {"confirmed": "y"}, status=404)
    client.sign_in(cast.coordinator).get(f"{VOUCHING}/unknown", status=404)


def test_a_coordinator_without_the_second_factor_vouches_for_nobody(
    client: PageClient, session: Session, cast: Cast, user: User, app_of_user: App, ask: Ask
) -> None:
    ask_for_a_word(client, ask, user)
    row = session.scalars(select(FactorReset)).one()
    half = client.sign_in(cast.coordinator, both_factors=False)
    assert half.post(f"{VOUCHING}/{row.public_id}", {"confirmed": "y"}).location.startswith(PAGE)
    assert session.scalars(select(FactorReset)).one().vouched_by_id is None


def test_a_request_can_be_turned_down(
    client: PageClient, session: Session, cast: Cast, user: User, app_of_user: App, ask: Ask
) -> None:
    ask_for_a_word(client, ask, user)
    colleague = client.sign_in(cast.coordinator)
    row = session.scalars(select(FactorReset)).one()
    colleague.submit(colleague.get(VOUCHING), action=f"{VOUCHING}/{row.public_id}/decline")
    assert session.scalars(select(FactorReset)).all() == []
    assert any("did not vouch" in text for text in mails(session, user))
    assert "Nobody has lost anything" in colleague.get(VOUCHING).text


def test_whoever_finds_a_factor_again_ends_the_request(
    client: PageClient, session: Session, user: User, app_of_user: App, ask: Ask
) -> None:
    person = ask_for_a_word(client, ask, user)
    person.submit(person.get(STEP), {"code": app_of_user.code()}, action=STEP)
    assert session.scalars(select(FactorReset)).all() == []
    assert events(session, "second_factor.vouching_cancelled")


def test_the_owner_ends_a_request_that_somebody_else_made(
    client: PageClient, session: Session, user: User, app_of_user: App, ask: Ask
) -> None:
    ask_for_a_word(client, ask, user)
    owner = client.sign_in(user)
    page = owner.get(PAGE)
    assert "If that was not you" in page.text
    owner.submit(page, action=f"{PAGE}/cancel")
    assert session.scalars(select(FactorReset)).all() == []


def test_nothing_begins_anew_from_a_browser_that_has_not_just_shown_the_first_factor(
    client: PageClient, session: Session, cast: Cast, ask: Ask
) -> None:
    give_app(session, cast.coordinator)
    old = client.sign_in(cast.coordinator)
    with later(hours=13):
        assert old.get("/settings", status=302).location.startswith(STEP)
        assert old.get(f"{STEP}/lost", status=302).location == "/sign-in"
        assert old.post(f"{STEP}/begin-anew").location == "/sign-in"


def test_whoever_runs_the_machine_helps_where_nobody_can_vouch(
    app: Flask, client: PageClient, session: Session, cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(command, "create_app", lambda: app)
    give_app(session, cast.coordinator)
    person = client.sign_in(cast.coordinator)
    run = CliRunner().invoke
    assert run(command.group, ["forget-factors", "nobody@example.org"]).exit_code == 1
    asked = run(command.group, ["forget-factors", cast.coordinator.email], input="n\n")
    assert asked.exit_code == 1
    person.get("/settings")
    done = run(command.group, ["forget-factors", cast.coordinator.email, "--yes"])
    assert done.exit_code == 0, done.output
    session.expire_all()
    assert not holding.has_any(session, cast.coordinator)
    person.get("/settings", status=302)
    assert events(session, "second_factor.reset_by_operator")[0].actor_id is None
    assert any("machines" in text for text in mails(session, cast.coordinator))


def test_a_request_is_over_after_two_weeks(
    client: PageClient, session: Session, cast: Cast, user: User, app_of_user: App, ask: Ask
) -> None:
    ask_for_a_word(client, ask, user)
    with later(days=15):
        assert "Nobody has lost" in client.sign_in(cast.coordinator).get(VOUCHING).text
