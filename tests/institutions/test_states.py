"""Every step of the verification, possible and impossible."""

import pytest

from models import Institution, now
from models.choices import VerificationState as State
from virtual_return.errors import Conflict
from virtual_return.institutions import states
from virtual_return.institutions.states import Step

POSSIBLE = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.CHANGES_REQUESTED, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.SUBMITTED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.SUBMITTED, Step.SUSPEND): State.SUSPENDED,
    (State.APPROVED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.APPROVED, Step.SUSPEND): State.SUSPENDED,
    (State.APPROVED, Step.FALL_DUE): State.REVERIFICATION_DUE,
    (State.REVERIFICATION_DUE, Step.SUBMIT): State.REVERIFICATION_DUE,
    (State.REVERIFICATION_DUE, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.REVERIFICATION_DUE, Step.SUSPEND): State.SUSPENDED,
    (State.REVERIFICATION_DUE, Step.LAPSE): State.CHANGES_REQUESTED,
    (State.SUSPENDED, Step.REINSTATE): State.APPROVED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_a_step_is_taken_only_from_where_it_is_allowed(state: State, step: Step) -> None:
    institution = Institution(name="A", state=state, verified_at=now())
    if (state, step) in POSSIBLE:
        assert states.allows(institution, step)
        states.move(institution, step)
        assert institution.state == POSSIBLE[state, step]
    else:
        assert not states.allows(institution, step)
        with pytest.raises(Conflict):
            states.move(institution, step)
        assert institution.state == state


@pytest.mark.parametrize("state", [State.SUBMITTED, State.SUSPENDED])
def test_what_staff_read_or_suspended_cannot_be_edited(state: State) -> None:
    with pytest.raises(Conflict):
        states.require_editable(Institution(name="A", state=state))


def test_a_reinstatement_verifies_nothing_that_never_was() -> None:
    institution = Institution(name="A", state=State.SUSPENDED)
    states.move(institution, Step.REINSTATE)
    assert institution.state == State.SUBMITTED
    assert institution.submitted_at


def test_a_renewal_waits_for_staff_and_stays_verified() -> None:
    due = now() + states.RENEW_BEFORE / 2
    institution = Institution(name="A", state=State.APPROVED, reverification_due_at=due)
    states.move(institution, Step.SUBMIT)
    assert institution.state == State.REVERIFICATION_DUE
    assert institution.is_verified
    assert states.turn_of(institution) is states.Turn.STAFF
    # The clock does not run against it, it is not sent twice, and staff can say yes.
    assert not states.allows(institution, Step.LAPSE)
    assert not states.allows(institution, Step.SUBMIT)
    states.move(institution, Step.APPROVE)
    assert institution.state == State.APPROVED


def test_nobody_renews_in_the_middle_of_the_year() -> None:
    due = now() + states.RENEW_BEFORE * 2
    institution = Institution(name="A", state=State.APPROVED, reverification_due_at=due)
    assert not states.allows(institution, Step.SUBMIT)
