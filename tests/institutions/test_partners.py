"""Partner institutions: the same verification, no needs of their own, a place on the page."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Institution
from models.choices import Relation, VerificationState
from tests.support.client import PageClient
from tests.support.factories import Cast, make_institution, make_need, make_user
from virtual_return.errors import Conflict
from virtual_return.institutions import operations, queries
from virtual_return.needs import operations as needs
from virtual_return.needs.values import What

FORM = {
    "name": "Diaspora University of Bremen",
    "kind": "university",
    "relation": "partner",
    "country": "DE",
    "domain": "bremen.example",
    "website": "https://bremen.example",
}


def test_a_partner_describes_itself_and_is_verified_like_everybody(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.stranger)
    page = browser.follow(browser.submit(browser.get("/institutions/new"), FORM))
    assert "Partner abroad" in page.text
    assert "Write a need" not in page.links
    institution = session.scalars(select(Institution).where(Institution.name == FORM["name"])).one()
    assert (institution.relation, institution.state) == (
        Relation.PARTNER, VerificationState.DRAFT,
    )  # fmt: skip


def test_a_partner_writes_no_needs(session: Session, cast: Cast) -> None:
    partner = make_institution(session, owner=cast.stranger, relation=Relation.PARTNER)
    with pytest.raises(Conflict, match="partner writes no needs"):
        needs.create_draft(session, cast.stranger, partner, What(title="Teach us"))
    assert queries.writable(session, cast.stranger) == []


def test_what_was_verified_includes_the_relation(session: Session, cast: Cast) -> None:
    description = operations.Description(
        name=cast.institution.name,
        kind=cast.institution.kind,
        relation=Relation.PARTNER,
        country=cast.institution.country,
        domain=cast.institution.domain,
    )
    with pytest.raises(Conflict):
        operations.edit(session, cast.owner, cast.institution, description)


def test_an_unknown_relation_is_refused(client: PageClient, cast: Cast) -> None:
    browser = client.sign_in(cast.stranger)
    browser.post("/institutions/new", {**FORM, "relation": "owner"}, status=422)


def test_without_an_answer_it_is_a_host(client: PageClient, session: Session, cast: Cast) -> None:
    browser = client.sign_in(cast.stranger)
    values = {name: value for name, value in FORM.items() if name != "relation"}
    browser.post("/institutions/new", values)
    made = session.scalars(select(Institution).where(Institution.name == FORM["name"])).one()
    assert made.relation == Relation.HOST


def test_strangers_find_no_pages_between_two_institutions(
    client: PageClient, session: Session, cast: Cast
) -> None:
    partner = make_institution(session, owner=make_user(session), relation=Relation.PARTNER)
    browser = client.sign_in(cast.stranger)
    for path in (
        f"/institutions/{partner.public_id}/together",
        f"/institutions/{partner.public_id}/totals",
        f"/needs/{cast.need.public_id}/co-hosting",
        f"/needs/{cast.need.public_id}/co-host",
        "/co-hosting/nothing",
    ):
        browser.get(path, status=404)


def test_a_host_has_no_totals(client: PageClient, cast: Cast) -> None:
    client.sign_in(cast.owner).get(f"/institutions/{cast.institution.public_id}/totals", status=404)


def test_the_offer_is_shown_to_those_who_can_make_it(
    client: PageClient, session: Session, cast: Cast
) -> None:
    partner_owner = make_user(session)
    make_institution(session, owner=partner_owner, relation=Relation.PARTNER)
    path = f"/needs/{make_need(session, cast.institution).public_id}"
    assert "Offer to host it together" in client.sign_in(partner_owner).get(path).links
    for user in (cast.owner, cast.stranger):
        assert "Offer to host it together" not in client.sign_in(user).get(path).links
    assert "Offer to host it together" not in client.get(path).links
