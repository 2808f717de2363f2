"""What accounts themselves move: ways in, memberships, mail."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import (
    AccountRecovery,
    Affiliation,
    EmailChange,
    FactorReset,
    Identity,
    MailMessage,
    Membership,
    MergeRequest,
    SignInSession,
    SignInToken,
)
from models.choices import MailState, Role
from virtual_return import audit
from virtual_return.accounts import ownership
from virtual_return.accounts.factors import removing
from virtual_return.accounts.merging import movers
from virtual_return.accounts.merging.movers import MOVES, UNION, Merge

ENDS = "ends with the account that goes"
FACTORS = "as `factors.removing.merge` says"
# The highest first.
RANKS = (Role.OWNER, Role.EDITOR, Role.VIEWER)


def install() -> None:
    """Register the parts of accounts."""
    movers.register(
        "accounts.sessions",
        {"sign_in_session.user_id": ENDS, "merge_request.user_id": ENDS,
         "merge_request.other_id": ENDS,
            "account_recovery.user_id": ENDS,
            "account_recovery.vouched_by_id": ENDS, "email_change.user_id": ENDS},
        _end_sessions,
    )  # fmt: skip
    movers.register(
        "accounts.factors",
        {
            f"{table}.user_id": FACTORS
            for table in ("passkey", "passkey_challenge", "one_time_code", "recovery_code",
                          "factor_guard", "factor_reset")
        }
        | {"factor_reset.vouched_by_id": "stays with who vouched: nobody vouches for themselves"},
        _move_factors,
    )  # fmt: skip
    movers.register(
        "accounts.ways", {"identity.user_id": MOVES, "affiliation.user_id": UNION}, _move_ways
    )
    movers.register(
        "accounts.memberships", {"membership.user_id": "the higher role wins"}, _move_memberships
    )
    movers.register("accounts.mail", {"mail_message.user_id": MOVES}, _move_mail)


def _end_sessions(session: Session, merge: Merge) -> None:
    """Whoever had the other account open is signed out, and old links to it open nothing."""
    source = merge.source
    session.execute(delete(SignInSession).where(SignInSession.user_id == source.id))
    session.execute(delete(EmailChange).where(EmailChange.user_id == source.id))
    session.execute(
        delete(MergeRequest).where(
            (MergeRequest.user_id == source.id) | (MergeRequest.other_id == source.id)
        )
    )
    session.execute(
        delete(AccountRecovery).where(
            (AccountRecovery.user_id == source.id) | (AccountRecovery.vouched_by_id == source.id)
        )
    )
    session.execute(delete(SignInToken).where(SignInToken.email == (source.email or "-")))


def _move_factors(session: Session, merge: Merge) -> None:
    # A word that one gave for oneself is worth nothing.
    session.execute(
        delete(FactorReset).where(
            FactorReset.user_id == merge.target.id, FactorReset.vouched_by_id == merge.source.id
        )
    )
    removing.merge(session, merge.source, merge.target)


def _move_ways(session: Session, merge: Merge) -> None:
    source, target = merge.source.id, merge.target.id
    movers.move(session, Identity, "user_id", source, target)
    movers.move_unless(session, Affiliation, "user_id", source, target, same=("issuer", "value"))


def _move_memberships(session: Session, merge: Merge) -> None:
    """Unite them: an institution never has fewer owners who can act than persons who were."""
    ids = (merge.source.id, merge.target.id)
    rows = select(Membership).where(Membership.user_id.in_(ids))
    for institution_id in sorted({row.institution_id for row in session.scalars(rows)}):
        ownership.lock(session, institution_id)
    mine: dict[int, Membership] = {}
    theirs: list[Membership] = []
    for row in session.scalars(rows.order_by(Membership.institution_id)):
        if row.user_id == merge.target.id:
            mine[row.institution_id] = row
        else:
            theirs.append(row)
    for row in theirs:
        kept = mine.get(row.institution_id)
        role = row.role if kept is None else min(row.role, kept.role, key=RANKS.index)
        if kept is None:
            session.execute(
                update(Membership).where(Membership.id == row.id).values(user_id=merge.target.id)
            )
        else:
            session.execute(update(Membership).where(Membership.id == kept.id).values(role=role))
            session.execute(delete(Membership).where(Membership.id == row.id))
        audit.record(
            session,
            "institution.membership_merged",
            actor_id=merge.target.id,
            object_kind="institution",
            object_id=row.institution_id,
            role=role.value,
            source_id=merge.source.id,
        )


def _move_mail(session: Session, merge: Merge) -> None:
    """Move what was written; what speaks of the profile that goes, speaks of the other."""
    movers.move(session, MailMessage, "user_id", merge.source.id, merge.target.id)
    dropped, kept = merge.dropped_expert_id, merge.kept_expert_id
    if dropped is None or kept is None:
        return
    unsent = session.scalars(
        select(MailMessage).where(MailMessage.state.in_([MailState.WAITING, MailState.SENDING]))
    )
    for message in unsent:
        if dropped in message.mentions_experts:
            named = [kept if id == dropped else id for id in message.mentions_experts]
            message.mentions_experts = list(dict.fromkeys(named))
