"""Catalogues hold what they must, and no English is left on pages in another language."""

from __future__ import annotations

import gettext
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from flask import Flask

from models import Base, User
from tests.support.client import PageClient
from tests.support.factories import Cast
from tests.support.page import parse
from virtual_return.accounts.receipt_words import WORDS
from virtual_return.experts.leaving import PARTS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from catalogues import (  # noqa: E402
    COMPLETE_LOCALES,
    LOCALES,
    PLURALS,
    SOURCE_LOCALE,
    catalogue,
    plural_forms,
)
from check_messages import faulty  # noqa: E402

TEMPLATES = ROOT / "platform" / "virtual_return" / "templates"
TRANSLATED = [locale for locale in COMPLETE_LOCALES if locale != SOURCE_LOCALE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|<[^>]+>")
# Shorter pieces may be a name, or a part of a word of the other language.
MIN_WORDS = 3
# Fewer pages than these would mean that the test was led astray, such as to the sign-in page.
FEWEST_PAGES = 8
# Written in several languages at once, since nothing works any more; a page for makers of pages.
UNTRANSLATED_TEMPLATES = {"failsafe.html", "public/design.html", "public/design_cards.html"}
NO_WORDS = (
    r"\{#.*?#\}",
    r"\{% trans.*?endtrans %\}",
    r"\{[%{].*?[%}]\}",
    r"<(style|script)\b.*?</\1>",
    r"</?\w(?:\"[^\"]*\"|[^>\"])*>",
    r"<!doctype html>",
    r"&\w+;",
)


@cache
def entries(locale: str) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(catalogue(locale))) if not entry.obsolete]


@cache
def english_pieces(locale: str) -> tuple[str, ...]:
    """The pieces between placeholders of all sentences that this language says otherwise."""
    pieces = {
        " ".join(piece.split())
        for entry in entries(locale)
        for sentence, said in ((entry.msgid, entry.msgstr), *plurals(entry))
        if sentence != said
        for piece in PLACEHOLDER.split(sentence)
    }
    return tuple(sorted(piece for piece in pieces if len(piece.split()) >= MIN_WORDS))


def plurals(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    for form, said in entry.msgstr_plural.items():
        yield (entry.msgid if form == 0 else entry.msgid_plural), said


def english_on(text: str, locale: str) -> list[str]:
    return [piece for piece in english_pieces(locale) if piece in text]


def pages_without_arguments(app: Flask) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
        if rule.endpoint not in {"public.design", "health.metrics", "accounts.export"}
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_translated_keeps_its_placeholders_and_forms(locale):
    assert not [
        (entry.msgid, fault) for entry in entries(locale) for fault in faulty(entry, locale)
    ]


@pytest.mark.parametrize("locale", TRANSLATED)
def test_nothing_is_left_without_a_translation(locale):
    assert not [entry.msgid for entry in entries(locale) if not entry.translated()]


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != SOURCE_LOCALE])
def test_what_was_compiled_is_what_was_written(locale):
    compiled = catalogue(locale).with_suffix(".mo")
    assert compiled.exists(), "Run: make catalogues"
    with compiled.open("rb") as file:
        spoken = gettext.GNUTranslations(file)

    stale = [
        entry.msgid
        for entry in entries(locale)
        if entry.msgstr and not entry.msgctxt and spoken.gettext(entry.msgid) != entry.msgstr
    ]

    assert not stale, "Run: make catalogues"


@pytest.mark.parametrize(
    ("locale", "forms"),
    [
        ("fr", {0: 0, 1: 0, 2: 1, 1000: 1}),
        ("es", {0: 1, 1: 0, 2: 1}),
        ("pt", {0: 1, 1: 0, 2: 1}),
        ("ar", {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 99: 4, 100: 5, 102: 5, 103: 3, 111: 4}),
    ],
)
def test_each_number_finds_its_plural_form(locale, forms):
    rule = PLURALS[locale].partition("plural=")[2].removesuffix(";")
    choose = gettext.c2py(rule)

    assert {number: choose(number) for number in forms} == forms
    assert set(forms.values()) == set(plural_forms(locale))
    assert polib.pofile(str(catalogue(locale))).metadata["Plural-Forms"] == PLURALS[locale]


@pytest.mark.parametrize(
    "template",
    sorted(
        str(file.relative_to(TEMPLATES))
        for file in TEMPLATES.rglob("*")
        if file.is_file() and str(file.relative_to(TEMPLATES)) not in UNTRANSLATED_TEMPLATES
    ),
)
def test_a_template_has_no_words_of_its_own(template):
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for pattern in NO_WORDS:
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.IGNORECASE)

    assert not re.findall(r"[A-Za-z]{2,}", text)


@pytest.mark.parametrize("locale", TRANSLATED)
def test_english_would_be_noticed(client: PageClient, locale):
    assert len(english_on(client.get("/how-it-works?lang=en").text, locale)) > MIN_WORDS


@pytest.mark.parametrize("locale", TRANSLATED)
def test_no_public_page_is_left_in_english(app: Flask, client: PageClient, cast: Cast, locale):
    paths = [*pages_without_arguments(app), f"/needs/{cast.need.public_id}", "/nothing-here"]

    check(client, paths, locale)


@pytest.mark.parametrize("person", ["expert", "owner", "coordinator"])
@pytest.mark.parametrize("locale", TRANSLATED)
def test_no_page_of_a_member_is_left_in_english(
    app: Flask, client: PageClient, cast: Cast, person, locale
):
    need, institution = (
        f"/needs/{cast.need.public_id}",
        f"/institutions/{cast.institution.public_id}",
    )
    paths = [
        *pages_without_arguments(app),
        need,
        f"{need}/interest",
        f"{need}/manage",
        f"{need}/matches",
        f"{need}/review",
        *(f"{need}/brief/{step}" for step in ("what", "who", "how", "local")),
        institution,
        *(f"{institution}/{page}" for page in ("edit", "members", "verification", "appeal")),
        f"/coordination/institutions/{cast.institution.public_id}",
        f"/coordination{need}",
    ]

    check(client.sign_in(getattr(cast, person)), paths, locale)


def check(client: PageClient, paths: list[str], locale: str) -> None:
    client.http.get(f"/language/{locale}")
    left, read = {}, 0
    for path in paths:
        answer = client.http.get(path)
        if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
            continue
        document = parse(answer.get_data(as_text=True))
        assert document.one("html").attributes["lang"] == locale
        read += 1
        if found := english_on(document.text, locale):
            left[path] = found
    assert not left
    assert read >= FEWEST_PAGES


@pytest.mark.parametrize("locale", TRANSLATED)
def test_what_is_wrong_in_a_row_is_said_in_the_language_of_the_page(
    client: PageClient, cast: Cast, locale
):
    expert = client.sign_in(cast.expert)
    expert.http.get(f"/language/{locale}")

    answer = expert.http.post("/profile/languages", data={"languages-0-language": "none"})

    assert answer.status_code == 422
    assert "Not a valid" not in answer.get_data(as_text=True)


def test_a_receipt_has_words_for_everything_that_it_counts():
    hanging = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table.name == User.__tablename__
    }

    # Mail is emptied, not deleted, and counted under a name of its own.
    assert hanging - {"mail_message"} | {*PARTS} <= {*WORDS}
