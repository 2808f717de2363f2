"""Reading an ORCID record: what is public, when its owner asked, and nothing unseen."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, EvidenceItem, Identity, OutboxEntry, ProposedItem, RecordImport
from models.choices import EvidenceKind, ProposalState, RecordState
from tests.support.client import PageClient
from tests.support.factories import Cast
from virtual_return.accounts import exports
from virtual_return.experts import orcid, orcid_client
from virtual_return.experts.jobs import read_orcid
from virtual_return.experts.orcid_record import is_orcid, read_record

ISSUER = "https://orcid.org"
IDENTIFIER = "0000-0002-1825-0097"
AFFILIATION = {
    "put-code": 11,
    "role-title": "Professor of hydrology",
    "department-name": "Water",
    "organization": {"name": "University of Tests", "address": {"country": "DE"}},
    "start-date": {"year": {"value": "2012"}},
    "end-date": None,
}
WORK = {
    "put-code": 31,
    "display-index": "0",
    "title": {"title": {"value": "Slow  sand\u0000 filters"}},
    "journal-title": {"value": "Journal of Water"},
    "publication-date": {"year": {"value": "2019"}},
    "url": {"value": "https://doi.example/1"},
}
RECORD: dict[str, Any] = {
    "orcid-identifier": {"path": IDENTIFIER},
    "person": {
        "name": {
            "given-names": {"value": "Josiah"},
            "family-name": {"value": "Carberry"},
            "credit-name": None,
        }
    },
    "activities-summary": {
        "employments": {
            "affiliation-group": [{"summaries": [{"employment-summary": AFFILIATION}]}]
        },
        "educations": {
            "affiliation-group": [
                {
                    "summaries": [
                        {
                            "education-summary": {
                                "put-code": 21,
                                "role-title": None,
                                "organization": {"name": "College of Tests"},
                                "start-date": {"year": {"value": "soon"}},
                            }
                        }
                    ]
                }
            ]
        },
        "works": {
            "group": [
                {
                    "work-summary": [
                        {**WORK, "put-code": 30, "title": {"title": {"value": "A draft"}}},
                        {**WORK, "display-index": "3"},
                    ]
                }
            ]
        },
    },
}


@dataclass
class Registry:
    """ORCID's public API on loopback."""

    status: int = 200
    body: Any = field(default_factory=lambda: copy.deepcopy(RECORD))
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def registry() -> Iterator[Registry]:
    state = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            body = state.body if isinstance(state.body, bytes) else json.dumps(state.body).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def linked(session: Session, cast: Cast) -> Cast:
    session.add(Identity(user_id=cast.expert.id, issuer=ISSUER, subject=IDENTIFIER))
    session.commit()
    session.expire_all()
    return cast


@pytest.fixture
def read(
    make_app: Callable[..., Flask], registry: Registry, session: Session
) -> Callable[[], None]:
    """Run the job as the worker would."""
    app = make_app(orcid_api_url=registry.url)

    def run() -> None:
        session.commit()
        row = session.scalars(select(RecordImport)).one()
        with app.app_context():
            read_orcid(row.id)
        session.expire_all()

    return run


def proposed(session: Session) -> list[tuple[str, ProposalState]]:
    rows = session.scalars(select(ProposedItem).order_by(ProposedItem.source_key))
    return [(item.source_key, item.state) for item in rows]


def test_a_record_is_mapped_item_by_item() -> None:
    record = read_record(RECORD)
    assert record.name == "Josiah Carberry"
    job, college, work = record.items
    assert (job.kind, job.title, job.text) == (
        EvidenceKind.POSITION, "Professor of hydrology", "Water, University of Tests",
    )  # fmt: skip
    assert (job.start_year, job.end_year) == (2012, None)
    assert (college.kind, college.title, college.start_year) == (
        EvidenceKind.QUALIFICATION, "College of Tests", None,
    )  # fmt: skip
    # The version that its author prefers, without what nobody can see.
    assert (work.key, work.title, work.link) == (
        "works:31", "Slow sand filters", "https://doi.example/1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        {"orcid-identifier": {}},
        {"orcid-identifier": {}, "person": None, "activities-summary": None},
        {"orcid-identifier": {}, "person": {"name": None}, "activities-summary": {"works": None}},
        {
            "orcid-identifier": {},
            "activities-summary": {
                "works": {"group": [None, {}, {"work-summary": [None, {"put-code": "x"}]}]},
                "employments": {"affiliation-group": [{"summaries": [{}, None]}]},
            },
        },
    ],
)
def test_whatever_is_private_or_missing_is_passed_over(document: dict[str, Any]) -> None:
    record = read_record(document)
    assert (record.name, record.items) == ("", ())


