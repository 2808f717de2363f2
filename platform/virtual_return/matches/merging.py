"""What moves of matches when two accounts of one person become one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import MatchSnapshot
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import UNION, Merge


def install() -> None:
    """Take part in merging accounts."""
    movers.register("matches", {"match_snapshot.expert_id": UNION}, move)


def move(session: Session, merge: Merge) -> None:
    """Move what was shown of the profile that goes; it is matched anew in any case."""
    if merge.dropped_expert_id is not None and merge.kept_expert_id is not None:
        movers.move_unless(
            session,
            MatchSnapshot,
            "expert_id",
            merge.dropped_expert_id,
            merge.kept_expert_id,
            same=("need_id",),
        )
