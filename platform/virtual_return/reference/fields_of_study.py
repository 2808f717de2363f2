"""Fields of study as choices of a form."""

from __future__ import annotations

from virtual_return.reference.isced import Level, codes, field_name, fields_by_broad


def choices(locale: str | None = None) -> list[tuple[str, str]]:
    """Return every field in code order, the code before the name so that levels can be told."""
    return [(code, f"{code} {field_name(code, locale)}") for code in codes()]


def broad_choices(locale: str | None = None) -> list[tuple[str, str]]:
    """Return the broad fields."""
    return [(code, field_name(code, locale)) for code in codes(Level.BROAD)]


def grouped_choices(locale: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Return narrow and detailed fields under the name of their broad field."""
    return {
        broad.name: [(field.code, f"{field.code} {field.name}") for field in fields]
        for broad, fields in fields_by_broad(locale).items()
    }
