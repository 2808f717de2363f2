"""Somebody in front of a real browser: fills in forms, presses buttons, reads pages and mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.support.processes import wait_until
from tests.support.stack import Stack

LINK = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+/\S+")
# A browser says this of every answer above 399; tests that want one say so themselves.
EXPECTED = "Failed to load resource"


@dataclass
class Person:
    """One person with one browser."""

    email: str
    product: Stack
    context: BrowserContext
    page: Page
    # Called with each page that somebody comes to, for whoever inspects them all.
    on_arrival: Callable[[Person], None] = lambda _person: None
    complaints: list[str] = field(default_factory=list)
    read_mail: int = 0
    # The recovery codes that are left, once a second factor was set up.
    codes: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def h1(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """Everything that can be read on the page, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def html(self) -> str:
        return self.page.content()

    def open(self, path: str, *, status: int = 200) -> None:
        """Go to a page, and demand the answer's status."""
        answer = self.page.goto(path if "://" in path else f"{self.product.url}{path}")
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}, not {status}\n{self.text[:400]}"
        self._arrive()

    def follow(self, text: str) -> None:
        """Follow the first link in the page's main part that says this."""
        self.page.locator("main").get_by_role("link", name=text, exact=True).first.click()
        self._arrive()

    def press(self, text: str, *, within: str = "main") -> None:
        """Press the first button that says this."""
        self.page.locator(within).get_by_role("button", name=text, exact=True).first.click()
        self._arrive()

    def fill(self, answers: Mapping[str, str | bool]) -> None:
        """Answer questions by the names of their fields: text, choice, or a box to tick."""
        for name, answer in answers.items():
            control = self.page.locator(f'main [name="{name}"]')
            kind = control.first.get_attribute("type") or ""
            tag = control.first.evaluate("item => item.tagName") if kind == "" else "INPUT"
            if kind in {"radio", "checkbox"}:
                wanted = "" if answer is True else f'[value="{answer}"]'
                self.page.locator(f'main [name="{name}"]{wanted}').check()
            elif tag == "SELECT":
                control.select_option(str(answer))
            else:
                control.fill(str(answer))

    def answer(self, answers: Mapping[str, str | bool], button: str) -> None:
        """Fill in a form and send it; whatever comes back must not be an error."""
        self.fill(answers)
        self.press(button)
        assert not self.page.title().startswith("Error: "), self.text[:600]

    def mail(self, containing: str = "", *, timeout_s: float = 15) -> EmailMessage:
        """Wait for the next message to this person, and return it."""
        self.wait_for_mail(self.read_mail + 1, timeout_s=timeout_s)
        message = self.product.mailbox.to(self.email)[self.read_mail]
        self.read_mail += 1
        assert containing in body(message), f"{message['Subject']}\n{body(message)}"
        return message

    def wait_for_mail(self, count: int, *, timeout_s: float = 15) -> None:
        wait_until(
            lambda: len(self.product.mailbox.to(self.email)) >= count,
            timeout_s=timeout_s,
            what=f"message {count} to {self.email} comes",
        )

    def ask_for_link(self, *, at: str = "/sign-in") -> str:
        """Ask for a link by mail; return its address."""
        self.open(at)
        self.answer({"email": self.email}, "Send me a link")
        assert self.email in self.text
        return link_in(self.mail())

    def sign_in(self, *, at: str = "/sign-in") -> str:
        """Sign in by a link that comes by mail; return the link."""
        link = self.ask_for_link(at=at)
        self.open(link)
        self.press("Sign in")
        if self.codes and self.path == "/sign-in/second-step":
            self.answer({"code": self.codes.pop()}, "Go on")
        return link

    def set_up_second_factor(self, *, to: str = "/coordination/queue") -> None:
        """Set an authenticator app up, as programme staff and owners are asked on the way there."""
        self.open(to)
        if self.path != "/settings/second-factor":
            return
        self.press("Set up an app")
        secret = "".join(self.page.locator("code.secret").inner_text().split())
        self.answer({"code": pyotp.TOTP(secret).now()}, "Confirm")
        self.codes = self.page.locator("main code").all_inner_texts()
        self.wait_for_mail(self.read_mail + 1)
        self.read_mail = len(self.product.mailbox.to(self.email))
        self.follow("I have kept them")
        assert self.path == to

    def introduce(self, name: str, button: str) -> None:
        """Say one's name on the first visit, and what one came for."""
        assert self.h1 == "Welcome"
        self.answer({"name": name}, button)

    def _arrive(self) -> None:
        self.page.wait_for_load_state()
        self.on_arrival(self)

    def note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and EXPECTED not in message.text:
            self.complaints.append(f"{self.path}: {message.text}")


@dataclass
class People:
    """Everybody of one test."""

    product: Stack
    browser: Browser
    everybody: list[Person] = field(default_factory=list)
    on_arrival: Callable[[Person], None] = lambda _person: None

    def come(self, email: str, *, scripts: bool = True) -> Person:
        """Return somebody with a new browser."""
        context = self.browser.new_context(java_script_enabled=scripts, locale="en-GB")
        context.set_default_timeout(15_000)
        person = Person(email, self.product, context, context.new_page(), self.on_arrival)
        person.page.on("console", person.note)
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        self.everybody.append(person)
        return person

    def leave(self) -> None:
        """Close all browsers; nothing may have been blocked or have failed in one of them."""
        complaints = [text for person in self.everybody for text in person.complaints]
        for person in self.everybody:
            person.context.close()
        assert complaints == []


def body(message: EmailMessage, kind: str = "plain") -> str:
    """Return the text or the HTML of a message."""
    part = message.get_body((kind,))
    assert part is not None, f"{message['Subject']} has no part {kind}"
    content: str = part.get_content()
    return content


def link_in(message: EmailMessage) -> str:
    """Return the first address in the text of a message."""
    found = LINK.search(body(message))
    assert found, body(message)
    return found[0].rstrip(".,)")
