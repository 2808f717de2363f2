"""What guards the steps of a need; which step may follow which is in `policy/need_life.py`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from models import CountryStatus, Need
from models.choices import NeedState as State
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.needs import completeness, countries
from virtual_return.policy import needs as rules
from virtual_return.policy.need_life import EDITABLE, TRANSITIONS, Act, allows, can_appeal

__all__ = [
    "EDITABLE",
    "OPEN_FOR",
    "REMIND_BEFORE",
    "TRANSITIONS",
    "Act",
    "allows",
    "can_appeal",
    "expiry_of",
    "move",
    "require_complete",
    "require_editable",
    "require_openable",
]

OPEN_FOR = timedelta(days=90)
REMIND_BEFORE = timedelta(days=7)


def move(need: Need, act: Act) -> None:
    """Take a step, or say that the state does not allow it."""
    if not allows(need, act):
        raise Conflict(_(rules.CHANGED_MEANWHILE))
    need.state = TRANSITIONS[need.state, act]


def require_editable(need: Need) -> None:
    """Refuse to change what people were shown, or what staff are reading."""
    if need.state not in EDITABLE:
        is_waiting = need.state == State.SUBMITTED
        raise Conflict(_(rules.BEING_READ if is_waiting else rules.APPROVED_AS_IS))


def require_complete(need: Need, status: CountryStatus | None, today: date) -> None:
    """Refuse a brief that lacks something."""
    found = completeness.gaps(need, status, today)
    if found:
        raise Invalid(" ".join(gap.message for gap in found[:3]))


def require_openable(need: Need, status: CountryStatus | None, today: date) -> None:
    """Refuse to show experts a need that could not be taken up."""
    if not need.institution.is_verified:
        raise Conflict(_("The institution has to be verified before its needs can be open."))
    if countries.involves_travel(need) and status and not countries.allows_travel(status):
        raise Conflict(countries.explain(status))
    if need.window_end and need.window_end < today:
        raise Conflict(_("The time in which it should happen is over. Duplicate it instead."))


def expiry_of(need: Need, opened_at: datetime) -> datetime:
    """Return when an open need ends by itself: after 90 days, or with its window."""
    latest = opened_at + OPEN_FOR
    if need.window_end is None:
        return latest
    end_of_window = datetime.combine(need.window_end, time.max.replace(microsecond=0), tzinfo=UTC)
    return min(latest, end_of_window)
