"""The life of a need in one place: which step may follow which, and what guards it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from models import CountryStatus, Need
from models.choices import NeedState as State
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.needs import completeness, countries

OPEN_FOR = timedelta(days=90)
REMIND_BEFORE = timedelta(days=7)


class Act(StrEnum):
    """What may be done with a need."""

    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    REJECT = "reject"
    APPEAL = "appeal"
    OPEN = "open"
    RENEW = "renew"
    FILL = "fill"
    CLOSE = "close"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.DRAFT, Act.SUBMIT): State.SUBMITTED,
    (State.CHANGES_REQUESTED, Act.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Act.TAKE_BACK): State.DRAFT,
    (State.SUBMITTED, Act.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.SUBMITTED, Act.APPROVE): State.APPROVED,
    (State.SUBMITTED, Act.REJECT): State.CLOSED,
    (State.CHANGES_REQUESTED, Act.APPEAL): State.SUBMITTED,
    # Only after a refusal: see `can_appeal`.
    (State.CLOSED, Act.APPEAL): State.SUBMITTED,
    # Approved waits for its institution to be verified; then it opens by itself.
    (State.APPROVED, Act.OPEN): State.OPEN,
    (State.APPROVED, Act.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    # The country's status changed, or staff were told of a fault.
    (State.OPEN, Act.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.OPEN, Act.RENEW): State.OPEN,
    (State.EXPIRED, Act.RENEW): State.OPEN,
    (State.FILLED, Act.RENEW): State.OPEN,
    (State.OPEN, Act.FILL): State.FILLED,
    (State.OPEN, Act.EXPIRE): State.EXPIRED,
    (State.SUBMITTED, Act.CLOSE): State.CLOSED,
    (State.CHANGES_REQUESTED, Act.CLOSE): State.CLOSED,
    (State.APPROVED, Act.CLOSE): State.CLOSED,
    (State.OPEN, Act.CLOSE): State.CLOSED,
    (State.FILLED, Act.CLOSE): State.CLOSED,
    (State.EXPIRED, Act.CLOSE): State.CLOSED,
}

EDITABLE = frozenset({State.DRAFT, State.CHANGES_REQUESTED})


def allows(need: Need, act: Act) -> bool:
    """Say whether an act is possible now, for the buttons of a page."""
    if act == Act.APPEAL:
        return can_appeal(need)
    return (need.state, act) in TRANSITIONS


def can_appeal(need: Need) -> bool:
    """An appeal answers a refusal by staff, not one's own decision to close."""
    was_refused = need.reviewed_by_id is not None and bool(need.review_note)
    return was_refused and need.state in (State.CHANGES_REQUESTED, State.CLOSED)


def move(need: Need, act: Act) -> None:
    """Take a step, or say that the state does not allow it."""
    if not allows(need, act):
        raise Conflict(_("This need has changed in the meantime. Read it again, then decide."))
    need.state = TRANSITIONS[need.state, act]


def require_editable(need: Need) -> None:
    """Refuse to change what people were shown, or what staff are reading."""
    if need.state in EDITABLE:
        return
    if need.state == State.SUBMITTED:
        raise Conflict(_("Programme staff are reading this need. Take it back to change it."))
    raise Conflict(
        _(
            "This need was approved as it stands, so it cannot be changed. "
            "Duplicate it to write a new one from it."
        )
    )


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
