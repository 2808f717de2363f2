"""What becomes of invitations and requests when somebody erases an account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Invitation, JoinRequest, User
from virtual_return.accounts import erasure, exports


def install() -> None:
    """Take part in erasing accounts and in exports."""
    erasure.register(before_erasure)
    exports.register("join_requests", export)


def before_erasure(session: Session, user: User) -> dict[str, int]:
    """Forget invitations to the address; what hangs on the account goes with it."""
    gone = session.execute(
        delete(Invitation).where(Invitation.email == (user.email or "-")).returning(Invitation.id)
    ).all()
    return {"invitation": len(gone)}


def export(session: Session, user: User) -> list[dict[str, Any]]:
    """Return what somebody asked of institutions."""
    rows = session.scalars(
        select(JoinRequest).where(JoinRequest.user_id == user.id).order_by(JoinRequest.id)
    )
    return [
        {
            "institution": row.institution.shown_name,
            "message": row.message,
            "state": row.state.value,
            "since": row.state_since,
        }
        for row in rows
    ]
