"""Which language is spoken: this request's wish, the browser's choice, the account's, the rest."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask, Response
from flask_login import LoginManager

from virtual_return.config import LOCALES
from virtual_return.i18n import (
    LANGUAGES,
    locale_code,
    remember_locale,
    select_locale,
    text_direction,
    time_zone,
)

FRENCH_READER = {"Accept-Language": "fr-CA,fr;q=0.8"}
SPANISH_CHOICE = {"Cookie": "lang=es"}


def sign_in(app: Flask, **person: str) -> None:
    manager = LoginManager(app)
    manager.request_loader(lambda request: SimpleNamespace(is_authenticated=True, **person))


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/", {}, "en"),
        ("/", {"Accept-Language": "de"}, "en"),
        ("/", FRENCH_READER, "fr"),
        ("/", FRENCH_READER | SPANISH_CHOICE, "es"),
        ("/?lang=ar", FRENCH_READER | SPANISH_CHOICE, "ar"),
        ("/?lang=xx", SPANISH_CHOICE, "es"),
        ("/", {"Cookie": "lang=../../etc"}, "en"),
    ],
)
def test_the_nearest_wish_wins(
    face: Flask, path: str, headers: dict[str, str], expected: str
) -> None:
    with face.test_request_context(path, headers=headers):
        assert select_locale() == expected
        assert locale_code() == expected


def test_the_account_goes_before_the_browser_and_after_the_choice(face: Flask) -> None:
    sign_in(face, locale="pt")
    with face.test_request_context("/", headers=FRENCH_READER):
        assert select_locale() == "pt"
    with face.test_request_context("/", headers=SPANISH_CHOICE):
        assert select_locale() == "es"


def test_moments_are_shown_where_the_reader_is(face: Flask) -> None:
    sign_in(face, locale="en", time_zone="Africa/Khartoum")
    with face.test_request_context("/"):
        assert time_zone().key == "Africa/Khartoum"


def test_an_unknown_time_zone_is_utc(face: Flask) -> None:
    sign_in(face, locale="en", time_zone="Mars/Olympus")
    with face.test_request_context("/"):
        assert time_zone().key == "UTC"


def test_only_arabic_runs_from_right_to_left() -> None:
    assert [language.code for language in LANGUAGES] == list(LOCALES)
    assert [code for code in LOCALES if text_direction(code) == "rtl"] == ["ar"]


def test_a_choice_is_kept_unless_it_is_none_of_ours(face: Flask) -> None:
    with face.test_request_context("/"):
        assert "lang=fr" in remember_locale(Response(), "fr").headers["Set-Cookie"]
        assert "Set-Cookie" not in remember_locale(Response(), "xx").headers


def test_a_page_says_which_language_it_is_in(face: Flask) -> None:
    response = face.test_client().get("/nothing?lang=fr")

    assert response.headers["Content-Language"] == "fr"
    assert {"accept-language", "cookie"} <= set(response.vary.as_set())
