"""One client for all page tests: it inspects every page and demands the expected status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from models import User
from tests.support.page import Element, form_values, parse

Values = Mapping[str, str | Sequence[str]]
SignIn = Callable[..., None]


@dataclass(frozen=True)
class Page:
    """An answer; `document` is there for HTML."""

    path: str
    response: TestResponse
    document: Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """Everything that a reader sees, with single spaces."""
        return self.document.text

    @property
    def location(self) -> str:
        """The path that a redirect leads to."""
        return self.response.headers["Location"]

    @property
    def h1(self) -> str:
        return self.document.one("h1").text

    @property
    def links(self) -> dict[str, str]:
        """Text to address of each link."""
        return {link.text: link.attributes.get("href", "") for link in self.document.all("a")}

    def form(self, action: str | None = None) -> Element:
        """Return the form with this action, or the main one."""
        forms = self.document.all("form")
        if action is not None:
            forms = [form for form in forms if form.attributes.get("action", self.path) == action]
        elif mains := self.document.all("main"):
            forms = mains[0].all("form")
        assert forms, f"{self.path} has no form {action or ''}"
        return forms[0]


class PageClient:
    """A browser without scripts, for one person."""

    def __init__(self, app: Flask, session: Session, sign_in: SignIn) -> None:
        self.app = app
        self.http: FlaskClient = app.test_client()
        self._session = session
        self._sign_in = sign_in

    def sign_in(self, user: User, *, both_factors: bool = True) -> PageClient:
        """Return a client of its own in which this person is signed in."""
        other = PageClient(self.app, self._session, self._sign_in)
        self._sign_in(other.http, self._session, user, both_factors=both_factors)
        return other

    def get(self, path: str, *, status: int = 200, **options: Any) -> Page:
        """Ask for a page."""
        return self._send("GET", path, status, **options)

    def post(
        self, path: str, data: Values | None = None, *, status: int = 302, **options: Any
    ) -> Page:
        """Send a form."""
        return self._send("POST", path, status, data=dict(data or {}), **options)

    def submit(
        self,
        page: Page,
        values: Values | None = None,
        *,
        action: str | None = None,
        status: int = 302,
    ) -> Page:
        """Send a page's own form, with these values changed: only fields that it has."""
        form = page.form(action)
        names = {item.attributes.get("name") for item in form.walk()}
        unknown = set(values or {}) - names
        assert not unknown, f"The form on {page.path} has no {sorted(unknown)}"
        sent: dict[str, Any] = {**form_values(form), **(values or {})}
        path = urljoin(page.path, form.attributes.get("action", page.path))
        if form.attributes.get("method", "get").lower() == "get":
            return self.get(path, query_string=sent, status=200 if status == 302 else status)
        return self.post(path, sent, status=status)

    def follow(self, page: Page, *, status: int = 200) -> Page:
        """Go where a redirect leads."""
        return self.get(page.location, status=status)

    def _send(self, method: str, path: str, status: int, **options: Any) -> Page:
        # What the test wrote becomes visible to the request, and the other way round.
        self._session.commit()
        response = self.http.open(path, method=method, **options)
        self._session.expire_all()
        is_html = response.mimetype == "text/html"
        html = response.get_data(as_text=True) if is_html else ""
        page = Page(path, response, parse(html))
        assert response.status_code == status, (
            f"{method} {path} answered {response.status_code}, not {status}: "
            f"{page.text[:400] or response.headers.get('Location', '')}"
        )
        if is_html and not 300 <= status < 400:
            inspect(self.app, page)
        return page


def inspect(app: Flask, page: Page) -> None:
    """Hold a page to what every page must be."""
    doubles = [
        name
        for name, count in Counter(
            item.attributes["id"] for item in page.document.walk() if "id" in item.attributes
        ).items()
        if count > 1
    ]
    assert not doubles, f"{page.path} has ids twice: {doubles}"
    if page.document.all("html"):
        _inspect_headings(page)
        _inspect_labels(page)
    _inspect_addresses(app, page)


def _inspect_headings(page: Page) -> None:
    headings = [item.text for item in page.document.all("h1")]
    assert len(headings) == 1, f"{page.path} has {len(headings)} h1"
    title = page.document.all("head")[0].one("title").text
    assert title.removeprefix("Error: ").startswith(headings[0]), (
        f"The title of {page.path}, {title!r}, does not start with its heading {headings[0]!r}"
    )
    assert page.document.one("html").attributes.get("lang"), f"{page.path} names no language"


def _inspect_labels(page: Page) -> None:
    labelled = {item.attributes.get("for") for item in page.document.all("label")}
    wrapped = {id(item) for label in page.document.all("label") for item in label.walk()}
    for control in page.document.all("input", "select", "textarea"):
        kind = control.attributes.get("type", "")
        if kind in {"hidden", "submit", "button"} or id(control) in wrapped:
            continue
        named = control.attributes.get("id") in labelled or {
            "aria-label", "aria-labelledby",
        } & control.attributes.keys()  # fmt: skip
        assert named, f"{page.path}: the field {control.attributes.get('name')!r} has no label"


def _inspect_addresses(app: Flask, page: Page) -> None:
    for link in page.document.all("a", "link"):
        assert_resolves(app, page, link.attributes.get("href", ""), "GET")
    for image in page.document.all("img", "script"):
        assert_resolves(app, page, image.attributes.get("src", ""), "GET")
    for form in page.document.all("form"):
        method = form.attributes.get("method", "get").upper()
        assert_resolves(app, page, form.attributes.get("action", ""), method)


def assert_resolves(app: Flask, page: Page, address: str, method: str) -> None:
    """An internal address must lead to a route, or to a static file that exists."""
    parts = urlsplit(urljoin(f"http://localhost{page.path}", address))
    if not address or parts.scheme not in {"http", "https"} or parts.hostname != "localhost":
        return
    if address.startswith("#"):
        _inspect_fragment(page, address[1:])
        return
    try:
        _, arguments = app.url_map.bind("localhost").match(parts.path, method)
    except RequestRedirect:
        return
    except HTTPException as error:
        raise AssertionError(f"{page.path} leads to {method} {parts.path}: {error}") from error
    if parts.path.startswith("/static/"):
        file = f"{app.static_folder}/{arguments['filename']}"
        with open(file, "rb"):  # noqa: PTH123 - raises with the file's name
            pass


def _inspect_fragment(page: Page, name: str) -> None:
    known = {item.attributes.get("id") for item in page.document.walk()}
    assert not name or name in known, f"{page.path} links to #{name}, which it does not have"
