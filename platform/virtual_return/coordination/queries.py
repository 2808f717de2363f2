"""What programme staff look at: what waits, how the programme stands, who did what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager

from models import (
    AuditEvent,
    CountryStatus,
    Expert,
    Institution,
    MailMessage,
    Membership,
    Need,
    OutboxEntry,
    User,
    VerificationApproval,
    now,
)
from models.choices import MailState, NeedState, VerificationState, Visibility
from virtual_return.coordination.trail import Filters, events
from virtual_return.errors import NotFound
from virtual_return.jobs.changes import index_state
from virtual_return.needs.queries import open_conditions

AUDIT_PAGE_SIZE = 50
Row = TypeVar("Row")
DECIDING = ("approved", "changes_requested", "rejected", "suspended", "reinstated")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a decision."""

    public_id: str
    title: str
    institution: str
    country: str
    since: datetime
    is_appeal: bool
    # The reader belongs to this institution, so that somebody else has to decide.
    is_own: bool
    # It is verified, and asks to be verified for another year.
    is_renewal: bool = False
    # The reader approved it already, and another coordinator has to.
    said_yes: bool = False

    @property
    def days(self) -> int:
        return (now() - self.since).days


def waiting_institutions(session: Session, reader: User) -> list[Waiting]:
    """Return institutions to verify and suspensions that were appealed, the oldest first."""
    own = _own_institutions(reader)
    rows = session.scalars(
        select(Institution)
        .where(
            or_(
                Institution.state == VerificationState.SUBMITTED,
                (Institution.state == VerificationState.REVERIFICATION_DUE)
                & Institution.submitted_at.is_not(None),
                (Institution.state == VerificationState.SUSPENDED) & (Institution.appeal != ""),
            )
        )
        # An appeal against a suspension was the last change to the row.
        .order_by(func.coalesce(Institution.submitted_at, Institution.updated_at), Institution.id)
    ).all()
    said_yes = set(
        session.scalars(
            select(VerificationApproval.institution_id).where(
                VerificationApproval.user_id == reader.id
            )
        )
    )
    return [
        Waiting(
            public_id=row.public_id,
            title=row.shown_name,
            institution=row.name,
            country=row.country,
            since=row.submitted_at or row.updated_at,
            is_appeal=bool(row.appeal),
            is_own=row.id in own,
            is_renewal=row.is_verified,
            said_yes=row.id in said_yes,
        )
        for row in rows
    ]


def waiting_needs(session: Session, reader: User) -> list[Waiting]:
    """Return needs to review, the oldest first."""
    own = _own_institutions(reader)
    rows = session.scalars(
        select(Need)
        .join(Institution, Institution.id == Need.institution_id)
        .options(contains_eager(Need.institution))
        .where(Need.state == NeedState.SUBMITTED)
        .order_by(Need.submitted_at, Need.id)
    )
    return [
        Waiting(
            public_id=row.public_id,
            title=row.title,
            institution=row.institution.shown_name,
            country=row.institution.country,
            since=row.submitted_at or row.updated_at,
            is_appeal=bool(row.appeal),
            is_own=row.institution_id in own,
        )
        for row in rows
    ]


def count_waiting(session: Session, reader: User) -> int:
    """Return how much waits that this coordinator may decide."""
    found = [*waiting_institutions(session, reader), *waiting_needs(session, reader)]
    return sum(not item.is_own and not item.said_yes for item in found)


def _own_institutions(reader: User) -> set[int]:
    return {membership.institution_id for membership in reader.memberships}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page of rows."""

    rows: Sequence[Row]
    number: int
    pages: int


def institutions(session: Session, state: VerificationState | None, page: int) -> Page[Institution]:
    """Return every institution, or those in one state."""
    query = select(Institution)
    if state is not None:
        query = query.where(Institution.state == state)
    return _page(session, query, (Institution.name, Institution.id), page)


def needs_of(session: Session, institution: Institution) -> Sequence[Need]:
    """Return what an institution asks for, without drafts, which are its own."""
    return session.scalars(
        select(Need)
        .where(Need.institution_id == institution.id, Need.state != NeedState.DRAFT)
        .order_by(Need.updated_at.desc(), Need.id.desc())
    ).all()


def find_need(need: Need) -> Need:
    """Return a need that staff may see: a draft is the institution's own."""
    if need.state == NeedState.DRAFT:
        raise NotFound
    return need


