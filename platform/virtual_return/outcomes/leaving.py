"""What outcomes do when somebody leaves, and what they hand out of theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Expert, Need, Outcome, User
from models.choices import OutcomeKind, OutcomeList
from virtual_return.accounts import erasure, exports

# What a person knows of an institution's list: the steps that they were told about.
TOLD = frozenset({OutcomeKind.INVITED, OutcomeKind.ACCEPTED, OutcomeKind.DECLINED})


def install() -> None:
    """Take part in erasing accounts and in exports; installing twice is once."""
    erasure.register(before_erasure)
    exports.register("outcomes", export)


def before_erasure(session: Session, user: User) -> dict[str, int]:
    """Count what goes with the profile, by the database's own cascade."""
    mine = select(func.count(Outcome.id)).join(Expert).where(Expert.user_id == user.id)
    return {"outcome": session.scalar(mine) or 0}


def export(session: Session, user: User) -> list[dict[str, Any]]:
    """Return what is kept of a person's matches.

    Which institution looked at whom is that institution's: the need is named where the person
    saw it in their own list or was told about the step.
    """
    rows = session.execute(
        select(Outcome, Need.title)
        .join(Need, Need.id == Outcome.need_id)
        .join(Expert, Expert.id == Outcome.expert_id)
        .where(Expert.user_id == user.id)
        .order_by(Outcome.id)
    )
    return [
        {
            "what": row.kind.value,
            "list": row.list.value,
            "need": title if row.list is OutcomeList.NEEDS or row.kind in TOLD else None,
            "rank": row.rank,
            "day": row.day,
        }
        for row, title in rows
    ]