@pytest.mark.parametrize("document", [None, [], "text", {}, {"error": "no"}])
def test_what_is_no_record_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="no ORCID record"):
        read_record(document)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (IDENTIFIER, True),
        ("0000-0002-1694-233X", True),
        ("0000-0002-1825-0098", False),
        ("0000-0002-1825-009", False),
        ("../../etc/passwd-0000", False),
        ("", False),
    ],
)
def test_an_identifier_is_checked_by_its_last_sign(text: str, is_one: bool) -> None:
    assert is_orcid(text) is is_one


def test_without_a_linked_account_the_page_says_what_to_do(
    client: PageClient, session: Session, cast: Cast
) -> None:
    me = client.sign_in(cast.expert)
    assert "No ORCID account is linked yet" in me.get("/profile/orcid").text
    me.post("/profile/orcid/read", status=409)
    assert session.scalars(select(RecordImport)).all() == []


def test_asking_is_the_consent_and_leaves_the_rest_to_the_worker(
    client: PageClient, session: Session, linked: Cast, registry: Registry
) -> None:
    me = client.sign_in(linked.expert)
    me.submit(me.get("/profile/orcid"), action="/profile/orcid/read")
    entry = session.scalars(select(OutboxEntry).where(OutboxEntry.job == orcid.READ)).one()
    row = session.scalars(select(RecordImport)).one()
    assert entry.arguments == {"import_id": row.id}
    assert row.state is RecordState.WAITING
    assert "Your record is being read" in me.get("/profile/orcid").text
    assert registry.asked == []
    actions = session.scalars(select(AuditEvent.action)).all()
    assert "expert.record_asked" in actions


def test_nothing_enters_unseen_and_what_is_kept_becomes_evidence(
    client: PageClient, session: Session, linked: Cast, read: Callable[[], None], registry: Registry
) -> None:
    before = len(linked.profile.evidence)
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    assert registry.asked == [f"/{IDENTIFIER}/record"]
    assert len(linked.profile.evidence) == before
    me = client.sign_in(linked.expert)
    page = me.get("/profile/orcid")
    assert "3 items wait for your look" in page.text
    boxes = [item.attributes["value"] for item in page.document.all("input")
             if item.attributes.get("name") == "item"]  # fmt: skip
    me.post("/profile/orcid/items", {"do": "keep", "item": boxes[:1]})
    me.post("/profile/orcid/items", {"do": "refuse", "item": boxes[1:2]})
    kept = linked.profile.evidence[-1]
    assert (kept.title, kept.start_year) == ("Professor of hydrology", 2012)
    assert kept.anonymous_approved_at is None
    assert [state for _, state in proposed(session)] == [
        ProposalState.REFUSED, ProposalState.KEPT, ProposalState.WAITING,
    ]  # fmt: skip


def test_all_that_was_shown_can_be_kept_at_once(
    client: PageClient, session: Session, linked: Cast, read: Callable[[], None]
) -> None:
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    me = client.sign_in(linked.expert)
    page = me.get("/profile/orcid")
    shown = [item.attributes["value"] for item in page.document.all("input")
             if item.attributes.get("name") == "shown"]  # fmt: skip
    me.post("/profile/orcid/items", {"do": "keep_all", "shown": shown[:2]})
    assert [state for _, state in proposed(session)].count(ProposalState.KEPT) == 2
    me.post("/profile/orcid/items", {"do": "keep"})
    me.post("/profile/orcid/items", {"do": "keep", "item": ["forged", "x" * 500]})
    assert [state for _, state in proposed(session)].count(ProposalState.KEPT) == 2


