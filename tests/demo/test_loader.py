from dataclasses import replace

import pytest
from sqlalchemy import func, select

from models import (
    AuditEvent,
    Block,
    CountryStatus,
    EvidenceItem,
    Expert,
    IndexState,
    Institution,
    Need,
    OutboxEntry,
    Skill,
    SkillLabel,
    User,
    now,
)
from models.choices import BlockKind, NeedState
from virtual_return.config import Settings, SettingsError
from virtual_return.demo import DEMO_SIGN_INS, generate, is_loaded, load, load_demonstration
from virtual_return.jobs import changes
from virtual_return.needs import completeness, countries


@pytest.fixture
def loaded(session, programme):
    """All but most of the experts, who are many and alike to the loader."""
    some = [p for n, p in enumerate(programme.experts) if n < 12 or p.hidings or not p.is_approved]
    part = replace(programme, experts=tuple(some))
    assert load(session, part)
    session.flush()
    return part


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_it_writes_everything(session, loaded):
    assert count(session, Expert) == len(loaded.experts)
    assert count(session, Institution) == len(loaded.institutions)
    assert count(session, Need) == len(loaded.needs)
    assert count(session, EvidenceItem) == sum(len(p.evidence) for p in loaded.experts)
    assert count(session, Skill) == len(loaded.concepts)
    assert count(session, SkillLabel) == 5 * len(loaded.concepts)
    assert count(session, CountryStatus) == len(loaded.notices)


def test_it_loads_once(session, loaded):
    assert is_loaded(session)
    before = count(session, User)
    assert load(session, loaded) is False
    assert load_demonstration(session, Settings()) is False
    assert count(session, User) == before


def test_an_empty_database_has_no_demonstration(session):
    assert not is_loaded(session)


def test_production_refuses_it(session):
    with pytest.raises(SettingsError, match="never loaded in production"):
        load_demonstration(session, replace(Settings(), environment="production"))
    assert not is_loaded(session)


def test_matching_is_told_of_every_expert_and_need(session, loaded):
    entries = session.scalars(select(OutboxEntry).where(OutboxEntry.job == changes.REFRESH))
    told = {"expert": set(), "need": set()}
    for entry in entries:
        told[entry.arguments["kind"]].update(entry.arguments["ids"])
    assert told["expert"] == set(session.scalars(select(Expert.id)))
    assert told["need"] == set(session.scalars(select(Need.id)))
    assert session.scalar(select(IndexState.wanted_change)) > 0


def test_the_sign_ins_are_an_expert_an_owner_and_a_coordinator(session, loaded):
    expert, owner, coordinator = (
        session.scalars(select(User).where(User.email == email)).one() for email, _ in DEMO_SIGN_INS
    )
    assert expert.has_expert_profile
    assert owner.has_memberships
    assert not owner.is_coordinator
    assert coordinator.is_coordinator


def test_open_and_waiting_needs_are_complete(session, app, loaded):
    today = now().date()
    with app.test_request_context():
        for need in session.scalars(select(Need).where(Need.state != NeedState.DRAFT)):
            status = countries.status_of(session, need.institution.country)
            assert completeness.gaps(need, status, today) == [], need.title


def test_open_needs_expire_and_were_reviewed(session, loaded):
    rows = session.scalars(select(Need).where(Need.state == NeedState.OPEN)).all()
    assert len(rows) > 50
    for need in rows:
        assert need.opened_at < now() < need.expires_at
        assert need.reviewed_by_id is not None


def test_blocks_of_institutions_point_at_rows(session, loaded):
    values = session.scalars(select(Block.value).where(Block.kind == BlockKind.INSTITUTION)).all()
    ids = {str(id) for id in session.scalars(select(Institution.id))}
    assert values
    assert set(values) <= ids


def test_unapproved_texts_stay_unapproved(session, loaded):
    expected = sum(profile.is_approved for profile in loaded.experts)
    approved = select(func.count()).where(Expert.anonymous_approved_at.is_not(None))
    assert session.scalar(approved) == expected


def test_the_load_is_in_the_audit_trail(session, loaded):
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "demo.loaded")).one()
    assert event.details == {"experts": len(loaded.experts), "needs": len(loaded.needs)}


def test_todays_programme_is_loaded_where_it_is_missing(session):
    assert load_demonstration(session, Settings()) is True
    assert count(session, Expert) == len(generate(today=now().date()).experts)
