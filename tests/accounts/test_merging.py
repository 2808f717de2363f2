"""Two own accounts become one: everything moves, nothing is lost, nobody gains power."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Availability,
    Base,
    Block,
    Engagement,
    EvidenceItem,
    Expert,
    Identity,
    Institution,
    MailMessage,
    MergeRequest,
    Need,
    OutboxEntry,
    SignInSession,
    User,
    now,
)
from models.choices import (
    AvailabilityKind,
    BlockKind,
    Cefr,
    EngagementState,
    Role,
    Visibility,
)
from tests.accounts.factors import events, give_app
from tests.support.client import Page, PageClient
from tests.support.factories import add_member, make_expert, make_institution, make_need, make_user
from virtual_return.accounts.login import COOKIE_KEY
from virtual_return.accounts.merging import movers

PAGE = "/settings/merge"
CONFIRM = f"{PAGE}/confirm"


@pytest.fixture
def stays(session: Session) -> User:
    return make_user(session, name="Amina")


@pytest.fixture
def goes(session: Session) -> User:
    return make_user(session, name="Amina W.")


def link_to(session: Session, email: str) -> str:
    """Return the path of the newest link for merging that was mailed to an address."""
    session.expire_all()
    mail = session.scalars(
        select(MailMessage)
        .where(MailMessage.recipient == email, MailMessage.kind == "merge_link")
        .order_by(MailMessage.id.desc())
    ).first()
    assert mail is not None
    found = re.search(r"http\S+/settings/merge/link/\S+", mail.body_text)
    assert found
    return urlsplit(found[0]).path


def ask(client: PageClient, session: Session, email: str | None) -> str:
    client.submit(client.get(PAGE), {"email": email or ""}, action=PAGE)
    return link_to(session, email or "")


def show(client: PageClient, session: Session, other: User) -> Page:
    """Prove that the other account is one's own; return the answer."""
    path = ask(client, session, other.email)
    return client.submit(client.get(path), action=path)


def merge(client: PageClient, session: Session, other: User, **choices: str) -> Page:
    """Go the whole way."""
    assert show(client, session, other).location == CONFIRM
    page = client.get(CONFIRM)
    return client.submit(page, {"confirmed": "y", **choices}, action=CONFIRM)


def told_to_matching(session: Session) -> set[int]:
    entries = session.scalars(select(OutboxEntry)).all()
    return {id for entry in entries for id in entry.arguments.get("ids", ())}


def engage(
    session: Session,
    expert: Expert,
    institution: Institution,
    *,
    need: Need | None = None,
    message: str = "",
) -> Engagement:
    """Add an invitation that waits."""
    row = Engagement(
        need=need or make_need(session, institution),
        expert=expert,
        state=EngagementState.INVITED,
        message=message,
    )
    session.add(row)
    session.flush()
    return row


def test_every_reference_to_an_account_or_a_profile_has_one_who_moves_it(app: Flask) -> None:
    named = [column for mover in movers.registered() for column in mover.columns]
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in {"user", "expert"}
    }
    assert sorted(named) == sorted(pointing)
    assert all(words for mover in movers.registered() for words in mover.columns.values())


