"""An institution sees who could do it, why, and how many were left out; never who it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models import (
    Block,
    Engagement,
    Expert,
    ExpertSkill,
    NeedSkill,
    Skill,
    SkillBroader,
    now,
)
from models.choices import BlockKind, Cefr, EngagementState, Importance, NeedState, Visibility
from tests.matches.conftest import Work, count_queries
from tests.support.client import PageClient
from tests.support.factories import (
    Cast,
    add_member,
    make_expert,
    make_institution,
    make_need,
    make_user,
)
from virtual_return.jobs import changes


@pytest.fixture
def page_path(indexed: Cast) -> str:
    return f"/needs/{indexed.need.public_id}/matches"


def add_expert(session: Session, work: Work, **values: Any) -> Expert:
    expert = make_expert(session, **values)
    changes.changed(session, "expert", expert.id)
    work()
    return expert


def test_it_shows_people_with_bands_reasons_and_skills(
    client: PageClient, indexed: Cast, page_path: str
) -> None:
    page = client.sign_in(indexed.owner).get(page_path)
    assert page.h1 == "People who could do it"
    assert "Water engineer with fifteen years in small towns" in page.text
    assert "match" in page.text
    assert "The need says" in page.text
    assert "The profile says" in page.text
    assert "water treatment" in page.text
    assert "English at C1" in page.text
    assert "How this list was made" in page.text


def test_nothing_in_the_page_tells_who_it_is(
    client: PageClient, session: Session, cast: Cast, work: Work
) -> None:
    profile = cast.profile
    profile.about_anonymous = "Elias Expert plans water systems at Hansewasser in Bremen."
    profile.links = ["https://elias.example/me"]
    changes.changed(session, "expert", profile.id)
    changes.changed(session, "need", cast.need.id)
    work()
    member = client.sign_in(cast.owner)
    page = member.get(f"/needs/{cast.need.public_id}/matches")
    link = next(address for address in page.links.values() if "/matches/" in address)
    for html in (page.html, member.get(link).html):
        for secret in (
            "Elias", "Expert</", "expert@example.org", "Hansewasser", "Bremen", "elias.example",
            profile.public_id, profile.user.public_id,
        ):  # fmt: skip
            assert secret not in html, secret
        assert "Germany" not in html


def test_a_passage_that_was_not_approved_ranks_but_is_not_quoted(
    client: PageClient, session: Session, cast: Cast, work: Work
) -> None:
    cast.profile.anonymous_approved_at = None
    cast.profile.evidence[0].anonymous_approved_at = None
    cast.profile.evidence[0].text = "Reviewed the drinking water curriculum of a small college."
    changes.changed(session, "expert", cast.profile.id)
    changes.changed(session, "need", cast.need.id)
    work()
    page = client.sign_in(cast.owner).get(f"/needs/{cast.need.public_id}/matches")
    assert "small college" not in page.html
    assert "read only once both sides said yes" in page.text


@pytest.mark.parametrize("who", ["stranger", "coordinator", "expert"])
def test_it_is_not_there_for_others(
    client: PageClient, indexed: Cast, page_path: str, who: str
) -> None:
    client.sign_in(getattr(indexed, who)).get(page_path, status=404)


def test_a_visitor_is_asked_to_sign_in(client: PageClient, page_path: str) -> None:
    page = client.get(page_path, status=302)
    assert "sign-in" in page.location or "sign_in" in page.location


def test_who_hides_is_gone_at_once_although_the_index_still_has_them(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    indexed.profile.visibility = Visibility.HIDDEN
    page = client.sign_in(indexed.owner).get(page_path)
    assert "Water engineer" not in page.html
    assert "left out" not in page.text


@pytest.mark.parametrize("kind", list(BlockKind))
def test_a_blocked_institution_sees_neither_the_person_nor_a_count(
    client: PageClient, session: Session, indexed: Cast, page_path: str, kind: BlockKind
) -> None:
    institution = indexed.institution
    value = {
        BlockKind.INSTITUTION: str(institution.id),
        BlockKind.DOMAIN: institution.domain,
        BlockKind.COUNTRY: institution.country,
    }[kind]
    indexed.profile.blocks = [Block(kind=kind, value=value)]
    # A hard fact that does not hold either must not be counted.
    indexed.profile.languages = []
    page = client.sign_in(indexed.owner).get(page_path)
    assert "Water engineer" not in page.html
    assert "left out" not in page.text
    assert "Nobody fits yet" in page.text


def test_members_of_the_institution_are_left_out_without_a_count(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    add_member(session, indexed.institution, indexed.expert)
    page = client.sign_in(indexed.owner).get(page_path)
    assert "Water engineer" not in page.html
    assert "left out" not in page.text


def test_hard_facts_leave_out_and_the_page_says_how_many_and_why(
    client: PageClient, session: Session, indexed: Cast, work: Work, page_path: str
) -> None:
    add_expert(session, work, languages={"de": Cefr.C1}, headline_anonymous="Speaks German alone")
    add_expert(session, work, hours_per_week=1, headline_anonymous="Has one hour")
    page = client.sign_in(indexed.owner).get(page_path)
    assert "Speaks German alone" not in page.html
    assert "Has one hour" not in page.html
    assert "Who was left out by a fact that must hold" in page.text
    assert "1 or 2: they do not deliver in English at B2" in page.text
    assert "1 or 2: they have fewer hours a week" in page.text


def test_who_was_asked_already_is_left_out_and_counted(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    session.add(
        Engagement(
            need_id=indexed.need.id, expert_id=indexed.profile.id, state=EngagementState.INVITED
        )
    )
    page = client.sign_in(indexed.owner).get(page_path)
    assert "Water engineer" not in page.html
    assert "they were asked already" in page.text


def test_who_has_enough_invitations_or_no_room_is_left_out_and_counted(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    indexed.profile.invitations_per_month = 0
    page = client.sign_in(indexed.owner).get(page_path)
    assert "as many invitations this month as they want" in page.text
    indexed.profile.invitations_per_month = 4
    indexed.profile.capacity = 0
    changes.changed(session, "expert", indexed.profile.id)
    page = client.sign_in(indexed.owner).get(page_path)
    assert "no room for another engagement" in page.text


def test_it_says_that_matching_is_catching_up_when_a_change_is_not_built(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    member = client.sign_in(indexed.owner)
    assert "catching up" not in member.get(page_path).text
    changes.changed(session, "expert", indexed.profile.id)
    page = member.get(page_path)
    assert "catching up" in page.text
    assert "Water engineer" in page.text


def test_it_works_without_any_index(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.owner).get(f"/needs/{cast.need.public_id}/matches")
    assert "Matching is catching up" in page.text


def test_a_need_that_is_not_open_says_so(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    indexed.need.state = NeedState.CLOSED
    assert "This need is not open" in client.sign_in(indexed.owner).get(page_path).text


def test_ten_people_stand_on_a_page_and_the_rest_on_the_next(
    client: PageClient, session: Session, indexed: Cast, work: Work, page_path: str
) -> None:
    for number in range(11):
        expert = make_expert(session, headline_anonymous=f"Plans water systems {number}")
        changes.changed(session, "expert", expert.id)
    work()
    member = client.sign_in(indexed.owner)
    first, second = member.get(page_path), member.get(f"{page_path}?page=2")
    assert len(first.document.all("article")) == 10
    assert len(second.document.all("article")) == 2
    member.get(f"{page_path}?page=-7")
    member.get(f"{page_path}?page=99999999999999999999")


def test_the_number_of_queries_does_not_grow_with_the_number_of_people(
    client: PageClient, session: Session, connection: Connection, indexed: Cast, work: Work,
    page_path: str,
) -> None:  # fmt: skip
    member = client.sign_in(indexed.owner)
    member.get(page_path)
    with count_queries(connection) as few:
        member.get(page_path)
    for _ in range(8):
        changes.changed(session, "expert", make_expert(session).id)
    work()
    # Who changed is read once more, whatever the number.
    member.get(page_path)
    with count_queries(connection) as many:
        member.get(page_path)
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 35


def test_a_handle_of_another_need_or_a_made_up_one_leads_nowhere(
    client: PageClient, session: Session, indexed: Cast, work: Work, page_path: str
) -> None:
    member = client.sign_in(indexed.owner)
    link = next(
        address for address in member.get(page_path).links.values() if "/matches/" in address
    )
    handle = link.rsplit("/", 1)[-1]
    other = make_institution(session, owner=make_user(session))
    need = make_need(session, other, created_by=indexed.owner)
    add_member(session, other, indexed.owner)
    member.get(f"/needs/{need.public_id}/matches/{handle}", status=404)
    for wrong in ("x", "A" * 32, handle[:-1], "%00"):
        member.get(f"{page_path}/{wrong}", status=404)


def test_a_candidate_is_shown_with_what_was_approved_and_why(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    member = client.sign_in(indexed.owner)
    link = next(
        address for address in member.get(page_path).links.values() if "/matches/" in address
    )
    page = member.get(link)
    assert page.h1 == "Water engineer with fifteen years in small towns"
    assert "slow sand filter" in page.text
    assert "Why this person is in the list" in page.text
    indexed.profile.visibility = Visibility.STAFF
    member.get(link, status=404)


def test_a_paused_person_is_not_there(
    client: PageClient, session: Session, indexed: Cast, page_path: str
) -> None:
    indexed.profile.paused_until = now().date() + timedelta(days=9)
    assert "Water engineer" not in client.sign_in(indexed.owner).get(page_path).html


def test_a_part_of_what_is_asked_counts_by_the_taxonomy(
    client: PageClient, session: Session, cast: Cast, work: Work
) -> None:
    water, filters = (Skill(uri=f"http://e.example/{name}") for name in ("water", "filters"))
    session.add_all([water, filters])
    session.flush()
    session.add(SkillBroader(skill_id=filters.id, broader_id=water.id))
    cast.need.skills = [
        NeedSkill(label="hydraulics", skill_id=water.id, importance=Importance.MUST_HAVE)
    ]
    cast.profile.skills = [ExpertSkill(label="Brunnenbau", skill_id=filters.id)]
    changes.changed(session, "expert", cast.profile.id)
    changes.changed(session, "need", cast.need.id)
    work()
    page = client.sign_in(cast.owner).get(f"/needs/{cast.need.public_id}/matches")
    assert "is named, which is a part of it" in page.text
    assert "Brunnenbau" in page.text
