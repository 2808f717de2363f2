"""What engagements do when a person withdraws, and what they hand out of theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Engagement, User
from virtual_return.accounts import exports
from virtual_return.engagements.operations import release_all_of
from virtual_return.experts import withdrawal


def install() -> None:
    """Release whoever waits for somebody who withdraws, and take part in exports."""
    withdrawal.register(release_all_of)
    exports.register("engagements", export)


def export(session: Session, user: User) -> list[dict[str, Any]]:
    """Return a person's engagements; of the other side nothing but the need."""
    if user.expert is None:
        return []
    mine = session.scalars(
        select(Engagement).where(Engagement.expert_id == user.expert.id).order_by(Engagement.id)
    )
    return [
        {
            "need": engagement.need.title,
            "state": engagement.state.value,
            "message": engagement.message,
            "private_reason": engagement.private_reason,
            "created_at": engagement.created_at.isoformat(),
            "state_since": engagement.state_since.isoformat(),
        }
        for engagement in mine
    ]
