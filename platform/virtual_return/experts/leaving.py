"""Leave: delete a profile, take part in erasing an account, hand out everything that is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Base, Embedding, Expert, ProposedItem, User
from models.choices import OwnerKind
from virtual_return import audit
from virtual_return.accounts import erasure, exports, pausing
from virtual_return.experts import withdrawal
from virtual_return.experts.consent import withdraw
from virtual_return.jobs.changes import changed

# Relations of a profile that belong to the person, in the order of the export.
PARTS = (
    "evidence", "skills", "languages", "ties", "qualifications", "availability", "blocks",
)  # fmt: skip
# Numbers that mean something inside the database only.
INTERNAL = frozenset({"id", "expert_id", "user_id", "qualification_id", "skill_id", "evidence_id"})


def install() -> None:
    """Take part in erasing and pausing accounts, and in exports."""
    pausing.register(on_pause)
    erasure.register(before_erasure)
    exports.register("profile", export)


def delete_profile(session: Session, actor: User, expert: Expert) -> None:
    """Delete a profile with everything in it and everything made of it; the account stays."""
    expert_id, user = expert.id, expert.user
    withdraw(session, expert)
    session.execute(
        delete(Embedding).where(
            Embedding.owner_kind == OwnerKind.EXPERT, Embedding.owner_id == expert_id
        )
    )
    session.delete(expert)
    session.flush()
    session.expire(user, ["expert"])
    audit.record(
        session, "expert.deleted", actor_id=actor.id, object_kind="expert", object_id=expert_id
    )
    changed(session, "expert", expert_id)


def on_pause(session: Session, user: User, is_away: bool) -> None:  # noqa: FBT001
    """Have matching forget a person at once, or look again; what waits for them is released."""
    if user.expert is None:
        return
    if is_away:
        withdraw(session, user.expert)
    changed(session, "expert", user.expert.id)


def before_erasure(session: Session, user: User) -> dict[str, int] | None:
    """Tell the other side while the profile is there; accounts deletes mail, vectors and rows."""
    if user.expert is None:
        return None
    withdrawal.announce(session, user.expert)
    return {part: len(getattr(user.expert, part)) for part in PARTS}


def export(session: Session, user: User) -> dict[str, Any] | None:
    """Return the whole profile in plain values."""
    expert: Expert | None = user.expert
    if expert is None:
        return None
    document: dict[str, Any] = _columns(expert)
    for part in PARTS:
        document[part] = [_columns(row) for row in getattr(expert, part)]
    document["proposed"] = [
        _columns(row)
        for row in session.scalars(
            select(ProposedItem)
            .where(ProposedItem.expert_id == expert.id)
            .order_by(ProposedItem.id)
        )
    ]
    for row, written in zip(expert.qualifications, document["qualifications"], strict=True):
        written["recognitions"] = [_columns(held) for held in row.recognitions]
    return document


def _columns(row: Base) -> dict[str, Any]:
    names = [column.key for column in row.__mapper__.column_attrs if column.key not in INTERNAL]
    return {name: getattr(row, name) for name in names}
