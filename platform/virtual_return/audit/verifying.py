"""Follow the chain of the audit trail from its beginning to the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, AuditHead, AuditLink
from virtual_return.audit.chain import BATCH, COLUMNS, EVENT, HEAD_ID, ROOT_HASH, digest

LINK = AuditLink.__table__.c


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds."""

    # Links that were followed and hold.
    count: int
    # The hash of the last of them.
    head: str
    # The first thing that is wrong; empty if all is well.
    fault: str = ""
    # Whether the hash that the caller noted earlier is part of the chain.
    has_anchor: bool = True


def verify(session: Session, *, anchor: str = "") -> Verdict:
    """Follow every link. An anchor is a head that was noted outside the database earlier.

    Whoever can write to the database could make a whole new chain; an anchor shows that, too.
    """
    count, previous, anchored = 0, ROOT_HASH, not anchor or anchor == ROOT_HASH
    while batch := _batch(session, count):
        for row in batch:
            if fault := _fault(row, count, previous):
                return Verdict(count, previous, fault, anchored)
            count, previous = count + 1, row.hash
            anchored = anchored or previous == anchor
    return Verdict(count, previous, _fault_at_end(session, count, previous), anchored)


def _batch(session: Session, after: int) -> Sequence[Any]:
    return session.execute(
        select(LINK.id.label("position"), LINK.event_id, LINK.hash, *COLUMNS)
        .outerjoin_from(AuditLink, AuditEvent, EVENT.id == LINK.event_id)
        .where(LINK.id > after)
        .order_by(LINK.id)
        .limit(BATCH)
    ).all()


def _fault(row: Any, count: int, previous: str) -> str:
    if row.position != count + 1:
        return f"Link {count + 1} is missing."
    if row.id is None:
        return f"Event {row.event_id} (link {row.position}) is missing."
    if digest(previous, row) != row.hash:
        return f"Event {row.event_id} (link {row.position}) was changed."
    return ""


def _fault_at_end(session: Session, count: int, previous: str) -> str:
    head = session.execute(
        select(AuditHead.position, AuditHead.hash).where(AuditHead.id == HEAD_ID)
    ).one_or_none()
    position, end = (head.position, head.hash) if head else (0, ROOT_HASH)
    if position > count:
        return f"Link {count + 1} is missing: the chain ends before its head, {position}."
    if (position, end) != (count, previous):
        return f"The head, {position}, does not fit the last link, {count}."
    unlinked = session.scalar(
        select(func.min(EVENT.id))
        .outerjoin_from(AuditEvent, AuditLink, LINK.event_id == EVENT.id)
        .where(LINK.id.is_(None))
    )
    return f"Event {unlinked} was written past the chain." if unlinked is not None else ""
