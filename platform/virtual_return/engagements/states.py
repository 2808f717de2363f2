"""The life of an engagement in one place: who may do what from where, and which clock runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.choices import EngagementState as State


class Side(StrEnum):
    """Who acts: one of the two, or the clock."""

    EXPERT = "expert"
    INSTITUTION = "institution"
    CLOCK = "clock"


class Action(StrEnum):
    """What can be done with an engagement that exists."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    END_EARLY = "end_early"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the state machine."""

    source: State
    action: Action
    side: Side
    target: State


TRANSITIONS = (
    # An institution invited: the expert answers.
    Transition(State.INVITED, Action.ACCEPT, Side.EXPERT, State.ACCEPTED),
    Transition(State.INVITED, Action.DECLINE, Side.EXPERT, State.DECLINED),
    Transition(State.INVITED, Action.WITHDRAW, Side.INSTITUTION, State.WITHDRAWN),
    Transition(State.INVITED, Action.EXPIRE, Side.CLOCK, State.EXPIRED),
    # An expert expressed interest: the institution answers.
    Transition(State.APPLIED, Action.ACCEPT, Side.INSTITUTION, State.ACCEPTED),
    Transition(State.APPLIED, Action.DECLINE, Side.INSTITUTION, State.DECLINED),
    Transition(State.APPLIED, Action.WITHDRAW, Side.EXPERT, State.WITHDRAWN),
    Transition(State.APPLIED, Action.EXPIRE, Side.CLOCK, State.EXPIRED),
    # Both said yes: they work together until one of them says that it is over.
    Transition(State.ACCEPTED, Action.CLOSE, Side.INSTITUTION, State.CLOSED),
    Transition(State.ACCEPTED, Action.END_EARLY, Side.INSTITUTION, State.ENDED_EARLY),
    Transition(State.ACCEPTED, Action.END_EARLY, Side.EXPERT, State.ENDED_EARLY),
    Transition(State.ACCEPTED, Action.EXPIRE, Side.CLOCK, State.EXPIRED),
)

# States in which somebody waits, and for how long at most before the clock ends it.
CLOCKS: dict[State, timedelta] = {
    State.INVITED: timedelta(days=14),
    State.APPLIED: timedelta(days=21),
    State.ACCEPTED: timedelta(days=365),
}
# How long before the end the waiting side is reminded, once.
REMIND_BEFORE = timedelta(days=5)

WAITING_STATES = frozenset({State.INVITED, State.APPLIED})
# States that use up one of the places that an expert has.
PLACE_TAKING_STATES = frozenset({State.ACCEPTED, State.AGREED, State.ACTIVE})
FINAL_STATES = frozenset(
    {State.CLOSED, State.DECLINED, State.WITHDRAWN, State.ENDED_EARLY, State.EXPIRED}
)


def find(source: State, action: Action, side: Side) -> Transition | None:
    """Return the arrow, or None where this side may not do this now."""
    for transition in TRANSITIONS:
        if (transition.source, transition.action, transition.side) == (source, action, side):
            return transition
    return None


def actions_for(source: State, side: Side) -> tuple[Action, ...]:
    """Return what one side may do now, for the buttons of a page."""
    return tuple(
        transition.action
        for transition in TRANSITIONS
        if transition.source == source and transition.side == side
    )


def due_at(state: State, since: datetime) -> datetime | None:
    """Return when the clock of a state runs out; None where nobody waits."""
    clock = CLOCKS.get(state)
    return since + clock if clock else None
