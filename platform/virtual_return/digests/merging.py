"""What moves of digests when two accounts of one person become one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import DigestItem, DigestPreference
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import UNION, Merge


def install() -> None:
    """Take part in merging accounts."""
    movers.register(
        "digests",
        {
            "digest_preference.user_id": UNION,
            "digest_item.user_id": UNION,
            "digest_item.expert_id": UNION,
        },
        move,
    )


def move(session: Session, merge: Merge) -> None:
    """Move wishes, and what was told already, so that nothing is told twice."""
    source, target = merge.source.id, merge.target.id
    movers.move_unless(session, DigestPreference, "user_id", source, target, same=("list",))
    movers.move_unless(
        session, DigestItem, "user_id", source, target, same=("list", "need_id", "expert_id")
    )
    if merge.dropped_expert_id is not None and merge.kept_expert_id is not None:
        movers.move_unless(
            session,
            DigestItem,
            "expert_id",
            merge.dropped_expert_id,
            merge.kept_expert_id,
            same=("user_id", "list", "need_id"),
        )
