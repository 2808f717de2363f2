"""Once a year: a reminder, a time of grace, and never an institution for which nobody can act."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Institution, User, now
from models.choices import NeedState, ProofKind, ProofState, VerificationState
from tests.support.client import PageClient
from tests.support.evidence import audited, enqueued, mails, make_draft
from tests.support.factories import Cast, make_need, make_user
from virtual_return.coordination import operations, queries
from virtual_return.coordination.operations import Decision
from virtual_return.errors import Conflict
from virtual_return.institutions import evidence, jobs, review, states
from virtual_return.institutions import operations as institutions
from virtual_return.institutions.states import Turn

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _context(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    """Let mail be written; tests of pages bring their own context with each request."""
    if "client" in request.fixturenames:
        yield
        return
    with app.app_context():
        yield


def verified(session: Session, cast: Cast, days_ago: float) -> Institution:
    institution = make_draft(
        session,
        cast.owner,
        state=VerificationState.APPROVED,
        verification_evidence="The register.",
    )
    institution.verified_at = now() - timedelta(days=days_ago)
    institution.reverification_due_at = institution.verified_at + states.VERIFIED_FOR
    cast.institution.reverification_due_at = now() + timedelta(days=300)
    session.flush()
    return institution


def test_a_year_with_its_reminder_its_end_and_its_grace(session: Session, cast: Cast) -> None:
    institution = verified(session, cast, 300)
    need = make_need(session, institution)
    seen: list[tuple[int, VerificationState, int]] = []
    for day in (300, 340, 364, 366, 380, 415, 424, 426, 500):
        with time_machine.travel(institution.verified_at + timedelta(days=day)):
            jobs.run_clocks(session)
            jobs.run_clocks(session)
        seen.append((day, institution.state, len(mails(session, "institution_renewal"))))
    due, asked = VerificationState.REVERIFICATION_DUE, VerificationState.CHANGES_REQUESTED
    assert seen == [
        (300, VerificationState.APPROVED, 0), (340, VerificationState.APPROVED, 1),
        (364, VerificationState.APPROVED, 1), (366, due, 2), (380, due, 2), (415, due, 3),
        (424, due, 3), (426, asked, 3), (500, asked, 3),
    ]  # fmt: skip
    assert "older than a year" in institution.review_note
    assert need.state == NeedState.OPEN
    assert not institution.is_verified
    assert audited(session, institution) == ["reverification_due", "lapsed"]
    # It comes back as it was once it is verified again.
    institutions.submit(session, cast.owner, institution, "Still in the register.")
    operations.decide_institution(session, cast.coordinator, institution, Decision.APPROVE, "")
    assert institution.is_verified


def test_until_the_grace_is_over_others_see_it_as_before(
    client: PageClient, session: Session, cast: Cast, app: Flask
) -> None:
    institution = verified(session, cast, 366)
    need = make_need(session, institution)
    with app.app_context():
        jobs.run_clocks(session)
    assert institution.state == VerificationState.REVERIFICATION_DUE
    client.get(f"/needs/{need.public_id}")
    page = client.sign_in(cast.owner).get(f"/institutions/{institution.public_id}")
    assert "The verification is to be renewed" in page.text
    assert "Renew it by" in page.text


def test_a_renewal_is_sent_read_and_approved(
    client: PageClient, session: Session, cast: Cast, app: Flask
) -> None:
    institution = verified(session, cast, 340)
    owner, staff = client.sign_in(cast.owner), client.sign_in(cast.coordinator)
    path = f"/institutions/{institution.public_id}"
    assert "You can renew it now" in owner.get(path).text
    owner.submit(owner.get(f"{path}/verification"), {"evidence": "Still in the register."})
    assert institution.state == VerificationState.REVERIFICATION_DUE
    assert "The renewal is on its way" in owner.get(path).text
    assert "There is nothing to send now" in owner.get(f"{path}/verification").text
    assert "Yearly renewal" in staff.get("/coordination/queue").text
    # However long staff take, nothing is taken away.
    with app.app_context(), time_machine.travel(now() + 200 * DAY):
        jobs.run_clocks(session)
    assert institution.is_verified
    page = staff.get(f"/coordination{path}")
    staff.submit(page, {"decision": "approve"})
    assert institution.state == VerificationState.APPROVED
    assert institution.reverification_due_at > now() + 364 * DAY


def test_in_the_middle_of_the_year_there_is_nothing_to_renew(session: Session, cast: Cast) -> None:
    institution = verified(session, cast, 100)
    with pytest.raises(Conflict):
        institutions.submit(session, cast.owner, institution, "Once more.")
    with pytest.raises(Conflict):
        review.approve(session, cast.coordinator, institution)


def test_what_a_record_showed_is_looked_for_again(session: Session, cast: Cast) -> None:
    institution = verified(session, cast, 300)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    item.state, item.next_check_at = ProofState.PROVED, None
    institution.reverification_due_at = now() - DAY
    session.flush()
    jobs.run_clocks(session)
    assert enqueued(session, evidence.CHECK) == [{"evidence_id": item.id}]


def test_what_was_verified_without_an_end_gets_one(session: Session, cast: Cast) -> None:
    cast.institution.reverification_due_at = None
    jobs.run_clocks(session)
    assert cast.institution.reverification_due_at == (
        cast.institution.verified_at + states.VERIFIED_FOR
    )


# Every sequence of steps, by everybody who can take one.

STEPS = [
    "submit", "appeal", "approve", "approve_other", "request_changes", "request_changes_other",
    "suspend", "suspend_other", "reinstate", "reinstate_other", "keep_suspended",
    "keep_suspended_other", "a month", "half a year",
]  # fmt: skip


# Where a sequence begins: random steps alone seldom lead far into the life of an institution.
VERIFY = ["submit", "approve", "approve_other"]
YEAR = ["half a year", "half a year", "a month"]
BEGINNINGS = [
    [],
    ["submit"],
    VERIFY,
    [*VERIFY, *YEAR],
    [*VERIFY, *YEAR, "submit"],
    [*VERIFY, "suspend", "appeal"],
    ["submit", "suspend_other"],
    ["submit", "request_changes", "appeal"],
]


class World:
    """One institution, its owner, two coordinators and a clock."""

    def __init__(self, session: Session, cast: Cast, other: User, needed: int) -> None:
        self.session, self.cast, self.other, self.needed = session, cast, other, needed
        self.institution = make_draft(session, cast.owner)
        self.moment = now()

    def take(self, step: str) -> bool:
        """Take a step as the pages do; return whether it was accepted."""
        if step in ("a month", "half a year"):
            self.moment += timedelta(days=31 if step == "a month" else 183)
        with time_machine.travel(self.moment, tick=False):
            nested = self.session.begin_nested()
            try:
                self._act(step)
                self.session.flush()
            except Conflict:
                nested.rollback()
                return False
            nested.commit()
            return True

    def _act(self, step: str) -> None:
        if step in ("a month", "half a year"):
            jobs.run_clocks(self.session)
        elif step == "submit":
            institutions.submit(self.session, self.cast.owner, self.institution, "The register.")
        elif step == "appeal":
            institutions.appeal(self.session, self.cast.owner, self.institution, "Look again.")
        else:
            name = step.removesuffix("_other")
            user = self.other if step.endswith("_other") else self.cast.coordinator
            operations.decide_institution(
                self.session, user, self.institution, Decision(name), "A reason.",
                approvals_needed=self.needed,
            )  # fmt: skip

    def check(self) -> None:
        """Hold what must be true in every state."""
        found = self.institution
        state = found.state
        assert state in VerificationState
        if found.is_verified:
            assert found.verified_at
            assert found.reverification_due_at
            assert found.reverification_due_at > self.moment - states.GRACE or found.submitted_at
        if state == VerificationState.APPROVED:
            assert found.submitted_at is None
        if state in (VerificationState.CHANGES_REQUESTED, VerificationState.SUSPENDED):
            assert found.review_note or found.appeal
        self._somebody_can_act()

    def _somebody_can_act(self) -> None:
        found = self.institution
        turn = states.turn_of(found)
        waiting = queries.waiting_institutions(self.session, self.cast.coordinator)
        in_queue = found.public_id in [item.public_id for item in waiting]
        assert in_queue == (turn is Turn.STAFF)
        possible = {
            Turn.INSTITUTION: ("submit", "appeal"),
            Turn.STAFF: ("approve", "approve_other", "reinstate", "reinstate_other"),
            Turn.CLOCK: ("a month", "half a year"),
        }[turn]
        assert any(self._would_move(step) for step in possible), (found.state, turn)

    def _would_move(self, step: str) -> bool:
        outer = self.session.begin_nested()
        moment = self.moment
        accepted = self.take(step)
        outer.rollback()
        self.moment = moment
        return accepted


@pytest.mark.parametrize("needed", [1, 2])
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(beginning=st.sampled_from(BEGINNINGS), steps=st.lists(st.sampled_from(STEPS), max_size=10))
def test_no_sequence_of_steps_ends_where_nobody_can_act(
    session: Session, cast: Cast, needed: int, beginning: list[str], steps: list[str]
) -> None:
    with session.begin_nested() as outer:
        world = World(session, cast, make_user(session, is_coordinator=True), needed)
        world.check()
        for step in [*beginning, *steps]:
            event(f"{step}: {'taken' if world.take(step) else 'refused'}")
            event(world.institution.state)
            world.check()
        outer.rollback()
    session.expire_all()
