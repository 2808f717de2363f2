"""A record in the DNS, looked for by the worker."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import InstitutionEvidence, now
from models.choices import ProofKind, ProofState
from tests.support.client import PageClient
from tests.support.evidence import audited, enqueued, make_draft
from tests.support.factories import Cast
from virtual_return.errors import Conflict, Invalid
from virtual_return.institutions import checking, evidence, evidence_queries, jobs
from virtual_return.institutions.fetching import FetchError, Network

Texts = dict[str, list[str]]


@pytest.fixture
def check(app: Flask, session: Session) -> Iterator[Callable[[InstitutionEvidence, Texts], None]]:
    """Let the worker look at name servers that answer so."""

    def look(item: InstitutionEvidence, texts: Texts) -> None:
        session.commit()
        network = Network(texts=lambda name: texts.get(name, []))
        jobs.Checker(network).check(item.id)
        session.expire_all()

    with app.app_context():
        yield look


def record_of(item: InstitutionEvidence) -> Texts:
    return {checking.record_name(item.domain): [checking.expected(item.challenge)]}


def test_a_record_proves_the_domain(
    session: Session, cast: Cast, check: Callable[[InstitutionEvidence, Texts], None]
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    evidence.ask_for_check(session, cast.owner, institution, item)
    assert enqueued(session, evidence.CHECK) == [{"evidence_id": item.id}]
    check(item, record_of(item))
    assert item.state == ProofState.PROVED
    assert item.proved_at
    assert evidence_queries.grounds(session, institution) == ["dns"]
    check(item, record_of(item))
    assert audited(session, institution) == ["evidence_added", "evidence_proved"]


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({}, "nothing_there"),
        ({"gollis.example": ["v=spf1 -all"]}, "nothing_there"),
        ({"gollis.example": ["virtual-return-verification=somebody-elses"]}, "other_text"),
        ({"other.example": ["virtual-return-verification={challenge}"]}, "nothing_there"),
    ],
)
def test_what_is_not_there_proves_nothing(
    session: Session,
    cast: Cast,
    check: Callable[[InstitutionEvidence, Texts], None],
    texts: Texts,
    fault: str,
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    check(
        item,
        {
            name: [text.replace("{challenge}", item.challenge) for text in lines]
            for name, lines in texts.items()
        },
    )
    assert (item.state, item.fault) == (ProofState.WAITING, fault)
    assert checking.explain(item.fault)


def test_the_record_may_stand_at_the_domain_itself(
    session: Session, cast: Cast, check: Callable[[InstitutionEvidence, Texts], None]
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    check(item, {item.domain: ["v=spf1 -all", f'"{checking.expected(item.challenge)}"']})
    assert item.state == ProofState.PROVED


def test_the_line_of_one_institution_proves_no_other(
    session: Session, cast: Cast, check: Callable[[InstitutionEvidence, Texts], None]
) -> None:
    mine = make_draft(session, cast.owner)
    theirs = make_draft(session, cast.stranger)
    item = evidence.begin_domain_proof(session, cast.owner, mine, ProofKind.DNS)
    other = evidence.begin_domain_proof(session, cast.stranger, theirs, ProofKind.DNS)
    check(other, record_of(item))
    assert (other.state, other.fault) == (ProofState.WAITING, "other_text")


def test_name_servers_that_do_not_answer_are_asked_again(
    app: Flask, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)

    def silent(_name: str) -> list[str]:
        raise FetchError("no_name_server")

    session.commit()
    with app.app_context():
        jobs.Checker(Network(texts=silent)).check(item.id)
    session.expire_all()
    assert (item.state, item.fault) == (ProofState.WAITING, "no_name_server")
    assert item.next_check_at


def test_one_failed_look_takes_nothing_away_at_once_and_a_week_does(
    session: Session, cast: Cast, check: Callable[[InstitutionEvidence, Texts], None]
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    check(item, record_of(item))
    check(item, {})
    assert item.state == ProofState.WAITING
    item.expires_at = now() - timedelta(minutes=1)
    jobs.run_clocks(session)
    assert item.state == ProofState.FAILED
    assert "evidence_given_up" in audited(session, institution)
    # Asked again, it begins anew.
    item.checked_at = now() - timedelta(hours=1)
    evidence.ask_for_check(session, cast.owner, institution, item)
    check(item, record_of(item))
    assert item.state == ProofState.PROVED


def test_the_clock_looks_once_an_hour(session: Session, cast: Cast, app: Flask) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    with app.app_context():
        jobs.run_clocks(session)
        assert enqueued(session, evidence.CHECK) == []
        item.next_check_at = now() - timedelta(minutes=1)
        jobs.run_clocks(session)
        jobs.run_clocks(session)
    assert len(enqueued(session, evidence.CHECK)) == 1
    assert item.next_check_at > now()


def test_what_was_removed_or_begun_anew_meanwhile_is_not_written(
    app: Flask, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    item = evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    expected = checking.expected(item.challenge)
    session.commit()

    def answer(_name: str) -> list[str]:
        item.challenge = "another"
        session.commit()
        return [expected]

    with app.app_context():
        jobs.Checker(Network(texts=answer)).check(item.id)
        session.expire_all()
        assert item.state == ProofState.WAITING
        evidence.remove(session, cast.owner, institution, item)
        session.commit()
        jobs.Checker(Network(texts=answer)).check(item.id)


def test_a_domain_that_is_everybodys_is_not_begun(session: Session, cast: Cast) -> None:
    for domain in ("", "gmail.com", "blogspot.com", "com"):
        institution = make_draft(session, cast.owner, domain=domain, website="")
        with pytest.raises(Invalid):
            evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.DNS)
    institution = make_draft(session, cast.owner)
    with pytest.raises(Invalid):
        evidence.begin_domain_proof(session, cast.owner, institution, ProofKind.NOTE)


def test_the_page_says_what_to_put_where(client: PageClient, session: Session, cast: Cast) -> None:
    institution = make_draft(session, cast.owner)
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{institution.public_id}/evidence"
    browser.get(path)
    browser.post(f"{path}/domain", {"kind": "dns"})
    browser.post(f"{path}/domain", {"kind": "dns"})
    browser.post(f"{path}/domain", {"kind": "site_file"})
    browser.post(f"{path}/domain", {"kind": "note"}, status=422)
    items = evidence_queries.for_members(session, institution)
    assert sorted(item.kind for item in items) == [ProofKind.DNS, ProofKind.SITE_FILE]
    page = browser.get(path)
    assert "_virtual-return.gollis.example" in page.text
    assert "https://gollis.example/.well-known/virtual-return.txt" in page.text
    for item in items:
        assert checking.expected(item.challenge) in page.text
        browser.post(f"{path}/{item.public_id}/check")
    assert len(enqueued(session, evidence.CHECK)) == 2
    items[0].checked_at, items[0].fault = now(), "other_text"
    assert "Copy it again" in browser.get(path).text
    browser.post(f"{path}/{items[0].public_id}/check", status=409)
    with pytest.raises(Conflict):
        evidence.ask_for_check(session, cast.owner, institution, items[0])
    browser.post(f"{path}/{items[0].public_id}/remove")
    assert len(evidence_queries.for_members(session, institution)) == 1
    client.sign_in(cast.stranger).post(f"{path}/{items[1].public_id}/remove", status=404)
