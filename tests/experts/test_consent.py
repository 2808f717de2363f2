"""Consent holds at once: levels, pauses, blocks, hiding, deletion, erasure, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    Base,
    Block,
    Embedding,
    EvidenceItem,
    Expert,
    MailMessage,
    MatchSnapshot,
    OutboxEntry,
    User,
    now,
)
from models.choices import Band, BlockKind, MailState, OwnerKind, VerificationState, Visibility
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_user
from virtual_return.accounts import exports
from virtual_return.accounts.erasure import erase
from virtual_return.experts import leaving, privacy, withdrawal


@pytest.fixture
def me(client: PageClient, cast: Cast) -> PageClient:
    return client.sign_in(cast.expert)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Ids of experts whose withdrawal was announced."""
    announced: list[int] = []
    monkeypatch.setattr(
        withdrawal, "_hooks", [lambda _session, expert: announced.append(expert.id)]
    )
    return announced


def write_mail(session: Session, to: User, *mentions: int) -> MailMessage:
    message = MailMessage(
        user_id=to.id, kind="digest", message_id=f"<{to.id}-{len(mentions)}@x>",
        recipient=to.email or "", subject="s", body_text="b", mentions_experts=list(mentions),
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def add_match(session: Session, cast: Cast) -> None:
    session.add(
        MatchSnapshot(need=cast.need, expert=cast.profile, band=Band.STRONG, score=0.5)
    )  # fmt: skip
    session.flush()


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_hiding_takes_everything_away_from_others(
    me: PageClient, cast: Cast, session: Session, told: list[int]
) -> None:
    mail = write_mail(session, cast.owner, cast.profile.id)
    other = write_mail(session, cast.member)
    add_match(session, cast)
    me.submit(me.get("/profile"), action="/profile/hide")
    assert cast.profile.visibility == Visibility.HIDDEN
    assert not privacy.can_institution_see(session, cast.institution, cast.profile.id)
    assert (mail.state, mail.body_text) == (MailState.CANCELLED, "")
    assert other.state == MailState.WAITING
    assert count(session, MatchSnapshot) == 0
    assert told == [cast.profile.id]
    assert count(session, OutboxEntry) == 1
    event = session.scalar(select(AuditEvent))
    assert event is not None
    assert event.action == "expert.hidden"


@pytest.mark.parametrize("level", list(Visibility))
def test_a_level_is_chosen_in_words(me: PageClient, cast: Cast, level: Visibility) -> None:
    page = me.get("/profile/visibility")
    assert "without your name" in page.text
    me.submit(page, {"visibility": level.value}, action="/profile/visibility")
    assert cast.profile.visibility == level


@pytest.mark.parametrize("sent", ["", "everybody", "HIDDEN"])
def test_a_level_that_does_not_exist_is_refused(me: PageClient, cast: Cast, sent: str) -> None:
    me.post("/profile/visibility", {"visibility": sent}, status=422)
    assert cast.profile.visibility == Visibility.INSTITUTIONS_ANONYMOUS


def test_a_lower_level_is_a_withdrawal_and_a_higher_one_is_not(
    me: PageClient, cast: Cast, told: list[int]
) -> None:
    me.post("/profile/visibility", {"visibility": "members"})
    assert told == []
    me.post("/profile/visibility", {"visibility": "staff"})
    assert told == [cast.profile.id]


def test_a_pause_hides_and_keeps_the_level(
    me: PageClient, cast: Cast, session: Session, told: list[int]
) -> None:
    until = now().date() + timedelta(days=30)
    page = me.get("/profile/visibility")
    me.submit(page, {"until": until.isoformat()}, action="/profile/pause")
    assert not privacy.can_institution_see(session, cast.institution, cast.profile.id)
    assert cast.profile.visibility == Visibility.INSTITUTIONS_ANONYMOUS
    assert told == [cast.profile.id]
    assert "Paused until" in me.get("/profile").text
    me.submit(me.get("/profile/visibility"), action="/profile/resume")
    assert privacy.can_institution_see(session, cast.institution, cast.profile.id)


@pytest.mark.parametrize("until", ["1999-01-01", "yesterday", "9999-12-31"])
def test_a_pause_that_cannot_be_is_refused(me: PageClient, cast: Cast, until: str) -> None:
    me.post("/profile/pause", {"until": until}, status=422)
    assert not privacy.is_paused(cast.profile)


def test_a_pause_without_an_end_lasts(me: PageClient, cast: Cast) -> None:
    me.post("/profile/pause", {"until": ""})
    assert cast.profile.is_paused
    assert "until you come back" in me.get("/profile/visibility").text


def test_a_country_a_domain_and_an_institution_are_blocked_and_taken_off(
    me: PageClient, cast: Cast, session: Session
) -> None:
    me.post("/profile/blocks/country", {"country": "SO"})
    me.post("/profile/blocks/domain", {"domain": "https://www.University.example/about"})
    page = me.get("/profile/visibility?q=sea")
    assert "Sea University" in page.text
    me.submit(page, action="/profile/blocks/institution")
    me.post("/profile/blocks/country", {"country": "SO"})
    assert {(row.kind, row.value) for row in cast.profile.blocks} == {
        (BlockKind.COUNTRY, "SO"),
        (BlockKind.DOMAIN, "university.example"),
        (BlockKind.INSTITUTION, str(cast.institution.id)),
    }
    for _each in range(3):
        page = me.get("/profile/visibility")
        assert not privacy.can_institution_see(session, cast.institution, cast.profile.id)
        action = next(form.attributes["action"] for form in page.document.all("form")
                      if form.attributes.get("action", "").endswith("/remove"))  # fmt: skip
        me.submit(page, action=action)
    assert cast.profile.blocks == []
    assert privacy.can_institution_see(session, cast.institution, cast.profile.id)


@pytest.mark.parametrize(
    "domain", ["", "%", "_.example", "com", "a b.example", "x" * 300, "evil%.example", "-a.example"]
)
def test_a_domain_that_is_none_is_refused(me: PageClient, cast: Cast, domain: str) -> None:
    me.post("/profile/blocks/domain", {"domain": domain}, status=422)
    assert cast.profile.blocks == []


@pytest.mark.parametrize("country", ["", "ZZ", "so", "Somalia"])
def test_a_country_that_is_none_is_refused(me: PageClient, cast: Cast, country: str) -> None:
    me.post("/profile/blocks/country", {"country": country}, status=422)
    assert cast.profile.blocks == []


def test_an_institution_that_nobody_may_see_is_neither_found_nor_blocked(
    me: PageClient, session: Session
) -> None:
    draft = make_institution(session, state=VerificationState.DRAFT, working_name="Secret Place")
    assert "Secret Place" not in me.get("/profile/visibility?q=secret").text
    me.post("/profile/blocks/institution", {"institution": draft.public_id}, status=404)
    me.post("/profile/blocks/institution", {"institution": "x" * 99}, status=404)


def test_a_block_stops_mail_to_those_it_names_and_to_nobody_else(
    me: PageClient, cast: Cast, session: Session
) -> None:
    elsewhere = make_user(session)
    add_member(session, make_institution(session, country="KE"), elsewhere)
    stopped = write_mail(session, cast.owner, cast.profile.id)
    kept = write_mail(session, elsewhere, cast.profile.id, 0)
    me.post("/profile/blocks/country", {"country": "SO"})
    assert (stopped.state, kept.state) == (MailState.CANCELLED, MailState.WAITING)


def test_the_block_of_another_person_does_not_exist(
    client: PageClient, cast: Cast, session: Session
) -> None:
    cast.profile.blocks.append(Block(kind=BlockKind.COUNTRY, value="SO"))
    session.flush()
    page = client.sign_in(cast.expert).get("/profile/visibility")
    action = next(form.attributes["action"] for form in page.document.all("form")
                  if form.attributes.get("action", "").endswith("/remove"))  # fmt: skip
    stranger = client.sign_in(cast.stranger)
    stranger.post("/profile/start")
    stranger.post(action, status=404)
    assert len(cast.profile.blocks) == 1


def add_vector(session: Session, expert: Expert) -> None:
    session.add(
        Embedding(
            owner_kind=OwnerKind.EXPERT, owner_id=expert.id, item="about", encoder="e",
            revision="1", text_hash="h", dimension=1, vector=b"0000",
        )
    )  # fmt: skip
    session.flush()


def test_a_deleted_profile_leaves_nothing(
    me: PageClient, cast: Cast, session: Session, told: list[int]
) -> None:
    expert_id = cast.profile.id
    add_match(session, cast)
    add_vector(session, cast.profile)
    mail = write_mail(session, cast.owner, expert_id)
    page = me.get("/profile/delete")
    assert "cannot be undone" in page.text
    me.submit(page)
    for table in (Expert, EvidenceItem, MatchSnapshot, Embedding):
        assert count(session, table) == 0
    assert mail.state == MailState.CANCELLED
    assert told == [expert_id]
    assert "Begin" in me.get("/profile").text
    me.post("/profile/start")


def test_erasing_the_account_takes_the_profile_along(
    app: Flask, cast: Cast, session: Session, told: list[int]
) -> None:
    expert_id = cast.profile.id
    add_vector(session, cast.profile)
    with app.test_request_context():
        receipt = erase(session, cast.expert, cast.expert)
    assert receipt.counts["evidence"] == 1
    assert count(session, Expert) == count(session, Embedding) == 0
    assert told == [expert_id]


def test_the_export_holds_the_whole_profile(app: Flask, cast: Cast, session: Session) -> None:
    with app.test_request_context():
        document = json.loads(exports.to_json(exports.collect(session, cast.expert)))
    profile = document["profile"]
    assert profile["headline"] == cast.profile.headline
    assert profile["evidence"][0]["title"] == cast.profile.evidence[0].title
    assert {"skills", "languages", "ties", "blocks", "availability"} <= profile.keys()
    assert "user_id" not in profile
    assert leaving.export(session, cast.stranger) is None
