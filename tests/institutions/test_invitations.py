"""Invitations: for one address, once, for a week, and void with their author's role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, Invitation, MailMessage, Membership, User, now
from models.choices import Role, VerificationState
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_user
from virtual_return.accounts import operations
from virtual_return.db import Database
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.institutions import invitations, joining_jobs, members


@pytest.fixture
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def invite(session: Session, cast: Cast, email: str, role: Role = Role.VIEWER) -> str:
    return invitations.invite(session, cast.owner, cast.institution, email=email, role=role).token


def roles_of(session: Session, user: User) -> list[Role]:
    session.expire_all()
    return [membership.role for membership in user.memberships]


def test_an_invited_person_joins_with_the_role_of_the_invitation(
    session: Session, cast: Cast
) -> None:
    token = invite(session, cast, " Stranger@Example.org ")
    invitations.accept(session, cast.stranger, token)
    assert roles_of(session, cast.stranger) == [Role.VIEWER]


def test_it_works_once(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    invitations.accept(session, cast.stranger, token)
    with pytest.raises(NotFound):
        invitations.accept(session, cast.stranger, token)
    assert session.scalar(select(func.count(Invitation.id))) == 0


def test_the_secret_is_stored_nowhere(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    row = session.scalars(select(Invitation)).one()
    assert token not in [str(value) for value in vars(row).values()]


def test_it_is_for_one_address(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "somebody-else@example.org")
    with pytest.raises(Conflict, match="another address"):
        invitations.accept(session, cast.stranger, token)


@pytest.mark.parametrize("token", ["", "x", "a b c", "\x00", "x" * 500])
def test_a_made_up_link_leads_nowhere(session: Session, cast: Cast, token: str) -> None:
    with pytest.raises(NotFound):
        invitations.find(session, token)


def test_it_ends_after_a_week_and_is_forgotten(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    later = now() + timedelta(days=7, minutes=1)
    with time_machine.travel(later, tick=False):
        with pytest.raises(Conflict):
            invitations.accept(session, cast.stranger, token)
        assert joining_jobs.run_clocks(session) == 1
        assert joining_jobs.run_clocks(session) == 0
    assert session.scalar(select(func.count(Invitation.id))) == 0


@pytest.mark.usefixtures("_context")
def test_it_ends_with_the_role_of_its_author(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    members.transfer(session, cast.owner, cast.institution, public_id=cast.member.public_id)
    with pytest.raises(Conflict, match="no longer valid"):
        invitations.accept(session, cast.stranger, token)


def test_it_ends_with_the_account_of_its_author(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    cast.owner.suspended_at = now()
    with pytest.raises(Conflict, match="no longer valid"):
        invitations.accept(session, cast.stranger, token)


def test_a_suspended_institution_takes_nobody_in(session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    cast.institution.state = VerificationState.SUSPENDED
    with pytest.raises(Conflict, match="suspended"):
        invitations.accept(session, cast.stranger, token)


@pytest.mark.usefixtures("_context")
def test_who_was_removed_does_not_come_back_through_an_old_link(
    session: Session, cast: Cast
) -> None:
    add_member(session, cast.institution, cast.stranger, Role.OWNER)
    token = invitations.invite(
        session, cast.stranger, cast.institution, email="new@example.org", role=Role.OWNER
    ).token
    members.remove(session, cast.owner, cast.institution, public_id=cast.stranger.public_id)
    with pytest.raises(NotFound):
        invitations.find(session, token)


def test_a_newer_one_replaces(session: Session, cast: Cast) -> None:
    first = invite(session, cast, "stranger@example.org", Role.OWNER)
    second = invite(session, cast, "stranger@example.org", Role.VIEWER)
    with pytest.raises(NotFound):
        invitations.accept(session, cast.stranger, first)
    invitations.accept(session, cast.stranger, second)
    assert roles_of(session, cast.stranger) == [Role.VIEWER]


def test_a_member_is_not_invited_again(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        invite(session, cast, "MEMBER@university.example")


def test_what_is_no_address_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid):
        invite(session, cast, "nobody")


def test_there_is_an_end_to_waiting_invitations(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MAXIMUM_WAITING", 1)
    invite(session, cast, "one@example.org")
    with pytest.raises(Conflict):
        invite(session, cast, "two@example.org")


def test_an_owner_takes_one_back(client: PageClient, session: Session, cast: Cast) -> None:
    token = invite(session, cast, "stranger@example.org")
    other = make_institution(session, owner=cast.stranger)
    row = session.scalars(select(Invitation)).one()
    browser = client.sign_in(cast.owner)
    page = browser.get(f"/institutions/{cast.institution.public_id}/members")
    assert "stranger@example.org" in page.text
    action = f"/institutions/{cast.institution.public_id}/invitations/{row.public_id}/revoke"
    client.sign_in(cast.member).post(action, status=403)
    elsewhere = action.replace(cast.institution.public_id, other.public_id)
    client.sign_in(cast.stranger).post(elsewhere, status=404)
    browser.submit(page, action=action)
    with pytest.raises(NotFound):
        invitations.find(session, token)
    browser.post(action, status=404)


def test_who_does_not_manage_sees_no_addresses(
    client: PageClient, session: Session, cast: Cast
) -> None:
    invite(session, cast, "secret@example.org")
    page = client.sign_in(cast.member).get(f"/institutions/{cast.institution.public_id}/members")
    assert "secret@example.org" not in page.text


def test_the_whole_way(client: PageClient, session: Session, cast: Cast) -> None:
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{cast.institution.public_id}/members"
    asked = {"email": "Stranger@example.org", "role": "viewer"}
    browser.submit(browser.get(path), asked, action=path)
    mail = session.scalars(select(MailMessage).where(MailMessage.kind == "member_invited")).one()
    assert mail.recipient == "stranger@example.org"
    assert "@" not in mail.subject
    address = next(line for line in mail.body_text.split() if "/join/" in line)
    path = "/" + address.split("/", 3)[3]
    assert "another address" in client.sign_in(cast.expert).get(path).text
    stranger = client.sign_in(cast.stranger)
    page = stranger.get(path)
    assert "Sea University" in page.text
    assert roles_of(session, cast.stranger) == []
    stranger.submit(page)
    assert roles_of(session, cast.stranger) == [Role.VIEWER]
    stranger.get(path, status=404)


def test_a_refusal_is_in_the_audit_trail(client: PageClient, session: Session, cast: Cast) -> None:
    token = invite(session, cast, "somebody@example.org")
    page = client.sign_in(cast.stranger).post(f"/institutions/join/{token}", status=409)
    assert "another address" in page.text
    client.sign_in(cast.stranger).post("/institutions/join/forged", status=404)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "institution.join_refused")
    ).all()
    assert [event.actor_id for event in events] == [cast.stranger.id] * 2
    assert roles_of(session, cast.stranger) == []


def test_an_address_goes_with_the_account(app: Flask, session: Session, cast: Cast) -> None:
    invite(session, cast, "stranger@example.org")
    with app.app_context():
        operations.erase(session, cast.stranger, cast.stranger)
    assert session.scalar(select(func.count(Invitation.id))) == 0


def test_two_tabs_join_once(real: Database, at_once: Any) -> None:
    with real.writing() as session:
        owner, guest = make_user(session), make_user(session)
        institution = make_institution(session, owner=owner)
        token = invitations.invite(
            session, owner, institution, email=guest.email or "", role=Role.EDITOR
        ).token
        guest_id = guest.id

    def join(session: Session) -> Institution:
        return invitations.accept(session, session.get_one(User, guest_id), token)

    answers = at_once(join, join, join)
    # Who comes later finds the link used, or that they belong already.
    assert all(isinstance(answer, Institution | NotFound) for answer in answers)
    with real.reading() as session:
        found = session.scalars(select(Membership).where(Membership.user_id == guest_id)).all()
        assert len(found) == 1
