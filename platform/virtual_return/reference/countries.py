"""Countries and territories by their two letters, named as Babel names them."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale

from virtual_return.reference.locales import resolve, sort_key

# User-assigned in ISO 3166, and somebody's country all the same.
KOSOVO = "XK"


@cache
def codes() -> frozenset[str]:
    """Return the codes of ISO 3166-1 and Kosovo's."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | {KOSOVO}


def is_code(code: str) -> bool:
    """Tell whether a code is a country's."""
    return code in codes()


def country_name(code: str, locale: str | None = None) -> str:
    """Return the name of a country; an unknown code is returned as it is."""
    return str(Locale.parse(resolve(locale)).territories.get(code, code))


def choices(locale: str | None = None) -> list[tuple[str, str]]:
    """Return every country, sorted as readers of the language look for it."""
    return list(_choices(resolve(locale)))


@cache
def _choices(locale: str) -> tuple[tuple[str, str], ...]:
    named = [(code, country_name(code, locale)) for code in codes()]
    return tuple(sorted(named, key=lambda pair: sort_key(pair[1])))
