"""Readers of single values: each takes what a file says and returns what a column holds.

A reader raises ValueError with words for the person who wrote the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale
from email_validator import EmailNotValidError, validate_email

Reader = Callable[[object], object]
Values = dict[str, object]

_ENGLISH = Locale("en")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def take(
    source: Mapping[str, object],
    readers: Mapping[str, Reader],
    problems: list[str],
    where: str = "",
) -> Values:
    """Read the fields that are there; what does not fit is added to *problems*."""
    found: Values = {}
    for name, read in readers.items():
        value = source.get(name)
        if value is None:
            continue
        try:
            found[name] = read(value)
        except ValueError as error:
            problems.append(f"{where}{name}: {error}")
    return found


def text(longest: int) -> Reader:
    """Read one text without control characters, at most so many characters long."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"write a text, not {_shown(value)}")
        tidy = _CONTROL.sub(" ", value).strip()
        if len(tidy) > longest:
            raise ValueError(f"is {len(tidy):,} characters long; {longest:,} is the most")
        return tidy

    return read


def line_of_text(longest: int) -> Reader:
    """Read one text as a single line."""
    read_text = text(longest)
    return lambda value: " ".join(str(read_text(value)).split())


def one_of(kind: type[StrEnum]) -> Reader:
    """Read one value of a closed list."""

    def read(value: object) -> StrEnum:
        try:
            return kind(str(value).strip().lower())
        except ValueError:
            allowed = ", ".join(member.value for member in kind)
            raise ValueError(f"{_shown(value)} is not one of {allowed}") from None

    return read


def whole_number(lowest: int, highest: int) -> Reader:
    """Read a whole number between two, both included."""

    def read(value: object) -> int:
        words = f"write a whole number from {lowest} to {highest}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(words)
        if not lowest <= value <= highest or value != int(value):
            raise ValueError(words)
        return int(value)

    return read


def amount(value: object) -> float:
    """Read a sum of money."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**9:
        raise ValueError("write a number of at least 0")
    return float(value)


def day(value: object) -> date:
    """Read a date such as 2027-01-31."""
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("write a date as 2027-01-31") from None
    if not 1900 <= found.year <= 2200:
        raise ValueError("the year is out of reach")
    return found


def list_of(read: Reader, most: int = 50) -> Reader:
    """Read a list, each value by the same reader."""

    def read_all(value: object) -> list[object]:
        if not isinstance(value, list):
            raise ValueError("write a list, in square brackets")
        if len(value) > most:
            raise ValueError(f"has {len(value)} entries; {most} is the most")
        return [read(item) for item in value]

    return read_all


def country(value: object) -> str:
    """Read a two-letter country code."""
    code = str(value).strip().upper()
    if not re.fullmatch("[A-Z]{2}", code) or code not in _ENGLISH.territories:
        raise ValueError(f"{_shown(value)} is no ISO 3166 code of a country, such as SO")
    return code


def language(value: object) -> str:
    """Read a language code."""
    code = str(value).strip().lower()
    if not re.fullmatch("[a-z]{2,3}", code) or code not in _ENGLISH.languages:
        raise ValueError(f"{_shown(value)} is no ISO 639 code of a language, such as ar")
    return code


def field_of_study(value: object) -> str:
    """Read an ISCED-F 2013 code of two to four digits."""
    code = str(value).strip()
    if not re.fullmatch("[0-9]{2,4}", code):
        raise ValueError("write an ISCED-F 2013 code of two to four digits")
    return code


def currency(value: object) -> str:
    """Read a currency code."""
    code = str(value).strip().upper()
    if code not in _ENGLISH.currencies:
        raise ValueError(f"{_shown(value)} is no ISO 4217 code of a currency, such as EUR")
    return code


def time_zone(value: object) -> str:
    """Read a name such as Africa/Mogadishu."""
    if value not in available_timezones():
        raise ValueError(f"{_shown(value)} is no time zone, such as Africa/Mogadishu")
    return str(value)


def link(value: object) -> str:
    """Read an address of the web."""
    address = str(text(500)(value))
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("write an address that begins with https:// or http://")
    return address


def email(value: object) -> str:
    """Read an e-mail address, in lower case."""
    try:
        checked = validate_email(str(value).strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return checked.normalized.lower()


def _shown(value: object) -> str:
    written = repr(value)
    return written if len(written) <= 40 else written[:37] + "..."
