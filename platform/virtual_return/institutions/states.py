"""The life of an institution's verification in one place: which step may follow which."""

from __future__ import annotations

from enum import StrEnum

from models import Institution
from models.choices import VerificationState as State
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _


class Step(StrEnum):
    """What may be done with the verification of an institution."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.CHANGES_REQUESTED, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.SUBMITTED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.SUBMITTED, Step.SUSPEND): State.SUSPENDED,
    # What was verified has changed, so that it must be verified again.
    (State.APPROVED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.APPROVED, Step.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Step.REINSTATE): State.APPROVED,
}

# While staff read the description it stands still; a suspended one is answered by an appeal.
EDITABLE = frozenset({State.DRAFT, State.CHANGES_REQUESTED, State.APPROVED})


def allows(institution: Institution, step: Step) -> bool:
    """Say whether a step may be taken now, for the buttons of a page."""
    return (institution.state, step) in TRANSITIONS


def move(institution: Institution, step: Step) -> None:
    """Take a step, or say that the state no longer allows it."""
    target = TRANSITIONS.get((institution.state, step))
    if target is None:
        raise Conflict(
            _("This institution has changed in the meantime. Read it again, then decide anew.")
        )
    institution.state = target


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
