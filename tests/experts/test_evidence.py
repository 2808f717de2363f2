"""Evidence and qualifications: one's own, in one's own order."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Qualification
from models.choices import EvidenceKind, Recognition
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert
from virtual_return.security import seal


@pytest.fixture
def me(client: PageClient, cast: Cast) -> PageClient:
    return client.sign_in(cast.expert)


def add(me: PageClient, title: str, **more: str) -> None:
    me.submit(me.get("/profile/evidence/new"), {"title": title, "kind": "project", **more})


def test_an_item_is_added_with_a_proposal_and_not_yet_shown(me: PageClient, cast: Cast) -> None:
    add(
        me,
        "Elias Expert: pumps for Hansewasser",
        text="Write to expert@example.org, see https://example.org/x.",
        start_year="2014",
        end_year="2019",
        link="https://example.org/paper",
    )
    item = cast.profile.evidence[-1]
    assert (item.kind, item.start_year, item.link) == (
        EvidenceKind.PROJECT, 2014, "https://example.org/paper",
    )  # fmt: skip
    assert item.language == "en"
    assert item.anonymous_approved_at is None
    for secret in ("Elias", "Hansewasser", "example.org"):
        assert secret not in item.title_anonymous + item.text_anonymous


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 501),
        ("text", "x" * 20_001),
        ("link", "javascript:alert(1)"),
        ("link", "https://"),
        ("link", "file:///etc/passwd"),
        ("start_year", "1200"),
        ("start_year", "2999"),
        ("kind", "visa"),
        ("language", "zz9"),
    ],
)
def test_an_item_that_cannot_be_is_refused(
    me: PageClient, cast: Cast, field: str, value: str
) -> None:
    page = me.get("/profile/evidence/new")
    me.submit(page, {"title": "A", "kind": "award", field: value}, status=422)
    assert len(cast.profile.evidence) == 1


def test_years_in_the_wrong_order_are_refused_in_words(me: PageClient, cast: Cast) -> None:
    page = me.submit(
        me.get("/profile/evidence/new"),
        {"title": "A", "kind": "award", "start_year": "2019", "end_year": "2014"},
        status=422,
    )
    assert "before the first" in page.text
    assert len(cast.profile.evidence) == 1


def test_what_was_approved_waits_for_a_new_look_once_the_text_changes(
    me: PageClient, cast: Cast
) -> None:
    path = next(iter(hrefs(me, "/profile/evidence/")))
    me.submit(me.get(path), {"title": "Designed another filter"})
    item = cast.profile.evidence[0]
    assert item.title == item.title_anonymous == "Designed another filter"
    assert item.anonymous_approved_at is None


def test_changing_only_years_keeps_the_approval(me: PageClient, cast: Cast) -> None:
    path = next(iter(hrefs(me, "/profile/evidence/")))
    me.submit(me.get(path), {"start_year": "2001"})
    assert cast.profile.evidence[0].anonymous_approved_at is not None


def test_items_move_and_go(me: PageClient, cast: Cast) -> None:
    add(me, "Second thing that I did")
    add(me, "Third thing that I did")
    paths = hrefs(me, "/profile/evidence/")
    me.post(f"{paths[2]}/move", {"direction": "up"})
    me.post(f"{paths[0]}/move", {"direction": "up"})
    titles = [item.title[:6] for item in cast.profile.evidence]
    assert titles == ["Design", "Third ", "Second"]
    me.post(f"{paths[0]}/delete")
    assert [item.title[:6] for item in cast.profile.evidence] == ["Third ", "Second"]


def test_two_people_at_one_item_do_not_overwrite_each_other(me: PageClient, cast: Cast) -> None:
    path = next(iter(hrefs(me, "/profile/evidence/")))
    stale = me.get(path)
    me.submit(me.get(path), {"title": "The first change"})
    both = me.submit(stale, {"title": "The second change"}, status=409)
    assert "The first change" in both.text
    assert cast.profile.evidence[0].title == "The first change"


def test_items_of_others_do_not_exist(
    me: PageClient, cast: Cast, session: Session, app: Flask
) -> None:
    other = make_expert(session)
    other.qualifications.append(Qualification(title="Degree"))
    session.flush()
    secret = app.extensions["services"].settings.secret_key
    item, held = other.evidence[0].id, other.qualifications[0].id
    for owner in (other.id, cast.profile.id):
        handle = seal(secret, f"evidence:{owner}", item)
        me.get(f"/profile/evidence/{handle}", status=404)
        me.get(f"/profile/preview/{handle}", status=404)
        for verb in ("delete", "move"):
            me.post(f"/profile/evidence/{handle}/{verb}", status=404)
        me.post(f"/profile/preview/{handle}/withdraw", status=404)
        me.post("/profile/preview/approve", {"approve": f"{handle}.0"}, status=404)
        handle = seal(secret, f"qualification:{owner}", held)
        me.get(f"/profile/qualifications/{handle}", status=404)
        me.post(f"/profile/qualifications/{handle}/delete", status=404)
    for nonsense in ("1", "x" * 400, "%00"):
        me.get(f"/profile/evidence/{nonsense}", status=404)
    assert len(other.evidence) == len(other.qualifications) == 1


def test_a_qualification_is_kept_with_its_recognitions(me: PageClient, cast: Cast) -> None:
    me.submit(
        me.get("/profile/qualifications/new"),
        {
            "title": "Doctor of Engineering",
            "awarding_body": "Universität Bremen",
            "country": "DE",
            "level": "8",
            "field_of_study": "0732",
            "year": "2009",
            "recognitions-0-country": "SO",
            "recognitions-0-status": "in_progress",
        },
    )
    row = cast.profile.qualifications[0]
    assert (row.level, row.year, row.country) == (8, 2009, "DE")
    assert [(held.country, held.status) for held in row.recognitions] == [
        ("SO", Recognition.IN_PROGRESS)
    ]
    path = next(iter(hrefs(me, "/profile/qualifications/")))
    me.submit(me.get(path), {"recognitions-0-status": "recognised", "recognitions-1-country": "KE"})
    assert {held.country: held.status for held in row.recognitions} == {
        "SO": Recognition.RECOGNISED, "KE": Recognition.UNKNOWN,
    }  # fmt: skip
    me.post(f"{path}/delete")
    assert cast.profile.qualifications == []


def test_the_body_that_awarded_a_degree_is_taken_out_of_what_others_read(
    me: PageClient, cast: Cast, session: Session
) -> None:
    cast.profile.about_anonymous = "Studied at Technische Hochschule Lübeck."
    session.flush()
    me.submit(
        me.get("/profile/qualifications/new"),
        {"title": "Master", "awarding_body": "Technische Hochschule Lübeck"},
    )
    assert "Lübeck" not in cast.profile.about_anonymous


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("country", "ZZ"), ("level", "99"), ("year", "12"), ("field_of_study", "x")],
)
def test_a_qualification_that_cannot_be_is_refused(
    me: PageClient, cast: Cast, field: str, value: str
) -> None:
    page = me.get("/profile/qualifications/new")
    me.submit(page, {"title": "Master", field: value}, status=422)
    assert cast.profile.qualifications == []


def hrefs(me: PageClient, prefix: str) -> list[str]:
    page = me.get(prefix.rstrip("/"))
    found = [link.attributes["href"] for link in page.document.all("a")]
    return [
        href for href in found if href.startswith(prefix) and not href.endswith("/new")
    ]  # fmt: skip
