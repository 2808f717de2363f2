"""Working hours that two places share, daylight saving included."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Local hours in which somebody may be asked to meet. Longer than an office's: those who give
# their time give it in the morning or in the evening too.
DAY_STARTS, DAY_ENDS = 8, 20
DAY_HOURS = 24
# Clocks may change within an engagement: this many days of it are looked at.
SAMPLES = 4


@lru_cache(maxsize=8192)
def shared_hours(zone: str, other: str, start: date, end: date) -> float | None:
    """Return the fewest hours a day that 8 to 20 o'clock in both zones share, 0 to 12.

    The fewest over days from *start* to *end* (IANA zone names): two countries that change their
    clocks in different weeks, or on opposite sides of the equator, differ during the year. None
    when a zone is not known.
    """
    zones = (_zone(zone), _zone(other))
    if zones[0] is None or zones[1] is None:
        return None
    step = max(0, (end - start).days) / (SAMPLES - 1)
    days = {start + timedelta(days=round(step * n)) for n in range(SAMPLES)}
    return min(_shared(_offset(zones[0], day) - _offset(zones[1], day)) for day in days)


def _shared(apart_hours: float) -> float:
    """Return the hours shared by two working days that begin *apart_hours* apart on the clock."""
    length = DAY_ENDS - DAY_STARTS
    apart = abs(apart_hours) % DAY_HOURS
    # Across the date line the neighbouring day counts as well: 23 hours apart is one hour apart.
    return max(0.0, length - apart) + max(0.0, length - (DAY_HOURS - apart))


def _offset(zone: ZoneInfo, day: date) -> float:
    offset = datetime.combine(day, time(12), tzinfo=zone).utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
