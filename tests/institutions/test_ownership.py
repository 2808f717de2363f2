"""Never an institution without an owner who can act, whatever happens at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, MailMessage, Membership, User, now
from models.choices import Role, VerificationState
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_user
from virtual_return.accounts import operations, ownership
from virtual_return.db import Database
from virtual_return.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from virtual_return.institutions import members


@pytest.fixture(autouse=True)
def _context(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """Verbs write mail, which needs an application; a browser's requests bring their own."""
    if "client" in request.fixturenames:
        yield
        return
    with app.app_context():
        yield


@dataclass(frozen=True)
class Two:
    """Two owners of one institution, by their ids and public ids."""

    institution: int
    users: tuple[int, int]
    public_ids: tuple[str, str]


@pytest.fixture
def two(real: Database) -> Two:
    with real.writing() as session:
        first, second = make_user(session), make_user(session)
        institution = make_institution(session, owner=first)
        add_member(session, institution, second, Role.OWNER)
        add_member(session, institution, make_user(session), Role.VIEWER)
        return Two(institution.id, (first.id, second.id), (first.public_id, second.public_id))


def owners(real: Database, two: Two) -> int:
    with real.reading() as session:
        return len(
            session.scalars(
                select(Membership).where(
                    Membership.institution_id == two.institution, Membership.role == Role.OWNER
                )
            ).all()
        )


def leave(two: Two, who: int) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        user = session.get_one(User, two.users[who])
        institution = session.get_one(Institution, two.institution)
        members.remove(session, user, institution, public_id=two.public_ids[who])

    return act


def step_down(two: Two, who: int) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        user = session.get_one(User, two.users[who])
        institution = session.get_one(Institution, two.institution)
        public_id = two.public_ids[who]
        members.change_role(session, user, institution, public_id=public_id, role=Role.EDITOR)

    return act


def throw_out(two: Two, who: int) -> Callable[[Session], None]:
    """Let one owner remove the other."""

    def act(session: Session) -> None:
        user = session.get_one(User, two.users[who])
        institution = session.get_one(Institution, two.institution)
        members.remove(session, user, institution, public_id=two.public_ids[1 - who])

    return act


def erase(two: Two, who: int) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        user = session.get_one(User, two.users[who])
        operations.erase(session, user, user)

    return act


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (leave, leave),
        (step_down, step_down),
        (leave, step_down),
        (throw_out, throw_out),
        (erase, erase),
        (erase, leave),
        (step_down, erase),
    ],
)
def test_of_two_owners_who_go_at_once_one_is_refused(
    real: Database, at_once: Any, two: Two, one: Any, other: Any
) -> None:
    answers = at_once(one(two, 0), other(two, 1))
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1
    assert owners(real, two) == 1


def test_who_was_thrown_out_a_moment_ago_decides_nothing(session: Session, cast: Cast) -> None:
    """Roles are read again under the lock: what was loaded before it may be over."""
    add_member(session, cast.institution, cast.stranger, Role.OWNER)
    assert members.permissions.can_manage(cast.stranger, cast.institution)
    session.execute(
        Membership.__table__.delete().where(Membership.user_id == cast.stranger.id)  # type: ignore[attr-defined]
    )
    with pytest.raises(NotFound):
        members.change_role(
            session, cast.stranger, cast.institution,
            public_id=cast.member.public_id, role=Role.OWNER,
        )  # fmt: skip


def test_an_owner_hands_over(session: Session, cast: Cast) -> None:
    members.transfer(session, cast.owner, cast.institution, public_id=cast.member.public_id)
    assert members.permissions.role_of(cast.member, cast.institution) == Role.OWNER
    assert members.permissions.role_of(cast.owner, cast.institution) == Role.EDITOR
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-1] == "institution.ownership_transferred"
    mail = session.scalars(select(MailMessage)).one()
    assert (mail.kind, mail.user_id) == ("member_role", cast.member.id)


