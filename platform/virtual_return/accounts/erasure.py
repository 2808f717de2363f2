"""Erase an account: at once, completely, and with a receipt that proves it.

What lies above accounts in the layers registers itself here at start: `register(hook)` with
`hook(session, user)`, which runs before anything is deleted and may return counts for the receipt,
such as `{"profile": 1, "evidence": 7}`. What has a cascading foreign key to the account, or to its
profile, goes without a hook; hooks are for the rest, such as telling the other side.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import Base, EmailChange, Embedding, Expert, MailMessage, SignInToken, User, now
from models.choices import MailState, OwnerKind
from models.types import public_id
from virtual_return import audit
from virtual_return.accounts import leaving
from virtual_return.errors import NotFound
from virtual_return.jobs.changes import changed
from virtual_return.jobs.mailing import cancel_about
from virtual_return.policy import programme
from virtual_return.security import SignatureError, sign, unsign

PURPOSE = "erasure-receipt"
Hook = Callable[[Session, User], Mapping[str, int] | None]
_hooks: list[Hook] = []


def register(hook: Hook) -> None:
    """Run this before an account is erased; registering it again changes nothing."""
    if hook not in _hooks:
        _hooks.append(hook)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased and when; no personal data, so that it can be shown to anybody."""

    # The audit trail has the same number, which proves it from our side.
    number: str
    erased_at: datetime
    counts: dict[str, int] = field(default_factory=dict)

    def signed(self, secret: str) -> str:
        document = asdict(self) | {"erased_at": self.erased_at.isoformat()}
        return sign(secret, PURPOSE, json.dumps(document, sort_keys=True))


def read_receipt(secret: str, signed: str) -> Receipt:
    """Return what a receipt says; one that we did not write does not exist."""
    try:
        document = json.loads(unsign(secret, PURPOSE, signed))
    except SignatureError as error:
        raise NotFound from error
    return Receipt(
        document["number"], datetime.fromisoformat(document["erased_at"]), document["counts"]
    )


def erase(session: Session, actor: User, user: User) -> Receipt:
    """Erase an account and everything that hangs on it, in one transaction.

    1. Refuse where an institution would be left to people who cannot lead it.
    2. Let the capabilities above do their part, while the rows are still there.
    3. Close institutions that nobody would be left in.
    4. Stop and empty mail, delete vectors, then every row that belongs to the account.
    5. Empty the account itself: what stays is a number, for the audit trail.
    """
    programme.erase(actor, user).require()
    leaving.refuse_orphans(session, user)
    counts: dict[str, int] = {}
    for hook in _hooks:
        _add(counts, hook(session, user) or {})
    _add(counts, leaving.close_empty_institutions(session, user))
    session.flush()
    _add(counts, _empty_mail(session, user))
    _add(counts, _delete_vectors(session, user))
    _add(counts, _delete_tokens(session, user))
    _add(counts, {**_delete_rows(session, user), "user": 1})
    receipt = Receipt(public_id(), now(), counts)
    empty_account(session, user, receipt.erased_at)
    audit.record(
        session,
        "account.erased",
        actor_id=actor.id,
        object_kind="user",
        object_id=user.id,
        receipt=receipt.number,
    )
    session.flush()
    return receipt


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        if count:
            counts[name] = counts.get(name, 0) + count


def _empty_mail(session: Session, user: User) -> dict[str, int]:
    """Cancel what is unsent to and about the person, and forget where the rest went."""
    expert_id = session.scalar(select(Expert.id).where(Expert.user_id == user.id))
    cancel_about(session, user_id=user.id, expert_id=expert_id)
    session.flush()
    theirs = or_(MailMessage.user_id == user.id, MailMessage.recipient == (user.email or "-"))
    count = session.scalar(select(func.count()).select_from(MailMessage).where(theirs)) or 0
    # Also mail to the address from before there was an account.
    session.execute(
        update(MailMessage)
        .where(theirs, MailMessage.state.in_([MailState.WAITING, MailState.SENDING]))
        .values(state=MailState.CANCELLED)
    )
    session.execute(
        update(MailMessage)
        .where(theirs)
        .values(
            recipient="", subject="", body_text="", body_html="", headers={}, last_error="",
            unique_key=None,
        )
    )  # fmt: skip
    return {"mail": count}


def _delete_vectors(session: Session, user: User) -> dict[str, int]:
    """Delete the vectors of the profile, and have matching forget it."""
    expert_id = session.scalar(select(Expert.id).where(Expert.user_id == user.id))
    if expert_id is None:
        return {}
    changed(session, "expert", expert_id)
    gone = session.execute(
        delete(Embedding)
        .where(Embedding.owner_kind == OwnerKind.EXPERT, Embedding.owner_id == expert_id)
        .returning(Embedding.id)
    ).all()
    return {"embedding": len(gone)}


def _delete_tokens(session: Session, user: User) -> dict[str, int]:
    # Another person may have asked for this address, in vain.
    session.execute(delete(EmailChange).where(EmailChange.new_email == user.email))
    gone = session.execute(
        delete(SignInToken).where(SignInToken.email == user.email).returning(SignInToken.id)
    ).all()
    return {"sign_in_token": len(gone)}


def _delete_rows(session: Session, user: User) -> dict[str, int]:
    """Delete the rows of every table that would cascade with the account.

    The account's own row stays, so the cascade is done here; a table that is added later is
    included by its foreign key. Rows below those go by the database's own cascade.
    """
    counts: dict[str, int] = {}
    for table in reversed(Base.metadata.sorted_tables):
        for column in _cascading_columns(table):
            if table.name == MailMessage.__tablename__:
                continue  # Emptied, and kept as proof that it was not sent.
            gone = session.execute(
                delete(table).where(table.c[column] == user.id).returning(table.c.id)
            ).all()
            _add(counts, {table.name: len(gone)})
    return counts


def _cascading_columns(table: Table) -> list[str]:
    return [
        key.parent.name
        for key in table.foreign_keys
        if key.column.table.name == User.__tablename__ and key.ondelete == "CASCADE"
    ]


def empty_account(session: Session, user: User, moment: datetime) -> None:
    """Leave a number of an account: for the audit trail, once nothing hangs on it any more."""
    session.flush()
    session.expire(user)
    user.public_id = public_id()
    user.email = None
    user.name = ""
    user.locale = "en"
    user.time_zone = "UTC"
    user.is_coordinator = False
    user.last_seen_at = user.paused_at = user.erase_at = user.email_changed_at = None
    user.erased_at = moment
    session.flush()
    # Objects that were loaded before their rows went must not be written back.
    session.expire_all()
