"""A provider says that somebody left: only its own word counts, and only once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, SignInSession
from tests.accounts.conftest import through_provider
from tests.support.client import PageClient
from tests.support.oidc_provider import CLIENT_ID, Provider
from tests.support.sign_in import sign_in

EVENT = "http://schemas.openid.net/event/backchannel-logout"
PATH = "/sign-in/logout/settings"


def message(
    provider: Provider, *, key: RSAKey | None = None, header: dict[str, str] | None = None,
    **changes: Any,
) -> str:  # fmt: skip
    moment = int(time.time())
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "aud": CLIENT_ID,
        "iat": moment,
        "exp": moment + 120,
        "jti": "message-1",
        "sub": "subject-1",
        "events": {EVENT: {}},
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "RS256", "kid": provider.key_id, "typ": "logout+jwt", **(header or {})}
    return jwt.encode(head, claims, key or provider.key)


def count(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(SignInSession)) or 0


def test_the_sessions_of_that_account_end_and_no_others(
    browser: PageClient, oidc_app: Flask, provider: Provider, session: Session
) -> None:
    through_provider(browser)
    provider.subject, provider.email = "subject-2", "other@uni.example"
    other = PageClient(oidc_app, session, sign_in)
    through_provider(other)
    assert count(session) == 2
    browser.post(PATH, {"logout_token": message(provider)}, status=200)
    assert count(session) == 1
    browser.get("/settings", status=302)
    other.get("/settings")
    actions = session.scalars(select(AuditEvent.action)).all()
    assert "account.signed_out_by_provider" in actions


def test_one_session_there_is_one_session_here(
    browser: PageClient, oidc_app: Flask, provider: Provider, session: Session
) -> None:
    provider.claims = {"sid": "phone"}
    through_provider(browser)
    provider.claims = {"sid": "office"}
    office = PageClient(oidc_app, session, sign_in)
    through_provider(office)
    browser.post(PATH, {"logout_token": message(provider, sub=None, sid="phone")}, status=200)
    browser.get("/settings", status=302)
    office.get("/settings")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"iat": 1_000_000_000},
        {"iat": None},
        {"exp": 1_000_000_000},
        {"jti": None},
        {"sub": None},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: "yes"}},
        {"events": [EVENT]},
        {"nonce": "an ID token has one"},
        {"header": {"typ": "JWT"}},
        {"key": "stranger"},
    ],
)
def test_what_is_not_its_word_ends_nothing(
    browser: PageClient, provider: Provider, session: Session, changes: dict[str, Any]
) -> None:
    through_provider(browser)
    if changes.get("key"):
        changes = {"key": RSAKey.generate_key(2048, {"kid": "one"})}
    browser.post(PATH, {"logout_token": message(provider, **changes)}, status=400)
    assert count(session) == 1
    refused = select(func.count()).where(AuditEvent.action == "sign_in.refused")
    assert session.scalar(refused) == 1


def test_a_message_counts_once(browser: PageClient, provider: Provider, session: Session) -> None:
    through_provider(browser)
    word = message(provider)
    browser.post(PATH, {"logout_token": word}, status=200)
    through_provider(browser)
    browser.post(PATH, {"logout_token": word}, status=400)
    assert count(session) == 1


@pytest.mark.parametrize("word", ["", "x", "a.b.c", "e30.e30.", "é" * 20_000])
def test_rubbish_is_refused(browser: PageClient, provider: Provider, word: str) -> None:
    browser.post(PATH, {"logout_token": word}, status=400)


def test_a_provider_that_cannot_be_asked_for_its_keys_is_told_to_try_again(
    browser: PageClient, provider: Provider
) -> None:
    provider.is_broken = True
    browser.post(PATH, {"logout_token": message(provider)}, status=503)


def test_an_unknown_provider_is_nobody(client: PageClient) -> None:
    client.post("/sign-in/logout/nobody", {"logout_token": "x"}, status=404)


def test_forged_key_names_make_us_ask_once_a_minute(
    browser: PageClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    through_provider(browser)
    asked: list[str] = []
    handler = provider.key.as_dict

    def as_dict(**options: Any) -> Any:
        asked.append("keys")
        return handler(**options)

    monkeypatch.setattr(provider.key, "as_dict", as_dict)
    for number in range(5):
        forged = message(provider, header={"kid": f"forged-{number}"})
        browser.post(PATH, {"logout_token": forged}, status=400)
    assert len(asked) == 1


def test_signing_out_offers_to_leave_the_provider_too(
    make_app: Callable[..., Flask], provider: Provider, session: Session
) -> None:
    provider.metadata = {"end_session_endpoint": f"{provider.issuer}/leave"}
    browser = PageClient(make_app(**provider.settings), session, sign_in)
    through_provider(browser)
    page = browser.follow(browser.post("/sign-out"))
    assert "Sign out at University of Tests" in page.text
    there = browser.get("/sign-in/leave/settings", status=302).location
    assert there.startswith(f"{provider.issuer}/leave?")
    assert "client_id=virtual-return" in there
    assert "post_logout_redirect_uri=http" in there


def test_where_the_provider_offers_no_way_out_the_page_says_so(browser: PageClient) -> None:
    through_provider(browser)
    browser.post("/sign-out")
    page = browser.follow(browser.get("/sign-in/leave/settings", status=302))
    assert "offers no way from here" in page.text
