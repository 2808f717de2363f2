"""Time zones by city and country, in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from virtual_return.reference.countries import country_name
from virtual_return.reference.locales import resolve, sort_key

UTC = "UTC"


@cache
def _countries() -> dict[str, str]:
    # The IANA's table has the country of each canonical zone; older names are left out.
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    known = available_timezones()
    return {row[2]: row[0] for row in rows if len(row) > 2 and row[2] in known}


@cache
def names() -> tuple[str, ...]:
    """Return UTC and every canonical zone; older names of the same zones are left out."""
    return (UTC, *sorted(_countries()))


def is_name(name: str) -> bool:
    """Tell whether a name is a time zone's; browsers report older names too."""
    return name in available_timezones()


def zone_name(name: str, locale: str | None = None) -> str:
    """Return a zone's city and country; an older or unknown name is returned as it is."""
    language = resolve(locale)
    if country := _countries().get(name):
        return f"{_city(name, language)} ({country_name(country, language)})"
    return name.replace("_", " ")


def choices(locale: str | None = None) -> list[tuple[str, str]]:
    """Return UTC, then every zone in the order of its city, as people look for it."""
    return list(_choices(resolve(locale)))


@cache
def _choices(locale: str) -> tuple[tuple[str, str], ...]:
    zones = [(name, zone_name(name, locale)) for name in _countries()]
    return ((UTC, UTC), *sorted(zones, key=lambda zone: sort_key(zone[1])))


def _city(name: str, locale: str) -> str:
    known = Locale.parse(locale).time_zones
    for key in (name, *_older_names().get(name, ())):
        if city := known.get(key, {}).get("city"):
            return str(city)
    return name.rpartition("/")[2].replace("_", " ")


@cache
def _older_names() -> dict[str, list[str]]:
    # Unicode keeps a zone's city under the name that the zone had first, such as Europe/Kiev.
    older = defaultdict[str, list[str]](list)
    for old, new in get_global("zone_aliases").items():
        older[new].append(old)
    return dict(older)
