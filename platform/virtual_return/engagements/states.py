"""Which clock runs in which state; who may do what from where is in `policy/engagement_life.py`."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.choices import EngagementState as State
from virtual_return.policy.engagement_life import (
    TRANSITIONS,
    Action,
    Side,
    Transition,
    actions_for,
    find,
)

__all__ = [
    "CLOCKS",
    "FINAL_STATES",
    "PLACE_TAKING_STATES",
    "REMIND_BEFORE",
    "TRANSITIONS",
    "WAITING_STATES",
    "Action",
    "Side",
    "Transition",
    "actions_for",
    "due_at",
    "find",
]


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


def due_at(state: State, since: datetime) -> datetime | None:
    """Return when the clock of a state runs out; None where nobody waits."""
    clock = CLOCKS.get(state)
    return since + clock if clock else None
