"""The life of a need: which step may follow which, as data."""

from __future__ import annotations

from enum import StrEnum

from models import Need
from models.choices import NeedState as State


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

# Nothing changes what people were shown, or what staff are reading.
EDITABLE = frozenset({State.DRAFT, State.CHANGES_REQUESTED})
# The states in which a need that was open stays readable.
READABLE = frozenset({State.OPEN, State.FILLED, State.CLOSED, State.EXPIRED})


def allows(need: Need, act: Act) -> bool:
    """Say whether an act is possible now, for the buttons of a page."""
    if act == Act.APPEAL:
        return can_appeal(need)
    return (need.state, act) in TRANSITIONS


def can_appeal(need: Need) -> bool:
    """An appeal answers a refusal by staff, not one's own decision to close."""
    was_refused = need.reviewed_by_id is not None and bool(need.review_note)
    return was_refused and need.state in (State.CHANGES_REQUESTED, State.CLOSED)
