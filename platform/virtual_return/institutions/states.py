"""The life of an institution's verification in one place: which step may follow which.

In every state somebody or a clock has the next step (`turn_of`): a test walks through all of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from models import Institution, now
from models.choices import VerificationState as State
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _

VERIFIED_FOR = timedelta(days=365)
# How long before the year is over the institution is told, and may show anew what it is.
RENEW_BEFORE = timedelta(days=30)
# How long what was verified holds after the year, while nothing was shown anew.
GRACE = timedelta(days=60)


class Step(StrEnum):
    """What may be done with the verification of an institution."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    # Of the clock: the year is over; so is the time of grace.
    FALL_DUE = "fall_due"
    LAPSE = "lapse"


class Turn(StrEnum):
    """Who has the next step."""

    INSTITUTION = "institution"
    STAFF = "staff"
    CLOCK = "clock"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.CHANGES_REQUESTED, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.SUBMITTED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.SUBMITTED, Step.SUSPEND): State.SUSPENDED,
    # What was verified has changed, so that it must be verified again.
    (State.APPROVED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.APPROVED, Step.SUSPEND): State.SUSPENDED,
    # Once a year; until staff answer, it stays what it was.
    (State.APPROVED, Step.FALL_DUE): State.REVERIFICATION_DUE,
    (State.APPROVED, Step.SUBMIT): State.REVERIFICATION_DUE,
    (State.REVERIFICATION_DUE, Step.SUBMIT): State.REVERIFICATION_DUE,
    (State.REVERIFICATION_DUE, Step.APPROVE): State.APPROVED,
    (State.REVERIFICATION_DUE, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.REVERIFICATION_DUE, Step.SUSPEND): State.SUSPENDED,
    (State.REVERIFICATION_DUE, Step.LAPSE): State.CHANGES_REQUESTED,
    (State.SUSPENDED, Step.REINSTATE): State.APPROVED,
}

# While staff read the description it stands still; a suspended one is answered by an appeal.
EDITABLE = frozenset(
    {State.DRAFT, State.CHANGES_REQUESTED, State.APPROVED, State.REVERIFICATION_DUE}
)


def target_of(institution: Institution, step: Step) -> State | None:
    """Return where a step leads now, or None where it may not be taken."""
    state = institution.state
    target = TRANSITIONS.get((state, step))
    if target is None:
        return None
    if step is Step.REINSTATE and institution.verified_at is None:
        # It was suspended before anybody verified it, which a reinstatement does not do.
        return State.SUBMITTED
    waits_for_staff = institution.submitted_at is not None
    if step is Step.SUBMIT and state in (State.APPROVED, State.REVERIFICATION_DUE):
        return target if not waits_for_staff and may_renew(institution, now()) else None
    if state is State.REVERIFICATION_DUE and step in (Step.LAPSE, Step.APPROVE):
        # The clock never runs against an institution that waits for staff.
        return target if waits_for_staff == (step is Step.APPROVE) else None
    return target


def allows(institution: Institution, step: Step) -> bool:
    """Say whether a step may be taken now, for the buttons of a page."""
    return target_of(institution, step) is not None


def require(institution: Institution, step: Step) -> State:
    """Return where a step leads, or say that the state no longer allows it."""
    target = target_of(institution, step)
    if target is None:
        raise Conflict(
            _("This institution has changed in the meantime. Read it again, then decide anew.")
        )
    return target


def move(institution: Institution, step: Step) -> None:
    """Take a step, or say that the state no longer allows it."""
    institution.state = target = require(institution, step)
    is_sent = step is Step.SUBMIT or target is State.SUBMITTED
    institution.submitted_at = now() if is_sent else None


def stamp(institution: Institution) -> None:
    """Note that it was verified now, for a year."""
    institution.verified_at = now()
    institution.reverification_due_at = institution.verified_at + VERIFIED_FOR


def may_renew(institution: Institution, moment: datetime) -> bool:
    """Say whether its year is over, or nearly."""
    due = institution.reverification_due_at
    is_due = institution.state == State.REVERIFICATION_DUE
    return is_due or (due is not None and moment >= due - RENEW_BEFORE)


def lapses_at(institution: Institution) -> datetime | None:
    """Return when it stops being verified unless it shows anew what it is."""
    due = institution.reverification_due_at
    is_open = institution.state == State.REVERIFICATION_DUE and institution.submitted_at is None
    return due + GRACE if is_open and due is not None else None


def turn_of(institution: Institution) -> Turn:
    """Say who has the next step."""
    if institution.state == State.SUBMITTED or (
        institution.state == State.REVERIFICATION_DUE and institution.submitted_at is not None
    ):
        return Turn.STAFF
    if institution.state == State.SUSPENDED and institution.appeal:
        return Turn.STAFF
    return Turn.CLOCK if institution.state == State.APPROVED else Turn.INSTITUTION


def require_editable(institution: Institution) -> None:
    """Refuse an edit of a description that somebody is reading, or that was suspended."""
    if institution.state == State.SUBMITTED:
        raise Conflict(
            _("Programme staff are reading this description. You can change it after they answer.")
        )
    if institution.state not in EDITABLE:
        raise Conflict(
            _("This institution is suspended. Write an appeal to programme staff first.")
        )
