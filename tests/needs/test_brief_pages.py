"""Write a brief without scripts, step by step, and hand it in."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CountryStatus, Need
from models.choices import CountryState, Mode, NeedState, Role
from tests.support.client import PageClient
from tests.support.factories import (
    Cast,
    add_member,
    in_days,
    make_institution,
    make_need,
    make_user,
)

WHAT = {
    "title": "Teach soil mechanics",
    "kind": "teaching",
    "field_of_study": "0732",
    "language": "en",
    "task": "Give three lectures.",
    "deliverable": "Three lectures with slides.",
    "who_learns": "Twelve third-year students and one lecturer.",
}
WHO = {
    "must_have": "soil mechanics\nteaching",
    "useful": "Python",
    "languages-0-language": "en",
    "languages-0-level": "b2",
    "languages-2-language": "so",
    "languages-2-level": "c1",
}
HOW = {
    "mode": "remote",
    "hours_per_week": "3",
    "weeks": "4",
    "counterpart_name": "Amina Warsame",
    "money": "unpaid",
    "time_zone": "Africa/Mogadishu",
    "overlap_hours": "2",
}
LOCAL = {
    "local_availability": "scarce",
    "local_search": "We asked two universities.",
    "visibility": "public",
}


def draft(session: Session, cast: Cast, **values: Any) -> Need:
    state = {"state": NeedState.DRAFT, "opened_at": None, "expires_at": None}
    return make_need(session, cast.institution, **{**state, **values})


def step(need: Need, name: str) -> str:
    return f"/needs/{need.public_id}/brief/{name}"


def test_a_brief_is_written_in_four_steps_and_handed_in(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.member)
    begin = browser.follow(browser.get("/needs/new", status=302))
    page = browser.follow(browser.submit(begin, WHAT))
    for answers in (WHO, HOW, LOCAL):
        page = browser.follow(browser.submit(page, answers))
    assert page.h1 == "Check and send"
    assert "Everything is there" in page.text
    need = session.scalar(select(Need).where(Need.title == WHAT["title"]))
    assert need is not None
    assert [item.language for item in need.languages] == ["en", "so"]
    done = browser.follow(browser.post(f"/needs/{need.public_id}/review"))
    assert "Waiting for review" in done.text
    assert need.state == NeedState.SUBMITTED


def test_a_half_finished_step_is_saved_and_the_look_at_the_whole_leads_back(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.member)
    path = f"/needs/new/{cast.institution.public_id}"
    browser.submit(browser.get(path), {"title": "Teach soil mechanics"})
    need = session.scalar(select(Need).where(Need.title == "Teach soil mechanics"))
    assert need is not None
    assert need.state == NeedState.DRAFT
    page = browser.get(f"/needs/{need.public_id}/review")
    link = page.links["Say who at your institution learns from it."]
    assert link == step(need, "what") + "#who_learns"
    fields = browser.get(link).document
    assert fields.one("textarea", id="who_learns")
    browser.post(f"/needs/{need.public_id}/review", status=422)
    for href in page.links.values():
        if "#" in href[1:]:
            target, anchor = href.split("#")
            assert browser.get(target).document.all("input", "select", "textarea", id=anchor)


def test_a_saved_step_shows_what_was_saved(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.member)
    need = draft(session, cast)
    for name, answers in (("what", WHAT), ("who", WHO), ("how", HOW), ("local", LOCAL)):
        browser.submit(browser.get(step(need, name)), answers)
        again = browser.submit(browser.get(step(need, name)))
        assert again.status == 302
    assert (need.title, need.overlap_hours, need.mode) == (WHAT["title"], 2, Mode.REMOTE)
    assert [skill.label for skill in need.skills] == ["soil mechanics", "teaching", "Python"]
    assert [item.language for item in need.languages] == ["en", "so"]
    assert need.counterpart_name == "Amina Warsame"


def test_one_can_save_and_look_at_the_whole(
    client: PageClient, session: Session, cast: Cast
) -> None:
    need = draft(session, cast)
    browser = client.sign_in(cast.member)
    answer = browser.post(step(need, "what"), {**WHAT, "then": "review"})
    assert answer.location == f"/needs/{need.public_id}/review"


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("what", {**WHAT, "title": ""}),
        ("what", {**WHAT, "title": "\x00"}),
        ("what", {**WHAT, "title": "a" * 201}),
        ("what", {**WHAT, "kind": "war"}),
        ("what", {**WHAT, "field_of_study": "9999"}),
        ("what", {**WHAT, "language": "xx"}),
        ("what", {**WHAT, "task": "a" * 4001}),
        ("who", {**WHO, "must_have": "\n".join(f"skill {n}" for n in range(16))}),
        ("who", {**WHO, "must_have": "a" * 201}),
        ("who", {**WHO, "languages-0-language": "klingon"}),
        ("who", {**WHO, "languages-0-level": "z9"}),
        ("how", {**HOW, "mode": "teleport"}),
        ("how", {**HOW, "hours_per_week": "0"}),
        ("how", {**HOW, "hours_per_week": "41"}),
        ("how", {**HOW, "weeks": "9999999999999999999"}),
        ("how", {**HOW, "window_end": "0001-01-01"}),
        ("how", {**HOW, "window_end": "9999-12-31"}),
        ("how", {**HOW, "window_end": "tomorrow"}),
        ("how", {**HOW, "money_amount": "1e9"}),
        ("how", {**HOW, "money_amount": "NaN"}),
        ("how", {**HOW, "money_amount": "Infinity"}),
        ("how", {**HOW, "money_currency": "ZZZ"}),
        ("how", {**HOW, "time_zone": "../../etc/passwd"}),
        ("how", {**HOW, "unit_id": "999999"}),
        ("local", {**LOCAL, "local_availability": "nonsense"}),
        ("local", {**LOCAL, "visibility": "secret"}),
        ("local", {**LOCAL, "visibility": ""}),
    ],
)
def test_a_hostile_answer_is_refused_and_nothing_is_saved(
    client: PageClient, session: Session, cast: Cast, name: str, answers: dict[str, str]
) -> None:
    need = draft(session, cast)
    page = client.sign_in(cast.member).post(step(need, name), answers, status=422)
    assert page.document.all("title")[0].text.startswith("Error: ")
    assert need.title == "Review our drinking water curriculum"
    assert need.hours_per_week == 3


@pytest.mark.parametrize("state", [CountryState.VIRTUAL_ONLY, CountryState.PAUSED])
def test_the_country_is_told_and_travel_refused_with_its_reason(
    client: PageClient, session: Session, cast: Cast, state: CountryState
) -> None:
    session.add(
        CountryStatus(country="SO", state=state, reason="Roads are flooded.", since=in_days(-3))
    )
    need = draft(session, cast)
    browser = client.sign_in(cast.member)
    assert "Roads are flooded." in browser.get(step(need, "how")).text
    page = browser.post(step(need, "how"), {**HOW, "mode": "on_site"}, status=422)
    assert "only remote work is possible" in page.text
    assert need.mode == Mode.REMOTE


def test_a_stranger_finds_no_brief_and_a_viewer_writes_none(
    client: PageClient, session: Session, cast: Cast
) -> None:
    need = draft(session, cast)
    viewer = make_user(session)
    add_member(session, cast.institution, viewer, Role.VIEWER)
    base = f"/needs/{need.public_id}"
    paths = [*(step(need, name) for name in ("what", "who", "how", "local")), f"{base}/review"]
    paths += [f"{base}/appeal", f"/needs/new/{cast.institution.public_id}"]
    for path in paths:
        assert "/sign-in" in client.get(path, status=302).location
        for user in (cast.stranger, cast.coordinator):
            client.sign_in(user).get(path, status=404)
        client.sign_in(viewer).get(path, status=403)
    for path in (f"{base}/duplicate", f"{base}/discard", f"{base}/act/close"):
        client.post(path, status=302)
        client.sign_in(cast.stranger).post(path, status=404)
        client.sign_in(viewer).post(path, status=403)
    assert need.state == NeedState.DRAFT


def test_an_unknown_step_is_not_there(client: PageClient, session: Session, cast: Cast) -> None:
    need = draft(session, cast)
    client.sign_in(cast.member).get(step(need, "money"), status=404)


def test_an_open_need_is_not_edited_but_duplicated(
    client: PageClient, session: Session, cast: Cast
) -> None:
    browser = client.sign_in(cast.member)
    page = browser.get(step(cast.need, "what"), status=409)
    assert "Duplicate it" in page.text
    base = f"/needs/{cast.need.public_id}"
    answer = browser.post(f"{base}/duplicate")
    assert browser.follow(answer).h1 == "What do you need?"
    assert answer.location.split("/")[2] != cast.need.public_id


def test_who_has_no_institution_is_told_what_comes_first(client: PageClient, cast: Cast) -> None:
    page = client.sign_in(cast.stranger).get("/needs/new")
    assert "First, describe your institution" in page.text


def test_who_has_several_institutions_chooses(
    client: PageClient, session: Session, cast: Cast
) -> None:
    other = make_institution(session, owner=cast.owner, working_name="Second Institute")
    page = client.sign_in(cast.owner).get("/needs/new")
    assert page.links["Second Institute"] == f"/needs/new/{other.public_id}"


def test_a_need_is_managed_by_its_state(client: PageClient, session: Session, cast: Cast) -> None:
    browser = client.sign_in(cast.member)
    base = f"/needs/{cast.need.public_id}"
    assert "Mark as filled" in browser.get(f"{base}/manage").text
    page = browser.follow(browser.post(f"{base}/act/fill"))
    assert "Filled" in page.text
    browser.post(f"{base}/act/fill", status=409)
    browser.post(f"{base}/act/renew")
    assert cast.need.state == NeedState.OPEN
    browser.post(f"{base}/act/close")
    browser.post(f"{base}/act/approve", status=404)
    browser.post(f"{base}/act/expire", status=404)
    browser.post(f"{base}/discard", status=409)


def test_a_draft_is_deleted(client: PageClient, session: Session, cast: Cast) -> None:
    need = draft(session, cast)
    public_id = need.public_id
    answer = client.sign_in(cast.member).post(f"/needs/{public_id}/discard")
    assert answer.location == f"/institutions/{cast.institution.public_id}"
    assert session.scalar(select(Need).where(Need.public_id == public_id)) is None


def test_a_refused_need_is_appealed(client: PageClient, session: Session, cast: Cast) -> None:
    cast.need.state, cast.need.review_note = NeedState.CLOSED, "Not for this programme."
    cast.need.reviewed_by_id = cast.coordinator.id
    browser = client.sign_in(cast.member)
    page = browser.get(f"/needs/{cast.need.public_id}/manage")
    assert "Not for this programme." in page.text
    form = browser.get(page.links["Appeal"])
    browser.submit(form, {"appeal": " "}, status=422)
    browser.submit(form, {"appeal": "It is, see paragraph 3."})
    assert cast.need.state == NeedState.SUBMITTED
