"""The merge itself: one transaction in which everything moves, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import Base, Embedding, Expert, MergeRequest, User, now
from models.choices import OwnerKind
from virtual_return import audit
from virtual_return.accounts import erasure, sessions
from virtual_return.accounts.factors import holding
from virtual_return.accounts.merging import emails, movers, requests
from virtual_return.accounts.merging.movers import Merge
from virtual_return.errors import Conflict
from virtual_return.i18n import gettext as _
from virtual_return.jobs.changes import changed


@dataclass(frozen=True, slots=True)
class Choices:
    """Which of two stays, where only one can: false is this account's, true the other's."""

    other_email: bool = False
    other_name: bool = False
    other_profile: bool = False


def plan(session: Session, target: User, source: User, choices: Choices) -> Merge:
    """Say what would become one; nothing is changed."""
    mine, theirs = (
        session.scalar(select(Expert.id).where(Expert.user_id == user.id))
        for user in (target, source)
    )
    kept, dropped = mine or theirs, None
    if mine is not None and theirs is not None:
        kept, dropped = (theirs, mine) if choices.other_profile else (mine, theirs)
    email = source.email if choices.other_email else target.email
    return Merge(source, target, kept, dropped, email)


def merge(session: Session, user: User, choices: Choices, *, keep_token: str) -> None:
    """Put the account that was shown to be one's own into this one.

    1. Claim the request, and lock both accounts: of two merges at once the second finds one gone.
    2. Ask all capabilities whether it can be done; then each moves its part.
    3. See that nothing is left, and leave the other account as erasure leaves one.
    4. End all other sessions, which were opened with less than this account now is.
    """
    source = _claim(session, user)
    merge = plan(session, user, source, choices)
    movers.look(session, merge)
    addresses, name = (user.email, source.email), source.name
    movers.move_all(session, merge)
    _finish_profiles(session, merge)
    _refuse_leftovers(session, merge)
    erasure.empty_account(session, source, now())
    if user.email != merge.email:
        user.email, user.email_changed_at = merge.email, now()
    if choices.other_name and name:
        user.name = name
    session.flush()
    sessions.end_all(session, user, keep_token=keep_token)
    _record(session, merge)
    for address in addresses:
        if address is not None:
            emails.merged(session, user, address, kept=address == user.email)


def _claim(session: Session, user: User) -> User:
    asked = session.scalar(select(MergeRequest.other_id).where(MergeRequest.user_id == user.id))
    # In the order of ids, so that A into B and B into A do not wait for each other.
    locked = {
        row.id: row
        for row in session.scalars(
            select(User)
            .where(User.id.in_([user.id, asked or user.id]))
            .order_by(User.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    row = session.execute(
        delete(MergeRequest)
        .where(
            MergeRequest.user_id == user.id,
            MergeRequest.other_id == asked,
            MergeRequest.proved_at.is_not(None),
            MergeRequest.expires_at > now(),
        )
        .returning(MergeRequest.other_id, MergeRequest.second_factor_at)
    ).one_or_none()
    if row is None or not user.is_active:
        raise Conflict(
            _("It is too long ago that you showed the other account, or it was done. Begin again.")
        )
    source = locked[row.other_id]
    requests.require_possible(user, source)
    if row.second_factor_at is None and holding.has_any(session, source):
        raise Conflict(_("Show the second factor of the other account first."))
    return source


def _finish_profiles(session: Session, merge: Merge) -> None:
    """Delete the emptied profile, and have matching look at what moved."""
    if merge.dropped_expert_id is not None:
        _refuse_rows(session, "expert", merge.dropped_expert_id)
        session.execute(
            delete(Embedding).where(
                Embedding.owner_kind == OwnerKind.EXPERT,
                Embedding.owner_id == merge.dropped_expert_id,
            )
        )
        session.execute(delete(Expert).where(Expert.id == merge.dropped_expert_id))
        changed(session, "expert", merge.dropped_expert_id)
        session.flush()
        session.expire_all()
    if merge.kept_expert_id is not None:
        movers.move(session, Expert, "user_id", merge.source.id, merge.target.id)
        # Also where it did not move: its own institutions are more now, and do not see it.
        changed(session, "expert", merge.kept_expert_id)
        session.expire_all()


def _refuse_leftovers(session: Session, merge: Merge) -> None:
    _refuse_rows(session, "user", merge.source.id)


def _refuse_rows(session: Session, table: str, id: int) -> None:
    """Fail where a row still points to what goes: a cascade would lose it silently."""
    session.flush()
    for holder in Base.metadata.sorted_tables:
        for key in holder.foreign_keys:
            if key.column.table.name != table:
                continue
            left = session.scalar(select(func.count()).where(key.parent == id))
            if left and f"{holder.name}.{key.parent.name}" not in STAYS:
                raise RuntimeError(f"{holder.name}.{key.parent.name} still points to what goes")


# What goes on pointing to the emptied account: it stays as a number.
STAYS = frozenset({"factor_reset.vouched_by_id"})


def _record(session: Session, merge: Merge) -> None:
    details: dict[str, str | int] = {"source_id": merge.source.id}
    if merge.kept_expert_id is not None:
        details["expert_id"] = merge.kept_expert_id
    if merge.dropped_expert_id is not None:
        details["dropped_expert_id"] = merge.dropped_expert_id
    audit.record(
        session,
        "account.merged",
        actor_id=merge.target.id,
        object_kind="user",
        object_id=merge.target.id,
        **details,
    )
    audit.record(
        session,
        "account.merged_away",
        actor_id=merge.target.id,
        object_kind="user",
        object_id=merge.source.id,
        target_id=merge.target.id,
    )
