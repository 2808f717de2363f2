"""An institution reads who would fit but for one thing: as counts, roughly where they are small."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Block, Expert
from models.choices import BlockKind, Cefr, Importance, Mode, Visibility
from tests.matches.conftest import Work
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert, make_need
from virtual_return.jobs import changes
from virtual_return.matches import service
from virtual_return.matches.near_words import (
    near_fact_words,
    near_skill_words,
    people_words,
)
from virtual_return.matches.results import FactMiss

ABOUT = "Review of a drinking water curriculum for a university, with its lecturers."
MANY_MORE = "people if you ask for English at B1 rather than B2"


@pytest.fixture
def path(session: Session, cast: Cast, work: Work) -> str:
    need = make_need(
        session,
        cast.institution,
        created_by=cast.owner,
        title=ABOUT,
        task=ABOUT,
        languages={"en": Cefr.B2},
        skills={"water treatment": Importance.MUST_HAVE, "teaching": Importance.MUST_HAVE},
        hours_per_week=4,
    )
    changes.changed(session, "need", need.id)
    work()
    return f"/needs/{need.public_id}/matches"


def add(session: Session, number: int, **values: object) -> list[Expert]:
    defaults: dict[str, object] = {
        "headline": ABOUT, "about": ABOUT, "headline_anonymous": ABOUT, "about_anonymous": ABOUT,
        "evidence": [ABOUT, ABOUT + " Again."], "languages": {"en": Cefr.C1},
        "skills": ("water treatment", "teaching"), "modes": [Mode.REMOTE], "hours_per_week": 8,
    }  # fmt: skip
    people = [make_expert(session, **{**defaults, **values}) for _ in range(number)]
    for expert in people:
        changes.changed(session, "expert", expert.id)
    return people


def test_it_says_what_asking_for_less_would_bring(
    client: PageClient, session: Session, cast: Cast, work: Work, path: str
) -> None:
    add(session, 4, languages={"en": Cefr.B1})
    add(session, 3, hours_per_week=3)
    # Nothing about them comes near, so they are nobody's near miss.
    add(session, 5, languages={"en": Cefr.B1}, about_anonymous="Pottery.", evidence=["Pottery."],
        headline_anonymous="Potter", about="Pottery.", headline="Potter")  # fmt: skip
    work()
    text = client.sign_in(cast.owner).get(path).text
    assert "Who would fit but for one thing" in text
    assert f"4 more {MANY_MORE}" in text
    assert "3 more people if it takes 3 hours a week" in text


def test_one_person_is_not_told_apart_from_two(
    client: PageClient, session: Session, cast: Cast, work: Work, path: str
) -> None:
    people = add(session, 2, languages={"en": Cefr.B1})
    work()
    member = client.sign_in(cast.owner)
    first = member.get(path)
    assert f"1 or 2 more {MANY_MORE}" in first.text
    people[0].visibility = Visibility.HIDDEN
    session.flush()
    second = member.get(path)
    assert f"1 or 2 more {MANY_MORE}" in second.text
    for page in (first, second):
        assert "2 people were" not in page.text
        assert "1 or 2: they do not deliver in English" in page.text


@pytest.mark.parametrize("how", ["hidden", "blocked"])
def test_who_may_not_be_seen_is_in_no_count(
    client: PageClient, session: Session, cast: Cast, work: Work, path: str, how: str
) -> None:
    people = add(session, 4, languages={"en": Cefr.B1})
    work()
    for expert in people:
        if how == "hidden":
            expert.visibility = Visibility.HIDDEN
        else:
            expert.blocks = [Block(kind=BlockKind.COUNTRY, value=cast.institution.country)]
    session.flush()
    text = client.sign_in(cast.owner).get(path).text
    assert "Who would fit but for one thing" not in text
    assert MANY_MORE not in text


def test_it_says_which_must_have_alone_is_lacking(
    client: PageClient, session: Session, cast: Cast, work: Work, path: str
) -> None:
    add(session, 3, skills=("water treatment",))
    add(session, 1)
    work()
    assert "3 people lack only this: teaching" in client.sign_in(cast.owner).get(path).text


def test_mails_do_not_count_near_misses(
    session: Session, cast: Cast, work: Work, path: str, request_context: Flask
) -> None:
    add(session, 4, languages={"en": Cefr.B1})
    work()
    need = next(need for need in cast.institution.needs if need.title == ABOUT)
    assert service.list_people(session, need).listing.near_misses.facts == ()
    assert service.list_people(session, need, counts_near=True).listing.near_misses.facts


@pytest.mark.parametrize(
    ("miss", "words"),
    [
        (FactMiss("language", "ar", "5", "", 7), "7 more people if you do not ask for Arabic"),
        (FactMiss("mode", "visit", "visit", "remote", 7),
         "7 more people if the work is done remotely"),
        (FactMiss("kind", "review", "review", "", 7),
         "7 more people if it is another kind of engagement"),
        (FactMiss("dates", "", str(date(2027, 1, 1)), "", 1),
         "1 or 2 more people if you leave the dates open"),
        (FactMiss("hours", "", "8", "1", 3), "3 more people if it takes 1 hour a week"),
        (FactMiss("something new", "", "", "", 3), ""),
    ],
)  # fmt: skip
def test_each_fact_has_its_sentence(miss: FactMiss, words: str, request_context: Flask) -> None:
    assert near_fact_words(miss) == words


def test_small_counts_are_words(request_context: Flask) -> None:
    assert [people_words(number) for number in (1, 2, 3, 1200)] == [
        "1 or 2",
        "1 or 2",
        "3",
        "1,200",
    ]
    assert near_skill_words(1, "welding") == "1 or 2 people lack only this: welding"
