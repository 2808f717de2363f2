"""Tell matching that something it must see has changed, in the transaction of the change.

Each change gets a number. The number is raised under the lock of one row until the transaction
ends, so that whoever reads number N finds all changes up to N committed, with their work entries
in the outbox: those entries are the list of what the worker has to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import IndexState, OutboxEntry
from models.choices import OwnerKind
from virtual_return.jobs import outbox

REFRESH = "matches.refresh"
# The state is one row.
STATE_ID = 1
# Ids in one entry: a mass import stays in few entries, and each remains small.
IDS_PER_ENTRY = 500
_TOLD = "changes told to matching"
_TOLD_IN = "transaction that told changes to matching"


def changed(session: Session, kind: str, id: int) -> None:
    """Say that an expert or a need (`"expert"` or `"need"`) must be looked at anew.

    Call it in every operation that changes texts, skills, facts, visibility or state, or that
    erases; the row need not exist any more. Calling it twice in a transaction costs nothing.
    """
    changed_many(session, kind, [id])


def changed_many(session: Session, kind: str, ids: Sequence[int]) -> None:
    """Say it of many at once, as an import does: one number for all of them."""
    owner_kind = OwnerKind(kind)
    told = _told_in_this_transaction(session)
    new = [id for id in dict.fromkeys(ids) if (owner_kind, id) not in told]
    if not new:
        return
    number = raise_wanted(session)
    for start in range(0, len(new), IDS_PER_ENTRY):
        part = new[start : start + IDS_PER_ENTRY]
        outbox.enqueue(
            session,
            REFRESH,
            # Several edits of one person, while the worker is busy, are one piece of work.
            unique_key=f"{REFRESH}:{owner_kind.value}:{part[0]}" if len(part) == 1 else None,
            kind=owner_kind.value,
            ids=part,
            change=number,
        )
    told.update((owner_kind, id) for id in new)
    session.info[_TOLD_IN] = session.get_transaction()


def raise_wanted(session: Session) -> int:
    """Raise the number that the index should reach, and return it."""
    raised = _raise(session)
    if raised is None:
        ensure_state(session)
        raised = _raise(session)
    if raised is None:
        raise RuntimeError("The row of index_state vanished while it was being raised.")
    return raised


def index_state(session: Session) -> IndexState | None:
    """Return the state as it stands in the database now; None before the first change."""
    return session.scalar(
        select(IndexState)
        .where(IndexState.id == STATE_ID)
        .execution_options(populate_existing=True)
    )


def wanted_change(session: Session) -> int:
    """Return the number of the last change that this session sees; 0 before the first."""
    state = index_state(session)
    return 0 if state is None else state.wanted_change


def told_since(session: Session, kind: OwnerKind, since: datetime) -> set[int]:
    """Return who was told of in changes that were committed after *since*, and perhaps more.

    An entry that a change was written to waits when the change is committed: it waits still, or
    was done after that.
    """
    rows = session.scalars(
        select(OutboxEntry.arguments).where(
            OutboxEntry.job == REFRESH,
            or_(OutboxEntry.done_at.is_(None), OutboxEntry.done_at >= since),
        )
    )
    return {id for told in rows if told.get("kind") == kind for id in told.get("ids", ())}


def has_told(session: Session) -> bool:
    """Say whether this transaction told of a change that is not committed yet."""
    told_in = session.info.get(_TOLD_IN)
    return told_in is not None and told_in is session.get_transaction()


def ensure_state(session: Session) -> None:
    """Insert the row unless it is there; who comes second waits for the first and does nothing."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite if is_sqlite else postgresql).insert
    session.execute(insert(IndexState).values(id=STATE_ID).on_conflict_do_nothing())


def _raise(session: Session) -> int | None:
    return session.scalar(
        update(IndexState)
        .where(IndexState.id == STATE_ID)
        .values(wanted_change=IndexState.wanted_change + 1)
        .returning(IndexState.wanted_change)
        .execution_options(synchronize_session=False)
    )


def _told_in_this_transaction(session: Session) -> set[tuple[OwnerKind, int]]:
    """Return what was told since the innermost transaction began that is still open.

    A savepoint that was rolled back took its entries with it, so what was told in it is forgotten.
    """
    current = session.get_nested_transaction() or session.get_transaction() or session.begin()
    remembered = session.info.get(_TOLD)
    if remembered is None or remembered[0] is not current:
        remembered = (current, set())
        session.info[_TOLD] = remembered
    told: set[tuple[OwnerKind, int]] = remembered[1]
    return told
