"""What moves of needs when two accounts of one person become one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Need
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import MOVES, Merge


def install() -> None:
    """Take part in merging accounts."""
    movers.register("needs", {"need.created_by_id": MOVES, "need.reviewed_by_id": MOVES}, move)


def move(session: Session, merge: Merge) -> None:
    """Move authorship and reviews."""
    for column in ("created_by_id", "reviewed_by_id"):
        movers.move(session, Need, column, merge.source.id, merge.target.id)
