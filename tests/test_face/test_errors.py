"""Errors answer in the same clothes, and the page about them cannot fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest
from flask import Flask, abort, redirect
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException

from tests.support.page import parse
from virtual_return import errors


def raiser(error: Exception) -> Callable[[], NoReturn]:
    def view() -> NoReturn:
        raise error

    return view


@pytest.fixture
def calm(face: Flask) -> Flask:
    """As in production, where an error is answered and not shown to a developer."""
    face.config["PROPAGATE_EXCEPTIONS"] = False
    return face


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.NotFound, 404),
        (errors.Forbidden, 403),
        (errors.Conflict, 409),
        (errors.Invalid, 422),
        (errors.TooMany, 429),
        (errors.Unavailable, 503),
    ],
)
def test_a_domain_error_has_a_status_and_words(
    face: Flask, kind: type[errors.DomainError], status: int
) -> None:
    face.add_url_rule("/x", "x", raiser(kind()))

    response = face.test_client().get("/x")

    page = parse(response.text)
    assert response.status_code == status
    assert page.one("h1").text == kind.title
    assert kind.words in page.text
    assert response.headers["Cache-Control"] == "no-store"


def test_a_domain_error_may_bring_its_own_sentence(face: Flask) -> None:
    face.add_url_rule("/x", "x", raiser(errors.Conflict("Somebody was <faster>.")))

    response = face.test_client().get("/x")

    assert "Somebody was &lt;faster&gt;." in response.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 418, 429, 500, 503])
def test_every_status_has_a_page(calm: Flask, status: int) -> None:
    calm.add_url_rule("/x", "x", lambda: abort(status))

    response = calm.test_client().get("/x")

    page = parse(response.text)
    assert response.status_code == status
    assert page.one("title").text.startswith(page.one("h1").text)


def test_a_fault_of_ours_says_so_and_nothing_else(calm: Flask) -> None:
    calm.add_url_rule("/x", "x", raiser(ZeroDivisionError("secret detail")))

    response = calm.test_client().get("/x")

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "secret detail" not in response.text
    assert response.headers["X-Request-Id"] in response.text


def test_a_page_about_an_error_that_fails_has_a_page(
    calm: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(calm.jinja_env.globals, "navigation", raiser(TemplateNotFound("x")))

    response = calm.test_client().get("/nothing")

    page = parse(response.text)
    assert response.status_code == 404
    spoken = {item.attributes.get("lang", "en") for item in page.all("p")}
    assert spoken == {"en", "fr", "ar", "es", "pt"}


def test_a_refused_method_says_which_are_served(face: Flask) -> None:
    face.add_url_rule("/x", "x", lambda: "", methods=["GET"])

    response = face.test_client().delete("/x")

    assert response.status_code in {400, 405}
    if response.status_code == 405:
        assert "GET" in response.headers["Allow"]


def test_a_ready_answer_and_a_redirect_stay_as_they_are(face: Flask) -> None:
    face.add_url_rule("/ready", "ready", lambda: abort(redirect("/there")))
    face.add_url_rule("/folder/", "folder", lambda: "")

    client = face.test_client()

    assert client.get("/ready").headers["Location"] == "/there"
    assert client.get("/folder").status_code == 308


def test_what_was_begun_is_rolled_back_before_the_page_is_made(face: Flask) -> None:
    class Session:
        rolled_back = False

        def rollback(self) -> None:
            self.rolled_back = True

    session = Session()

    def view() -> NoReturn:
        from flask import g  # noqa: PLC0415

        g.session = session
        raise errors.Conflict

    face.add_url_rule("/x", "x", view)
    face.test_client().get("/x")

    assert session.rolled_back


def test_all_words_are_sentences() -> None:
    for title, message in errors.WORDS.values():
        assert title
        assert message.endswith(".")
    assert issubclass(HTTPException, Exception)
