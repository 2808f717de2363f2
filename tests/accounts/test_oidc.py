"""Signing in at a real OpenID provider on loopback, which also lies."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Identity, MailMessage, SignInSession, User, now
from tests.accounts.conftest import LinkFor, go_to_provider, through_provider
from tests.support.client import PageClient
from tests.support.factories import make_user
from tests.support.mail import free_port
from tests.support.oidc_provider import Provider
from tests.support.sign_in import COOKIE_KEY, sign_in


def people(session: Session) -> list[User]:
    return list(session.scalars(select(User).order_by(User.id)))


def assert_nobody(browser: PageClient, session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
    assert session.scalar(select(func.count()).select_from(Identity)) == 0
    browser.get("/settings", status=302)


def test_a_first_sign_in_makes_an_account(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    assert "University of Tests" in browser.get("/sign-in").text
    assert through_provider(browser).location == "/welcome"
    (user,) = people(session)
    assert (user.email, user.name) == ("scholar@uni.example", "Salma Scholar")
    identity = session.scalars(select(Identity)).one()
    assert (identity.issuer, identity.subject) == (provider.issuer, "subject-1")
    browser.get("/settings")


def test_it_asks_with_pkce_state_and_nonce(browser: PageClient, provider: Provider) -> None:
    through_provider(browser)
    through_provider(browser)
    first, second = provider.requests
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == "http://127.0.0.1:8000/sign-in/callback"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 20
        assert first[name] != second[name]


def test_the_same_subject_stays_the_same_person_when_its_address_changes(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    other = make_user(session, email="new@uni.example")
    through_provider(browser)
    browser.post("/sign-out")
    for email, verified in (("new@uni.example", True), ("x@uni.example", False), (None, None)):
        provider.email, provider.email_verified = email, verified
        through_provider(browser)
        browser.post("/sign-out")
    assert [user.email for user in people(session)] == ["new@uni.example", "scholar@uni.example"]
    session.refresh(other)
    assert other.identities == []


def test_two_subjects_with_one_address_do_not_become_one_person(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    through_provider(browser)
    browser.post("/sign-out")
    provider.subject = "subject-2"
    page = through_provider(browser, status=409)
    assert "has an account already" in page.h1
    assert len(people(session)) == 1
    browser.get("/settings", status=302)


def test_an_address_from_the_provider_never_opens_an_existing_account(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    make_user(session, email="scholar@uni.example")
    for written in ("scholar@uni.example", "SCHOLAR@Uni.Example", " scholar@uni.example"):
        provider.email = written
        page = through_provider(browser, status=409)
        assert page.form("/sign-in")
    assert_nobody(browser, session)


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_an_address_that_the_provider_does_not_vouch_for_makes_no_account(
    browser: PageClient, provider: Provider, session: Session, verified: Any
) -> None:
    provider.email_verified = verified
    page = through_provider(browser, status=409)
    assert "does not confirm" in page.h1
    assert people(session) == []
    assert_nobody(browser, session)


def test_an_address_of_a_coordinator_from_the_provider_gives_no_power(
    make_app: Callable[..., Flask], provider: Provider, session: Session
) -> None:
    app = make_app(**provider.settings, coordinator_emails="scholar@uni.example")
    through_provider(PageClient(app, session, sign_in))
    (user,) = people(session)
    assert not user.is_coordinator


def test_the_address_may_come_from_userinfo_about_the_same_subject_only(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    provider.email = provider.email_verified = None
    provider.userinfo = {"sub": "somebody-else", "email": "a@uni.example", "email_verified": True}
    through_provider(browser, status=409)
    provider.userinfo = {"email": "a@uni.example", "email_verified": True}
    through_provider(browser)
    assert [user.email for user in people(session)] == ["a@uni.example"]


LIES: list[tuple[str, dict[str, Any]]] = [
    ("the nonce of another attempt", {"claims": {"nonce": "another"}}),
    ("no nonce", {"claims": {"nonce": None}}),
    ("another issuer", {"claims": {"iss": "https://evil.example"}}),
    ("another audience", {"claims": {"aud": "another-client"}}),
    ("several audiences without azp", {"claims": {"aud": ["virtual-return", "another"]}}),
    ("another authorised party", {"claims": {"azp": "another"}}),
    ("an old token", {"claims": {"exp": 1_000_000_000, "iat": 999_999_000}}),
    ("no expiry", {"claims": {"exp": None}}),
    ("no subject", {"claims": {"sub": None}}),
    ("an empty subject", {"claims": {"sub": ""}}),
    ("a subject that is too long", {"claims": {"sub": "a" * 256}}),
    ("a subject that is a number", {"claims": {"sub": 7}}),
    ("a stranger's signature", {"signs_with_stranger": True}),
    ("no signature", {"signs_with_none": True}),
    ("no signature, announced", {
        "signs_with_none": True,
        "metadata": {"id_token_signing_alg_values_supported": ["none", "RS256"]},
    }),
    ("no ID token", {"sends_id_token": False}),
    ("no issuer in the answer", {
        "metadata": {"authorization_response_iss_parameter_supported": True}
    }),
]  # fmt: skip


@pytest.mark.parametrize(("what", "lie"), LIES, ids=[what for what, _ in LIES])
def test_an_answer_that_does_not_hold_signs_nobody_in(
    browser: PageClient, provider: Provider, session: Session, what: str, lie: dict[str, Any]
) -> None:
    for name, value in lie.items():
        setattr(provider, name, value)
    page = through_provider(browser, status=400)
    assert "did not reach us whole" in page.h1, what
    assert page.form("/sign-in")
    assert people(session) == []
    assert_nobody(browser, session)


def test_an_answer_with_another_issuer_in_its_address_is_refused(
    browser: PageClient, session: Session
) -> None:
    back = go_to_provider(browser)
    browser.get(f"{back}&iss=https://evil.example", status=400)
    assert_nobody(browser, session)


def test_a_description_of_another_issuer_is_refused(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    provider.metadata = {"issuer": "https://evil.example"}
    assert "does not answer" in browser.get("/sign-in/account", status=503).h1
    provider.metadata = {}
    through_provider(browser)


def test_another_browser_cannot_use_the_answer(
    browser: PageClient, oidc_app: Flask, session: Session
) -> None:
    back = go_to_provider(browser)
    victim = PageClient(oidc_app, session, sign_in)
    victim.get(back, status=400)
    assert_nobody(victim, session)


@pytest.mark.parametrize(
    "query", ["", "?code=a", "?state=a", "?code=a&state=a", "?code=a&state=", "?state=a&state=b"]
)
def test_an_answer_that_nobody_asked_for_is_refused(
    browser: PageClient, session: Session, query: str
) -> None:
    browser.get(f"/sign-in/callback{query}", status=400)
    assert_nobody(browser, session)


def test_an_answer_works_once(browser: PageClient, session: Session) -> None:
    back = go_to_provider(browser)
    browser.get(back, status=302)
    browser.post("/sign-out")
    browser.get(back, status=400)
    browser.get("/settings", status=302)


def test_a_changed_code_is_refused(browser: PageClient, session: Session) -> None:
    back = go_to_provider(browser)
    browser.get(back.replace("code=", "code=x"), status=400)
    assert_nobody(browser, session)


def test_saying_no_there_leads_back_to_the_form(browser: PageClient, session: Session) -> None:
    answer = browser.get("/sign-in/callback?error=access_denied&state=x", status=302)
    assert "did not finish" in browser.follow(answer).text
    assert_nobody(browser, session)


def test_a_provider_that_is_away_leaves_the_other_way_in(
    make_app: Callable[..., Flask], session: Session, link_for: LinkFor
) -> None:
    app = make_app(
        oidc_issuer=f"http://127.0.0.1:{free_port()}", oidc_client_id="a", oidc_client_secret="b"
    )
    client = PageClient(app, session, sign_in)
    page = client.get("/sign-in/account", status=503)
    client.submit(page, {"email": "ann@example.org"}, action="/sign-in")
    client.submit(client.get(link_for("ann@example.org")))
    client.get("/settings")


def test_a_provider_that_breaks_on_the_way_back_is_away(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    browser.get("/sign-in/account", status=302)
    provider.is_broken = True
    back = go_to_provider_after_discovery(browser, provider)
    page = browser.get(back, status=503)
    assert page.form("/sign-in")
    assert_nobody(browser, session)


def go_to_provider_after_discovery(browser: PageClient, provider: Provider) -> str:
    """Sign in while the provider's keys cannot be had."""
    provider.is_broken = False
    back = go_to_provider(browser)
    provider.is_broken = True
    return back


