"""The rules themselves, without pages: each role, each state, and no database asked."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from models import Engagement, Expert, Institution, Membership, Need, User
from models.choices import (
    EngagementState,
    InstitutionKind,
    NeedState,
    NeedVisibility,
    Role,
    VerificationState,
    Visibility,
)
from virtual_return import policy
from virtual_return.errors import Conflict, Forbidden, NotFound
from virtual_return.policy import Actor, Answer
from virtual_return.policy.engagement_life import Action, Side, find
from virtual_return.policy.need_life import EDITABLE, READABLE, Act

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = ("nobody", "stranger", "viewer", "editor", "owner", "staff", "staff inside", "suspended")
MEMBERS = {"viewer", "editor", "owner", "staff inside"}
WRITERS = {"editor", "owner"}


@pytest.fixture
def institution() -> Institution:
    return Institution(
        id=1,
        name="University",
        kind=InstitutionKind.UNIVERSITY,
        country="SO",
        state=VerificationState.APPROVED,
    )


def person(kind: str, institution: Institution) -> User | None:
    """Return somebody who was never in a database."""
    if kind == "nobody":
        return None
    user = User(id=PEOPLE.index(kind) + 1, is_coordinator=kind.startswith("staff"))
    roles = {
        "viewer": Role.VIEWER,
        "editor": Role.EDITOR,
        "owner": Role.OWNER,
        "staff inside": Role.OWNER,
        "suspended": Role.OWNER,
    }
    if kind in roles:
        user.memberships = [Membership(institution_id=institution.id, role=roles[kind])]
    if kind == "suspended":
        user.is_coordinator, user.suspended_at = True, MOMENT
    return user


@pytest.mark.parametrize("kind", PEOPLE)
def test_institutions(kind: str, institution: Institution) -> None:
    user = person(kind, institution)
    is_writer = kind in WRITERS or kind == "staff inside"
    is_member = kind in MEMBERS
    assert bool(policy.institutions.read(user, institution)) == is_member
    assert bool(policy.institutions.edit(user, institution)) == is_writer
    assert bool(policy.institutions.manage(user, institution)) == (is_writer and kind != "editor")
    assert bool(policy.institutions.review(user, institution)) == (kind == "staff")
    expected = Answer.REFUSE if kind == "staff inside" else Answer.HIDE
    if kind != "staff":
        assert policy.institutions.review(user, institution).answer is expected


@pytest.mark.parametrize("state", VerificationState)
def test_only_what_is_verified_is_public(
    state: VerificationState, institution: Institution
) -> None:
    institution.state = state
    is_verified = state in {VerificationState.APPROVED, VerificationState.REVERIFICATION_DUE}
    assert bool(policy.institutions.read_public(None, institution)) == is_verified


@pytest.mark.parametrize("state", NeedState)
@pytest.mark.parametrize("kind", PEOPLE)
def test_needs(kind: str, state: NeedState, institution: Institution) -> None:
    user = person(kind, institution)
    for visibility, verified in itertools.product(NeedVisibility, (True, False)):
        institution.state = VerificationState.APPROVED if verified else VerificationState.SUSPENDED
        need = Need(institution=institution, state=state, visibility=visibility, opened_at=MOMENT)
        is_known = kind not in {"nobody", "suspended"}
        is_for_them = is_known or visibility == NeedVisibility.PUBLIC
        expected = kind in MEMBERS or (verified and is_for_them and state in READABLE)
        assert bool(policy.needs.read(user, need)) == expected
        need.opened_at = None
        assert bool(policy.needs.read(user, need)) == (kind in MEMBERS)
    is_writer = kind in WRITERS or kind == "staff inside"
    assert bool(policy.needs.edit(user, need)) == (is_writer and state in EDITABLE)
    assert bool(policy.needs.review(user, need)) == (kind == "staff" and state != NeedState.DRAFT)
    assert bool(policy.needs.take_step(user, need, Act.CLOSE)) == (
        is_writer and state not in {NeedState.DRAFT, NeedState.CLOSED}
    )
    assert bool(policy.needs.discard(user, need)) == (is_writer and state == NeedState.DRAFT)


@pytest.mark.parametrize("state", EngagementState)
@pytest.mark.parametrize("kind", [*PEOPLE, "expert"])
def test_engagements(kind: str, state: EngagementState, institution: Institution) -> None:
    expert = User(id=99)
    user = expert if kind == "expert" else person(kind, institution)
    engagement = Engagement(
        need=Need(institution=institution), expert=Expert(user_id=99), state=state
    )
    is_side = kind == "expert" or kind in MEMBERS
    assert bool(policy.engagements.read(user, engagement)) == is_side
    assert not policy.engagements.read_names(user, engagement)
    engagement.revealed_at = MOMENT
    assert bool(policy.engagements.read_names(user, engagement)) == is_side
    side = Side.EXPERT if kind == "expert" else Side.INSTITUTION
    may_act = kind == "expert" or kind in WRITERS or kind == "staff inside"
    for action in Action:
        allowed = may_act and action is not Action.EXPIRE and bool(find(state, action, side))
        assert bool(policy.engagements.take_step(user, engagement, action)) == allowed


def test_a_profile_is_the_persons_own(institution: Institution) -> None:
    profile = Expert(user_id=3, visibility=Visibility.MEMBERS)
    assert policy.experts.edit(User(id=3), profile)
    assert not policy.experts.edit(User(id=4, is_coordinator=True), profile)
    assert not policy.experts.edit(User(id=3, suspended_at=MOMENT), profile)


def test_staff_show_a_second_factor_first() -> None:
    staff = User(id=1, is_coordinator=True)
    assert policy.programme.coordinate(Actor(staff))
    one_factor = policy.programme.coordinate(Actor(staff, has_second_factor=False))
    assert one_factor.answer is Answer.STEP_UP
    assert policy.programme.coordinate(Actor(User(id=2))).answer is Answer.HIDE
    assert policy.programme.coordinate(None).answer is Answer.HIDE


def test_accounts_are_erased_by_their_owners_and_by_staff() -> None:
    account = User(id=1)
    assert policy.programme.erase(account, account)
    assert policy.programme.erase(User(id=2, is_coordinator=True), account)
    assert not policy.programme.erase(User(id=2), account)
    assert not policy.programme.erase(account, User(id=1, erased_at=MOMENT))


def test_a_refusal_raises_what_its_page_answers(app, institution: Institution) -> None:
    with app.test_request_context():
        with pytest.raises(NotFound):
            policy.institutions.edit(None, institution).require()
        with pytest.raises(Forbidden, match="Ask an owner"):
            policy.institutions.edit(person("viewer", institution), institution).require()
        need = Need(institution=institution, state=NeedState.OPEN)
        with pytest.raises(Conflict, match="Duplicate it"):
            policy.needs.edit(person("owner", institution), need).require()


def test_templates_ask_by_name(institution: Institution) -> None:
    need = Need(institution=institution, state=NeedState.DRAFT)
    assert policy.decide(person("owner", institution), "need.edit", need)
    with pytest.raises(KeyError):
        policy.decide(None, "need.eat", need)
    assert all(rule.__doc__ for rule in policy.RULES.values())
