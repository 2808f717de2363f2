"""An owner helps a member back in: slowly, visibly, and never into more than there was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountRecovery, Institution, MailMessage, User, now
from models.choices import Role
from tests.accounts.factors import events, give_app
from tests.support.client import PageClient
from tests.support.factories import add_member, make_expert, make_institution, make_user

NEW = "new@example.org"


@pytest.fixture
def owner(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def member(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def place(session: Session, owner: User, member: User) -> Institution:
    place = make_institution(session, owner=owner)
    add_member(session, place, member)
    return place


def page_of(place: Institution, member: User) -> str:
    return f"/institutions/{place.public_id}/members/{member.public_id}/recovery"


def vouch(
    client: PageClient, place: Institution, member: User, *, email: str = NEW, status: int = 302
) -> str:
    path = page_of(place, member)
    page = client.get(path)
    return client.submit(page, {"email": email, "confirmed": "y"}, status=status).text


def link(session: Session, email: str | None) -> str:
    mail = session.scalars(
        select(MailMessage)
        .where(MailMessage.recipient == email, MailMessage.kind == "account_recovery")
        .order_by(MailMessage.id.desc())
    ).first()
    assert mail is not None
    found = re.search(r"http\S+/recovery/\S+", mail.body_text)
    assert found
    return urlsplit(found[0]).path


@contextmanager
def after(**span: float) -> Iterator[None]:
    with time_machine.travel(now() + timedelta(**span), tick=False):
        yield


def test_a_member_comes_back_after_three_days(
    client: PageClient, session: Session, owner: User, member: User, place: Institution
) -> None:
    second = make_user(session)
    add_member(session, place, second, Role.OWNER)
    app = give_app(session, member)
    elsewhere = client.sign_in(member)
    member.last_seen_at = now() - timedelta(days=4)
    before = member.email
    vouch(client.sign_in(owner), place, member)
    path = link(session, NEW)
    client.submit(client.get(path))
    assert "confirmed" in client.get(path).text
    client.post(path, status=409)
    assert member.email == before
    with after(days=3, minutes=1):
        assert client.submit(client.get(path)).location == "/sign-in"
        client.get(path, status=410)
    assert member.email == NEW
    assert elsewhere.get("/settings", status=302).location.startswith("/sign-in")
    # The second factor is where it was.
    half = client.sign_in(member, both_factors=False)
    assert half.get("/settings", status=302).location.startswith("/sign-in/second-step")
    assert app.secret
    told = select(MailMessage.recipient).where(MailMessage.kind == "account_recovery")
    assert {before, NEW, second.email} <= set(session.scalars(told))
    assert events(session, "account.recovered")[0].object_id == member.id


def test_the_old_address_stops_it(
    client: PageClient, session: Session, owner: User, member: User, place: Institution
) -> None:
    vouch(client.sign_in(owner), place, member)
    path, stop = link(session, NEW), link(session, member.email)
    client.submit(client.get(path))
    client.submit(client.get(stop))
    client.get(path, status=410)
    client.get(stop, status=410)
    assert events(session, "account.recovery_stopped")
    assert events(session, "account.recovery_refused")


def test_another_owner_stops_it(
    client: PageClient, session: Session, owner: User, member: User, place: Institution
) -> None:
    vouch(client.sign_in(owner), place, member)
    second = make_user(session)
    add_member(session, place, second, Role.OWNER)
    path = page_of(place, member)
    client.sign_in(second).post(path, {"do": "stop"})
    assert session.scalars(select(AccountRecovery)).all() == []


def test_signing_in_stops_it(
    client: PageClient, session: Session, owner: User, member: User, place: Institution
) -> None:
    vouch(client.sign_in(owner), place, member)
    path = link(session, NEW)
    client.submit(client.get(path))
    with after(days=1):
        client.sign_in(member)
    with after(days=4):
        client.get(path, status=410)


@pytest.mark.parametrize("change", ["demoted", "removed", "suspended"])
def test_it_ends_with_the_role_of_who_vouched_and_of_who_returns(
    client: PageClient, session: Session, owner: User, member: User, place: Institution,
    change: str,
) -> None:  # fmt: skip
    vouch(client.sign_in(owner), place, member)
    path = link(session, NEW)
    roles = {row.user_id: row for row in place.memberships}
    if change == "demoted":
        roles[owner.id].role = Role.EDITOR
    elif change == "removed":
        session.delete(roles[member.id])
    else:
        member.suspended_at = now()
    client.get(path, status=410)


@pytest.mark.parametrize("case", ["staff", "active", "elsewhere", "expert", "suspended"])
def test_what_reaches_further_is_refused_with_one_sentence(
    client: PageClient, session: Session, owner: User, member: User, place: Institution, case: str
) -> None:
    if case == "staff":
        member.is_coordinator = True
    elif case == "active":
        member.last_seen_at = now() - timedelta(days=2)
    elif case == "elsewhere":
        make_institution(session, owner=member)
    elif case == "expert":
        make_expert(session, user=member)
    else:
        member.suspended_at = now()
    assert "cannot be done here" in vouch(client.sign_in(owner), place, member, status=409)
    assert events(session, "account.recovery_refused")
    assert session.scalars(select(AccountRecovery)).all() == []


def test_owners_do_not_vouch_for_themselves(
    client: PageClient, owner: User, place: Institution
) -> None:
    assert "nothing to recover" in vouch(client.sign_in(owner), place, owner, status=409)


def test_nobody_else_vouches(
    client: PageClient, session: Session, member: User, place: Institution
) -> None:
    path = page_of(place, member)
    client.sign_in(member).get(path, status=403)
    client.sign_in(make_user(session)).get(path, status=404)
    assert client.get(path, status=302).location.startswith("/sign-in")


def test_an_address_of_somebody_else_is_not_taken(
    client: PageClient, session: Session, owner: User, member: User, place: Institution
) -> None:
    other = make_user(session)
    vouch(client.sign_in(owner), place, member, email=other.email or "")
    path = link(session, other.email)
    client.submit(client.get(path), status=409)


def test_links_get_old_and_made_up_ones_lead_nowhere(
    client: PageClient, session: Session, owner: User, member: User, place: Institution
) -> None:
    vouch(client.sign_in(owner), place, member)
    path = link(session, NEW)
    with after(days=11):
        client.get(path, status=410)
    client.get("/recovery/nonsense", status=410)
    client.post("/recovery/stop/nonsense", status=410)
