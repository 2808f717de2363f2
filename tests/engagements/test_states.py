"""The state machine: nobody waits without a clock, and nothing leaves a final state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.choices import EngagementState
from virtual_return.engagements import states
from virtual_return.engagements.states import Action, Side

STEPS = st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Side)), max_size=12)
BEGINNINGS = st.sampled_from([EngagementState.INVITED, EngagementState.APPLIED])


def reached(beginning: EngagementState, steps: list[tuple[Action, Side]]) -> EngagementState:
    state = beginning
    for action, side in steps:
        arrow = states.find(state, action, side)
        state = arrow.target if arrow else state
    return state


@given(beginning=BEGINNINGS, steps=STEPS)
def test_whoever_waits_has_a_clock_that_can_end_it(beginning, steps):
    state = reached(beginning, steps)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    if state in states.FINAL_STATES:
        assert states.due_at(state, moment) is None
    else:
        assert states.due_at(state, moment) > moment
        assert states.find(state, Action.EXPIRE, Side.CLOCK) is not None


@given(beginning=BEGINNINGS, steps=STEPS, more=STEPS)
def test_nothing_leaves_a_final_state(beginning, steps, more):
    state = reached(beginning, steps)
    if state in states.FINAL_STATES:
        assert reached(state, more) == state


@pytest.mark.parametrize(
    ("state", "side"),
    [(EngagementState.INVITED, Side.INSTITUTION), (EngagementState.APPLIED, Side.EXPERT)],
)
def test_nobody_says_yes_for_the_other_side(state, side):
    assert Action.ACCEPT not in states.actions_for(state, side)


def test_one_side_has_at_most_one_arrow_for_an_action():
    keys = [(arrow.source, arrow.action, arrow.side) for arrow in states.TRANSITIONS]
    assert len(keys) == len(set(keys))
