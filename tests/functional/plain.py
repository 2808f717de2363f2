"""Somebody without a browser: plain HTTP, for what is asked many times or at once."""

from __future__ import annotations

from urllib.parse import urljoin

import pyotp
import requests

from tests.functional.people import link_in
from tests.support.page import Element, form_values, parse
from tests.support.processes import wait_until
from tests.support.stack import Stack


class Visitor:
    """Keeps cookies, sends forms as they stand on pages, and follows nothing by itself."""

    def __init__(self, product: Stack, email: str = "") -> None:
        self.product = product
        self.email = email
        self.http = requests.Session()

    def get(self, path: str) -> requests.Response:
        """Ask for a page."""
        return self.http.get(self._address(path), allow_redirects=False, timeout=30)

    def submit(self, path: str, *, action: str = "", **values: str) -> requests.Response:
        """Open a page and send a form of its main part, with these values changed."""
        form = _main_form(self.get(path).text, action)
        sent = {**form_values(form), **values}
        target = urljoin(self._address(path), form.attributes.get("action") or self._address(path))
        return self.http.post(target, data=sent, allow_redirects=False, timeout=30)

    def sign_in(self) -> Visitor:
        """Sign in by the link that comes by mail."""
        box = self.product.mailbox
        before = len(box.to(self.email))
        assert self.submit("/sign-in", email=self.email).status_code == 302
        wait_until(lambda: len(box.to(self.email)) > before, what=f"a link for {self.email}")
        answer = self.submit(link_in(box.to(self.email)[before]))
        assert answer.status_code == 302, answer.text[:300]
        return self

    def set_up_second_factor(self) -> Visitor:
        """Set an authenticator app up, so that this session has shown both factors."""
        self.submit("/settings/second-factor", action="/settings/second-factor/app/begin")
        page = "/settings/second-factor/app"
        secret = "".join(parse(self.get(page).text).one("code").text.split())
        answer = self.submit(page, code=pyotp.TOTP(secret).now())
        assert answer.status_code == 200, answer.text[:300]
        return self

    def _address(self, path: str) -> str:
        return urljoin(self.product.url, path)


def _main_form(html: str, action: str) -> Element:
    (main,) = parse(html).all("main")
    forms = main.all("form", action=action) if action else main.all("form")
    return forms[0]