def test_reading_again_proposes_what_changed_and_never_what_was_refused(
    session: Session, linked: Cast, read: Callable[[], None], registry: Registry
) -> None:
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    items = {item.source_key: item for item in session.scalars(select(ProposedItem))}
    orcid.keep(session, linked.expert, linked.profile, [items["employments:11"]])
    orcid.refuse(session, linked.expert, linked.profile, [items["educations:21"]])
    evidence_id = items["employments:11"].evidence_id
    session.commit()

    groups = registry.body["activities-summary"]
    job = groups["employments"]["affiliation-group"][0]["summaries"][0]["employment-summary"]
    job["end-date"] = {"year": {"value": "2025"}}
    college = groups["educations"]["affiliation-group"][0]["summaries"][0]["education-summary"]
    college["role-title"] = "Master"
    groups["works"] = None
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    assert proposed(session) == [
        ("educations:21", ProposalState.REFUSED),
        ("employments:11", ProposalState.WAITING),
    ]
    changed = session.scalars(select(ProposedItem).filter_by(source_key="employments:11")).one()
    orcid.keep(session, linked.expert, linked.profile, [changed])
    assert changed.evidence_id == evidence_id
    assert session.get_one(EvidenceItem, evidence_id).end_year == 2025


def test_the_name_is_taken_only_when_asked(
    client: PageClient, session: Session, linked: Cast, read: Callable[[], None]
) -> None:
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    assert linked.expert.name == "Elias Expert"
    me = client.sign_in(linked.expert)
    assert "Your record calls you Josiah Carberry" in me.get("/profile/orcid").text
    me.post("/profile/orcid/name")
    assert linked.expert.name == "Josiah Carberry"


@pytest.mark.parametrize(
    ("status", "body", "state", "words"),
    [
        (503, b"", RecordState.AWAY, "ORCID does not answer now"),
        (302, b"", RecordState.AWAY, "ORCID does not answer now"),
        (404, b"{}", RecordState.MISSING, "There is no public record"),
        (409, b"{}", RecordState.MISSING, "There is no public record"),
        (200, b"<html>", RecordState.UNREADABLE, "could not be read"),
        (200, b"[]", RecordState.UNREADABLE, "could not be read"),
    ],
)
def test_each_failure_has_words_and_loses_nothing(
    client: PageClient,
    session: Session,
    linked: Cast,
    read: Callable[[], None],
    registry: Registry,
    status: int,
    body: bytes,
    state: RecordState,
    words: str,
) -> None:
    registry.status, registry.body = status, body
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    assert session.scalars(select(RecordImport)).one().state is state
    assert words in client.sign_in(linked.expert).get("/profile/orcid").text
    # Asking again reads it again.
    registry.status, registry.body = 200, copy.deepcopy(RECORD)
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    assert len(proposed(session)) == 3


def test_an_answer_that_never_ends_is_cut_off(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orcid_client, "LARGEST_BYTES", 1000)
    registry.body = b"[" + b"1," * 5000 + b"1]"
    with pytest.raises(orcid_client.RecordUnreadableError):
        orcid_client.fetch(registry.url, IDENTIFIER)


def test_a_second_run_of_the_job_changes_nothing(
    session: Session, linked: Cast, read: Callable[[], None], registry: Registry
) -> None:
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    read()
    assert len(registry.asked) == 1


def test_somebody_elses_items_cannot_be_kept(
    client: PageClient, session: Session, linked: Cast, read: Callable[[], None]
) -> None:
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    me = client.sign_in(linked.expert)
    boxes = [item.attributes["value"] for item in me.get("/profile/orcid").document.all("input")
             if item.attributes.get("name") == "item"]  # fmt: skip
    other = client.sign_in(linked.owner)
    page = other.post("/profile/orcid/items", {"do": "keep", "item": boxes})
    assert page.location == "/profile"
    assert {state for _, state in proposed(session)} == {ProposalState.WAITING}


def test_the_export_holds_what_waits(
    session: Session, linked: Cast, read: Callable[[], None]
) -> None:
    orcid.ask(session, linked.expert, linked.profile, ISSUER)
    read()
    document = exports.collect(session, linked.expert)
    titles = {item["title"] for item in document["profile"]["proposed"]}
    assert titles == {"Professor of hydrology", "College of Tests", "Slow sand filters"}
