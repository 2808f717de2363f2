"""A round of digests: one job per person, so that one failure stops nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import AuditEvent, Expert, MailMessage, Membership, User, now
from models.choices import MailState, Role, Visibility
from virtual_return import audit
from virtual_return.digests import compose
from virtual_return.jobs import mailing, outbox
from virtual_return.logs import get_logger
from virtual_return.services import services

SEND_ONE = "digests.send_one"
ROUND = "digest.round"


def people(session: Session) -> Sequence[int]:
    """Return ids of accounts that a digest may be for; each job looks closer by itself."""
    experts = select(Expert.user_id).where(
        Expert.visibility != Visibility.HIDDEN, Expert.is_paused.is_(False)
    )
    members = select(Membership.user_id).where(Membership.role.in_([Role.OWNER, Role.EDITOR]))
    candidates = union(experts, members).subquery()
    return session.scalars(
        select(User.id)
        .where(
            User.id.in_(select(candidates.c.user_id)),
            User.erased_at.is_(None),
            User.suspended_at.is_(None),
            User.paused_at.is_(None),
            User.erase_at.is_(None),
        )
        .order_by(User.id)
    ).all()


def begin(session: Session) -> int:
    """Write one outbox entry for each person; beginning twice writes no second one."""
    everybody = people(session)
    for user_id in everybody:
        outbox.enqueue(session, SEND_ONE, unique_key=f"{SEND_ONE}:{user_id}", user_id=user_id)
    return len(everybody)


def begin_when_due(session: Session) -> int:
    """Begin today's round once, at the hour that the settings name or as soon after as we run."""
    moment = now()
    if moment.hour < services().settings.digest_hour_utc:
        return 0
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    began = select(AuditEvent.id).where(
        AuditEvent.action == ROUND, AuditEvent.created_at >= midnight
    )
    if session.scalar(began.limit(1)) is not None:
        return 0
    audit.record(session, ROUND, actor_id=None)
    return begin(session)


def send_one(user_id: int) -> int:
    """Compose both digests of a person. Return how many messages were written.

    Each is a transaction of its own. If another process told the same match meanwhile, the unique
    key refuses, everything of this attempt is undone, and there is nothing left to do.
    """
    written = 0
    for write in (compose.send_to_expert, compose.send_to_member):
        try:
            with services().database.writing() as session:
                user = session.get(User, user_id)
                if user is not None and write(session, user) is not None:
                    written += 1
        except IntegrityError:
            get_logger().info("digest_told_meanwhile", user_id=user_id)
    return written


def deliver_waiting() -> int:
    """Deliver waiting digests here and now. Return how many were handed over."""
    with services().database.reading() as session:
        waiting = session.scalars(
            select(MailMessage.id)
            .where(MailMessage.state == MailState.WAITING, MailMessage.kind.startswith("digest_"))
            .order_by(MailMessage.id)
        ).all()
    for mail_id in waiting:
        mailing.deliver(mail_id)
    return len(waiting)
