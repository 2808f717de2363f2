"""Erasing an account: immediate, complete, provable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Text, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    Base,
    DigestPreference,
    Embedding,
    Engagement,
    Expert,
    Identity,
    Institution,
    MailMessage,
    MatchSnapshot,
    Need,
    SignInToken,
    User,
)
from models.choices import (
    Band,
    DigestList,
    EngagementState,
    MailState,
    NeedState,
    OwnerKind,
    Role,
    VerificationState,
)
from tests.support.client import PageClient
from tests.support.factories import (
    Cast,
    add_member,
    make_expert,
    make_institution,
    make_need,
    make_user,
)
from virtual_return.accounts import email_links, erasure, operations
from virtual_return.errors import Conflict, Forbidden, NotFound
from virtual_return.jobs.mailing import post

EMAIL = "zuleika.unmistakable@example.org"
NAME = "Zuleika Unmistakable"
TRACES = ("zuleika", "unmistakable", "zurich-secret", "subject-zuleika")


@pytest.fixture(autouse=True)
def _only_our_hooks(app: Flask) -> Iterator[None]:
    """Erase as accounts alone does; what others register, with the app, is tested where it is."""
    kept = erasure._hooks[:]
    erasure._hooks.clear()
    yield
    erasure._hooks[:] = kept


@pytest.fixture
def person(app: Flask, session: Session, cast: Cast) -> User:
    """Somebody who left traces in every table that can hold them."""
    user = make_user(session, email=EMAIL, name=NAME)
    expert = make_expert(
        session, user=user, about=f"{NAME} of zurich-secret", skills=("zurich-secret",)
    )
    session.add_all([
        Identity(user_id=user.id, issuer="https://uni.example", subject="subject-zuleika"),
        DigestPreference(user_id=user.id, list=DigestList.EXPERT_MATCHES),
        MatchSnapshot(need_id=cast.need.id, expert_id=expert.id, band=Band.STRONG, score=1.0,
                      reasons={"pairs": ["zurich-secret"]}),
        Engagement(need_id=cast.need.id, expert_id=expert.id, state=EngagementState.APPLIED,
                   message="I am Zuleika"),
        Embedding(owner_kind=OwnerKind.EXPERT, owner_id=expert.id, item="about", encoder="e",
                  revision="1", text_hash="x", dimension=1, vector=b"abcd"),
        Embedding(owner_kind=OwnerKind.NEED, owner_id=expert.id, item="task", encoder="e",
                  revision="1", text_hash="x", dimension=1, vector=b"abcd"),
    ])  # fmt: skip
    with app.test_request_context():
        email_links.ask(session, EMAIL, locale="en")
        post(session, "identity_linked", recipient=EMAIL, user=user, locale="en", address="x")
        post(session, "identity_linked", recipient="owner@university.example", user=cast.owner,
             locale="en", mentions_experts=[expert.id], address="about Zuleika")  # fmt: skip
    session.commit()
    return user


def traces(session: Session) -> list[str]:
    """Return every table and column in which the person can still be recognised."""
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(_contains(session, column, trace) for trace in TRACES)
    ]


def _contains(session: Session, column: Column[Any], trace: str) -> bool:
    text = func.lower(sql_cast(column, Text))
    rows = select(func.count()).select_from(column.table).where(text.contains(trace))
    return bool(session.scalar(rows))


def test_nothing_of_the_person_is_left_in_any_table(session: Session, person: User) -> None:
    assert len(traces(session)) > 8
    operations.erase(session, person, person)
    assert traces(session) == []


def test_the_rows_of_the_person_are_gone(session: Session, person: User, cast: Cast) -> None:
    expert_id, user_id = person.expert.id if person.expert else 0, person.id
    operations.erase(session, person, person)
    assert session.get(Expert, expert_id) is None
    for table in (Identity, DigestPreference, MatchSnapshot, Engagement, SignInToken):
        assert session.scalars(select(table)).all() == []
    # A need may have the same number as the profile; its vectors stay.
    assert [row.owner_kind for row in session.scalars(select(Embedding))] == [OwnerKind.NEED]
    user = session.get_one(User, user_id)
    assert (user.email, user.name, user.is_coordinator) == (None, "", False)
    assert user.erased_at
    assert not user.is_active
    assert session.get(Expert, cast.profile.id)


def test_unsent_mail_to_and_about_the_person_is_stopped(session: Session, person: User) -> None:
    operations.erase(session, person, person)
    mails = session.scalars(select(MailMessage)).all()
    assert len(mails) == 3
    for mail in mails:
        assert mail.state == MailState.CANCELLED
        assert mail.body_text == mail.body_html == ""
    assert sorted(mail.recipient for mail in mails) == ["", "", "owner@university.example"]


def test_sent_mail_forgets_where_it_went(session: Session, person: User) -> None:
    for mail in session.scalars(select(MailMessage)):
        mail.state, mail.body_text, mail.body_html = MailState.SENT, "", ""
    operations.erase(session, person, person)
    states = {mail.state for mail in session.scalars(select(MailMessage))}
    assert states == {MailState.SENT}
    assert traces(session) == []


def test_the_address_can_sign_in_again_as_somebody_new(session: Session, person: User) -> None:
    operations.erase(session, person, person)
    newcomer = make_user(session, email=EMAIL)
    assert newcomer.id != person.id
    assert newcomer.expert is None


def test_the_page_asks_once_more_and_answers_with_a_receipt(
    client: PageClient, session: Session, person: User
) -> None:
    here, there = client.sign_in(person), client.sign_in(person)
    page = here.get("/settings/erase")
    refused = here.post("/settings/erase", status=422)
    assert refused.document.one("title").text.startswith("Error: ")
    answer = here.submit(page, {"confirmed": "y"})
    assert "storage" in answer.response.headers["Clear-Site-Data"]
    receipt = here.follow(answer)
    assert "Profile: 1" in receipt.text
    assert all(trace not in receipt.html.lower() for trace in TRACES)
    for browser in (here, there):
        browser.get("/settings", status=302)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "account.erased")).one()
    assert event.details["receipt"] in receipt.text


def test_a_receipt_can_be_opened_by_anybody_and_changed_by_nobody(
    client: PageClient, session: Session, cast: Cast
) -> None:
    mine = client.sign_in(cast.stranger)
    answer = mine.post("/settings/erase", {"confirmed": "y"})
    client.get(answer.location)
    path, _, signature = answer.location.rpartition(".")
    client.get(f"{path}.{signature[::-1]}", status=404)
    client.get(answer.location.replace("/erased/", "/erased/x"), status=404)
    client.get("/erased/x", status=404)


def test_a_sole_owner_with_other_members_is_told_what_to_do_first(
    client: PageClient, session: Session, cast: Cast
) -> None:
    owner = client.sign_in(cast.owner)
    page = owner.post("/settings/erase", {"confirmed": "y"}, status=409)
    assert "Make one of them an owner first" in page.text
    session.refresh(cast.owner)
    assert cast.owner.email
    owner.get("/settings")
    second = make_user(session)
    add_member(session, cast.institution, second, Role.OWNER)
    owner.post("/settings/erase", {"confirmed": "y"})
    session.refresh(cast.institution)
    assert cast.institution.state == VerificationState.APPROVED
    assert [member.role for member in cast.institution.memberships] == [Role.EDITOR, Role.OWNER]


def test_an_institution_that_nobody_is_left_in_is_closed_with_its_needs(
    client: PageClient, session: Session, cast: Cast
) -> None:
    alone = make_user(session)
    institution = make_institution(session, owner=alone, verification_evidence="Call me")
    needs = [
        make_need(session, institution, state=state) for state in (NeedState.OPEN, NeedState.DRAFT)
    ]
    done = make_need(session, institution, state=NeedState.EXPIRED)
    browser = client.sign_in(alone)
    assert institution.working_name in browser.get("/settings/erase").text
    browser.post("/settings/erase", {"confirmed": "y"})
    institution = session.get_one(Institution, institution.id)
    assert institution.state == VerificationState.SUSPENDED
    assert institution.verification_evidence == ""
    assert institution.memberships == []
    assert {session.get_one(Need, need.id).state for need in needs} == {NeedState.CLOSED}
    assert session.get_one(Need, done.id).state == NeedState.EXPIRED
    assert session.get_one(Need, cast.need.id).state == NeedState.OPEN


def test_a_counterpart_who_leaves_is_taken_off_the_needs(session: Session, cast: Cast) -> None:
    cast.need.counterpart_name = "MONA Member"
    other = make_need(session, cast.institution, counterpart_name="Amina Warsame")
    session.flush()
    operations.erase(session, cast.member, cast.member)
    assert session.get_one(Need, cast.need.id).counterpart_name == ""
    assert session.get_one(Need, other.id).counterpart_name == "Amina Warsame"


def test_capabilities_above_take_part_before_anything_is_gone(session: Session, cast: Cast) -> None:
    seen: list[str | None] = []

    def hook(_session: Session, user: User) -> dict[str, int]:
        seen.append(user.email)
        assert user.expert
        return {"engagement": 2}

    erasure.register(hook)
    erasure.register(hook)
    receipt = operations.erase(session, cast.expert, cast.expert)
    assert seen == ["expert@example.org"]
    assert receipt.counts["engagement"] == 2
    assert receipt.counts["expert"] == 1


def test_a_hook_that_refuses_stops_everything(
    client: PageClient, session: Session, cast: Cast
) -> None:
    def refuse(_session: Session, _user: User) -> None:
        raise Conflict("Not now.")

    erasure.register(refuse)
    client.sign_in(cast.expert).post("/settings/erase", {"confirmed": "y"}, status=409)
    session.refresh(cast.expert)
    assert cast.expert.email == "expert@example.org"
    assert cast.expert.expert


def test_only_oneself_and_programme_staff_may_erase(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        operations.erase(session, cast.stranger, cast.expert)
    operations.erase(session, cast.coordinator, cast.expert)
    with pytest.raises(NotFound):
        operations.erase(session, cast.coordinator, cast.expert)


def test_the_audit_trail_of_an_erased_person_holds_numbers_only(
    session: Session, person: User
) -> None:
    operations.erase(session, person, person)
    for event in session.scalars(select(AuditEvent).where(AuditEvent.actor_id == person.id)):
        assert set(event.details) <= {"receipt", "way"}
