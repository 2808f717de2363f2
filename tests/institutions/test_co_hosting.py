"""Hosting a need together: proposed by one side, agreed by the other, ended by either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Block, CoHosting, Institution, MailMessage, Need, User, now
from models.choices import (
    BlockKind,
    CoHostingSide,
    CoHostingState,
    NeedState,
    Relation,
    Role,
    VerificationState,
)
from tests.support.client import PageClient
from tests.support.factories import Cast, add_member, make_institution, make_need, make_user
from virtual_return.db import Database
from virtual_return.errors import Conflict, Forbidden, NotFound
from virtual_return.experts import privacy
from virtual_return.partners import operations, queries

HOST, PARTNER = CoHostingSide.HOST, CoHostingSide.PARTNER


@dataclass(frozen=True)
class Partner:
    """A verified partner abroad, with an owner and a viewer."""

    institution: Institution
    owner: User
    viewer: User


@pytest.fixture
def partner(session: Session, cast: Cast) -> Partner:
    owner, viewer = make_user(session), make_user(session)
    institution = make_institution(
        session, owner=owner, working_name="Bremen Partner", country="DE",
        relation=Relation.PARTNER,
    )  # fmt: skip
    add_member(session, institution, viewer, Role.VIEWER)
    return Partner(institution, owner, viewer)


@pytest.fixture(autouse=True)
def _context(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    if "client" in request.fixturenames:
        yield
        return
    with app.app_context():
        yield


def proposed(session: Session, cast: Cast, partner: Partner) -> CoHosting:
    return operations.propose(session, cast.owner, cast.need, partner.institution, "A laboratory")


def agreed(session: Session, cast: Cast, partner: Partner) -> CoHosting:
    made = proposed(session, cast, partner)
    operations.accept(session, partner.owner, made, PARTNER)
    return made


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(MailMessage.kind).order_by(MailMessage.id)))


def test_nobody_is_named_before_they_agreed(session: Session, cast: Cast, partner: Partner) -> None:
    made = proposed(session, cast, partner)
    assert cast.need.partner_institution_id is None
    operations.accept(session, partner.owner, made, PARTNER)
    assert cast.need.partner_institution_id == partner.institution.id
    assert kinds(session) == ["co_hosting_proposed"] + ["co_hosting_answered"] * 2


def test_a_partner_offers_and_the_host_agrees(
    session: Session, cast: Cast, partner: Partner
) -> None:
    made = operations.offer(session, partner.owner, cast.need, partner.institution, "Students")
    with pytest.raises(Conflict):
        operations.accept(session, partner.owner, made, PARTNER)
    operations.accept(session, cast.member, made, HOST)
    assert cast.need.partner_institution_id == partner.institution.id


def test_nobody_agrees_to_their_own_proposal(
    session: Session, cast: Cast, partner: Partner
) -> None:
    made = proposed(session, cast, partner)
    with pytest.raises(Conflict):
        operations.accept(session, cast.owner, made, HOST)
    with pytest.raises(NotFound):
        operations.accept(session, cast.owner, made, PARTNER)


def test_a_viewer_decides_nothing(session: Session, cast: Cast, partner: Partner) -> None:
    made = proposed(session, cast, partner)
    for verb in operations.VERBS.values():
        with pytest.raises(Forbidden):
            verb(session, partner.viewer, made, PARTNER)
    with pytest.raises(Forbidden):
        operations.offer(session, partner.viewer, cast.need, partner.institution, "x")


@pytest.mark.parametrize("side", [HOST, PARTNER])
def test_either_side_ends_it(
    session: Session, cast: Cast, partner: Partner, side: CoHostingSide
) -> None:
    made = agreed(session, cast, partner)
    actor = cast.member if side == HOST else partner.owner
    operations.end(session, actor, made, side)
    assert cast.need.partner_institution_id is None
    with pytest.raises(Conflict):
        operations.end(session, actor, made, side)


def test_a_no_is_a_no_for_this_need(session: Session, cast: Cast, partner: Partner) -> None:
    made = proposed(session, cast, partner)
    operations.decline(session, partner.owner, made, PARTNER)
    with pytest.raises(Conflict, match="said no"):
        proposed(session, cast, partner)
    operations.offer(session, partner.owner, cast.need, partner.institution, "Now we can")


def test_what_was_taken_back_can_be_proposed_again(
    session: Session, cast: Cast, partner: Partner
) -> None:
    made = proposed(session, cast, partner)
    with pytest.raises(Conflict):
        proposed(session, cast, partner)
    with pytest.raises(Conflict):
        operations.withdraw(session, partner.owner, made, PARTNER)
    operations.withdraw(session, cast.owner, made, HOST)
    proposed(session, cast, partner)


def test_there_is_one_co_host(session: Session, cast: Cast, partner: Partner) -> None:
    other = make_institution(session, owner=make_user(session))
    waiting = operations.propose(session, cast.owner, cast.need, other, "x")
    agreed(session, cast, partner)
    session.refresh(waiting)
    assert waiting.state == CoHostingState.EXPIRED
    with pytest.raises(Conflict):
        operations.propose(session, cast.owner, cast.need, other, "x")


@pytest.mark.parametrize("state", [NeedState.CLOSED, NeedState.EXPIRED, NeedState.FILLED])
def test_what_is_over_is_not_hosted(
    session: Session, cast: Cast, partner: Partner, state: NeedState
) -> None:
    made = proposed(session, cast, partner)
    cast.need.state = state
    session.flush()
    with pytest.raises(Conflict):
        operations.accept(session, partner.owner, made, PARTNER)
    assert operations.run_clocks(session) == 1
    assert made.state == CoHostingState.EXPIRED


def test_only_verified_institutions_host(session: Session, cast: Cast, partner: Partner) -> None:
    partner.institution.state = VerificationState.SUSPENDED
    with pytest.raises(Conflict):
        proposed(session, cast, partner)
    assert partner.institution not in queries.candidates(session, cast.need)
    partner.institution.state = VerificationState.APPROVED
    with pytest.raises(Conflict, match="another institution"):
        operations.propose(session, cast.owner, cast.need, cast.institution, "x")


def test_a_draft_is_not_offered_for(session: Session, cast: Cast, partner: Partner) -> None:
    draft = make_need(session, cast.institution, state=NeedState.DRAFT, opened_at=None)
    with pytest.raises(Conflict):
        operations.offer(session, partner.owner, draft, partner.institution, "x")


def test_there_is_an_end_to_proposals(
    session: Session, cast: Cast, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MAXIMUM_WAITING", 1)
    proposed(session, cast, partner)
    with pytest.raises(Conflict):
        operations.propose(session, cast.owner, cast.need, make_institution(session), "x")


def test_waiting_ends_by_itself(session: Session, cast: Cast, partner: Partner) -> None:
    made = proposed(session, cast, partner)
    cast.need.expires_at = None
    assert operations.run_clocks(session) == 0
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert operations.run_clocks(session) == 1
        assert operations.run_clocks(session) == 0
    with time_machine.travel(now() + timedelta(days=22), tick=False):
        assert operations.run_clocks(session) == 1
        assert operations.run_clocks(session) == 0
    assert made.state == CoHostingState.EXPIRED


def test_who_hides_from_the_partner_is_not_found_for_the_need(
    session: Session, cast: Cast, partner: Partner
) -> None:
    cast.profile.blocks = [Block(kind=BlockKind.INSTITUTION, value=str(partner.institution.id))]
    session.flush()

    def is_found() -> bool:
        return cast.profile.id in session.scalars(privacy.visible_for_need(cast.need)).all()

    assert is_found()
    made = agreed(session, cast, partner)
    assert not is_found()
    operations.end(session, partner.owner, made, PARTNER)
    assert is_found()


def test_the_partner_reads_the_brief_and_no_matches(
    client: PageClient, app: Flask, session: Session, cast: Cast, partner: Partner
) -> None:
    draft = make_need(session, cast.institution, state=NeedState.DRAFT, opened_at=None)
    owner = client.sign_in(cast.owner)
    manage = owner.get(f"/needs/{draft.public_id}/manage")
    form = owner.get(manage.links["Host it together"])
    owner.submit(form, {"institution": partner.institution.public_id, "message": ""}, status=422)
    owner.submit(form, {"institution": "nothing", "message": "A laboratory"}, status=422)
    sent = {"institution": partner.institution.public_id, "message": "A <b>laboratory</b>"}
    page = owner.follow(owner.submit(form, sent))
    browser = client.sign_in(partner.owner)
    theirs = browser.get(page.path)
    assert draft.problem in theirs.text
    assert "Amina Warsame" not in theirs.text
    assert "A <b>laboratory</b>" in theirs.text
    browser.submit(theirs, action=f"{page.path}/accept")
    for path in ("manage", "matches", "brief/what", "co-hosting"):
        browser.get(f"/needs/{draft.public_id}/{path}", status=404)
    assert (
        draft.title in browser.get(f"/institutions/{partner.institution.public_id}/together").text
    )
    viewer = client.sign_in(partner.viewer)
    viewer.get(page.path)
    viewer.post(f"{page.path}/end", status=403)
    client.sign_in(cast.stranger).get(page.path, status=404)
    client.sign_in(cast.stranger).post(f"{page.path}/end", status=404)
    browser.post(f"{page.path}/rule", status=404)
    browser.submit(browser.get(page.path), action=f"{page.path}/end")
    # What was only shown for the sake of the agreement is closed again.
    assert draft.problem not in browser.get(page.path).text


def test_the_co_host_stands_on_the_page_of_the_need(
    client: PageClient, app: Flask, session: Session, cast: Cast, partner: Partner
) -> None:
    path = f"/needs/{cast.need.public_id}"
    browser = client.sign_in(partner.owner)
    offer = browser.get(browser.get(path).links["Offer to host it together"])
    made = browser.follow(browser.submit(offer, {"message": "Students"}))
    assert "Bremen Partner" not in client.get(path).text
    host = client.sign_in(cast.owner)
    host.submit(host.get(made.path), action=f"{made.path}/accept")
    assert "Bremen Partner" in client.get(path).text
    again = browser.post(f"{path}/co-host", {
        "institution": partner.institution.public_id, "message": "x",
    }, status=422)  # fmt: skip
    assert "co-host already" in again.text
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "co_hosting.refused")
    ).one()
    assert event.actor_id == partner.owner.id


def test_an_offer_is_made_for_ones_own_institution(
    client: PageClient, session: Session, cast: Cast, partner: Partner
) -> None:
    other = make_institution(session, owner=make_user(session))
    browser = client.sign_in(partner.owner)
    sent = {"institution": other.public_id, "message": "x"}
    browser.post(f"/needs/{cast.need.public_id}/co-host", sent, status=422)


def test_of_two_who_agree_at_once_one_hosts(
    real: Database, at_once: Callable[..., list[Any]]
) -> None:
    with real.writing() as session:
        owner = make_user(session)
        need = make_need(session, make_institution(session, owner=owner))
        ids = []
        for _ in range(2):
            other = make_user(session)
            institution = make_institution(session, owner=other)
            made = operations.propose(session, owner, need, institution, "x")
            ids.append((other.id, made.id))
        need_id = need.id

    def accept(which: int) -> Callable[[Session], None]:
        def act(session: Session) -> None:
            user_id, made_id = ids[which]
            made = session.get_one(CoHosting, made_id)
            operations.accept(session, session.get_one(User, user_id), made, PARTNER)

        return act

    answers = at_once(accept(0), accept(1))
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    with real.reading() as session:
        states = session.scalars(select(CoHosting.state)).all()
        assert sorted(states) == [CoHostingState.AGREED, CoHostingState.EXPIRED]
        assert session.get_one(Need, need_id).partner_institution_id is not None
