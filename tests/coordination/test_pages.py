"""The pages of programme staff."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models import CountryStatus, now
from models.choices import CountryState, NeedState, Role, VerificationState
from tests.needs.test_browsing import counted
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_need
from virtual_return.audit import record

PATHS = (
    "/coordination/queue",
    "/coordination/institutions",
    "/coordination/countries",
    "/coordination/audit",
    "/coordination/overview",
)


def test_nobody_else_learns_that_these_pages_exist(client: PageClient, cast: Cast) -> None:
    pages = [
        *PATHS,
        f"/coordination/needs/{cast.need.public_id}",
        f"/coordination/institutions/{cast.institution.public_id}",
    ]
    for path in pages:
        assert "/sign-in" in client.get(path, status=302).location
        for user in (cast.owner, cast.stranger, cast.expert):
            client.sign_in(user).get(path, status=404)


def test_the_oldest_waits_first_and_each_says_how_long(
    client: PageClient, session: Session, cast: Cast
) -> None:
    for title, days in (("Newer", 2), ("Older", 9)):
        make_need(
            session,
            cast.institution,
            title=title,
            state=NeedState.SUBMITTED,
            submitted_at=now() - timedelta(days=days),
        )
    make_institution(session, state=VerificationState.SUBMITTED, working_name="Waiting College")
    page = client.sign_in(cast.coordinator).get("/coordination/queue")
    assert page.text.index("Older") < page.text.index("Newer")
    assert "for 9 days" in page.text
    assert "Waiting College" in page.text


def test_an_empty_queue_says_so(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.coordinator).get("/coordination/queue")
    assert "Nothing waits" in page.text


def test_the_queue_costs_the_same_however_much_waits(
    client: PageClient, session: Session, connection: Connection, cast: Cast
) -> None:
    browser = client.sign_in(cast.coordinator)
    make_need(session, cast.institution, state=NeedState.SUBMITTED, submitted_at=now())
    with counted(connection) as one:
        browser.get("/coordination/queue")
    for _ in range(10):
        institution = make_institution(session, state=VerificationState.SUBMITTED)
        make_need(session, institution, state=NeedState.SUBMITTED, submitted_at=now())
    with counted(connection) as many:
        browser.get("/coordination/queue")
    assert len(one) == len(many)


def test_a_need_is_read_whole_and_decided(client: PageClient, session: Session, cast: Cast) -> None:
    cast.need.state, cast.need.submitted_at = NeedState.SUBMITTED, now()
    browser = client.sign_in(cast.coordinator)
    path = f"/coordination/needs/{cast.need.public_id}"
    page = browser.get(path)
    for words in (cast.need.counterpart_name, cast.need.who_learns, cast.need.local_search):
        assert words in page.text
    refused = browser.submit(page, {"decision": "request_changes", "reason": ""}, status=422)
    assert "Give the reason" in refused.text
    assert cast.need.state == NeedState.SUBMITTED
    browser.submit(page, {"decision": "request_changes", "reason": "Who learns?"})
    assert cast.need.state == NeedState.CHANGES_REQUESTED
    browser.post(path, {"decision": "approve"}, status=409)


@pytest.mark.parametrize("decision", ["", "suspend", "delete", "approve' --"])
def test_a_decision_that_is_not_offered_is_refused(
    client: PageClient, session: Session, cast: Cast, decision: str
) -> None:
    cast.need.state, cast.need.submitted_at = NeedState.SUBMITTED, now()
    path = f"/coordination/needs/{cast.need.public_id}"
    client.sign_in(cast.coordinator).post(path, {"decision": decision}, status=422)
    assert cast.need.state == NeedState.SUBMITTED


def test_a_need_that_cannot_be_approved_says_why(
    client: PageClient, session: Session, cast: Cast
) -> None:
    cast.need.state, cast.need.submitted_at, cast.need.who_learns = NeedState.SUBMITTED, now(), ""
    browser = client.sign_in(cast.coordinator)
    path = f"/coordination/needs/{cast.need.public_id}"
    assert "Say who at your institution learns" in browser.get(path).text
    browser.post(path, {"decision": "approve"}, status=422)
    assert cast.need.state == NeedState.SUBMITTED


def test_an_institution_is_verified(client: PageClient, session: Session, cast: Cast) -> None:
    cast.institution.state = VerificationState.SUBMITTED
    cast.institution.verification_evidence = "See our charter."
    browser = client.sign_in(cast.coordinator)
    path = f"/coordination/institutions/{cast.institution.public_id}"
    page = browser.get(path)
    assert "See our charter." in page.text
    assert "owner@university.example" in page.text
    assert "Address of this domain" in page.text
    browser.submit(page, {"decision": "approve"})
    assert cast.institution.state == VerificationState.APPROVED


def test_one_does_not_decide_about_ones_own(
    client: PageClient, session: Session, cast: Cast
) -> None:
    add_member(session, cast.institution, cast.coordinator, Role.VIEWER)
    cast.need.state, cast.need.submitted_at = NeedState.SUBMITTED, now()
    browser = client.sign_in(cast.coordinator)
    assert "another coordinator decides" in browser.get("/coordination/queue").text
    path = f"/coordination/needs/{cast.need.public_id}"
    page = browser.get(path)
    assert not page.document.one("main").all("form")
    browser.post(path, {"decision": "approve"}, status=403)
    assert cast.need.state == NeedState.SUBMITTED


def test_who_decided_before_is_told_when_it_is_appealed(
    client: PageClient, session: Session, cast: Cast
) -> None:
    cast.need.state, cast.need.submitted_at = NeedState.SUBMITTED, now()
    browser = client.sign_in(cast.coordinator)
    path = f"/coordination/needs/{cast.need.public_id}"
    browser.post(path, {"decision": "reject", "reason": "Not for us."})
    client.sign_in(cast.owner).post(f"/needs/{cast.need.public_id}/appeal", {"appeal": "It is."})
    assert "Appeal" in browser.get("/coordination/queue").text
    page = browser.get(path)
    assert "It is." in page.text
    assert "You made the decision that is appealed" in page.text


def test_a_draft_is_the_institutions_own(client: PageClient, session: Session, cast: Cast) -> None:
    cast.need.state = NeedState.DRAFT
    browser = client.sign_in(cast.coordinator)
    browser.get(f"/coordination/needs/{cast.need.public_id}", status=404)
    page = browser.get(f"/coordination/institutions/{cast.institution.public_id}")
    assert cast.need.title not in page.text


def test_a_country_status_is_set_with_its_reason(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.coordinator)
    page = browser.get("/coordination/countries")
    browser.submit(page, {"country": "SO", "state": "paused", "reason": ""}, status=422)
    browser.submit(page, {"country": "ZZ", "state": "paused", "reason": "x"}, status=422)
    late = {"country": "SO", "state": "paused", "reason": "x", "since": "2999-01-01"}
    browser.submit(page, late, status=422)
    browser.submit(page, {"country": "SO", "state": "virtual_only", "reason": "Floods."})
    assert "Floods." in browser.get("/coordination/countries").text
    [status] = session.query(CountryStatus).all()
    assert (status.state, status.since) == (CountryState.VIRTUAL_ONLY, now().date())


def test_the_audit_trail_has_pages_and_no_names(
    client: PageClient, session: Session, cast: Cast
) -> None:
    for number in range(60):
        record(session, "test.act", actor_id=cast.owner.id, object_kind="need", object_id=number)
    browser = client.sign_in(cast.coordinator)
    page = browser.get("/coordination/audit")
    assert len(page.document.one("ol", class_="timeline").all("li")) == 50
    assert "need 59" in page.text
    assert cast.owner.name not in page.text
    assert "need 3" in browser.get(page.links["Next"]).text
    browser.get("/coordination/audit?page=99999999999999")


def test_the_overview_counts(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.coordinator).get("/coordination/overview")
    assert "Open needs" in page.text
    assert cast.profile.headline not in page.text


def test_institutions_are_listed_by_state(client: PageClient, session: Session, cast: Cast) -> None:
    make_institution(session, state=VerificationState.SUSPENDED, working_name="Gone College")
    browser = client.sign_in(cast.coordinator)
    page = browser.get("/coordination/institutions?state=suspended")
    assert "Gone College" in page.text
    assert "Sea University" not in page.text
    assert "Sea University" in browser.get("/coordination/institutions?state=nonsense").text
