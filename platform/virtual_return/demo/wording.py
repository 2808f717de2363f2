"""From patterns to sentences: choices are drawn, numbers written, names filled in or left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from random import Random

TOKEN = re.compile(r"\{([^{}]+)\}")
RANGE = re.compile(r"(\d+)\.\.(\d+)")
YEARS = range(1900, 2031)
# Between thousands; Arabic and the Iberian languages write four digits without any.
SEPARATORS = {"en": ",", "fr": "\u202f"}
ABROAD = {
    "en": "abroad",
    "fr": "à l'étranger",
    "ar": "في الخارج",
    "es": "en el extranjero",
    "pt": "no estrangeiro",
}


def draw(pattern: str, random: Random, language: str) -> str:
    """Settle `{this|that}` and `{20..80}`; names such as `{city}` stay."""

    def settle(match: re.Match[str]) -> str:
        inside = str(match[1])
        if "|" in inside:
            return random.choice(inside.split("|"))
        bounds = RANGE.fullmatch(inside)
        return _number(bounds, random, language) if bounds else str(match[0])

    return TOKEN.sub(settle, pattern)


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """Put names into their places; a name without a value is a fault of the pattern."""
    return tidy(TOKEN.sub(lambda match: values[match[1]], pattern))


def names_in(pattern: str) -> set[str]:
    """Return the names that a pattern waits for."""
    return {name for name in TOKEN.findall(pattern) if name.isidentifier()}


def blur(pattern: str, rules: list[list[str]]) -> str:
    """Prepare a pattern for a place that is not named: `à {city}` is `dans une ville`."""
    for before, after in rules:
        pattern = re.sub(rf"(?<!\w){re.escape(before)}", after, pattern)
    return pattern


def tidy(text: str) -> str:
    """Take double spaces out and begin with a capital letter."""
    return capital(re.sub(r"(?<=\S) {2,}", " ", text).strip())


def capital(text: str) -> str:
    """Return text with its first letter large."""
    return text[:1].upper() + text[1:]


def low(text: str) -> str:
    """Return text with its first letter small, unless it begins with an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def slug(name: str) -> str:
    """Return a name as it may stand in an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def _number(bounds: re.Match[str], random: Random, language: str) -> str:
    first, last = int(bounds[1]), int(bounds[2])
    value = random.randint(first, last)
    if first in YEARS and last in YEARS:
        return str(value)
    value = max(first, _rounded(value, language))
    return f"{value:,}".replace(",", SEPARATORS.get(language, "")) if value > 999 else str(value)


def _rounded(value: int, language: str) -> int:
    if language == "ar" and value > 99:
        # The noun after a full hundred is in the one form that the patterns are written for.
        return value // 100 * 100
    step = 100 if value > 9999 else 50 if value > 999 else 10 if value > 199 else 1
    return value // step * step
