"""Selects about needs; what "open" means to others is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from models import Engagement, Institution, Need, User, now
from models.choices import NeedState
from models.institution import VERIFIED
from virtual_return.errors import NotFound
from virtual_return.needs.countries import TRAVEL_KINDS, TRAVEL_MODES
from virtual_return.policy import needs as rules


def open_conditions() -> tuple[ColumnElement[bool], ...]:
    """Return what makes a need open to experts; the select must join the institution."""
    return (
        Need.state == NeedState.OPEN,
        Institution.state.in_(VERIFIED),
        or_(Need.expires_at.is_(None), Need.expires_at > now()),
    )


def open_needs() -> Select[Need]:
    """Return the select of open needs, whoever may read them."""
    return (
        select(Need)
        .join(Institution, Institution.id == Need.institution_id)
        .where(*open_conditions())
    )


def is_open(need: Need) -> bool:
    """Say the same of one need that was loaded."""
    return (
        need.state == NeedState.OPEN
        and need.institution.is_verified
        and (need.expires_at is None or need.expires_at > now())
    )


def by_public_id(session: Session, public_id: str) -> Need | None:
    """Return a need with its parts whatever its state; the caller checks who asks."""
    return session.scalar(_with_parts(select(Need).where(Need.public_id == public_id)))


def find(session: Session, public_id: str) -> Need:
    """Return the same, or say that nothing is there."""
    need = by_public_id(session, public_id)
    if need is None:
        raise NotFound
    return need


def find_for_member(session: Session, user: User, public_id: str) -> Need:
    """Return a need to a member of its institution; for everybody else it is not there."""
    need = find(session, public_id)
    rules.manage(user, need).require()
    return need


def find_to_edit(session: Session, user: User, public_id: str) -> Need:
    """Return a need to somebody who may change it."""
    need = find_for_member(session, user, public_id)
    rules.look_after(user, need).require()
    return need


def find_to_read(session: Session, user: User | None, public_id: str) -> Need:
    """Return a need to somebody who may read it, or say that nothing is there."""
    need = shown_to(session, public_id, user)
    if need is None:
        raise NotFound
    return need


def shown_to(session: Session, public_id: str, user: User | None) -> Need | None:
    """Return a need that was open once to those whom it is for; members see theirs always.

    A need that is filled or over stays readable, so that a link in a mail does not break.
    """
    need = by_public_id(session, public_id)
    return need if need is not None and rules.read(user, need) else None


def may_see_counterpart(session: Session, user: User | None, need: Need) -> bool:
    """Say whether somebody may read who the counterpart is: members, and people engaged here."""
    if user is None:
        return False
    if rules.read_counterpart(user, need, is_engaged=False):
        return True
    engaged = select(Engagement.id).where(
        Engagement.need_id == need.id,
        Engagement.revealed_at.is_not(None),
        Engagement.expert.has(user_id=user.id),
    )
    is_engaged = session.scalar(engaged.limit(1)) is not None
    return bool(rules.read_counterpart(user, need, is_engaged=is_engaged))


def with_state(session: Session, institution: Institution, state: NeedState) -> Sequence[Need]:
    return session.scalars(
        select(Need)
        .where(Need.institution_id == institution.id, Need.state == state)
        .order_by(Need.id)
    ).all()


def due_to_expire(session: Session, moment: datetime) -> Sequence[Need]:
    """Return open needs whose time is over."""
    return session.scalars(
        select(Need)
        .options(joinedload(Need.institution))
        .where(Need.state == NeedState.OPEN, Need.expires_at <= moment)
        .order_by(Need.id)
    ).all()


def expiring_before(session: Session, moment: datetime, until: datetime) -> Sequence[Need]:
    """Return open needs that end soon."""
    return session.scalars(
        select(Need)
        .options(joinedload(Need.institution))
        .where(Need.state == NeedState.OPEN, Need.expires_at > moment, Need.expires_at <= until)
        .order_by(Need.id)
    ).all()


def with_travel_to(session: Session, country: str) -> Sequence[Need]:
    """Return approved and open needs that would take somebody to a country."""
    return session.scalars(
        select(Need)
        .join(Institution, Institution.id == Need.institution_id)
        .options(contains_eager(Need.institution))
        .where(
            Institution.country == country,
            Need.state.in_((NeedState.APPROVED, NeedState.OPEN)),
            or_(Need.mode.in_(TRAVEL_MODES), Need.kind.in_(TRAVEL_KINDS)),
        )
        .order_by(Need.id)
    ).all()


def open_ids(session: Session, institution: Institution) -> Sequence[int]:
    """Return the open needs of an institution, whatever its own state."""
    return session.scalars(
        select(Need.id).where(Need.institution_id == institution.id, Need.state == NeedState.OPEN)
    ).all()


def today() -> date:
    return now().date()


def _with_parts(query: Select[Need]) -> Select[Need]:
    return query.options(
        joinedload(Need.institution),
        joinedload(Need.unit),
        joinedload(Need.partner_institution),
        selectinload(Need.skills),
        selectinload(Need.languages),
    )
