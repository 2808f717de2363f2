"""Selects about needs that two institutions host together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import CoHosting, Institution, Need, PartnerFigures, User
from models.choices import CoHostingSide as Side
from models.choices import CoHostingState as State
from models.choices import Relation
from virtual_return.errors import NotFound
from virtual_return.institutions import permissions
from virtual_return.institutions import queries as institutions


def find_for_member(session: Session, user: User, public_id: str) -> CoHosting:
    """Return an agreement to members of its two sides; for others it is not there."""
    found = session.scalar(
        _with_sides().where(CoHosting.public_id == public_id),
    )
    if found is None or not sides_of(user, found):
        raise NotFound
    return found


def sides_of(user: User, co_hosting: CoHosting) -> list[Side]:
    """Return the sides that somebody belongs to; both, for a member of both."""
    both = {Side.HOST: co_hosting.need.institution, Side.PARTNER: co_hosting.institution}
    return [side for side, one in both.items() if permissions.is_member(user, one)]


def of_institution(session: Session, institution: Institution) -> Sequence[CoHosting]:
    """Return everything in which an institution is a side, the latest step first."""
    return session.scalars(
        _with_sides()
        .where(
            or_(
                Need.institution_id == institution.id,
                CoHosting.institution_id == institution.id,
            )
        )
        .order_by(CoHosting.state_since.desc(), CoHosting.id.desc())
        .limit(200)
    ).all()


def of_need(session: Session, need: Need) -> Sequence[CoHosting]:
    """Return proposals and agreements about a need."""
    return session.scalars(
        _with_sides().where(CoHosting.need_id == need.id).order_by(CoHosting.id)
    ).all()


def between(session: Session, need: Need, institution: Institution) -> CoHosting | None:
    """Return what there was between a need and an institution, whatever became of it."""
    return session.scalar(
        select(CoHosting)
        .where(CoHosting.need_id == need.id, CoHosting.institution_id == institution.id)
        .execution_options(populate_existing=True)
    )


def candidates(session: Session, need: Need) -> Sequence[Institution]:
    """Return verified institutions that could host a need too, partners abroad first."""
    return session.scalars(
        select(Institution)
        .where(Institution.is_verified, Institution.id != need.institution_id)
        .order_by(
            (Institution.relation == Relation.PARTNER).desc(),
            Institution.working_name,
            Institution.name,
            Institution.id,
        )
        .limit(500)
    ).all()


def could_offer(user: User, need: Need) -> list[Institution]:
    """Return one's own verified institutions that could host somebody else's need too."""
    if not institutions.acts_for_another(user, need.institution):
        return []
    return [
        membership.institution
        for membership in user.memberships
        if membership.can_edit and membership.institution.is_verified
    ]


def waiting_since(session: Session, moment: datetime) -> Sequence[CoHosting]:
    """Return proposals that wait since before a moment."""
    return session.scalars(
        _with_sides()
        .where(CoHosting.state == State.PROPOSED, CoHosting.state_since <= moment)
        .order_by(CoHosting.id)
    ).all()


def figures(session: Session, institution: Institution) -> PartnerFigures | None:
    """Return the latest totals."""
    return session.scalar(
        select(PartnerFigures)
        .where(PartnerFigures.institution_id == institution.id)
        .order_by(PartnerFigures.month.desc())
        .limit(1)
    )


def partners_without_figures(session: Session, month: date) -> Sequence[Institution]:
    """Return verified partners whose totals of a month were not made yet."""
    made = select(PartnerFigures.institution_id).where(PartnerFigures.month == month)
    return session.scalars(
        select(Institution)
        .where(
            Institution.is_verified,
            Institution.relation == Relation.PARTNER,
            Institution.id.not_in(made),
        )
        .order_by(Institution.id)
    ).all()


def _with_sides() -> Select[CoHosting]:
    return (
        select(CoHosting)
        .join(Need, Need.id == CoHosting.need_id)
        .options(
            contains_eager(CoHosting.need).joinedload(Need.institution),
            joinedload(CoHosting.institution),
        )
    )
