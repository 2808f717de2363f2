"""Every step of the verification, possible and impossible."""

import pytest

from models import Institution
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
    (State.SUSPENDED, Step.REINSTATE): State.APPROVED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_a_step_is_taken_only_from_where_it_is_allowed(state: State, step: Step) -> None:
    institution = Institution(name="A", state=state)
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
