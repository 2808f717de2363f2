"""What a partner reads about its own people: totals, and never of one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Engagement, Institution, PartnerFigures, User, now
from models.choices import EngagementState, Relation, Visibility
from tests.institutions.conftest import prove_domain
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert, make_institution, make_user
from virtual_return.partners import totals


@pytest.fixture
def partner(session: Session, cast: Cast) -> Institution:
    owner = make_user(session, email="owner@elsewhere.example")
    institution = make_institution(
        session, owner=owner, domain="partner.example", relation=Relation.PARTNER
    )
    prove_domain(session, institution)
    return institution


def add(session: Session, count: int, *, host: str = "partner.example", field: str = "") -> None:
    """Add people of the partner, with a findable profile where a field is named."""
    for _ in range(count):
        number = session.scalar(select(func.count(User.id))) or 0
        user = make_user(session, email=f"p{number}@{host}")
        if field:
            make_expert(session, user=user, fields_of_study=[field])


def test_fewer_than_ten_are_nobody(session: Session, partner: Institution) -> None:
    add(session, 9, field="0732")
    assert totals.measure(session, partner) == totals.Figures()


def test_numbers_are_rounded_down(session: Session, partner: Institution) -> None:
    add(session, 14)
    assert totals.measure(session, partner).people == 10


def test_a_choice_of_everybody_is_not_told(session: Session, partner: Institution) -> None:
    """If all have a profile, each of them has: that is a choice of theirs."""
    add(session, 30, field="0732")
    figures = totals.measure(session, partner)
    assert (figures.people, figures.with_profile, figures.fields) == (30, None, [])


@pytest.mark.parametrize(("have", "lack", "told"), [(9, 20, None), (20, 9, None), (12, 13, 10)])
def test_a_choice_needs_ten_on_both_sides(
    session: Session, partner: Institution, have: int, lack: int, told: int | None
) -> None:
    add(session, have, field="0732")
    add(session, lack)
    assert totals.measure(session, partner).with_profile == told


def test_small_fields_are_taken_together(session: Session, partner: Institution) -> None:
    add(session, 15, field="0732")
    add(session, 3, field="0911")
    add(session, 12, field="0231")
    add(session, 20)
    figures = totals.measure(session, partner)
    assert [people for _, people in figures.fields] == [15, 15]
    assert sorted(len(codes) for codes, _ in figures.fields) == [1, 2]


def test_hidden_profiles_and_engagements_are_counted_apart(
    session: Session, cast: Cast, partner: Institution
) -> None:
    add(session, 24, field="0732")
    add(session, 20)
    experts = [user.expert for user in session.scalars(select(User)) if user.expert][-24:]
    for expert in experts[:12]:
        expert.visibility = Visibility.HIDDEN
    for expert in experts[:11]:
        session.add(
            Engagement(
                need_id=cast.need.id, expert_id=expert.id, state=EngagementState.ACCEPTED,
                revealed_at=now(),
            )
        )  # fmt: skip
    session.flush()
    figures = totals.measure(session, partner)
    assert (figures.with_profile, figures.findable, figures.engaged) == (20, 10, 10)


@pytest.mark.parametrize("host", ["notpartner.example", "partner.example.evil.example"])
def test_others_are_not_counted(session: Session, partner: Institution, host: str) -> None:
    add(session, 12, host=host)
    assert totals.measure(session, partner).people is None


def test_people_below_the_domain_are_counted(session: Session, partner: Institution) -> None:
    add(session, 12, host="cs.partner.example")
    assert totals.measure(session, partner).people == 10


def test_an_unproved_domain_counts_nobody(session: Session, cast: Cast) -> None:
    other = make_institution(session, domain="unproved.example", relation=Relation.PARTNER)
    add(session, 12, host="unproved.example")
    assert totals.measure(session, other).people is None


def test_they_stand_still_for_a_month(session: Session, partner: Institution) -> None:
    add(session, 10)
    assert totals.make_due(session) == 1
    add(session, 20)
    assert totals.make_due(session) == 0
    made = totals.latest(session, partner)
    assert made is not None
    assert made[1].people == 10
    with time_machine.travel(now() + timedelta(days=32), tick=False):
        assert totals.make_due(session) == 1
        assert session.scalar(select(func.count(PartnerFigures.id))) == 2


def test_the_page(client: PageClient, session: Session, partner: Institution, cast: Cast) -> None:
    owner = partner.memberships[0].user
    path = f"/institutions/{partner.public_id}/totals"
    browser = client.sign_in(owner)
    assert "No totals yet" in browser.get(path).text
    add(session, 12, field="0732")
    add(session, 14)
    totals.make_due(session)
    page = browser.get(path)
    assert "at least 25" in page.text
    assert "too few to say" in page.text
    assert "@partner.example" not in page.html
    client.sign_in(cast.owner).get(path, status=404)
    client.sign_in(cast.coordinator).get(path, status=404)
