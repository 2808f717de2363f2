"""A reason at each refusal, and an appeal that somebody else answers where that is possible."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Institution
from models.choices import VerificationState
from tests.support.client import PageClient
from tests.support.evidence import audited, mails, make_draft
from tests.support.factories import Cast, make_user
from virtual_return.coordination import operations, queries
from virtual_return.coordination.operations import Decision
from virtual_return.errors import Conflict, Invalid
from virtual_return.institutions import operations as institutions

REFUSALS = [
    (VerificationState.SUBMITTED, Decision.REQUEST_CHANGES),
    (VerificationState.SUBMITTED, Decision.SUSPEND),
    (VerificationState.APPROVED, Decision.REQUEST_CHANGES),
    (VerificationState.APPROVED, Decision.SUSPEND),
    (VerificationState.REVERIFICATION_DUE, Decision.REQUEST_CHANGES),
    (VerificationState.REVERIFICATION_DUE, Decision.SUSPEND),
]


@pytest.fixture(autouse=True)
def _context(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    """Let mail be written; tests of pages bring their own context with each request."""
    if "client" in request.fixturenames:
        yield
        return
    with app.app_context():
        yield


def make(session: Session, cast: Cast, state: VerificationState) -> Institution:
    return make_draft(session, cast.owner, state=state, verification_evidence="The register.")


@pytest.mark.parametrize(("state", "decision"), REFUSALS)
def test_each_refusal_has_a_reason_and_an_appeal(
    session: Session, cast: Cast, state: VerificationState, decision: Decision
) -> None:
    institution = make(session, cast, state)
    with pytest.raises(Invalid):
        operations.decide_institution(session, cast.coordinator, institution, decision, "  ")
    session.refresh(institution)
    operations.decide_institution(session, cast.coordinator, institution, decision, "No charter.")
    assert institution.review_note == "No charter."
    assert "No charter." in mails(session, "institution_decided")[0].body_text
    institutions.appeal(session, cast.owner, institution, "It is on page two.")
    waiting = queries.waiting_institutions(session, cast.coordinator)
    assert [(item.public_id, item.is_appeal) for item in waiting] == [(institution.public_id, True)]


def test_the_appeal_is_answered_by_somebody_else_who_can(
    client: PageClient, session: Session, cast: Cast, app: Flask
) -> None:
    institution = make(session, cast, VerificationState.SUBMITTED)
    with app.app_context():
        operations.decide_institution(
            session, cast.coordinator, institution, Decision.REQUEST_CHANGES, "No charter."
        )
    institutions.appeal(session, cast.owner, institution, "It is on page two.")
    other = make_user(session, is_coordinator=True)
    for decision in (Decision.APPROVE, Decision.REQUEST_CHANGES, Decision.SUSPEND):
        with pytest.raises(Conflict, match="decision that is appealed"):
            operations.decide_institution(session, cast.coordinator, institution, decision, "No.")
    path = f"/coordination/institutions/{institution.public_id}"
    page = client.sign_in(cast.coordinator).post(path, {"decision": "approve"}, status=422)
    assert "Another coordinator has to answer" in page.text
    assert audited(session, institution)[-1] == "decision_refused"
    with app.app_context():
        operations.decide_institution(session, other, institution, Decision.APPROVE, "")
    assert institution.is_verified
    assert institution.appeal == ""


def test_the_only_coordinator_answers_rather_than_nobody(session: Session, cast: Cast) -> None:
    institution = make(session, cast, VerificationState.SUBMITTED)
    operations.decide_institution(
        session, cast.coordinator, institution, Decision.SUSPEND, "A complaint."
    )
    institutions.appeal(session, cast.owner, institution, "It was withdrawn.")
    operations.decide_institution(
        session, cast.coordinator, institution, Decision.KEEP_SUSPENDED, "It was not."
    )
    assert (institution.review_note, institution.appeal) == ("It was not.", "")
    # And once more: a refusal never closes the door.
    institutions.appeal(session, cast.owner, institution, "Now it was.")
    operations.decide_institution(session, cast.coordinator, institution, Decision.REINSTATE, "")
    # Nobody had verified it before it was suspended, so that this is still to be done.
    assert institution.state == VerificationState.SUBMITTED


def test_with_two_to_say_yes_an_appeal_does_not_wait_for_a_third(
    session: Session, cast: Cast
) -> None:
    institution = make(session, cast, VerificationState.SUBMITTED)
    other = make_user(session, is_coordinator=True)
    operations.decide_institution(
        session, cast.coordinator, institution, Decision.REQUEST_CHANGES, "No charter."
    )
    institutions.appeal(session, cast.owner, institution, "It is on page two.")
    for user in (other, cast.coordinator):
        operations.decide_institution(
            session, user, institution, Decision.APPROVE, "", approvals_needed=2
        )
    assert institution.is_verified


def test_nothing_is_approved_for_no_reason_or_without_an_owner(
    session: Session, cast: Cast
) -> None:
    institution = make(session, cast, VerificationState.SUBMITTED)
    institution.verification_evidence = ""
    with pytest.raises(Conflict, match="Nothing shows yet"):
        operations.decide_institution(session, cast.coordinator, institution, Decision.APPROVE, "")
    orphan = make_draft(session, cast.owner, state=VerificationState.SUBMITTED)
    orphan.memberships.clear()
    session.flush()
    with pytest.raises(Conflict, match="no owner"):
        operations.decide_institution(session, cast.coordinator, orphan, Decision.APPROVE, "")