def test_handing_over_needs_an_owner_and_somebody_else(session: Session, cast: Cast) -> None:
    hand = members.transfer
    with pytest.raises(Forbidden):
        hand(session, cast.member, cast.institution, public_id=cast.member.public_id)
    with pytest.raises(NotFound):
        hand(session, cast.stranger, cast.institution, public_id=cast.stranger.public_id)
    with pytest.raises(Invalid):
        hand(session, cast.owner, cast.institution, public_id=cast.owner.public_id)
    with pytest.raises(NotFound):
        hand(session, cast.owner, cast.institution, public_id=cast.stranger.public_id)
    cast.member.suspended_at = now()
    with pytest.raises(Conflict):
        hand(session, cast.owner, cast.institution, public_id=cast.member.public_id)


def test_a_suspended_owner_does_not_count(session: Session, cast: Cast) -> None:
    add_member(session, cast.institution, cast.stranger, Role.OWNER)
    cast.stranger.suspended_at = now()
    session.flush()
    with pytest.raises(Conflict, match="needs an owner"):
        members.remove(session, cast.owner, cast.institution, public_id=cast.owner.public_id)
    with pytest.raises(Conflict, match="only owner"):
        operations.erase(session, cast.owner, cast.owner)


def test_the_editor_who_belongs_longest_succeeds(session: Session, cast: Cast) -> None:
    add_member(session, cast.institution, make_user(session), Role.EDITOR)
    cast.owner.suspended_at = now()
    assert ownership.succeed(session, cast.owner, actor_id=None) == [cast.institution]
    assert members.permissions.role_of(cast.member, cast.institution) == Role.OWNER
    assert ownership.succeed(session, cast.owner, actor_id=None) == []


def test_an_owner_beside_them_is_enough(session: Session, cast: Cast) -> None:
    add_member(session, cast.institution, cast.stranger, Role.OWNER)
    cast.owner.suspended_at = now()
    assert ownership.succeed(session, cast.owner, actor_id=None) == []
    assert members.permissions.role_of(cast.member, cast.institution) == Role.EDITOR


def test_without_an_heir_the_institution_stands_still_until_staff_appoint_one(
    client: PageClient, app: Flask, session: Session
) -> None:
    owner, viewer = make_user(session), make_user(session)
    institution = make_institution(session, owner=owner)
    add_member(session, institution, viewer, Role.VIEWER)
    staff = make_user(session, is_coordinator=True)
    owner.suspended_at = now()
    with app.app_context():
        ownership.succeed(session, owner, actor_id=None)
    assert institution.state == VerificationState.SUSPENDED
    path = f"/institutions/{institution.public_id}/owner"
    client.sign_in(viewer).get(path, status=404)
    browser = client.sign_in(staff)
    review = browser.get(f"/coordination/institutions/{institution.public_id}")
    page = browser.get(review.links["Name an owner"])
    assert owner.name not in page.text
    browser.submit(page, {"member": viewer.public_id})
    assert members.permissions.role_of(viewer, institution) == Role.OWNER
    browser.get(path, status=404)


def test_staff_appoint_nobody_where_an_owner_can_act(
    client: PageClient, session: Session, cast: Cast
) -> None:
    path = f"/institutions/{cast.institution.public_id}/owner"
    for user in (cast.coordinator, cast.owner, cast.stranger):
        client.sign_in(user).get(path, status=404)
    with pytest.raises(Conflict):
        members.appoint(
            session, cast.coordinator, cast.institution, public_id=cast.member.public_id
        )


def test_the_page_hands_over(client: PageClient, session: Session, cast: Cast) -> None:
    path = f"/institutions/{cast.institution.public_id}/transfer"
    client.sign_in(cast.stranger).get(path, status=404)
    client.sign_in(cast.member).get(path, status=403)
    browser = client.sign_in(cast.owner)
    page = browser.get(path)
    browser.submit(page, {"member": "nobody"}, status=422)
    browser.submit(page, {"member": cast.member.public_id})
    browser.get(path, status=403)


def test_a_refusal_is_in_the_audit_trail(client: PageClient, session: Session, cast: Cast) -> None:
    base = f"/institutions/{cast.institution.public_id}/members/{cast.owner.public_id}"
    browser = client.sign_in(cast.owner)
    assert "needs an owner" in browser.post(f"{base}/remove", status=409).text
    browser.post(f"{base}/role", {"role": "viewer"}, status=409)
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert list(actions[-2:]) == [
        "institution.removal_refused", "institution.role_change_refused",
    ]  # fmt: skip
