"""Filters speak the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from markupsafe import Markup

from virtual_return.templating import filters

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reader(face: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    marker = request.node.get_closest_marker("parametrize")
    locale = request.node.callspec.params.get("locale", "en") if marker else "en"
    with face.test_request_context(f"/?lang={locale}"), time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "this week"),
        (20, "this month"),
        (60, "in the last three months"),
        (300, "in the last year"),
        (700, "more than a year ago"),
    ],
)
def test_activity_is_told_in_coarse_words(days: int, words: str) -> None:
    assert filters.coarse_time(NOW - timedelta(days=days)) == words


def test_no_activity_is_told_too() -> None:
    assert filters.coarse_time(None) == "not yet"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 5, 15), "12 days left"),
        (date(2026, 5, 4), "1 day left"),
        (date(2026, 5, 3), "last day"),
        (date(2026, 5, 1), "over"),
        (None, ""),
    ],
)
def test_time_that_is_left(value: date | None, words: str) -> None:
    assert filters.days_left(value) == words


@pytest.mark.parametrize(("locale", "name"), [("en", "Sudan"), ("fr", "Soudan"), ("ar", "السودان")])
def test_countries_have_names(locale: str, name: str) -> None:
    assert filters.country("SD") == name


@pytest.mark.parametrize(("locale", "name"), [("en", "Arabic"), ("pt", "árabe")])
def test_languages_have_names(locale: str, name: str) -> None:
    assert filters.language("ar") == name


def test_an_unknown_code_stays_as_it_is() -> None:
    assert filters.country("??") == "??"
    assert filters.country(None) == ""


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "a, b, or c"), ("fr", "a, b ou c"), ("es", "a, b o c")]
)
def test_lists_end_as_the_language_ends_them(locale: str, words: str) -> None:
    assert filters.either(["a", "b", "c"]) == words


@pytest.mark.parametrize("locale", ["es"])
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["francés", "inglés"], "francés e inglés"),
        (["inglés", "árabe", "hindi"], "inglés, árabe e hindi"),
        (["agua", "hielo"], "agua y hielo"),
        (["inglés", "francés"], "inglés y francés"),
        (["inglés"], "inglés"),
    ],
)
def test_spanish_says_e_before_the_same_sound(locale: str, words: list[str], text: str) -> None:
    assert filters.joined(words) == text


@pytest.mark.parametrize("locale", ["ar"])
def test_latin_words_in_an_arabic_list_keep_their_places(locale: str) -> None:
    assert filters.joined(["water", "مياه"]) == "\u2068water\u2069 ومياه"
    assert filters.commas(["water", "", "مياه"]) == "\u2068water\u2069، مياه"


@pytest.mark.parametrize("locale", ["fr"])
def test_arabic_words_in_a_french_list_keep_theirs(locale: str) -> None:
    assert filters.commas(["eau", "مياه", "مياه"]) == "eau, \u2068مياه\u2069, \u2068مياه\u2069"


@pytest.mark.parametrize(("locale", "words"), [("en", "May 3, 2026"), ("fr", "3 mai 2026")])
def test_days_are_written_out(locale: str, words: str) -> None:
    assert filters.day(NOW.date()) == words


def test_years_have_no_separators() -> None:
    assert filters.years(2014, 2019) == "2014–2019"
    assert filters.years(2014) == "since 2014"
    assert filters.years(2014, 2014) == "2014"
    assert filters.years(None) == ""


def test_paragraphs_are_escaped_and_keep_their_direction() -> None:
    assert filters.paragraphs("a <b>\nc\n\nأهلا") == (
        '<p dir="auto">a &lt;b&gt;<br>c</p>\n<p dir="auto">أهلا</p>'
    )


def test_a_colon_follows_without_escaping_twice() -> None:
    assert filters.colon("a < b") == "a < b:"
    assert filters.colon(Markup("a &lt; b")) == Markup("a &lt; b:")


def test_money_carries_its_currency() -> None:
    assert filters.money(1200, "USD") == "$1,200.00"
    assert filters.money(None, "USD") == ""
