"""Mail to the institution's own domain, and who may give or read what."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import now
from models.choices import ProofKind, ProofState, Role, VerificationState
from tests.support.client import PageClient
from tests.support.evidence import audited, mails, make_draft
from tests.support.factories import Cast, add_member, make_user
from virtual_return.errors import Conflict, Forbidden, Invalid, NotFound
from virtual_return.institutions import domains, evidence, evidence_queries

ADDRESS = "registrar@gollis.example"


@pytest.mark.parametrize(
    ("domain", "website", "email", "is_own"),
    [
        ("gollis.example", "https://www.gollis.example/", "a@gollis.example", True),
        ("gollis.example", "https://gollis.example/", "a@staff.gollis.example", True),
        ("gollis.example", "https://gollis.example/", "a@GOLLIS.example", True),
        ("uni-bremen.de", "", "a@uni-bremen.de", True),
        ("gollis.example", "", "a@gollis.example", False),
        ("gollis.example", "https://elsewhere.example/", "a@gollis.example", False),
        ("gollis.example", "https://gollis.example/", "a@gollis.example.evil.example", False),
        ("gollis.example", "https://gollis.example/", "a@notgollis.example", False),
        ("gmail.com", "https://gmail.com/", "a@gmail.com", False),
        ("blogspot.com", "https://blogspot.com/", "a@blogspot.com", False),
        ("edu.so", "https://edu.so/", "a@uni.edu.so", False),
        ("", "", "a@gollis.example", False),
        ("gollis.example", "https://gollis.example/", "gollis.example", True),
        ("gollis.example", "https://[broken", "a@gollis.example", False),
    ],
)
def test_an_address_is_its_own_where_others_know_the_domain(
    session: Session, cast: Cast, domain: str, website: str, email: str, is_own: bool
) -> None:
    institution = make_draft(session, cast.owner, domain=domain, website=website)
    assert domains.is_own_address(institution, email) is is_own


def test_a_mailed_link_proves_the_domain_once(
    client: PageClient, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{institution.public_id}/evidence"
    page = browser.get(path)
    browser.submit(page, {"email": ADDRESS}, action=f"{path}/email")
    message = mails(session, "institution_email_proof")[0]
    assert message.recipient == ADDRESS
    assert ADDRESS not in message.subject
    link = re.search(r"/institutions/\S+/prove/\S+", message.body_text)
    assert link
    # Opening it changes nothing: programs that look into mail open every link.
    opened = browser.get(link[0])
    assert evidence_queries.grounds(session, institution) == []
    assert browser.submit(opened).location.endswith("/evidence")
    assert evidence_queries.grounds(session, institution) == ["email"]
    assert evidence_queries.proved_domains(session, institution) == {"gollis.example"}
    assert "Proved" in browser.get(path).text
    assert "leads nowhere any more" in browser.get(link[0]).text
    browser.post(link[0], status=409)
    assert audited(session, institution)[-3:] == [
        "evidence_added", "evidence_proved", "evidence_link_refused",
    ]  # fmt: skip


def test_an_address_elsewhere_is_refused_in_words_that_help(
    client: PageClient, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{institution.public_id}/evidence"
    page = browser.post(f"{path}/email", {"email": "rector@gmail.com"}, status=422)
    assert "This address is not at gollis.example" in page.text
    assert "rector@gmail.com" in page.html
    assert mails(session, "institution_email_proof") == []
    assert "address_refused" in audited(session, institution)
    institution.website = ""
    assert "We know the domain neither" in browser.post(
        f"{path}/email", {"email": ADDRESS}, status=422
    ).text  # fmt: skip
    institution.domain = ""
    assert "into its description first" in browser.post(
        f"{path}/email", {"email": ADDRESS}, status=422
    ).text  # fmt: skip
    browser.post(f"{path}/email", {"email": "nonsense"}, status=422)


def test_a_link_runs_out_and_is_worth_nothing_to_others(session: Session, cast: Cast) -> None:
    institution = make_draft(session, cast.owner)
    token = evidence.begin_email_proof(session, cast.owner, institution, ADDRESS)
    with pytest.raises(NotFound):
        evidence.prove_email(session, cast.stranger, institution, token)
    with pytest.raises(Conflict):
        evidence.prove_email(session, cast.owner, institution, token + "x")
    other = make_draft(session, cast.owner)
    with pytest.raises(Conflict):
        evidence.prove_email(session, cast.owner, other, token)
    item = evidence_queries.all_of(session, institution)[0]
    item.expires_at = now() - timedelta(minutes=1)
    with pytest.raises(Conflict):
        evidence.prove_email(session, cast.owner, institution, token)
    assert item.state == ProofState.WAITING
    assert token not in item.challenge


def test_what_was_proved_counts_only_while_the_domain_is_its_own(
    session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    token = evidence.begin_email_proof(session, cast.owner, institution, ADDRESS)
    evidence.prove_email(session, cast.owner, institution, token)
    assert evidence_queries.grounds(session, institution) == ["email"]
    institution.domain, institution.website = "harvard.example", "https://harvard.example/"
    assert evidence_queries.grounds(session, institution) == []
    assert evidence_queries.proved_domains(session, institution) == frozenset()


def test_only_those_who_act_for_an_institution_give_evidence(session: Session, cast: Cast) -> None:
    institution = make_draft(session, cast.owner)
    viewer = make_user(session)
    add_member(session, institution, viewer, Role.VIEWER)
    for outsider in (cast.stranger, cast.coordinator):
        with pytest.raises(NotFound):
            evidence.begin_email_proof(session, outsider, institution, ADDRESS)
        with pytest.raises(NotFound):
            evidence.begin_domain_proof(session, outsider, institution, ProofKind.DNS)
    with pytest.raises(Forbidden):
        evidence.begin_domain_proof(session, viewer, institution, ProofKind.DNS)
    institution.state = VerificationState.SUSPENDED
    with pytest.raises(Conflict):
        evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)


def test_nobody_piles_up_evidence_without_end(session: Session, cast: Cast) -> None:
    institution = make_draft(session, cast.owner)
    for _ in range(evidence.MAXIMUM_PIECES):
        evidence.begin_email_proof(session, cast.owner, institution, ADDRESS)
    with pytest.raises(Conflict):
        evidence.begin_email_proof(session, cast.owner, institution, ADDRESS)


def test_a_note_is_read_by_staff_alone(client: PageClient, session: Session, cast: Cast) -> None:
    institution = make_draft(session, cast.owner, state=VerificationState.SUBMITTED)
    staff = client.sign_in(cast.coordinator)
    path = f"/coordination/institutions/{institution.public_id}"
    failed = staff.post(f"{path}/note", {"note": " "}, status=422)
    assert "Write what you found out" in failed.text
    staff.post(f"{path}/note", {"note": "Called the registrar on Monday."})
    assert "Called the registrar" in staff.get(path).text
    owner = client.sign_in(cast.owner)
    for end in ("", "/evidence", "/verification"):
        page = owner.get(f"/institutions/{institution.public_id}{end}")
        assert "Called the registrar" not in page.html
    owner.post(f"{path}/note", {"note": "Trust us."}, status=404)
    note = evidence_queries.all_of(session, institution)[0]
    with pytest.raises(Conflict):
        evidence.remove(session, cast.owner, institution, note)
    assert evidence_queries.grounds(session, institution) == ["note"]


def test_a_coordinator_writes_no_note_about_their_own(session: Session, cast: Cast) -> None:
    institution = make_draft(session, cast.coordinator)
    with pytest.raises(Forbidden):
        evidence.add_note(session, cast.coordinator, institution, "Fine.")
    with pytest.raises(Invalid):
        evidence.add_note(session, cast.coordinator, make_draft(session, cast.owner), "  ")


def test_a_proof_is_enough_to_be_sent_and_is_shown_on_the_way(
    client: PageClient, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{institution.public_id}/verification"
    refused = browser.submit(browser.get(path), {"evidence": ""}, status=422)
    assert "Say how programme staff can verify" in refused.text
    token = evidence.begin_email_proof(session, cast.owner, institution, ADDRESS)
    evidence.prove_email(session, cast.owner, institution, token)
    page = browser.get(path)
    assert "Mail to its own domain" in page.text
    browser.submit(page, {"evidence": ""})
    assert institution.state == VerificationState.SUBMITTED
    assert institution.submitted_at