def test_new_keys_of_the_provider_are_fetched(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    through_provider(browser)
    browser.post("/sign-out")
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    provider.key_id = "two"
    through_provider(browser)
    assert len(people(session)) == 1


def test_without_a_provider_there_are_no_such_pages(client: PageClient) -> None:
    client.get("/sign-in/account", status=404)
    client.get("/sign-in/callback?code=a&state=b", status=404)


def test_it_leads_to_the_page_that_was_asked_for_and_nowhere_else(
    browser: PageClient, session: Session
) -> None:
    through_provider(browser)
    for target, location in (
        ("/settings/erase", "/settings/erase"),
        ("//evil.example", "/welcome"),
    ):
        browser.post("/sign-out")
        assert through_provider(browser, f"/sign-in/account?next={target}").location == location


def test_a_shared_phone_gets_two_hours(browser: PageClient, session: Session) -> None:
    through_provider(browser, "/sign-in/account?shared=1")
    row = session.scalars(select(SignInSession)).one()
    assert (row.expires_at - row.created_at).total_seconds() <= 7201


def test_signing_in_there_gives_a_new_session(
    browser: PageClient, oidc_app: Flask, session: Session
) -> None:
    other = browser.sign_in(make_user(session))
    with other.http.session_transaction() as cookie:
        planted = cookie[COOKIE_KEY]
    through_provider(other)
    with other.http.session_transaction() as cookie:
        assert cookie[COOKIE_KEY] != planted
        assert not [key for key in cookie if key.startswith("_state_")]


def test_many_attempts_keep_the_cookie_small(browser: PageClient) -> None:
    for _ in range(8):
        answer = browser.get("/sign-in/account?next=/" + "a" * 400, status=302)
        assert len(answer.response.headers["Set-Cookie"]) < 4000
    through_provider(browser)


def test_a_suspended_account_cannot_enter_this_way(browser: PageClient, session: Session) -> None:
    through_provider(browser)
    browser.post("/sign-out")
    people(session)[0].suspended_at = now()
    session.commit()
    through_provider(browser, status=403)
    browser.get("/settings", status=302)


def test_an_account_is_linked_while_signed_in_and_after_asking(
    browser: PageClient, provider: Provider, session: Session
) -> None:
    user = make_user(session, email="ann@example.org")
    ann = browser.sign_in(user)
    answer = through_provider(ann, "/sign-in/account?link=1")
    assert answer.location == "/settings/account"
    assert session.scalars(select(Identity)).all() == []
    page = ann.follow(answer)
    assert "scholar@uni.example" in page.text
    ann.submit(page, action="/settings/account")
    assert session.scalars(select(Identity)).one().user_id == user.id
    session.refresh(user)
    assert user.email == "ann@example.org"
    mail = session.scalars(select(MailMessage)).one()
    assert (mail.kind, mail.recipient) == ("identity_linked", "ann@example.org")
    # The question is answered: it cannot be answered again.
    ann.post("/settings/account")
    assert len(session.scalars(select(Identity)).all()) == 1
    stranger = PageClient(browser.app, session, sign_in)
    through_provider(stranger)
    assert "ann@example.org" in stranger.get("/settings").text


def test_an_account_that_opens_another_account_is_not_linked_but_offers_to_merge(
    browser: PageClient, oidc_app: Flask, session: Session
) -> None:
    through_provider(browser)
    other = session.scalars(select(User)).one()
    user = make_user(session)
    ann = browser.sign_in(user)
    page = ann.follow(through_provider(ann, "/sign-in/account?link=1"))
    assert "opens another account here" in page.text
    answer = ann.submit(page, action="/settings/account")
    assert answer.location == "/settings/merge/confirm"
    assert session.scalars(select(Identity)).one().user_id == other.id
    email = other.email
    confirm = ann.follow(answer)
    assert str(email) in confirm.text
    ann.submit(confirm, {"confirmed": "y"}, action="/settings/merge/confirm")
    assert session.scalars(select(Identity)).one().user_id == user.id
    assert other.erased_at is not None


def test_linking_does_not_survive_a_change_of_person(browser: PageClient, session: Session) -> None:
    first = browser.sign_in(make_user(session))
    back = go_to_provider(first, "/sign-in/account?link=1")
    with first.http.session_transaction() as cookie:
        state = {key: value for key, value in cookie.items() if key.startswith("_state_")}
    other = browser.sign_in(make_user(session))
    with other.http.session_transaction() as cookie:
        cookie.update(state)
    other.get(back, status=400)
    with other.http.session_transaction() as cookie:
        assert "identity_to_link" not in cookie


def test_a_question_about_linking_gets_old(browser: PageClient, session: Session) -> None:
    ann = browser.sign_in(make_user(session))
    through_provider(ann, "/sign-in/account?link=1")
    with ann.http.session_transaction() as cookie:
        cookie["identity_to_link"] = {
            **cookie["identity_to_link"], "at": int(time.time()) - 601
        }  # fmt: skip
    ann.post("/settings/account")
    assert session.scalars(select(Identity)).all() == []


def test_a_linked_account_can_be_removed_by_its_owner_only(
    browser: PageClient, session: Session
) -> None:
    through_provider(browser)
    page = browser.get("/settings")
    form = page.form("/settings/account/remove")
    handle = form.one("input", name="handle").attributes["value"]
    stranger = browser.sign_in(make_user(session))
    stranger.post("/settings/account/remove", {"handle": handle}, status=404)
    browser.submit(page, action="/settings/account/remove")
    assert session.scalars(select(Identity)).all() == []
    browser.get("/settings")
