"""Currencies in use, named as Babel names them."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale
from babel.numbers import get_territory_currencies

from virtual_return.reference import countries
from virtual_return.reference.locales import resolve


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of ISO 4217 that are legal tender somewhere today, in their order."""
    known = {currency.alpha_3 for currency in pycountry.currencies}
    tender = {code for country in countries.codes() for code in get_territory_currencies(country)}
    return tuple(sorted(known & tender))


def is_code(code: str) -> bool:
    """Tell whether a code is a currency's."""
    return code in codes()


def currency_name(code: str, locale: str | None = None) -> str:
    """Return the name of a currency; an unknown code is returned as it is."""
    return str(Locale.parse(resolve(locale)).currencies.get(code, code))


def choices(locale: str | None = None) -> list[tuple[str, str]]:
    """Return every currency, by code."""
    return [(code, f"{code} – {currency_name(code, locale)}") for code in codes()]
