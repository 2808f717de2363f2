"""Who may see whom: consent, pauses, blocks, conflicts of interest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from models import Block, Expert, Institution, Need, now
from models.choices import BlockKind, VerificationState, Visibility
from models.institution import VERIFIED
from tests.support.factories import (
    Cast,
    add_member,
    make_expert,
    make_institution,
    make_need,
    make_user,
)
from virtual_return.experts import privacy

SEEN = [level for level in Visibility if level not in (Visibility.HIDDEN, Visibility.STAFF)]


def sees(session: Session, cast: Cast) -> bool:
    session.flush()
    return privacy.can_institution_see(session, cast.institution, cast.profile.id)


def block(session: Session, expert: Expert, kind: BlockKind, value: str) -> None:
    expert.blocks.append(Block(kind=kind, value=value))
    session.flush()


@pytest.mark.parametrize("level", list(Visibility))
def test_an_institution_sees_only_levels_that_name_institutions(
    session: Session, cast: Cast, level: Visibility
) -> None:
    cast.profile.visibility = level
    assert sees(session, cast) is (level in SEEN)


@pytest.mark.parametrize("level", list(Visibility))
def test_staff_see_everybody_who_is_not_hidden(
    session: Session, cast: Cast, level: Visibility
) -> None:
    cast.profile.visibility = level
    session.flush()
    assert privacy.can_staff_see(session, cast.profile.id) is (level != Visibility.HIDDEN)


@pytest.mark.parametrize("state", [state for state in VerificationState if state not in VERIFIED])
def test_an_institution_that_is_not_verified_sees_nobody(
    session: Session, cast: Cast, state: VerificationState
) -> None:
    cast.institution.state = state
    assert not sees(session, cast)


def test_a_paused_profile_is_seen_by_nobody(session: Session, cast: Cast) -> None:
    cast.profile.is_paused = True
    assert not sees(session, cast)
    assert not privacy.can_staff_see(session, cast.profile.id)
    assert privacy.is_paused(cast.profile)


@pytest.mark.parametrize(("days", "seen"), [(1, False), (0, True), (-1, True)])
def test_a_pause_with_an_end_is_over_on_that_day(
    session: Session, cast: Cast, days: int, seen: bool
) -> None:
    cast.profile.paused_until = now().date() + timedelta(days=days)
    assert sees(session, cast) is seen
    assert privacy.is_paused(cast.profile) is not seen


@pytest.mark.parametrize("column", ["suspended_at", "erased_at"])
def test_a_suspended_or_erased_account_is_seen_by_nobody(
    session: Session, cast: Cast, column: str
) -> None:
    setattr(cast.expert, column, now())
    assert not sees(session, cast)
    assert not privacy.can_staff_see(session, cast.profile.id)


def test_a_member_is_not_found_by_their_own_institution(session: Session, cast: Cast) -> None:
    add_member(session, cast.institution, cast.expert)
    other = make_institution(session)
    assert not sees(session, cast)
    assert privacy.can_institution_see(session, other, cast.profile.id)


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        (BlockKind.COUNTRY, "SO", False),
        (BlockKind.COUNTRY, "SD", True),
        (BlockKind.DOMAIN, "university.example", False),
        (BlockKind.DOMAIN, "UNIVERSITY.example", False),
        (BlockKind.DOMAIN, "example", False),
        (BlockKind.DOMAIN, "sity.example", True),
        (BlockKind.DOMAIN, "med.university.example", True),
        (BlockKind.DOMAIN, "other.example", True),
        (BlockKind.INSTITUTION, "0", True),
    ],
)
def test_blocks_hide_from_whom_they_name_and_from_nobody_else(
    session: Session, cast: Cast, kind: BlockKind, value: str, seen: bool
) -> None:
    block(session, cast.profile, kind, value)
    assert sees(session, cast) is seen
    hidden = privacy.hidden_from(cast.profile.id)
    found = session.scalar(select(Institution.id).where(hidden))
    assert (found is None) is seen


def test_blocking_one_institution_leaves_the_others(session: Session, cast: Cast) -> None:
    block(session, cast.profile, BlockKind.INSTITUTION, str(cast.institution.id))
    other = make_institution(session)
    assert not sees(session, cast)
    assert privacy.can_institution_see(session, other, cast.profile.id)


def test_a_blocked_domain_holds_for_the_mail_of_members(session: Session, cast: Cast) -> None:
    institution = make_institution(session, domain="")
    user = make_user(session, email="someone@mail.ministry.example")
    add_member(session, institution, user)
    block(session, cast.profile, BlockKind.DOMAIN, "ministry.example")
    assert not privacy.can_institution_see(session, institution, cast.profile.id)
    user.email = "ministry.example@elsewhere.test"
    session.flush()
    assert privacy.can_institution_see(session, institution, cast.profile.id)


@pytest.mark.parametrize(
    ("website", "seen"),
    [
        ("https://ministry.example", False),
        ("https://www.Ministry.example/about", False),
        ("http://ministry.example:8080/", False),
        ("https://notministry.example/", True),
        ("", True),
    ],
)
def test_a_blocked_domain_holds_for_the_website(
    session: Session, cast: Cast, website: str, seen: bool
) -> None:
    institution = make_institution(session, domain="", website=website)
    block(session, cast.profile, BlockKind.DOMAIN, "ministry.example")
    assert privacy.can_institution_see(session, institution, cast.profile.id) is seen


def test_the_block_of_one_person_is_nobody_elses(session: Session, cast: Cast) -> None:
    other = make_expert(session)
    block(session, other, BlockKind.COUNTRY, "SO")
    query = privacy.visible_to_institution(cast.institution)
    assert session.scalars(query).all() == [cast.profile.id]


def test_needs_of_blocked_and_own_institutions_and_partners_are_not_shown(
    session: Session, cast: Cast
) -> None:
    blocked = make_institution(session, country="SD")
    own = make_institution(session)
    add_member(session, own, cast.expert)
    make_need(session, blocked)
    make_need(session, own)
    make_need(session, cast.institution, partner_institution_id=blocked.id)
    block(session, cast.profile, BlockKind.COUNTRY, "SD")
    shown = select(Need.id).where(not_(privacy.needs_hidden_from(cast.profile)))
    assert session.scalars(shown).all() == [cast.need.id]


def test_a_need_with_a_blocked_partner_finds_nobody_who_blocked_it(
    session: Session, cast: Cast
) -> None:
    partner = make_institution(session, country="SD")
    assert cast.profile.id in session.scalars(privacy.visible_for_need(cast.need)).all()
    cast.need.partner_institution_id = partner.id
    assert cast.profile.id in session.scalars(privacy.visible_for_need(cast.need)).all()
    block(session, cast.profile, BlockKind.COUNTRY, "SD")
    assert cast.profile.id not in session.scalars(privacy.visible_for_need(cast.need)).all()
