"""Decisions of programme staff: what follows from them, and who may not make them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, CountryStatus, MailMessage, Need, OutboxEntry, now
from models.choices import (
    CountryState,
    EngagementKind,
    Mode,
    NeedState,
    Role,
    VerificationState,
)
from tests.support.factories import Cast, add_member, in_days, make_institution, make_need
from virtual_return.coordination import operations
from virtual_return.coordination.operations import Decision
from virtual_return.errors import Conflict, Forbidden, Invalid, NotFound
from virtual_return.institutions import operations as institutions


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Any:
    with app.app_context():
        yield


def submitted(session: Session, cast: Cast, **values: Any) -> Need:
    state = {"state": NeedState.SUBMITTED, "opened_at": None, "expires_at": None}
    state["submitted_at"] = now()
    return make_need(session, cast.institution, **{**state, **values})


def told_matching(session: Session) -> int:
    session.flush()
    query = select(func.count(OutboxEntry.id)).where(OutboxEntry.job == "matches.refresh")
    return session.scalar(query) or 0


def mails(session: Session, kind: str) -> list[MailMessage]:
    session.flush()
    return list(session.scalars(select(MailMessage).where(MailMessage.kind == kind)))


def last_action(session: Session) -> AuditEvent:
    session.flush()
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()  # type: ignore[return-value]


def decide(session: Session, cast: Cast, need: Need, decision: Decision, reason: str = "") -> None:
    operations.decide_need(session, cast.coordinator, need, decision, reason)


def judge(session: Session, cast: Cast, decision: Decision, reason: str = "") -> None:
    operations.decide_institution(session, cast.coordinator, cast.institution, decision, reason)


def test_an_approved_need_opens_and_everybody_concerned_hears(session: Session, cast: Cast) -> None:
    need = submitted(session, cast)
    decide(session, cast, need, Decision.APPROVE)
    assert need.state == NeedState.OPEN
    assert need.opened_at is not None
    assert need.expires_at is not None
    assert need.reviewed_by_id == cast.coordinator.id
    assert told_matching(session) == 1
    assert {mail.recipient for mail in mails(session, "need_decided")} == {
        cast.owner.email,
        cast.member.email,
    }
    assert last_action(session).action == "need.opened"


def test_no_subject_says_what_it_is_about(session: Session, cast: Cast) -> None:
    need = submitted(session, cast, title="Confidential matter of Amina Warsame")
    decide(session, cast, need, Decision.REJECT, "Too vague.")
    for mail in mails(session, "need_decided"):
        assert "Amina" not in mail.subject
        assert "Too vague." in mail.body_text
        assert "Too vague." in mail.body_html


def test_a_reason_in_mail_stays_text(session: Session, cast: Cast) -> None:
    decide(session, cast, submitted(session, cast), Decision.REJECT, "<img src=x>")
    assert all("<img" not in mail.body_html for mail in mails(session, "need_decided"))


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (Decision.REQUEST_CHANGES, NeedState.CHANGES_REQUESTED),
        (Decision.REJECT, NeedState.CLOSED),
    ],
)
def test_a_refusal_has_a_reason(
    session: Session, cast: Cast, decision: Decision, state: NeedState
) -> None:
    need = submitted(session, cast)
    with pytest.raises(Invalid):
        decide(session, cast, submitted(session, cast), decision, "  ")
    decide(session, cast, need, decision, " Say who learns. ")
    assert (need.state, need.review_note) == (state, "Say who learns.")
    assert need.opened_at is None


def test_a_need_of_an_unverified_institution_waits_for_it(session: Session, cast: Cast) -> None:
    cast.institution.state = VerificationState.SUBMITTED
    need = submitted(session, cast)
    decide(session, cast, need, Decision.APPROVE)
    assert need.state == NeedState.APPROVED
    assert need.opened_at is None
    judge(session, cast, Decision.APPROVE)
    assert need.state == NeedState.OPEN
    assert cast.institution.verified_at is not None
    assert cast.institution.reverification_due_at is not None
    assert len(mails(session, "institution_decided")) == 2


def test_a_need_whose_time_ran_out_while_it_waited_goes_back(session: Session, cast: Cast) -> None:
    cast.institution.state = VerificationState.SUBMITTED
    need = submitted(session, cast, state=NeedState.APPROVED, window_end=in_days(-1))
    judge(session, cast, Decision.APPROVE)
    assert need.state == NeedState.CHANGES_REQUESTED
    assert "is over" in need.review_note


@pytest.mark.parametrize("state", set(NeedState) - {NeedState.SUBMITTED})
@pytest.mark.parametrize("decision", [Decision.APPROVE, Decision.REJECT])
def test_only_what_was_submitted_is_decided(
    session: Session, cast: Cast, state: NeedState, decision: Decision
) -> None:
    cast.need.state = state
    with pytest.raises(Conflict):
        decide(session, cast, cast.need, decision, "A reason.")


def test_an_open_need_is_sent_back_and_matching_hears(session: Session, cast: Cast) -> None:
    decide(session, cast, cast.need, Decision.REQUEST_CHANGES, "The text names a person.")
    assert cast.need.state == NeedState.CHANGES_REQUESTED
    assert told_matching(session) == 1


def test_an_incomplete_need_is_not_approved(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid):
        decide(session, cast, submitted(session, cast, who_learns=""), Decision.APPROVE)


@pytest.mark.parametrize("state", [CountryState.VIRTUAL_ONLY, CountryState.PAUSED])
def test_a_visit_is_not_approved_where_nobody_travels(
    session: Session, cast: Cast, state: CountryState
) -> None:
    session.add(CountryStatus(country="SO", state=state, reason="Floods.", since=in_days(0)))
    need = submitted(session, cast, mode=Mode.ON_SITE, security_note="Calm.")
    with pytest.raises(Invalid, match="Floods"):
        decide(session, cast, need, Decision.APPROVE)


def test_nobody_but_coordinators_decides_and_never_about_their_own(
    session: Session, cast: Cast
) -> None:
    need = submitted(session, cast)
    cast.institution.state = VerificationState.SUBMITTED
    for user in (cast.owner, cast.stranger, cast.expert):
        with pytest.raises(NotFound):
            operations.decide_need(session, user, need, Decision.APPROVE, "")
        with pytest.raises(NotFound):
            operations.decide_institution(session, user, cast.institution, Decision.APPROVE, "")
    add_member(session, cast.institution, cast.coordinator, Role.VIEWER)
    with pytest.raises(Forbidden):
        decide(session, cast, need, Decision.APPROVE)
    with pytest.raises(Forbidden):
        judge(session, cast, Decision.APPROVE)


def test_a_suspension_takes_the_needs_away_and_a_reinstatement_brings_them_back(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(Invalid):
        judge(session, cast, Decision.SUSPEND)
    cast.institution.state = VerificationState.APPROVED
    judge(session, cast, Decision.SUSPEND, "Complaints of three experts.")
    assert cast.institution.state == VerificationState.SUSPENDED
    assert told_matching(session) == 1
    with pytest.raises(Conflict):
        judge(session, cast, Decision.KEEP_SUSPENDED, "No.")
    institutions.appeal(session, cast.owner, cast.institution, "We answered them.")
    judge(session, cast, Decision.KEEP_SUSPENDED, "One is not answered.")
    assert cast.institution.review_note == "One is not answered."
    assert cast.institution.appeal == ""
    institutions.appeal(session, cast.owner, cast.institution, "Now it is.")
    judge(session, cast, Decision.REINSTATE)
    assert cast.institution.state == VerificationState.APPROVED
    assert cast.need.state == NeedState.OPEN


def test_an_institution_cannot_be_rejected_like_a_need(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid):
        judge(session, cast, Decision.REJECT, "A reason.")
    with pytest.raises(Invalid):
        decide(session, cast, cast.need, Decision.SUSPEND, "A reason.")


@pytest.mark.parametrize("state", [CountryState.VIRTUAL_ONLY, CountryState.PAUSED])
def test_a_country_that_closes_sends_visits_back_and_keeps_remote_work(
    session: Session, cast: Cast, state: CountryState
) -> None:
    visit = make_need(session, cast.institution, kind=EngagementKind.VISIT, mode=Mode.ON_SITE)
    waiting = make_need(session, cast.institution, mode=Mode.MIXED, state=NeedState.APPROVED)
    elsewhere = make_need(session, make_institution(session, country="KE"), mode=Mode.ON_SITE)
    operations.set_country_status(
        session, cast.coordinator, country="SO", state=state, reason="Floods.", since=in_days(0)
    )
    assert visit.state == waiting.state == NeedState.CHANGES_REQUESTED
    assert "Floods." in visit.review_note
    assert cast.need.state == elsewhere.state == NeedState.OPEN
    assert told_matching(session) == 1
    assert len(mails(session, "need_decided")) == 4
    event = last_action(session)
    assert event.action == "country.status_set"
    assert event.details == {"country": "SO", "state": state, "needs_stopped": 2}


def test_a_status_is_changed_in_place_and_has_a_reason_and_a_day(
    session: Session, cast: Cast
) -> None:
    def set_status(**changes: Any) -> None:
        values = {"country": "SO", "state": CountryState.PAUSED, "reason": "Floods."}
        values["since"] = in_days(-2)
        operations.set_country_status(session, cast.coordinator, **{**values, **changes})

    set_status()
    set_status(state=CountryState.NORMAL, reason="The roads are open.")
    assert [item.state for item in session.scalars(select(CountryStatus))] == [CountryState.NORMAL]
    with pytest.raises(Invalid):
        set_status(reason=" ")
    with pytest.raises(Invalid):
        set_status(since=in_days(2))
    with pytest.raises(NotFound):
        operations.set_country_status(
            session,
            cast.owner,
            country="SO",
            state=CountryState.NORMAL,
            reason="Because.",
            since=in_days(0),
        )
