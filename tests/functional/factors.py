"""Second factors as people set them up and show them, without scripts."""

from __future__ import annotations

import time

import pyotp

from tests.functional.people import Person

# By address: the secret that somebody's app was given.
_SECRETS: dict[str, str] = {}
_USED: dict[str, str] = {}


def set_up_app(person: Person) -> None:
    """Set up an authenticator app, and put the recovery codes away."""
    person.open("/settings/second-factor")
    person.press("Set up an app")
    secret = "".join(person.page.locator("code.secret").inner_text().split())
    _SECRETS[person.email] = secret
    code = next_code(person.email)
    person.fill({"code": code})
    person.page.locator('main form:has([name="code"]) button[type="submit"]').first.click()
    person.page.wait_for_load_state()
    assert not person.page.title().startswith("Error: "), person.text[:600]


def next_code(email: str) -> str:
    """Return a code of somebody's app that was not used yet: each counts once."""
    app = pyotp.TOTP(_SECRETS[email])
    while (code := app.now()) == _USED.get(email):
        time.sleep(0.5)
    _USED[email] = code
    return code
