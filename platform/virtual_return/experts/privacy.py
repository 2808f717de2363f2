"""Who may see whom: the one place that decides it, in the query.

Every list, match, digest and count of experts starts from `visible_to_institution` or
`visible_to_staff`; nothing else selects experts for the eyes of others. What they are shown of a
person is in `experts/shown.py`, whose names this module hands on.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Block, Expert, Institution, Membership, Need, User, now
from models.choices import BlockKind, Visibility
from virtual_return.experts.shown import (
    AnonymousEvidence,
    AnonymousExpert,
    AnonymousSkill,
    NamedExpert,
    anonymous_view,
    named_view,
)
from virtual_return.policy.experts import INSTITUTION_LEVELS, STAFF_LEVELS, may_be_named

__all__ = [
    "INSTITUTION_LEVELS",
    "AnonymousEvidence",
    "AnonymousExpert",
    "AnonymousSkill",
    "NamedExpert",
    "anonymous_view",
    "can_institution_see",
    "can_staff_see",
    "hidden_from",
    "hiding_from_need",
    "is_paused",
    "may_be_named",
    "named_view",
    "needs_hidden_from",
    "visible_for_need",
    "visible_to_institution",
    "visible_to_staff",
]

Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def visible_to_institution(institution: Institution) -> Select[int]:
    """Return a select of the ids of all experts that an institution may find now."""
    return select(Expert.id).where(_seen_by(institution.id), *_present(INSTITUTION_LEVELS))


def visible_for_need(need: Need) -> Select[int]:
    """Return a select of the ids of experts that a need's institution and its partner may find."""
    query = visible_to_institution(need.institution)
    if need.partner_institution_id is None:
        return query
    return query.where(Expert.id.not_in(_hiding_from(need.partner_institution_id)))


def hiding_from_need(need: Need) -> Select[int]:
    """Return the ids of experts whom blocks or a conflict of interest keep from a need.

    Its institution and its partner find none of them; visibility and pauses come on top.
    """
    hiding = _hiding_from(need.institution_id)
    if need.partner_institution_id is None:
        return hiding
    partner = _hiding_from(need.partner_institution_id)
    return select(hiding.union(partner).subquery().c[0])


def visible_to_staff() -> Select[int]:
    """Return a select of the ids of experts that programme staff may find now."""
    return select(Expert.id).where(*_present(STAFF_LEVELS))


def can_institution_see(session: Session, institution: Institution, expert_id: int) -> bool:
    """Say whether one institution may find one expert now."""
    query = visible_to_institution(institution).where(Expert.id == expert_id)
    return session.scalar(query) is not None


def can_staff_see(session: Session, expert_id: int) -> bool:
    """Say whether programme staff may find one expert now."""
    return session.scalar(visible_to_staff().where(Expert.id == expert_id)) is not None


def hidden_from(expert_id: int) -> ColumnElement[bool]:
    """Return a condition on institutions: those that one expert hides from, or belongs to.

    The mirror of `visible_to_institution`: it is made of the same two conditions.
    """
    blocks = select(Block.id).where(Block.expert_id == expert_id, _block_fits())
    own = (
        select(Membership.institution_id)
        .join(Expert, Expert.user_id == Membership.user_id)
        .where(Expert.id == expert_id)
    )
    return or_(blocks.correlate(Institution).exists(), Institution.id.in_(own))


def needs_hidden_from(expert: Expert) -> ColumnElement[bool]:
    """Return a condition on needs that must not be shown to an expert: `where(not_(...))`.

    They are the needs of, or carried by, an institution that the expert hides from or belongs to.
    """
    hidden = select(Institution.id).where(hidden_from(expert.id))
    return or_(
        Need.institution_id.in_(hidden),
        func.coalesce(Need.partner_institution_id, 0).in_(hidden),
    )


def is_paused(expert: Expert) -> bool:
    """Say whether a profile is paused today; on the day that was named it is back."""
    until = expert.paused_until
    return expert.is_paused or (until is not None and until > now().date())


def _present(levels: tuple[Visibility, ...]) -> tuple[ColumnElement[bool], ...]:
    """Return what must hold whoever looks: consent, no pause, a living account."""
    living = select(User.id).where(
        User.suspended_at.is_(None),
        User.erased_at.is_(None),
        User.paused_at.is_(None),
        User.erase_at.is_(None),
    )
    return (
        Expert.visibility.in_(levels),
        not_(Expert.is_paused),
        or_(Expert.paused_until.is_(None), Expert.paused_until <= now().date()),
        Expert.user_id.in_(living),
    )


def _seen_by(institution_id: int) -> ColumnElement[bool]:
    """Return what must hold between an expert and one institution.

    The lists of those who block it and of its members are made once, not for each expert.
    """
    approved = select(Institution.id).where(
        Institution.id == institution_id, Institution.is_verified
    )
    return and_(approved.exists(), Expert.id.not_in(_hiding_from(institution_id)))


def _hiding_from(institution_id: int) -> Select[int]:
    """Return the ids of experts who block an institution, or act for it (conflict of interest)."""
    blocking = (
        select(Block.expert_id)
        .join(Institution, Institution.id == institution_id)
        .where(_block_fits())
    )
    members = (
        select(Expert.id)
        .join(Membership, Membership.user_id == Expert.user_id)
        .where(Membership.institution_id == institution_id)
    )
    return select(blocking.union_all(members).subquery().c[0])


def _block_fits() -> ColumnElement[bool]:
    """Return the condition under which a row of `block` speaks of a row of `institution`."""
    member_mail = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.institution_id == Institution.id, _is_address_in(User.email))
    )
    return or_(
        and_(
            Block.kind == BlockKind.INSTITUTION,
            Block.value == cast(Institution.id, String),
        ),
        and_(Block.kind == BlockKind.COUNTRY, Block.value == Institution.country),
        and_(
            Block.kind == BlockKind.DOMAIN,
            or_(
                _is_domain_in(Institution.domain),
                _is_site_in(Institution.website),
                member_mail.correlate(Institution, Block).exists(),
            ),
        ),
    )


def _is_domain_in(domain: Text) -> ColumnElement[bool]:
    """Compare a domain with the blocked one and all that is below it."""
    blocked = func.lower(Block.value)
    return or_(func.lower(domain) == blocked, _like(domain, "%.", blocked))


def _is_address_in(email: Text) -> ColumnElement[bool]:
    blocked = func.lower(Block.value)
    return or_(_like(email, "%@", blocked), _like(email, "%@%.", blocked))


def _is_site_in(website: Text) -> ColumnElement[bool]:
    blocked = func.lower(Block.value)
    return or_(
        *(
            _like(website, before, blocked, after)
            for before in ("%://", "%://%.")
            for after in ("", "/%", ":%")
        )
    )


def _like(
    text: Text, before: str, value: ColumnElement[str], after: str = ""
) -> ColumnElement[bool]:
    """Compare with a pattern. Signs that mean something in one are refused in `block.value`."""
    return func.lower(text).like(literal(before).concat(value).concat(after))
