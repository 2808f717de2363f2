"""A yes of two different coordinators, where the programme asks for it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Institution, User, VerificationApproval
from models.choices import NeedState, VerificationState
from tests.support.client import PageClient
from tests.support.evidence import audited, mails, make_draft
from tests.support.factories import Cast, add_member, make_need, make_user
from tests.support.sign_in import sign_in
from virtual_return.app import create_app
from virtual_return.config import Settings
from virtual_return.coordination import operations, queries
from virtual_return.coordination.operations import Decision
from virtual_return.errors import Conflict
from virtual_return.institutions import approvals, review
from virtual_return.institutions import operations as institutions


@pytest.fixture(autouse=True)
def _context(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    """Let mail be written; tests of pages bring their own context with each request."""
    if request.node.name.startswith("test_the_pages"):
        yield
        return
    with app.app_context():
        yield


@pytest.fixture
def other(session: Session) -> User:
    return make_user(session, is_coordinator=True)


@pytest.fixture
def waiting(session: Session, cast: Cast) -> Institution:
    institution = make_draft(session, cast.owner)
    institutions.submit(session, cast.owner, institution, "Our entry in the register.")
    return institution


def decide(
    session: Session, user: User, institution: Institution, decision: Decision, needed: int = 2
) -> bool:
    return operations.decide_institution(
        session, user, institution, decision, "A reason.", approvals_needed=needed
    )


def test_one_yes_is_not_enough_and_the_same_twice_neither(
    session: Session, cast: Cast, other: User, waiting: Institution
) -> None:
    need = make_need(session, waiting, state=NeedState.APPROVED)
    assert decide(session, cast.coordinator, waiting, Decision.APPROVE) is False
    assert waiting.state == VerificationState.SUBMITTED
    assert not waiting.is_verified
    assert mails(session, "institution_decided") == []
    with pytest.raises(Conflict, match="approved this already"):
        decide(session, cast.coordinator, waiting, Decision.APPROVE)
    assert decide(session, other, waiting, Decision.APPROVE) is True
    assert waiting.state == VerificationState.APPROVED
    assert need.state == NeedState.OPEN
    assert audited(session, waiting) == ["submitted", "approved_by_one", "approved"]
    assert approvals.approved_by(session, waiting) == set()


def test_one_is_enough_where_the_programme_asks_for_one(
    session: Session, cast: Cast, waiting: Institution
) -> None:
    assert decide(session, cast.coordinator, waiting, Decision.APPROVE, needed=1)
    assert waiting.is_verified


def test_a_no_in_between_begins_anew(
    session: Session, cast: Cast, other: User, waiting: Institution
) -> None:
    decide(session, cast.coordinator, waiting, Decision.APPROVE)
    decide(session, other, waiting, Decision.REQUEST_CHANGES)
    assert waiting.state == VerificationState.CHANGES_REQUESTED
    institutions.submit(session, cast.owner, waiting, "Now with the charter.")
    # What was approved before was another description.
    assert decide(session, other, waiting, Decision.APPROVE) is False
    assert decide(session, cast.coordinator, waiting, Decision.APPROVE) is True


@pytest.mark.parametrize("change", ["member", "suspended", "no coordinator", "erased"])
def test_the_yes_of_somebody_who_may_not_decide_any_more_does_not_count(
    session: Session, cast: Cast, other: User, waiting: Institution, change: str
) -> None:
    first = make_user(session, is_coordinator=True)
    decide(session, first, waiting, Decision.APPROVE)
    if change == "member":
        add_member(session, waiting, first)
    elif change == "suspended":
        first.suspended_at = waiting.created_at
    elif change == "erased":
        first.erased_at = waiting.created_at
    else:
        first.is_coordinator = False
    session.flush()
    assert decide(session, other, waiting, Decision.APPROVE) is False
    assert decide(session, cast.coordinator, waiting, Decision.APPROVE) is True


def test_nobody_verifies_alone_by_way_of_a_suspension(
    session: Session, cast: Cast, other: User, waiting: Institution
) -> None:
    decide(session, cast.coordinator, waiting, Decision.SUSPEND)
    decide(session, cast.coordinator, waiting, Decision.REINSTATE)
    assert waiting.state == VerificationState.SUBMITTED
    for user in (cast.coordinator, other):
        decide(session, user, waiting, Decision.APPROVE)
    assert waiting.is_verified
    decide(session, cast.coordinator, waiting, Decision.SUSPEND)
    assert decide(session, cast.coordinator, waiting, Decision.REINSTATE) is False
    assert waiting.state == VerificationState.SUSPENDED
    assert decide(session, other, waiting, Decision.REINSTATE) is True
    assert waiting.is_verified


def test_whoever_said_yes_is_not_reminded_and_the_other_is(
    session: Session, cast: Cast, other: User, waiting: Institution
) -> None:
    decide(session, cast.coordinator, waiting, Decision.APPROVE)
    assert queries.waiting_institutions(session, cast.coordinator)[0].said_yes
    assert queries.count_waiting(session, cast.coordinator) == 0
    assert queries.count_waiting(session, other) == 1


def test_the_pages_say_how_many_have_to_say_yes(
    make_app: Callable[..., Flask], session: Session, cast: Cast, waiting: Institution
) -> None:
    visitor = PageClient(make_app(institution_approvals=2), session, sign_in)
    first = visitor.sign_in(cast.coordinator)
    path = f"/coordination/institutions/{waiting.public_id}"
    page = first.get(path)
    assert "there is no other who can" in page.text
    other = make_user(session, is_coordinator=True)
    page = first.get(path)
    assert "Two coordinators have to say yes" in page.text
    answer = first.submit(page, {"decision": "approve"})
    assert "another coordinator says yes too" in first.follow(answer).text
    assert "You said yes" in first.get(path).text
    refused = first.post(path, {"decision": "approve"}, status=422)
    assert "You have approved this already" in refused.text
    assert audited(session, waiting)[-1] == "decision_refused"
    second = visitor.sign_in(other)
    assert "Another coordinator said yes" in second.get(path).text
    second.post(path, {"decision": "approve"})
    assert waiting.is_verified


def test_two_who_say_yes_at_the_same_moment_are_two(database_url: str, settings: Settings) -> None:
    """On connections of their own: a yes that neither of them saw would leave it waiting."""
    app = create_app(replace(settings, database_url=database_url))
    database = app.extensions["services"].database
    with app.app_context(), database.writing() as session:
        owner = make_user(session)
        staff = [make_user(session, is_coordinator=True).id for _ in range(3)]
        institution = make_draft(session, owner, state=VerificationState.SUBMITTED)
        institution.verification_evidence = "The register."
        institution_id = institution.id
    together = threading.Barrier(3)
    said: list[bool | str] = []

    def say_yes(user_id: int) -> None:
        with app.app_context(), database.writing() as session:
            found = session.get_one(Institution, institution_id)
            user = session.get_one(User, user_id)
            if database.engine.dialect.name != "sqlite":
                # All have read that it waits before any of them decides.
                together.wait(timeout=20)
            try:
                said.append(review.approve(session, user, found, approvals_needed=2))
            except Conflict:
                said.append("too late")

    threads = [threading.Thread(target=say_yes, args=(user_id,)) for user_id in staff]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.get_one(Institution, institution_id).is_verified
        assert session.scalars(select(VerificationApproval)).all() == []
    assert sorted(map(str, said)) == ["False", "True", "too late"]
    database.engine.dispose()