def test_everything_moves_and_the_other_account_is_a_number(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    university = make_institution(session, owner=goes)
    both = make_institution(session, owner=goes)
    add_member(session, both, stays, Role.VIEWER)
    need = make_need(session, university, created_by_id=goes.id)
    make_expert(session, user=goes)
    session.add(Identity(user_id=goes.id, issuer="https://id.example", subject="1"))
    address = stays.email
    assert merge(client.sign_in(stays), session, goes).location == "/settings"
    assert (stays.email, goes.email, goes.name) == (address, None, "")
    assert goes.erased_at is not None
    roles = {row.institution_id: row.role for row in stays.memberships}
    assert roles == {university.id: Role.OWNER, both.id: Role.OWNER}
    assert need.created_by_id == stays.id
    assert stays.expert is not None
    assert session.scalars(select(Identity.user_id)).all() == [stays.id]
    assert events(session, "account.merged")[0].details == {
        "source_id": goes.id,
        "expert_id": stays.expert.id,
    }
    assert events(session, "account.merged_away")[0].object_id == goes.id
    assert stays.expert.id in told_to_matching(session)


def test_all_other_browsers_are_signed_out_and_both_addresses_hear_of_it(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    addresses = [stays.email, goes.email]
    elsewhere, another, browser = (client.sign_in(who) for who in (goes, stays, stays))
    with browser.http.session_transaction() as cookie:
        before = cookie[COOKIE_KEY]
    merge(browser, session, goes)
    with browser.http.session_transaction() as cookie:
        assert cookie[COOKIE_KEY] != before
    assert "one now" in browser.get("/settings").text
    assert elsewhere.get("/settings", status=302).location.startswith("/sign-in")
    assert another.get("/settings", status=302).location.startswith("/sign-in")
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 1
    told = select(MailMessage.recipient).where(MailMessage.kind == "accounts_merged")
    assert sorted(session.scalars(told)) == sorted(str(item) for item in addresses)


def test_the_other_address_and_name_may_stay(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    email = goes.email
    merge(client.sign_in(stays), session, goes, email="other", name="other")
    assert (stays.email, stays.name) == (email, "Amina W.")


@pytest.mark.parametrize("choice", ["this", "other"])
def test_of_two_profiles_one_stays_and_the_other_is_added(
    client: PageClient, session: Session, stays: User, goes: User, choice: str
) -> None:
    mine = make_expert(
        session, user=stays, languages={"en": Cefr.B1, "fr": Cefr.C1}, skills=("Pumps",),
        kinds_refused=["review"], evidence=["Mine"],
    )  # fmt: skip
    theirs = make_expert(
        session, user=goes, languages={"en": Cefr.C2, "so": Cefr.C2}, skills=("pumps", "Wells"),
        visibility=Visibility.STAFF, evidence=["Theirs"], headline="The other headline",
    )  # fmt: skip
    mine.blocks = [Block(kind=BlockKind.COUNTRY, value="ER")]
    theirs.blocks = [
        Block(kind=BlockKind.COUNTRY, value="ER"),
        Block(kind=BlockKind.DOMAIN, value="ministry.example"),
    ]
    theirs.availability = [
        Availability(
            kind=AvailabilityKind.FREE, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1)
        )
    ]
    session.flush()
    kept, dropped = (mine.id, theirs.id) if choice == "this" else (theirs.id, mine.id)
    headline, other = mine.headline, theirs.headline
    if choice == "other":
        headline, other = other, headline
    merge(client.sign_in(stays), session, goes, profile=choice)

    expert = session.scalars(select(Expert)).one()
    assert (expert.id, expert.user_id, expert.headline) == (kept, stays.id, headline)
    assert expert.visibility is Visibility.STAFF
    # The introduction that has no place is an item of evidence.
    assert {item.title for item in expert.evidence} == {"Mine", "Theirs", other}
    assert {row.language: row.level for row in expert.languages} == {
        "en": Cefr.C2, "fr": Cefr.C1, "so": Cefr.C2,
    }  # fmt: skip
    assert sorted(row.label.lower() for row in expert.skills) == ["pumps", "wells"]
    assert sorted(row.value for row in expert.blocks) == ["ER", "ministry.example"]
    assert expert.kinds_refused == ["review"]
    assert len(expert.availability) == 1
    assert {kept, dropped} <= told_to_matching(session)


def test_of_two_engagements_for_one_need_the_further_one_stays(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    host = make_institution(session, owner=make_user(session))
    mine, theirs = make_expert(session, user=stays), make_expert(session, user=goes)
    waiting = engage(session, mine, host, message="Come")
    agreed = engage(session, theirs, host, need=waiting.need)
    agreed.state = EngagementState.ACCEPTED
    other = engage(session, theirs, host)
    browser = client.sign_in(stays)
    show(browser, session, goes)
    page = browser.get(CONFIRM)
    assert "the one that is further stays" in page.text
    ids = (agreed.id, other.id)
    browser.submit(page, {"confirmed": "y"}, action=CONFIRM)
    rows = session.scalars(select(Engagement).order_by(Engagement.id)).all()
    assert tuple(row.id for row in rows) == ids
    assert {row.expert_id for row in rows} == {mine.id}
    assert rows[0].state is EngagementState.ACCEPTED
    assert rows[0].message == "Come"
    assert events(session, "engagement.merged")[0].details["dropped_state"] == "declined"


def test_nobody_stands_on_both_sides_of_an_engagement(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    own = make_institution(session, owner=stays)
    add_member(session, own, make_user(session), Role.OWNER)
    invitation = engage(session, make_expert(session, user=goes), own)
    browser = client.sign_in(stays)
    show(browser, session, goes)
    page = browser.get(CONFIRM)
    assert "nobody can stand on both sides" in page.text
    browser.submit(page, {"confirmed": "y"}, action=CONFIRM)
    session.refresh(invitation)
    assert invitation.state is EngagementState.DECLINED


def test_agreed_work_for_ones_own_institution_stops_the_merge(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    own = make_institution(session, owner=stays)
    agreed = engage(session, make_expert(session, user=goes), own)
    agreed.state = EngagementState.ACCEPTED
    browser = client.sign_in(stays)
    show(browser, session, goes)
    page = browser.get(CONFIRM)
    assert "Nobody can stand on both sides" in page.text
    refused = browser.post(CONFIRM, {"confirmed": "y", "email": "this", "name": "this"}, status=409)
    assert "End that engagement" in refused.text
    session.refresh(agreed)
    assert agreed.state is EngagementState.ACCEPTED
    assert goes.erased_at is None
    assert events(session, "account.merge_refused")


def test_a_staff_account_does_not_go_into_another_but_takes_one(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    goes.is_coordinator = True
    browser = client.sign_in(stays)
    path = ask(browser, session, goes.email)
    assert (
        "staff rights do not move"
        in browser.submit(browser.get(path), action=path, status=409).text
    )
    assert events(session, "account.merge_refused")
    merge(client.sign_in(goes), session, stays)
    assert goes.is_coordinator
    assert stays.erased_at is not None


def test_who_becomes_staff_meanwhile_is_not_merged_away(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    browser = client.sign_in(stays)
    show(browser, session, goes)
    page = browser.get(CONFIRM)
    goes.is_coordinator = True
    browser.submit(page, {"confirmed": "y"}, action=CONFIRM, status=409)
    assert not stays.is_coordinator
    assert goes.erased_at is None


def test_the_second_factor_of_the_other_account_is_asked_for_and_comes_along(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    app = give_app(session, goes)
    browser = client.sign_in(stays, both_factors=False)
    show(browser, session, goes)
    step = browser.follow(browser.get(CONFIRM, status=302))
    browser.post(CONFIRM, {"confirmed": "y", "email": "this"})
    assert goes.erased_at is None
    assert "wrong" in browser.submit(step, {"code": app.wrong()}, status=422).text
    assert browser.get(CONFIRM, status=302).location.endswith("second-step")
    assert browser.submit(step, {"code": app.code()}).location == CONFIRM
    browser.submit(browser.get(CONFIRM), {"confirmed": "y"}, action=CONFIRM)
    # Its app moved, and this browser showed it.
    browser.get("/settings")
    half = client.sign_in(stays, both_factors=False)
    assert half.get("/settings", status=302).location.startswith("/sign-in/second-step")


def test_somebody_elses_link_opens_nothing(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    path = ask(client.sign_in(stays), session, goes.email)
    thief = client.sign_in(make_user(session))
    assert "or ask for a new one" in thief.get(path, status=410).text
    thief.post(path, status=410)
    victim = client.sign_in(goes)
    victim.get(path, status=410)
    assert client.get(path, status=302).location.startswith("/sign-in")
    assert len(events(session, "account.merge_refused")) == 3
    assert session.scalars(select(MergeRequest)).one().proved_at is None


def test_a_link_works_once_and_for_half_an_hour(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    browser = client.sign_in(stays)
    path = ask(browser, session, goes.email)
    page = browser.get(path)
    browser.submit(page, action=path)
    browser.submit(page, action=path, status=410)
    again = ask(browser, session, goes.email)
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        later = client.sign_in(stays)
        later.get(again, status=410)
        assert later.get(CONFIRM, status=302).location == PAGE


def test_a_newer_link_voids_the_one_before(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    browser = client.sign_in(stays)
    first = ask(browser, session, goes.email)
    ask(browser, session, goes.email)
    browser.get(first, status=410)


def test_an_address_without_an_account_answers_as_one_with(
    client: PageClient, session: Session, stays: User
) -> None:
    browser = client.sign_in(stays)
    path = ask(browser, session, "nobody@example.org")
    assert (
        "No account has this address"
        in browser.submit(browser.get(path), action=path, status=409).text
    )


def test_ones_own_address_and_no_address_are_refused(client: PageClient, stays: User) -> None:
    browser = client.sign_in(stays)
    page = browser.get(PAGE)
    browser.submit(page, {"email": stays.email or ""}, action=PAGE, status=409)
    browser.submit(page, {"email": "nonsense"}, action=PAGE, status=422)


def test_it_can_be_left(client: PageClient, session: Session, stays: User, goes: User) -> None:
    browser = client.sign_in(stays)
    show(browser, session, goes)
    browser.submit(browser.get(CONFIRM), action=f"{PAGE}/leave")
    assert browser.get(CONFIRM, status=302).location == PAGE
    assert session.scalars(select(MergeRequest)).all() == []


def test_a_merge_that_was_done_is_not_done_again(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    browser = client.sign_in(stays)
    show(browser, session, goes)
    page = browser.get(CONFIRM)
    browser.submit(page, {"confirmed": "y"}, action=CONFIRM)
    assert browser.submit(page, {"confirmed": "y"}, action=CONFIRM).location == PAGE
    assert len(events(session, "account.merged")) == 1


def test_a_suspended_account_is_not_merged(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    goes.suspended_at = now()
    browser = client.sign_in(stays)
    path = ask(browser, session, goes.email)
    browser.submit(browser.get(path), action=path, status=403)


def test_without_a_fresh_sign_in_nothing_begins(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    browser = client.sign_in(stays)
    show(browser, session, goes)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        for path in (PAGE, CONFIRM):
            assert browser.get(path, status=302).location.startswith("/sign-in/again")
        assert browser.post(CONFIRM, {"confirmed": "y"}).location.startswith("/sign-in/again")
    assert goes.erased_at is None


def test_forms_that_name_what_the_other_profile_names_are_looked_at_again(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    kept = make_expert(session, user=stays, employer="Hansewasser")
    make_expert(
        session,
        user=goes,
        employer="Elsewhere",
        headline="Planner of wells",
        about="I planned wells for ten years.",
        evidence=["Planned pumps at Hansewasser for a town."],
    )
    merge(client.sign_in(stays), session, goes)
    session.expire_all()
    items = session.scalars(select(EvidenceItem).where(EvidenceItem.expert_id == kept.id)).all()
    added = [item for item in items if item.anonymous_approved_at is None]
    assert {item.title for item in added} == {
        "Planned pumps at Hansewasser for a town.", "Planner of wells",
    }  # fmt: skip
    assert "I planned wells for ten years." in {item.text for item in added}
    assert not any("Hansewasser" in item.title_anonymous + item.text_anonymous for item in items)


def test_nobody_becomes_the_partner_of_their_own_work(
    client: PageClient, session: Session, stays: User, goes: User
) -> None:
    host, partner = (make_institution(session, owner=make_user(session)) for _ in range(2))
    add_member(session, partner, stays, Role.EDITOR)
    need = make_need(session, host, partner_institution_id=partner.id)
    work = engage(session, make_expert(session, user=goes), host, need=need)
    work.state = EngagementState.ACCEPTED
    browser = client.sign_in(stays)
    assert show(browser, session, goes).location == CONFIRM
    assert "Nobody can stand on both sides" in browser.get(CONFIRM).text
