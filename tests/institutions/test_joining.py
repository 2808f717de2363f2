"""Joining by a proved address at the domain, and asking the owners otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Affiliation,
    AuditEvent,
    Institution,
    JoinRequest,
    MailMessage,
    Membership,
    User,
    now,
)
from models.choices import RequestState, Role, VerificationState
from tests.institutions.conftest import prove_domain
from tests.support.client import PageClient
from tests.support.factories import Cast, make_institution, make_user
from virtual_return.db import Database
from virtual_return.errors import Conflict, Forbidden, Invalid, NotFound
from virtual_return.institutions import joining, members, permissions, proofs, queries


@pytest.fixture(autouse=True)
def _context(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """Verbs write mail, which needs an application; a browser's requests bring their own."""
    if "client" in request.fixturenames:
        yield
        return
    with app.app_context():
        yield


@pytest.fixture
def colleague(session: Session, cast: Cast) -> User:
    """Somebody with a proved address at the domain, where people there may join."""
    prove_domain(session, cast.institution)
    joining.allow(session, cast.owner, cast.institution, Role.VIEWER)
    return make_user(session, email="colleague@university.example", name="Colin Colleague")


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(MailMessage.kind).order_by(MailMessage.id)))


def test_a_proved_address_at_the_domain_opens_the_door(
    session: Session, cast: Cast, colleague: User
) -> None:
    assert joining.open_role(session, colleague, cast.institution) == Role.VIEWER
    joining.join(session, colleague, cast.institution)
    assert permissions.role_of(colleague, cast.institution) == Role.VIEWER
    assert kinds(session) == ["member_joined"]
    with pytest.raises(Conflict):
        joining.join(session, colleague, cast.institution)


@pytest.mark.parametrize(
    "email",
    [
        "a@evil.example",
        "a@sub.university.example",
        "a@university.example.evil.example",
        "a@notuniversity.example",
        "university.example@evil.example",
    ],
)
def test_another_domain_does_not(session: Session, cast: Cast, colleague: User, email: str) -> None:
    user = make_user(session, email=email)
    with pytest.raises(Conflict):
        joining.join(session, user, cast.institution)


@pytest.mark.parametrize(
    ("value", "is_vouched", "days_ago", "opens"),
    [
        ("staff@university.example", True, 1, True),
        ("university.example", True, 1, True),
        ("staff@university.example", False, 1, False),
        ("staff@university.example", True, 31, False),
        ("alum@university.example", True, 1, False),
        ("student@university.example", True, 1, False),
        ("library-walk-in@university.example", True, 1, False),
        ("staff@sub.university.example", True, 1, False),
    ],
)
def test_a_provider_that_may_vouch_opens_for_who_works_there_now(
    session: Session,
    cast: Cast,
    colleague: User,
    value: str,
    is_vouched: bool,
    days_ago: int,
    opens: bool,
) -> None:
    user = make_user(session, email="private@example.org")
    session.add(
        Affiliation(
            user_id=user.id,
            issuer="https://idp.example",
            value=value,
            is_vouched=is_vouched,
            last_seen_at=now() - timedelta(days=days_ago),
        )
    )
    session.flush()
    assert (joining.open_role(session, user, cast.institution) is not None) == opens


def test_nothing_opens_without_an_owners_word(
    session: Session, cast: Cast, colleague: User
) -> None:
    joining.allow(session, cast.owner, cast.institution, None)
    with pytest.raises(Conflict):
        joining.join(session, colleague, cast.institution)


def test_it_closes_with_the_verification(session: Session, cast: Cast, colleague: User) -> None:
    cast.institution.state = VerificationState.SUSPENDED
    with pytest.raises(Conflict):
        joining.join(session, colleague, cast.institution)


def test_another_domain_is_another_decision(session: Session, cast: Cast, colleague: User) -> None:
    cast.institution.domain = "elsewhere.example"
    prove_domain(session, cast.institution)
    user = make_user(session, email="a@elsewhere.example")
    for one in (user, colleague):
        assert joining.open_role(session, one, cast.institution) is None


@pytest.mark.parametrize("domain", ["gmail.com", "ac.uk", "com", ""])
def test_a_domain_of_everybody_never_opens(session: Session, cast: Cast, domain: str) -> None:
    cast.institution.domain = domain
    prove_domain(session, cast.institution)
    assert proofs.joinable_domain(session, cast.institution) is None
    with pytest.raises(Conflict):
        joining.allow(session, cast.owner, cast.institution, Role.VIEWER)


def test_only_owners_open_and_never_for_owners(session: Session, cast: Cast) -> None:
    prove_domain(session, cast.institution)
    for user, error in ((cast.member, Forbidden), (cast.stranger, NotFound)):
        with pytest.raises(error):
            joining.allow(session, user, cast.institution, Role.VIEWER)
    with pytest.raises(Invalid):
        joining.allow(session, cast.owner, cast.institution, Role.OWNER)


