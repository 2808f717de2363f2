"""Fields of education and training: UNESCO's ISCED-F 2013, with broad, narrow and detailed codes.

The file beside this module has a row for each code. Codes that end in 8 are inter-disciplinary,
codes that end in 9 are what is "not elsewhere classified"; a field that is "not further defined" is
given by its shorter code.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

from virtual_return.reference.locales import DEFAULT, resolve

FILE = Path(__file__).with_name("isced_f_2013.csv")


class Level(IntEnum):
    """How finely a code divides; the value is the length of the code."""

    BROAD = 2
    NARROW = 3
    DETAILED = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One field of study under its code."""

    code: str
    name: str

    @property
    def level(self) -> Level:
        return Level(len(self.code))

    @property
    def broad(self) -> str:
        return self.code[: Level.BROAD]


@cache
def _table() -> dict[str, dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


def codes(level: Level | None = None) -> tuple[str, ...]:
    """Return the codes of one level, or all, in their order."""
    return tuple(code for code in _table() if level is None or len(code) == level)


def is_code(code: str) -> bool:
    """Tell whether a code exists at any level."""
    return code in _table()


def field_name(code: str, locale: str | None = None) -> str:
    """Return the name of a field; an unknown code is returned as it is."""
    row = _table().get(code)
    if row is None:
        return code
    return row[resolve(locale)] or row[DEFAULT]


def path(code: str, locale: str | None = None) -> tuple[Field, ...]:
    """Return broad, narrow and detailed field down to the code."""
    steps = [code[:length] for length in Level if length <= len(code)]
    return tuple(Field(step, field_name(step, locale)) for step in steps if is_code(step))


def fields_by_broad(locale: str | None = None) -> dict[Field, tuple[Field, ...]]:
    """Return each broad field with the narrow and detailed fields under it, in code order."""
    return {
        Field(broad, field_name(broad, locale)): tuple(
            Field(code, field_name(code, locale))
            for code in codes()
            if code.startswith(broad) and code != broad
        )
        for broad in codes(Level.BROAD)
    }
