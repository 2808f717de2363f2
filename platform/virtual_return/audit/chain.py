"""Chain the audit trail: each link holds the hash of an event and of the link before it.

Events are linked at the last moment before their transaction commits. Only then is the row with
the chain's head locked, so that writers wait for one another's commit and never for one another's
work, and no lock is ever asked for while this one is held.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from models import AuditEvent, AuditHead, AuditLink

# What stands before the first link.
ROOT_HASH = "0" * 64
HEAD_ID = 1
# Events that are read at once: both databases limit the parameters of a statement.
BATCH = 2_000
_WRITTEN = "audit_events_to_link"
EVENT = AuditEvent.__table__.c
COLUMNS = (
    EVENT.id, EVENT.actor_id, EVENT.action, EVENT.object_kind, EVENT.object_id, EVENT.details,
    EVENT.created_at,
)  # fmt: skip
# Statements are made once, since each transaction that writes an event runs all of them.
_READ = select(*COLUMNS).where(EVENT.id.in_(bindparam("ids", expanding=True))).order_by(EVENT.id)
_LOCK_HEAD = (
    select(AuditHead.position, AuditHead.hash).where(AuditHead.id == HEAD_ID).with_for_update()
)
_APPEND = insert(AuditLink)
_MOVE_HEAD = (
    update(AuditHead)
    .where(AuditHead.id == HEAD_ID)
    .values(position=bindparam("to_position"), hash=bindparam("to_hash"))
)


def digest(previous: str, row: Any) -> str:
    """Return the hash of an event that follows another link."""
    return hashlib.sha256(f"{previous}\n{canonical(row)}".encode()).hexdigest()


def canonical(row: Any) -> str:
    """Write an event in the one form that is hashed, the same on every database."""
    moment = row.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    document = {
        "action": row.action,
        "actor_id": row.actor_id,
        "created_at": moment,
        "details": row.details,
        "id": row.id,
        "object_id": row.object_id,
        "object_kind": row.object_kind,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def link(session: Session, ids: Iterable[int]) -> None:
    """Append these events to the chain; the caller commits at once."""
    connection, wanted = session.connection(), sorted(ids)
    rows = [
        row
        for start in range(0, len(wanted), BATCH)
        for row in connection.execute(_READ, {"ids": wanted[start : start + BATCH]})
    ]
    if not rows:
        return
    position, previous = _lock_head(connection)
    links = []
    for row in rows:
        position, previous = position + 1, digest(previous, row)
        links.append({"id": position, "event_id": row.id, "hash": previous})
    connection.execute(_APPEND, links)
    connection.execute(_MOVE_HEAD, {"to_position": position, "to_hash": previous})


def _lock_head(connection: Connection) -> tuple[int, str]:
    """Return where the chain ends, and keep other writers from it until the commit."""
    found = connection.execute(_LOCK_HEAD).one_or_none()
    if found is None:
        begin = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        first = {"id": HEAD_ID, "position": 0, "hash": ROOT_HASH}
        connection.execute(begin(AuditHead).values(first).on_conflict_do_nothing())
        found = connection.execute(_LOCK_HEAD).one()
    return found.position, found.hash


@event.listens_for(Session, "after_flush")
def _note_written(session: Session, _context: object) -> None:
    written = {item.id for item in session.new if isinstance(item, AuditEvent)}
    if written:
        session.info.setdefault(_WRITTEN, set()).update(written)


@event.listens_for(Session, "before_commit")
def _link_written(session: Session) -> None:
    # It also comes when a savepoint is released, which is too early.
    if session.in_nested_transaction():
        return
    if session.new or session.dirty or session.deleted:
        session.flush()
    written = session.info.pop(_WRITTEN, None)
    if written:
        link(session, written)


@event.listens_for(Session, "after_soft_rollback")
def _forget_written(session: Session, previous: SessionTransaction) -> None:
    # What a savepoint took back is not found by `link`; the numbers of the rest still count.
    if not previous.nested:
        session.info.pop(_WRITTEN, None)