def test_who_was_removed_may_be_let_in_again_only_by_the_rule_that_stands(
    session: Session, cast: Cast, colleague: User
) -> None:
    joining.join(session, colleague, cast.institution)
    joining.allow(session, cast.owner, cast.institution, None)
    members.remove(session, cast.owner, cast.institution, public_id=colleague.public_id)
    with pytest.raises(Conflict):
        joining.join(session, colleague, cast.institution)


def test_owners_answer_a_request(session: Session, cast: Cast) -> None:
    request = joining.ask(session, cast.stranger, cast.institution, " I teach here. ")
    assert kinds(session) == ["join_requested"]
    assert "Sam" not in session.scalars(select(MailMessage.body_text)).one()
    with pytest.raises(Conflict):
        joining.ask(session, cast.stranger, cast.institution, "Again")
    joining.accept(
        session, cast.owner, cast.institution, public_id=request.public_id, role=Role.EDITOR
    )
    assert permissions.role_of(cast.stranger, cast.institution) == Role.EDITOR
    assert kinds(session)[-1] == "join_answered"
    with pytest.raises(Conflict):
        joining.decline(session, cast.owner, cast.institution, public_id=request.public_id)


def test_a_no_holds_for_a_month(session: Session, cast: Cast) -> None:
    request = joining.ask(session, cast.stranger, cast.institution, "I teach here.")
    joining.decline(session, cast.owner, cast.institution, public_id=request.public_id)
    with pytest.raises(Conflict):
        joining.ask(session, cast.stranger, cast.institution, "Please.")
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        joining.ask(session, cast.stranger, cast.institution, "Please.")
    assert session.scalar(select(func.count(JoinRequest.id))) == 1


def test_only_owners_answer(session: Session, cast: Cast) -> None:
    request = joining.ask(session, cast.stranger, cast.institution, "I teach here.")
    other = make_institution(session, owner=cast.stranger)
    for user, error in ((cast.member, Forbidden), (cast.stranger, NotFound)):
        with pytest.raises(error):
            joining.accept(
                session, user, cast.institution, public_id=request.public_id, role=Role.OWNER
            )
    with pytest.raises(NotFound):
        joining.accept(session, cast.stranger, other, public_id=request.public_id, role=Role.OWNER)


def test_nobody_asks_of_what_nobody_sees(session: Session, cast: Cast) -> None:
    cast.institution.state = VerificationState.SUBMITTED
    with pytest.raises(NotFound):
        joining.ask(session, cast.stranger, cast.institution, "Hello")


def test_nobody_floods_owners(session: Session, cast: Cast) -> None:
    for _ in range(joining.MAXIMUM_WAITING):
        joining.ask(session, cast.stranger, make_institution(session, owner=cast.owner), "Hello")
    with pytest.raises(Conflict):
        joining.ask(session, cast.stranger, cast.institution, "Hello")


def test_waiting_ends_by_itself(session: Session, cast: Cast) -> None:
    joining.ask(session, cast.stranger, cast.institution, "Hello")
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert joining.run_clocks(session) == 1
        assert joining.run_clocks(session) == 0
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert joining.run_clocks(session) == 1
        assert joining.run_clocks(session) == 0
    assert session.scalars(select(JoinRequest.state)).one() == RequestState.EXPIRED
    assert kinds(session) == ["join_requested", "join_requested", "join_answered"]


def test_a_suspended_account_is_not_let_in(session: Session, cast: Cast) -> None:
    request = joining.ask(session, cast.stranger, cast.institution, "Hello")
    cast.stranger.suspended_at = now()
    session.flush()
    assert list(queries.requests_to(session, cast.institution)) == []
    with pytest.raises(Conflict):
        joining.accept(
            session, cast.owner, cast.institution, public_id=request.public_id, role=Role.VIEWER
        )


def test_the_pages_of_somebody_who_asks(client: PageClient, session: Session, cast: Cast) -> None:
    browser = client.sign_in(cast.stranger)
    page = browser.get("/institutions/find?q=sea univ")
    path = f"/institutions/{cast.institution.public_id}/ask"
    assert page.links["Join"] == path
    form = browser.get(path)
    browser.submit(form, {"message": " "}, status=422)
    browser.submit(form, {"message": "x" * 1001}, status=422)
    browser.submit(form, {"message": "I teach <b>here</b>."})
    assert "Your request waits" in browser.get("/institutions").text
    waiting = browser.get(path)
    owner = client.sign_in(cast.owner)
    members_page = owner.get(f"/institutions/{cast.institution.public_id}/members")
    assert "I teach <b>here</b>." in members_page.text
    reader = client.sign_in(cast.member).get(f"/institutions/{cast.institution.public_id}/members")
    assert "Sam Stranger" not in reader.text
    browser.submit(waiting, action=f"{path}/withdraw")
    assert "Sam" not in owner.get(f"/institutions/{cast.institution.public_id}/members").text
    browser.post(f"{path}/withdraw", status=409)


