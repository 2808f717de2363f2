"""What tests of signing in share: the link in a mail, and a provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MailMessage
from tests.support import oidc_provider
from tests.support.client import Page, PageClient
from tests.support.oidc_provider import Provider
from tests.support.sign_in import sign_in

LinkFor = Callable[[str], str]


@pytest.fixture
def link_for(session: Session) -> LinkFor:
    """Return the path of the newest link that was mailed to an address."""

    def find(email: str) -> str:
        session.expire_all()
        mail = session.scalars(
            select(MailMessage)
            .where(MailMessage.recipient == email, MailMessage.kind == "sign_in")
            .order_by(MailMessage.id.desc())
        ).first()
        assert mail is not None, f"No link was sent to {email}"
        found = re.search(r"http\S+/sign-in/link/\S+", mail.body_text)
        assert found
        assert found[0] in mail.body_html
        return urlsplit(found[0]).path

    return find


@pytest.fixture
def ask(client: PageClient, link_for: LinkFor) -> Callable[[str], str]:
    """Ask for a link as a visitor and return its path."""

    def ask(email: str) -> str:
        client.submit(client.get("/sign-in"), {"email": email})
        return link_for(email.lower())

    return ask


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that answers on loopback."""
    provider = Provider()
    server = oidc_provider.start(provider)
    yield provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def oidc_app(make_app: Callable[..., Flask], provider: Provider) -> Flask:
    """An application that trusts the provider."""
    return make_app(**provider.settings)


@pytest.fixture
def browser(oidc_app: Flask, session: Session) -> PageClient:
    """A visitor of that application."""
    return PageClient(oidc_app, session, sign_in)


def go_to_provider(browser: PageClient, path: str = "/sign-in/account") -> str:
    """Follow the button to the provider, sign in there, and return the way back."""
    there = browser.get(path, status=302).location
    answer = requests.get(there, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def through_provider(
    browser: PageClient, path: str = "/sign-in/account", *, status: int = 302
) -> Page:
    """Go to the provider and come back."""
    return browser.get(go_to_provider(browser, path), status=status)
