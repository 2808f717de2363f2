"""What becomes of documents when the person who uploaded them erases the account."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import User
from virtual_return.accounts import erasure, exports
from virtual_return.institutions import evidence, evidence_queries


def install() -> None:
    """Take part in erasing and exporting accounts."""
    erasure.register(before_erasure)
    exports.register("institution_evidence", export)


def before_erasure(session: Session, user: User) -> dict[str, int]:
    """Delete what the person uploaded; that there was something stays noted, without a name."""
    dropped = 0
    for item in evidence_queries.created_by(session, user.id):
        dropped += evidence.drop_document(session, item)
        item.created_by_id = None
    session.flush()
    return {"document": dropped}


def export(session: Session, user: User) -> list[dict[str, object]]:
    """Return what the person gave, without the documents: only programme staff read those."""
    return [
        {
            "kind": item.kind.value,
            "state": item.state.value,
            "domain": item.domain,
            "note": item.note,
            "size_bytes": item.size_bytes,
            "added_at": item.created_at,
        }
        for item in evidence_queries.created_by(session, user.id)
    ]