def test_an_owner_lets_somebody_in(
    client: PageClient, app: Flask, session: Session, cast: Cast
) -> None:
    with app.app_context():
        request = joining.ask(session, cast.stranger, cast.institution, "Hello")
    base = f"/institutions/{cast.institution.public_id}"
    action = f"{base}/requests/{request.public_id}"
    owner = client.sign_in(cast.owner)
    page = owner.get(f"{base}/members")
    for wrong in ({"role": "owner", "answer": "yes"}, {"role": "viewer", "answer": "perhaps"}, {}):
        owner.post(action, wrong, status=422)
    client.sign_in(cast.member).post(action, {"role": "viewer", "answer": "yes"}, status=403)
    client.sign_in(cast.expert).post(action, {"role": "viewer", "answer": "yes"}, status=404)
    assert page.form(action)
    owner.post(action, {"role": "editor", "answer": "yes"})
    client.sign_in(cast.stranger).get(base)


def test_a_colleague_joins_by_the_page(
    client: PageClient, session: Session, cast: Cast, colleague: User
) -> None:
    browser = client.sign_in(colleague)
    path = f"/institutions/{cast.institution.public_id}/ask"
    page = browser.get(path)
    assert "university.example" in page.text
    browser.get(f"/institutions/{cast.institution.public_id}", status=404)
    browser.submit(page)
    browser.get(f"/institutions/{cast.institution.public_id}")
    browser.get(path, status=302)


def test_the_page_of_owners_opens_the_door(
    client: PageClient, session: Session, cast: Cast
) -> None:
    path = f"/institutions/{cast.institution.public_id}/joining"
    client.sign_in(cast.member).get(path, status=403)
    client.sign_in(cast.stranger).get(path, status=404)
    owner = client.sign_in(cast.owner)
    page = owner.submit(owner.get(path), {"role": "viewer"}, status=422)
    assert "proved" in page.text
    prove_domain(session, cast.institution)
    owner.submit(owner.get(path), {"role": "owner"}, status=422)
    owner.submit(owner.get(path), {"role": "viewer"})
    assert "join by themselves" in owner.get(path.replace("joining", "members")).text
    owner.submit(owner.get(path), {"role": ""})
    assert queries.joining_rule(session, cast.institution) is None


def test_what_is_not_verified_is_not_found(
    client: PageClient, session: Session, cast: Cast
) -> None:
    cast.institution.state = VerificationState.SUBMITTED
    browser = client.sign_in(cast.stranger)
    assert "Nothing has this name" in browser.get("/institutions/find?q=sea univ").text
    browser.get(f"/institutions/{cast.institution.public_id}/ask", status=404)


@pytest.mark.parametrize("words", ["%", "__", "\\", "a" * 300, "  ", "x'; --"])
def test_hostile_words_find_nothing(client: PageClient, cast: Cast, words: str) -> None:
    page = client.sign_in(cast.stranger).get("/institutions/find", query_string={"q": words})
    assert "Sea University" not in page.text


def test_a_refusal_is_in_the_audit_trail(
    client: PageClient, app: Flask, session: Session, cast: Cast
) -> None:
    with app.app_context():
        request = joining.ask(session, cast.stranger, cast.institution, "Hello")
        joining.decline(session, cast.owner, cast.institution, public_id=request.public_id)
    browser = client.sign_in(cast.stranger)
    path = f"/institutions/{cast.institution.public_id}/ask"
    page = browser.submit(browser.get(path), {"message": "Please"}, status=422)
    assert "said no" in page.text
    assert (
        session.scalar(
            select(func.count(AuditEvent.id)).where(AuditEvent.action == "institution.join_refused")
        )
        == 1
    )


def test_two_owners_answer_at_once_and_one_counts(real: Database, at_once: Any) -> None:
    with real.writing() as session:
        owner, guest = make_user(session), make_user(session)
        institution = make_institution(session, owner=owner)
        public_id = joining.ask(session, guest, institution, "Hello").public_id
        ids = (owner.id, institution.id, guest.id)

    def yes(session: Session) -> None:
        actor, where = session.get_one(User, ids[0]), session.get_one(Institution, ids[1])
        joining.accept(session, actor, where, public_id=public_id, role=Role.VIEWER)

    def no(session: Session) -> None:
        actor, where = session.get_one(User, ids[0]), session.get_one(Institution, ids[1])
        joining.decline(session, actor, where, public_id=public_id)

    answers = at_once(yes, no, yes)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2
    with real.reading() as session:
        state = session.scalars(select(JoinRequest.state)).one()
        count = session.scalar(
            select(func.count(Membership.id)).where(Membership.user_id == ids[2])
        )
        assert count == (1 if state == RequestState.ACCEPTED else 0)
