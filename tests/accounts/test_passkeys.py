"""Passkeys: added, used as second factor or as both, and all answers that must open nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Passkey, PasskeyChallenge, SignInSession, User, now
from tests.accounts.factors import (
    BASE_URL,
    PAGE,
    STEP,
    add_passkey,
    challenge,
    events,
    mails,
)
from tests.support.authenticator import Authenticator
from tests.support.client import Page, PageClient
from tests.support.factories import make_user
from tests.support.sign_in import COOKIE_KEY, sign_in
from virtual_return.accounts import jobs
from virtual_return.accounts.factors import removing, webauthn
from virtual_return.accounts.factors.webauthn import AnswerRefusedError, Site

Ask = Callable[[str], str]
SIGN_IN = "/sign-in/passkey"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(base_url=BASE_URL)


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def key() -> Authenticator:
    return Authenticator()


@pytest.fixture
def person(client: PageClient, user: User, key: Authenticator) -> PageClient:
    """Somebody with a passkey, signed in."""
    person = client.sign_in(user)
    add_passkey(person, key, "My phone", status=200)
    return person


def visitor(client: PageClient, session: Session) -> PageClient:
    return PageClient(client.app, session, sign_in)


def enter(client: PageClient, key: Authenticator, *, status: int = 302, **more: str) -> Page:
    """Sign in by a passkey alone."""
    answer = key.sign(challenge(client, "sign_in"))
    return client.post(SIGN_IN, {"answer": answer, **more}, status=status)


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(**span), tick=False)


def test_a_passkey_is_added_and_recovery_codes_follow(
    client: PageClient, session: Session, user: User, key: Authenticator
) -> None:
    person = client.sign_in(user, both_factors=False)
    page = add_passkey(person, key, "  My   phone ", status=200)
    assert page.h1 == "Keep these codes"
    row = session.scalars(select(Passkey)).one()
    assert (row.label, row.transports, row.is_synced) == ("My phone", ["internal"], False)
    assert events(session, "passkey.added")
    assert "A passkey was added" in mails(session, user)[0]
    assert "My phone" in person.get(PAGE).text


def test_the_options_ask_for_a_key_of_this_site_and_leave_out_known_ones(
    person: PageClient, key: Authenticator, user: User
) -> None:
    options = challenge(person, "add")
    assert options["rp"]["id"] == "localhost"
    assert options["user"]["id"] == key.handle
    assert [item["id"] for item in options["excludeCredentials"]]
    assert {item["alg"] for item in options["pubKeyCredParams"]} == {-7, -8, -257}
    assert challenge(person, "sign_in")["userVerification"] == "required"
    assert "allowCredentials" not in challenge(person, "sign_in")


def test_somebody_signs_in_by_a_passkey_alone_with_both_factors(
    client: PageClient, session: Session, person: PageClient, key: Authenticator
) -> None:
    there = visitor(client, session)
    answer = enter(there, key, next="/settings")
    assert answer.location == "/settings"
    there.follow(answer)
    row = session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
    assert row is not None
    assert row.way == "passkey"
    assert row.second_factor_at is not None
    assert events(session, "account.signed_in")[-1].details == {"way": "passkey"}


def test_on_a_shared_phone_a_passkey_opens_for_two_hours(
    client: PageClient, session: Session, person: PageClient, key: Authenticator
) -> None:
    there = visitor(client, session)
    answer = enter(there, key, is_shared="y")
    assert "Expires" not in answer.response.headers["Set-Cookie"]
    with later(hours=3):
        there.get("/settings", status=302)


def test_a_key_that_does_not_check_who_holds_it_is_a_second_factor_and_no_more(
    client: PageClient, session: Session, person: PageClient, key: Authenticator, ask: Ask,
    user: User,
) -> None:  # fmt: skip
    key.verifies = False
    there = visitor(client, session)
    assert "does not open" in enter(there, key, status=422).text
    there.submit(there.get(ask(user.email or "")))
    answer = key.sign(challenge(there, "second_step"))
    assert there.post(f"{STEP}/passkey", {"answer": answer, "next": "/settings"}).location == (
        "/settings"
    )
    there.get("/settings")


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://localhost:8000"},
        {"origin": "https://localhost"},
        {"origin": "http://localhost.evil.example"},
        {"host": "evil.example"},
        {"cross_origin": True},
        {"handle": "AAAA"},
        {"key": Authenticator().key},
        {"credential_id": b"unknown"},
    ],
)
def test_an_answer_that_does_not_fit_opens_nothing_and_is_written_down(
    client: PageClient, session: Session, person: PageClient, key: Authenticator,
    change: dict[str, Any],
) -> None:  # fmt: skip
    for name, value in change.items():
        setattr(key, name, value)
    there = visitor(client, session)
    page = enter(there, key, status=422)
    assert page.h1 == "The passkey did not open anything"
    assert there.get("/settings", status=302).location.startswith("/sign-in")
    assert len(events(session, "passkey.refused")) == 1


def test_an_answer_works_once_and_only_for_its_own_challenge(
    client: PageClient, session: Session, person: PageClient, key: Authenticator
) -> None:
    there = visitor(client, session)
    answer = key.sign(challenge(there, "sign_in"))
    with there.http.session_transaction() as cookie:
        kept = dict(cookie)
    there.post(SIGN_IN, {"answer": answer})
    # Even with the cookie of before: the challenge itself is gone.
    thief = visitor(client, session)
    with thief.http.session_transaction() as cookie:
        cookie.update(kept)
    assert "sent twice" in thief.post(SIGN_IN, {"answer": answer}, status=422).text
    challenge(thief, "sign_in")
    thief.post(SIGN_IN, {"answer": answer}, status=422)


def test_a_wrong_answer_uses_the_challenge_up_too(
    client: PageClient, session: Session, person: PageClient, key: Authenticator
) -> None:
    there = visitor(client, session)
    answer = key.sign(challenge(there, "sign_in"))
    with there.http.session_transaction() as cookie:
        kept = dict(cookie)
    there.post(SIGN_IN, {"answer": answer[:-5]}, status=422)
    with there.http.session_transaction() as cookie:
        cookie.update(kept)
    assert "sent twice" in there.post(SIGN_IN, {"answer": answer}, status=422).text


def test_an_answer_of_another_browser_opens_nothing_here(
    client: PageClient, session: Session, person: PageClient, key: Authenticator
) -> None:
    attacker, victim = visitor(client, session), visitor(client, session)
    answer = key.sign(challenge(attacker, "sign_in"))
    victim.post(SIGN_IN, {"answer": answer}, status=422)
    challenge(victim, "sign_in")
    victim.post(SIGN_IN, {"answer": answer}, status=422)


def test_a_signature_for_one_purpose_serves_no_other(
    client: PageClient, session: Session, person: PageClient, key: Authenticator, ask: Ask,
    user: User,
) -> None:  # fmt: skip
    there = visitor(client, session)
    there.submit(there.get(ask(user.email or "")))
    answer = key.sign(challenge(there, "second_step"))
    there.post(SIGN_IN, {"answer": answer}, status=422)
    there.get("/settings", status=302)
    made = key.sign(challenge(person, "again"), kind="webauthn.create")
    person.post("/sign-in/again/passkey", {"answer": made}, status=422)


def test_a_challenge_waits_five_minutes(
    client: PageClient, session: Session, person: PageClient, key: Authenticator
) -> None:
    there = visitor(client, session)
    answer = key.sign(challenge(there, "sign_in"))
    with later(minutes=6):
        assert "too long" in there.post(SIGN_IN, {"answer": answer}, status=422).text
    challenge(there, "sign_in")
    with later(minutes=6):
        assert jobs.forget_expired(session) == 1
        assert session.scalars(select(PasskeyChallenge)).all() == []


def test_nobody_uses_the_passkey_of_somebody_else_as_a_second_step(
    client: PageClient, session: Session, person: PageClient, ask: Ask, user: User
) -> None:
    stranger, other = make_user(session), Authenticator()
    add_passkey(client.sign_in(stranger), other, status=200)
    there = visitor(client, session)
    there.submit(there.get(ask(user.email or "")))
    answer = other.sign(challenge(there, "second_step"))
    page = there.post(f"{STEP}/passkey", {"answer": answer}, status=422)
    assert "does not open" in page.text
    assert events(session, "passkey.refused")[0].details["cause"] == "of_somebody_else"


def test_a_counter_that_goes_backwards_closes_the_passkey(
    client: PageClient, session: Session, person: PageClient, key: Authenticator, user: User,
    ask: Ask,
) -> None:  # fmt: skip
    enter(visitor(client, session), key)
    enter(visitor(client, session), key)
    key.count = 0
    there = visitor(client, session)
    assert "copied" in enter(there, key, status=422).text
    assert events(session, "passkey.counter_went_back")[0].details == {"kept": 2, "shown": 1}
    assert any("backwards" in text for text in mails(session, user))
    key.count = 50
    assert "copied" in enter(there, key, status=422).text
    # And the account is not open to the mailbox alone.
    assert there.submit(there.get(ask(user.email or ""))).location.startswith(STEP)
    assert "Refused since" in person.get(PAGE).text


def test_a_passkey_that_is_kept_in_step_never_counts(
    client: PageClient, session: Session, user: User
) -> None:
    key = Authenticator(counts=False, is_synced=True)
    add_passkey(client.sign_in(user), key, status=200)
    assert session.scalars(select(Passkey)).one().is_synced
    for _ in range(3):
        enter(visitor(client, session), key)


@pytest.mark.parametrize("field", ["suspended_at", "erased_at"])
def test_a_suspended_account_is_not_opened(
    client: PageClient, session: Session, person: PageClient, key: Authenticator, user: User,
    field: str,
) -> None:  # fmt: skip
    setattr(user, field, now())
    session.commit()
    there = visitor(client, session)
    enter(there, key, status=403)
    there.get("/settings", status=302)


def test_challenges_are_given_to_whoever_may_ask(
    client: PageClient, session: Session, user: User
) -> None:
    for purpose in ("second_step", "again", "add"):
        challenge(client, purpose, status=403)
    challenge(client, "other", status=404)
    assert session.scalars(select(PasskeyChallenge)).all() == []
    challenge(client.sign_in(user), "second_step", status=403)


def test_at_an_address_without_a_name_there_are_no_passkeys(
    make_app: Callable[..., Flask], session: Session, user: User
) -> None:
    person = PageClient(make_app(base_url="http://127.0.0.1:8000"), session, sign_in)
    person = person.sign_in(user)
    assert "make no passkeys" in person.get(PAGE).text
    challenge(person, "add", status=404)
    assert "passkey" not in PageClient(person.app, session, sign_in).get("/sign-in").text


@pytest.mark.parametrize(
    ("address", "is_possible"),
    [
        ("https://return.example.org", True),
        ("http://localhost:8000", True),
        ("http://return.example.org", False),
        ("https://192.0.2.1", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_passkeys_need_https_and_a_name(address: str, is_possible: bool) -> None:
    assert Site.of(address, "Programme").is_possible is is_possible


def test_a_passkey_is_kept_once(
    person: PageClient, client: PageClient, session: Session, key: Authenticator
) -> None:
    page = add_passkey(person, key, status=409)
    assert "known here already" in page.text
    add_passkey(client.sign_in(make_user(session)), key, status=409)


def test_what_is_no_passkey_is_not_added(
    client: PageClient, session: Session, user: User, key: Authenticator
) -> None:
    person = client.sign_in(user)
    for change in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
        wrong = Authenticator(**change)  # type: ignore[arg-type]
        answer = add_passkey(person, wrong)
        assert "not added" in person.follow(answer).text
    answer = key.create(challenge(person, "add"))
    replayed = json.loads(answer)
    challenge(person, "add")
    person.post(f"{PAGE}/passkeys", {"answer": json.dumps(replayed)})
    person.post(f"{PAGE}/passkeys", {"answer": "{}"})
    assert session.scalars(select(Passkey)).all() == []
    assert events(session, "passkey.refused")


def test_adding_needs_a_fresh_sign_in(
    client: PageClient, session: Session, user: User, key: Authenticator
) -> None:
    person = client.sign_in(user)
    answer = key.create(challenge(person, "add"))
    with later(minutes=11):
        sent = person.post(f"{PAGE}/passkeys", {"answer": answer})
        assert sent.location == f"/sign-in/again?next={PAGE}"
    assert session.scalars(select(Passkey)).all() == []


def test_passkeys_move_when_accounts_are_merged_and_still_open(
    client: PageClient, session: Session, person: PageClient, key: Authenticator, user: User
) -> None:
    target = make_user(session)
    removing.merge(session, user, target)
    session.commit()
    there = visitor(client, session)
    enter(there, key)
    with there.http.session_transaction() as cookie:
        assert cookie[COOKIE_KEY]
    assert target.email in there.get("/settings").text


def test_the_page_says_what_to_do_without_scripts(person: PageClient, client: PageClient) -> None:
    for page in (client.get("/sign-in"), person.get(PAGE)):
        assert "A passkey needs scripts" in page.text
        form = page.form("/sign-in/passkey" if page.path == "/sign-in" else f"{PAGE}/passkeys")
        assert "hidden" in form.attributes
    assert "authenticator app below works without" in person.get(PAGE).text


def test_the_export_has_what_there_is_and_nothing_that_opens(
    person: PageClient, session: Session
) -> None:
    document = person.get("/settings/export").response.get_json()
    assert document["second_factors"]["passkeys"][0]["label"] == "My phone"
    assert document["second_factors"]["recovery_codes_left"] == 10
    row = session.scalars(select(Passkey)).one()
    assert row.credential_id not in json.dumps(document)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "id": json_like | st.just("AAAA"),
        "rawId": json_like | st.just("AAAA"),
        "type": json_like | st.just("public-key"),
        "response": json_like
        | st.fixed_dictionaries(
            {
                "clientDataJSON": st.text(max_size=40) | st.just("e30"),
                "authenticatorData": st.text(max_size=40) | st.just("A" * 50),
                "attestationObject": st.text(max_size=40) | st.just("oA"),
                "signature": st.text(max_size=10) | st.just("AAAA"),
            }
        ),
    },
)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers | json_like)
def test_whatever_a_browser_sends_is_refused_and_breaks_nothing(document: object) -> None:
    site, answer = Site.of(BASE_URL, "Programme"), json.dumps(document)
    with pytest.raises(AnswerRefusedError):
        site.check_made(b"c" * 32, answer)
    with pytest.raises(AnswerRefusedError):
        site.check_signed(b"c" * 32, answer, b"", verified=True)


@pytest.mark.parametrize("answer", ["", "[", "x" * 30_000, "[" * 10_000, "1", "null", '"\\ud800"'])
def test_text_that_is_no_answer_is_refused(answer: str) -> None:
    with pytest.raises(AnswerRefusedError):
        webauthn.id_and_handle(answer)
