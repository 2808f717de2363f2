"""Time zones by region and city, as the IANA names them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones


@cache
def names() -> tuple[str, ...]:
    """Return UTC and every canonical zone; older names of the same zones are left out."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    canonical = {row[2] for row in rows if len(row) > 2} & available_timezones()
    return ("UTC", *sorted(canonical))


def is_name(name: str) -> bool:
    """Tell whether a name is a time zone's; browsers report older names too."""
    return name in available_timezones()


def choices() -> list[tuple[str, str]]:
    """Return every zone with its city first, as people look for it."""
    return [(name, _label(name)) for name in names()]


def _label(name: str) -> str:
    region, _, city = name.partition("/")
    return f"{city.replace('_', ' ').replace('/', ', ')} ({region})" if city else name
