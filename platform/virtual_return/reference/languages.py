"""Languages that somebody can deliver in, named as Babel names them."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale

from virtual_return.reference.locales import resolve, sort_key

# Those that programmes ask for most stand before the rest of the list.
COMMON = (
    "en", "fr", "ar", "es", "pt", "so", "ti", "am", "sw", "fa", "ps", "uk", "ru", "tr", "ku",
    "ckb", "ht", "wo", "om", "ha", "yo", "ig", "rw", "ln", "sn", "ur", "bn", "my", "ne", "si",
    "ta", "zh", "de", "it", "nl", "sv",
)  # fmt: skip


@cache
def codes() -> frozenset[str]:
    """Return the codes of ISO 639 that Babel can name in English."""
    names = Locale.parse("en").languages
    two = {getattr(language, "alpha_2", "") for language in pycountry.languages}
    three = {
        language.alpha_3
        for language in pycountry.languages
        if language.type == "L" and not hasattr(language, "alpha_2")
    }
    return frozenset(code for code in two | three if code in names)


def is_code(code: str) -> bool:
    """Tell whether a code is a language's."""
    return code in codes()


def language_name(code: str, locale: str | None = None) -> str:
    """Return the name of a language; what the locale cannot name is named in English."""
    english = Locale.parse("en").languages.get(code, code)
    return str(Locale.parse(resolve(locale)).languages.get(code, english))


def choices(locale: str | None = None) -> list[tuple[str, str]]:
    """Return the common languages, then all others, sorted by name."""
    return list(_choices(resolve(locale)))


@cache
def _choices(locale: str) -> tuple[tuple[str, str], ...]:
    common = [(code, language_name(code, locale)) for code in COMMON]
    others = [(code, language_name(code, locale)) for code in codes() - set(COMMON)]
    return (*common, *sorted(others, key=lambda pair: sort_key(pair[1])))
