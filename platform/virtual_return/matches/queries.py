"""Select what matching needs, in few queries whatever the number of people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from models import (
    CountryStatus,
    Engagement,
    Expert,
    ExpertSkill,
    Institution,
    Need,
    NeedSkill,
    User,
    now,
)
from models.choices import (
    CountryState,
    EngagementState,
    NeedState,
    OwnerKind,
    Visibility,
)
from virtual_return.experts import privacy
from virtual_return.needs import countries
from virtual_return.needs import queries as needs_open

# Engagements that use up a place (engagements/states.py says the same of its own transitions).
TAKING_PLACE = (EngagementState.ACCEPTED, EngagementState.AGREED, EngagementState.ACTIVE)
MONTH = timedelta(days=30)
EXPERT_TEXTS: tuple[ORMOption, ...] = (
    joinedload(Expert.user),
    selectinload(Expert.evidence),
    selectinload(Expert.qualifications),
    selectinload(Expert.skills).joinedload(ExpertSkill.skill),
)
EXPERT_FACTS: tuple[ORMOption, ...] = (
    selectinload(Expert.languages),
    selectinload(Expert.availability),
    selectinload(Expert.ties),
)
NEED_TEXTS: tuple[ORMOption, ...] = (
    joinedload(Need.institution),
    selectinload(Need.skills).joinedload(NeedSkill.skill),
    selectinload(Need.languages),
    joinedload(Need.rule),
)


def experts(session: Session, ids: Collection[int], *options: ORMOption) -> dict[int, Expert]:
    """Return these profiles with what the options load, by id."""
    rows = session.scalars(select(Expert).where(Expert.id.in_(ids)).options(*options))
    return {expert.id: expert for expert in rows}


def needs(session: Session, ids: Collection[int], *options: ORMOption) -> dict[int, Need]:
    """Return these needs with what the options load, by id."""
    rows = session.scalars(select(Need).where(Need.id.in_(ids)).options(*options))
    return {need.id: need for need in rows}


def embeddable(kind: OwnerKind) -> Select[int]:
    """Select the ids whose texts are embedded: people who are here, and open needs."""
    if kind is OwnerKind.NEED:
        return select(Need.id).where(Need.state == NeedState.OPEN)
    return (
        select(Expert.id)
        .join(Expert.user)
        .where(User.erased_at.is_(None), User.suspended_at.is_(None))
    )


def indexable(kind: OwnerKind) -> Select[int]:
    """Select the ids that may be found: a person who is hidden or pauses may not."""
    if kind is OwnerKind.NEED:
        return embeddable(kind)
    return embeddable(kind).where(
        Expert.visibility != Visibility.HIDDEN,
        Expert.is_paused.is_(False),
        User.paused_at.is_(None),
        User.erase_at.is_(None),
        or_(Expert.paused_until.is_(None), Expert.paused_until <= now().date()),
    )


def among(session: Session, query: Select[int], ids: Collection[int]) -> set[int]:
    """Return which of these ids a select of ids has."""
    column = query.selected_columns[0]
    return set(session.scalars(query.where(column.in_(ids))))


def places_taken(session: Session, expert_ids: Collection[int] | None) -> Mapping[int, int]:
    """Return how many engagements are running for each of these people, or of all."""
    query = (
        select(Engagement.expert_id, func.count())
        .where(Engagement.state.in_(TAKING_PLACE))
        .group_by(Engagement.expert_id)
    )
    if expert_ids is not None:
        query = query.where(Engagement.expert_id.in_(expert_ids))
    rows = session.execute(query)
    return {expert_id: count for expert_id, count in rows}  # noqa: C416 - dict() loses the types


def invitations_full(session: Session, experts: Iterable[Expert]) -> set[int]:
    """Return who has as many invitations these thirty days as they chose to get."""
    chosen = {expert.id: expert.invitations_per_month for expert in experts}
    rows = session.execute(
        select(Engagement.expert_id, func.count())
        .where(
            Engagement.expert_id.in_(chosen),
            Engagement.invited_by_id.is_not(None),
            Engagement.created_at > now() - MONTH,
        )
        .group_by(Engagement.expert_id)
    )
    got: dict[int, int] = {expert_id: count for expert_id, count in rows}  # noqa: C416
    return {id for id, most in chosen.items() if got.get(id, 0) >= most}


def invited_enough(session: Session) -> set[int]:
    """Return everybody who has as many invitations these thirty days as they chose to get.

    Who chose to get none is not among them unless they got one: the table of facts knows those.
    """
    got = func.count()
    rows = session.scalars(
        select(Engagement.expert_id)
        .join(Expert, Expert.id == Engagement.expert_id)
        .where(Engagement.invited_by_id.is_not(None), Engagement.created_at > now() - MONTH)
        .group_by(Engagement.expert_id, Expert.invitations_per_month)
        .having(got >= Expert.invitations_per_month)
    )
    return set(rows)


def asked_already(session: Session, need_id: int) -> set[int]:
    """Return the people with whom there is or was something about this need."""
    return set(session.scalars(select(Engagement.expert_id).where(Engagement.need_id == need_id)))


def needs_in_touch(session: Session, expert_id: int) -> set[int]:
    """Return the needs about which a person is or was in touch."""
    return set(session.scalars(select(Engagement.need_id).where(Engagement.expert_id == expert_id)))


def travelling_nowhere(session: Session) -> set[int]:
    """Return the open needs that include a visit to where nobody may travel now."""
    closed = select(CountryStatus.country).where(CountryStatus.state != CountryState.NORMAL)
    travels = or_(Need.mode.in_(countries.TRAVEL_MODES), Need.kind.in_(countries.TRAVEL_KINDS))
    return set(
        session.scalars(
            select(Need.id)
            .join(Institution, Institution.id == Need.institution_id)
            .where(Need.state == NeedState.OPEN, travels, Institution.country.in_(closed))
        )
    )


def needs_not_open_to(session: Session, expert: Expert) -> set[int]:
    """Return the needs that count as open by their state, but are not, or not for this person."""
    is_open = and_(*needs_open.open_conditions())
    return set(
        session.scalars(
            select(Need.id)
            .join(Institution, Institution.id == Need.institution_id)
            .where(
                Need.state == NeedState.OPEN,
                or_(not_(is_open), privacy.needs_hidden_from(expert)),
            )
        )
    )


def count_who_could_ask(session: Session, expert: Expert) -> int:
    """Return how many verified institutions find this person now."""
    is_away = privacy.is_paused(expert) or expert.user.is_away
    if is_away or expert.visibility not in privacy.INSTITUTION_LEVELS:
        return 0
    query = select(func.count()).where(
        Institution.is_verified, not_(privacy.hidden_from(expert.id))
    )
    return session.scalar(query.select_from(Institution)) or 0
