"""Where people may travel for a need: the status of countries, asked from one place."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CountryStatus, Need
from models.choices import CountryState, EngagementKind, Mode
from virtual_return.i18n import gettext as _

TRAVEL_KINDS = (EngagementKind.VISIT, EngagementKind.MIXED)
TRAVEL_MODES = (Mode.ON_SITE, Mode.MIXED)


def status_of(session: Session, country: str) -> CountryStatus | None:
    """Return the status of a country; None means normal."""
    return session.scalar(select(CountryStatus).where(CountryStatus.country == country))


def allows_travel(status: CountryStatus | None) -> bool:
    return status is None or status.state == CountryState.NORMAL


def involves_travel(need: Need) -> bool:
    """Say whether somebody would have to be on site."""
    return need.mode in TRAVEL_MODES or need.kind in TRAVEL_KINDS


def explain(status: CountryStatus) -> str:
    """Say why nobody travels there now, with the reason that staff gave."""
    if status.state == CountryState.PAUSED:
        sentence = _("On-site work in this country is paused, so only remote work is possible.")
    else:
        sentence = _("This country is virtual only, so only remote work is possible.")
    if not status.reason:
        return sentence
    return _(
        "%(sentence)s Reason given on %(date)s: %(reason)s",
        sentence=sentence,
        date=status.since.isoformat(),
        reason=status.reason,
    )
