"""Filters: dates, names and lists in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from unicodedata import bidirectional

from babel.lists import format_list
from flask_babel import (
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
)
from markupsafe import Markup, escape

from models import now
from virtual_return.i18n import gettext, locale_code, ngettext, text_direction, time_zone
from virtual_return.reference import countries, isced, languages

# A word like «inglés» or «hindi», and not one like «hielo» or «ion».
I_SOUND = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)


def day(value: date | datetime | None, style: str = "long") -> str:
    """Return a date in words, or an empty string: `3 May 2026`."""
    return str(format_date(value, style)) if value else ""


def moment(value: datetime | None) -> str:
    """Return a date with its time in the reader's time zone."""
    return str(format_datetime(value, "medium")) if value else ""


def coarse_time(value: datetime | date | None) -> str:
    """Return how long ago something was, in words too coarse to follow a person by."""
    if value is None:
        return gettext("not yet")
    age = (now().date() - _local_date(value)).days
    if age <= 7:
        return gettext("this week")
    if age <= 31:
        return gettext("this month")
    if age <= 92:
        return gettext("in the last three months")
    if age <= 365:
        return gettext("in the last year")
    return gettext("more than a year ago")


def days_left(value: datetime | date | None) -> str:
    """Return how much time remains, without hurry: `12 days left`."""
    if value is None:
        return ""
    left = (_local_date(value) - now().date()) // timedelta(days=1)
    if left < 0:
        return gettext("over")
    if left == 0:
        return gettext("last day")
    return ngettext("%(num)d day left", "%(num)d days left", left)


def country(code: str | None) -> str:
    """Return the name of a country in the reader's language; an unknown code stays as it is."""
    return countries.country_name(code or "", locale_code())


def language(code: str | None) -> str:
    """Return the name of a language in the reader's language; an unknown code stays as it is."""
    return languages.language_name(code or "", locale_code())


def field_of_study(code: str | None) -> str:
    """Return the name of a field of study (ISCED-F 2013) in the reader's language."""
    return isced.field_name(code or "", locale_code())


def joined(items: Iterable[object]) -> str:
    """Return `a, b and c` as the reader's language writes it."""
    words = [_isolated(str(item)) for item in items]
    return _spanish_and(words, format_list(words, locale=locale_code()))


def commas(items: Iterable[object]) -> str:
    """Return `a, b, c` with the comma of the reader's script; what is empty is left out."""
    return comma().join(_isolated(str(item)) for item in items if item)


def comma() -> str:
    """Return the comma of the reader's script, and a space."""
    return "، " if locale_code() == "ar" else ", "


def _isolated(word: str) -> str:
    """Keep a word of the other direction together: else two of them in a row change places."""
    letters = (bidirectional(letter) for letter in word)
    first = next((kind for kind in letters if kind in ("L", "R", "AL")), "")
    is_foreign = bool(first) and (first == "L") != (text_direction() == "ltr")
    return f"\u2068{word}\u2069" if is_foreign else word


def _spanish_and(words: list[str], text: str) -> str:
    # Before the sound i, Spanish says "e" for "and": CLDR's pattern for lists does not know that.
    if len(words) > 1 and locale_code() == "es" and I_SOUND.match(words[-1]):
        return f"{text.removesuffix(f' y {words[-1]}')} e {words[-1]}"
    return text


def either(items: Iterable[object]) -> str:
    """Return `a, b or c` as the reader's language writes it."""
    return format_list([_isolated(str(item)) for item in items], style="or", locale=locale_code())


def colon(text: str) -> str:
    """Return a text with a colon after it, spaced and shaped as the reader's language does."""
    pattern = gettext("%(text)s:")
    # The pattern is from our own catalogues; what it takes in is escaped or markup already.
    return (Markup(pattern) if isinstance(text, Markup) else pattern) % {"text": text}  # noqa: S704


def money(amount: float | None, currency: str) -> str:
    """Return an amount with its currency."""
    return "" if amount is None else str(format_currency(amount, currency))


def number(value: float) -> str:
    """Return a number with the reader's separators."""
    return str(format_decimal(value))


def years(start: int | None, end: int | None = None) -> str:
    """Return `2014–2019`, `since 2014` or one year. Years are no quantities: no separators."""
    if start and end and start != end:
        return f"{start}–{end}"
    if start and not end:
        return gettext("since %(year)s", year=str(start))
    return str(start or end or "")


def paragraphs(text: str | None) -> Markup:
    """Return plain text as paragraphs, each in the direction of its own script."""
    blocks = [block.strip() for block in (text or "").replace("\r\n", "\n").split("\n\n")]
    return Markup("\n").join(
        Markup('<p dir="auto">{}</p>').format(
            Markup("<br>").join(escape(line) for line in block.split("\n"))
        )
        for block in blocks
        if block
    )


def _local_date(value: datetime | date) -> date:
    return value.astimezone(time_zone()).date() if isinstance(value, datetime) else value
