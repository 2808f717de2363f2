"""The life of hosting together in one place: who may take which step."""

from __future__ import annotations

from enum import StrEnum

from models import CoHosting
from models.choices import CoHostingSide as Side
from models.choices import CoHostingState as State
from models.choices import NeedState


class Act(StrEnum):
    """What a side may do."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    END = "end"


# From which state, to which, and whether it is for the side that proposed; None: for either.
STEPS: dict[Act, tuple[State, State, bool | None]] = {
    Act.ACCEPT: (State.PROPOSED, State.AGREED, False),
    Act.DECLINE: (State.PROPOSED, State.DECLINED, False),
    Act.WITHDRAW: (State.PROPOSED, State.WITHDRAWN, True),
    Act.END: (State.AGREED, State.ENDED, None),
}

# What is over is not hosted; before that even a draft may be talked about.
HOSTABLE = frozenset(
    {
        NeedState.DRAFT,
        NeedState.SUBMITTED,
        NeedState.CHANGES_REQUESTED,
        NeedState.APPROVED,
        NeedState.OPEN,
    }
)


def allows(co_hosting: CoHosting, act: Act, side: Side) -> bool:
    """Say whether a side may take a step now, for buttons and for the verb itself."""
    source, _, by_proposer = STEPS[act]
    is_theirs = by_proposer is None or (side == co_hosting.proposed_by) == by_proposer
    return co_hosting.state == source and is_theirs


def other(side: Side) -> Side:
    return Side.PARTNER if side == Side.HOST else Side.HOST