def history(session: Session, kind: str, object_id: int) -> Sequence[AuditEvent]:
    """Return what happened to an institution or need, the latest first."""
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id == object_id)
        .order_by(AuditEvent.id.desc())
        .limit(50)
    ).all()


def last_decider(session: Session, kind: str, object_id: int) -> int | None:
    """Return who made the last decision, since an appeal deserves another pair of eyes."""
    return session.scalar(
        select(AuditEvent.actor_id)
        .where(
            AuditEvent.object_kind == kind,
            AuditEvent.object_id == object_id,
            AuditEvent.action.in_([f"{kind}.{word}" for word in DECIDING]),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def country_statuses(session: Session) -> Sequence[CountryStatus]:
    return session.scalars(select(CountryStatus).order_by(CountryStatus.country)).all()


def audit_trail(session: Session, filters: Filters, page: int) -> Page[AuditEvent]:
    """Return what was asked for of the audit trail, the latest first."""
    return _page(session, events(filters), (AuditEvent.id.desc(),), page)


def coordinators(session: Session) -> Sequence[User]:
    """Return the coordinators who can be reached by mail."""
    return session.scalars(
        select(User)
        .where(
            User.is_coordinator,
            User.email.is_not(None),
            User.erased_at.is_(None),
            User.suspended_at.is_(None),
        )
        .order_by(User.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Overview:
    """How the programme stands, in counts."""

    experts: list[tuple[Visibility, int]]
    institutions: int
    open_needs: int
    members: int
    # Changes that the index does not have yet.
    index_lag: int
    index_generation: str
    index_built_at: datetime | None
    jobs_waiting: int
    jobs_failed: int
    mail_waiting: int
    mail_failed: int


def overview(session: Session) -> Overview:
    """Count; nothing here leads to a person."""
    by_visibility = _counts(
        session.execute(
            select(Expert.visibility, func.count(Expert.id)).group_by(Expert.visibility)
        )
    )
    mail = _counts(
        session.execute(
            select(MailMessage.state, func.count(MailMessage.id))
            .where(MailMessage.state != MailState.SENT)
            .group_by(MailMessage.state)
        )
    )
    state = index_state(session)
    return Overview(
        experts=[(level, by_visibility.get(level, 0)) for level in Visibility],
        institutions=_count(
            session,
            select(func.count(Institution.id)).where(Institution.is_verified),
        ),
        open_needs=_count(
            session,
            select(func.count(Need.id))
            .join(Institution, Institution.id == Need.institution_id)
            .where(*open_conditions()),
        ),
        members=_count(session, select(func.count(func.distinct(Membership.user_id)))),
        index_lag=state.wanted_change - state.built_change if state else 0,
        index_generation=state.generation if state else "",
        index_built_at=state.built_at if state and state.generation else None,
        jobs_waiting=_count(
            session,
            select(func.count(OutboxEntry.id)).where(
                OutboxEntry.done_at.is_(None), OutboxEntry.failed_at.is_(None)
            ),
        ),
        jobs_failed=_count(
            session,
            select(func.count(OutboxEntry.id)).where(
                OutboxEntry.failed_at.is_not(None), OutboxEntry.done_at.is_(None)
            ),
        ),
        mail_waiting=mail.get(MailState.WAITING, 0) + mail.get(MailState.SENDING, 0),
        mail_failed=mail.get(MailState.FAILED, 0),
    )


def _counts(rows: Iterable[Any]) -> dict[Any, int]:
    return {key: count for key, count in rows}  # noqa: C416 - rows are not pairs for mypy


def _count(session: Session, query: Any) -> int:
    return int(session.scalar(query) or 0)


def _page(session: Session, query: Any, order: tuple[Any, ...], page: int) -> Page[Any]:
    total = _count(session, select(func.count()).select_from(query.subquery()))
    pages = max(1, -(-total // AUDIT_PAGE_SIZE))
    number = min(max(page, 1), pages)
    rows = session.scalars(
        query.order_by(*order).limit(AUDIT_PAGE_SIZE).offset((number - 1) * AUDIT_PAGE_SIZE)
    ).all()
    return Page(rows, number, pages)
