"""Passkeys in a real browser, with the virtual authenticator that Chromium has for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from tests.functional.conftest import COORDINATOR
from tests.functional.people import People, Person
from tests.support.stack import Stack
from virtual_return.db import Database

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]

PAGE = "/settings/second-factor"


@pytest.fixture
def product(start_product: Callable[..., Stack]) -> Stack:
    """The whole product at an address with a name: browsers make no passkeys for numbers."""
    return start_product(host="localhost")


@pytest.fixture
def people(product: Stack, browser: Browser) -> Iterator[People]:
    people = People(product, browser)
    yield people
    people.leave()


class VirtualKey:
    """An authenticator inside the browser of one person."""

    def __init__(self, person: Person, *, verifies: bool = True) -> None:
        self.session: CDPSession = person.context.new_cdp_session(person.page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
        }
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = added["authenticatorId"]

    @property
    def credentials(self) -> list[dict[str, Any]]:
        answer = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        found: list[dict[str, Any]] = answer["credentials"]
        return found

    def put(self, credential: dict[str, Any]) -> None:
        """Lay a key of another authenticator in, as when it was copied."""
        self.session.send(
            "WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential}
        )

    def forget(self) -> None:
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def add_passkey(person: Person, label: str = "My laptop") -> None:
    """Add one on the page of second factors, and go on past the recovery codes."""
    person.fill({"label": label})
    person.press("Add a passkey")
    person.page.wait_for_selector("h1:has-text('Keep these codes')")
    assert person.page.locator("main code").count() == 10
    person.follow("I have kept them")


def come_in(person: Person) -> None:
    """Sign in for the first time by a link, and go to where names are."""
    person.sign_in()
    person.open("/coordination/queue")
    assert person.path == PAGE


def press_for(person: Person, button: str, path: str) -> None:
    """Press a button whose answer comes after the authenticator's."""
    person.page.get_by_role("button", name=button, exact=True).first.click()
    person.page.wait_for_url(f"**{path}")


def test_a_coordinator_adds_a_passkey_and_then_signs_in_by_it_alone(people: People) -> None:
    staff = people.come(COORDINATOR)
    key = VirtualKey(staff)
    # The first factor alone opens no page of coordination.
    come_in(staff)
    assert "One step is missing" in staff.text
    add_passkey(staff)
    assert staff.path == "/coordination/queue"
    assert len(key.credentials) == 1
    staff.page.context.clear_cookies()
    staff.open("/sign-in")
    press_for(staff, "Sign in with a passkey", "/coordination/queue")
    staff.mail("A passkey was added")
    # And once more as the second step after a link.
    staff.page.context.clear_cookies()
    staff.sign_in()
    assert staff.path == "/sign-in/second-step"
    press_for(staff, "Use a passkey", "/coordination/queue")


def test_without_a_key_or_with_a_cancelled_one_the_page_stays_and_says_so(people: People) -> None:
    staff = people.come(COORDINATOR)
    key = VirtualKey(staff)
    come_in(staff)
    add_passkey(staff)
    staff.page.context.clear_cookies()
    key.session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": key.id, "isUserVerified": False}
    )
    staff.open("/sign-in")
    staff.page.get_by_role("button", name="Sign in with a passkey").click()
    staff.page.wait_for_selector("[data-passkey-message]:visible")
    assert "Nothing came of it" in staff.text
    assert staff.path == "/sign-in"


def test_a_copied_passkey_opens_nothing(people: People, own_database: Database) -> None:
    staff = people.come(COORDINATOR)
    key = VirtualKey(staff)
    come_in(staff)
    add_passkey(staff)
    (copy,) = key.credentials
    staff.page.context.clear_cookies()
    staff.open("/sign-in")
    press_for(staff, "Sign in with a passkey", "/coordination/queue")
    thief = people.come("thief@example.org")
    other = VirtualKey(thief)
    other.put({**copy, "signCount": 0})
    thief.open("/sign-in")
    press_for(thief, "Sign in with a passkey", "/sign-in/passkey")
    assert thief.h1 == "The passkey did not open anything"
    assert "copied" in thief.text
    thief.open("/coordination/queue")
    assert thief.path == "/sign-in"


def test_whoever_has_no_scripts_is_told_and_takes_a_code(people: People) -> None:
    staff = people.come(COORDINATOR, scripts=False)
    staff.open("/sign-in")
    assert "A passkey needs scripts" in staff.text
    assert not staff.page.get_by_role("button", name="Sign in with a passkey").is_visible()
    come_in(staff)
    assert "The authenticator app below works without" in staff.text
    assert staff.page.get_by_role("button", name="Set up an app").is_visible()
