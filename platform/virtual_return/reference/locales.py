"""The language in which names are wanted, and the order in which readers of it sort."""

from __future__ import annotations

import unicodedata

from virtual_return.config import LOCALES

DEFAULT = LOCALES[0]


def resolve(locale: str | None) -> str:
    """Return one of the product's locales: the one asked for, the reader's, or English."""
    wanted = locale if locale is not None else _of_reader()
    code = wanted.replace("-", "_").split("_")[0].lower()
    return code if code in LOCALES else DEFAULT


def sort_key(name: str) -> str:
    """Return a key under which É sorts as E and the Arabic article does not count."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return bare.removeprefix("ال")


def _of_reader() -> str:
    # Imported here so that commands, jobs and tests can look names up without loading Flask.
    from flask_babel import get_locale  # noqa: PLC0415

    found = get_locale()
    return found.language if found else DEFAULT
