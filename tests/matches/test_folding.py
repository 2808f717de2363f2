"""Near-duplicates stand under the first of them, and every one can still be reached."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from models import Need
from tests.matches.conftest import Work
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert, make_institution, make_need
from virtual_return.jobs import changes


def repost(session: Session, cast: Cast, work: Work, need: Need) -> Need:
    changes.changed(session, "need", need.id)
    changes.changed(session, "expert", cast.profile.id)
    work()
    return need


def test_the_same_person_twice_is_one_card_and_one_similar(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    again = make_expert(session, headline_anonymous="Water engineer with 15 years in small towns")
    changes.changed(session, "expert", again.id)
    work()
    page = client.sign_in(indexed.owner).get(f"/needs/{indexed.need.public_id}/matches")
    assert "and 1 similar profile" in page.text
    # Both can be read and invited.
    assert len(page.document.all("article")) == 2
    assert len(set(re.findall(r"/matches/([\w-]+)/invite", page.html))) == 2


def test_different_people_are_not_folded(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    other = make_expert(
        session,
        headline_anonymous="Teaches laboratory safety",
        about_anonymous="Writes curricula and trains lecturers at three colleges.",
        evidence=["Wrote the safety manual of a chemistry department."],
    )
    changes.changed(session, "expert", other.id)
    work()
    page = client.sign_in(indexed.owner).get(f"/needs/{indexed.need.public_id}/matches")
    assert "similar" not in page.text
    assert len(page.document.all("article")) == 2


def test_a_need_that_was_posted_again_is_folded(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    repost(session, indexed, work, make_need(session, indexed.institution))
    page = client.sign_in(indexed.expert).get("/matches")
    assert "and 1 similar need" in page.text
    assert len(page.document.all("article")) == 2


def test_two_institutions_may_need_the_same(
    client: PageClient, session: Session, indexed: Cast, work: Work
) -> None:
    repost(session, indexed, work, make_need(session, make_institution(session)))
    page = client.sign_in(indexed.expert).get("/matches")
    assert "similar" not in page.text
    assert len(page.document.all("article")) == 2
