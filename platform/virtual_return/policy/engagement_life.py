"""The life of an engagement: which side may do what from where, as data."""

from __future__ import annotations

from dataclasses import dataclass
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
