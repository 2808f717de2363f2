"""What moves of outcomes when two accounts of one person become one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Outcome
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import UNION, Merge


def install() -> None:
    """Take part in merging accounts."""
    movers.register("outcomes", {"outcome.expert_id": UNION}, move)


def move(session: Session, merge: Merge) -> None:
    """Move the events; whatever happened to both profiles on a day happened once."""
    if merge.dropped_expert_id is not None and merge.kept_expert_id is not None:
        movers.move_unless(
            session,
            Outcome,
            "expert_id",
            merge.dropped_expert_id,
            merge.kept_expert_id,
            same=("need_id", "list", "kind", "day"),
        )
