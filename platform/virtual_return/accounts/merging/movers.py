"""Who moves what when two accounts become one.

What lies above accounts in the layers registers itself here at start, as with erasure. Every
column that points to an account or to a profile is named by exactly one mover, with what becomes
of it; a test walks the tables and fails where one is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session, aliased

from models import Base, User

Move = Callable[["Session", "Merge"], None]
# What somebody should know before; it may raise Conflict, which stops the merge.
Look = Callable[["Session", "Merge"], "list[str]"]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two accounts of one person, and what was decided about them."""

    source: User
    target: User
    # The profile that stays, and the one that goes into it; null where there is none.
    kept_expert_id: int | None
    dropped_expert_id: int | None
    # The address of the account from now on.
    email: str | None


@dataclass(frozen=True, slots=True)
class Mover:
    """One capability's part, and its columns with what becomes of them."""

    name: str
    columns: Mapping[str, str]
    move: Move
    look: Look | None = None
    # Whoever needs to come after the others has a higher one.
    order: int = 0


@dataclass(slots=True)
class _Registry:
    movers: dict[str, Mover] = field(default_factory=dict)


_registry = _Registry()


def register(
    name: str,
    columns: Mapping[str, str],
    move: Move,
    *,
    look: Look | None = None,
    order: int = 0,
) -> None:
    """Take part in merging; registering the same name again replaces it."""
    _registry.movers[name] = Mover(name, columns, move, look, order)


def registered() -> list[Mover]:
    """Return all, in the order in which they run."""
    return sorted(_registry.movers.values(), key=lambda mover: mover.order)


MOVES = "moves"
UNION = "moves, unless the one that stays has the same"


def look(session: Session, merge: Merge) -> list[str]:
    """Return what somebody should know before; raise Conflict where it cannot be done."""
    return [
        sentence for mover in registered() if mover.look for sentence in mover.look(session, merge)
    ]


def move_all(session: Session, merge: Merge) -> None:
    """Let every capability do its part."""
    for mover in registered():
        mover.move(session, merge)
        session.flush()
        session.expire_all()


def move(session: Session, table: type[Base], column: str, source: int, target: int) -> None:
    """Point all rows to the one that stays."""
    rows = _rows_of(table)
    session.execute(update(rows).where(rows.c[column] == source).values({column: target}))


def move_unless(
    session: Session,
    table: type[Base],
    column: str,
    source: int,
    target: int,
    *,
    same: tuple[str, ...],
) -> None:
    """Point rows to the one that stays; of two that say the same, its own is kept."""
    mine = _rows_of(table)
    theirs = aliased(mine)
    doubles = (
        select(mine.c.id)
        .join(theirs, theirs.c[column] == target)
        .where(mine.c[column] == source, *(mine.c[name] == theirs.c[name] for name in same))
    )
    ids = list(session.scalars(doubles))
    if ids:
        session.execute(delete(mine).where(mine.c.id.in_(ids)))
    move(session, table, column, source, target)


def _rows_of(table: type[Base]) -> Table:
    """Return the table itself: what is loaded of it is expired after each mover."""
    return cast(Table, table.__table__)
