"""Reasons show what the person approved for reading without a name, and no trace of the rest."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Engagement, ExpertSkill, MailMessage, now
from models.choices import Importance
from tests.matches.conftest import Work
from tests.support.client import Page, PageClient
from tests.support.factories import Cast, make_need
from virtual_return.experts.privacy import anonymous_view
from virtual_return.jobs import changes
from virtual_return.matches import service
from virtual_return.matches.quoting import still_approved

# Every word of the need that must not be told of the person stands in the need as well, so that a
# mark, a skill or a quote made from the unmasked text would give it away.
TASK = (
    "Review the drinking water curriculum that Hansewasser in Bremen wrote with Elias Expert, "
    "see https://elias.example/me. Teach in Bremen."
)
SECRET = (
    "Elias Expert wrote the drinking water curriculum of Hansewasser in Bremen, see "
    "https://elias.example/me and write to expert@example.org."
)
SECRETS = ("Elias", "Expert wrote", "Hansewasser", "Bremen", "elias.example", "expert@example.org")


@pytest.fixture
def need_path(session: Session, cast: Cast, work: Work) -> str:
    profile = cast.profile
    profile.headline_anonymous = "Water engineer of Hansewasser who writes curricula"
    profile.about_anonymous = SECRET
    profile.evidence[0].title_anonymous = SECRET
    profile.evidence[0].text_anonymous = f"{SECRET} Teaching in Bremen."
    profile.skills = [
        ExpertSkill(label="curricula of Hansewasser"), ExpertSkill(label="water treatment"),
    ]  # fmt: skip
    need = make_need(
        session, cast.institution, created_by=cast.owner, title="Review our curriculum", task=TASK,
        skills={"Hansewasser curricula": Importance.MUST_HAVE,
                "water treatment": Importance.USEFUL},
    )  # fmt: skip
    changes.changed(session, "expert", profile.id)
    changes.changed(session, "need", need.id)
    work()
    return f"/needs/{need.public_id}/matches"


def persons_words(page: Page) -> str:
    """Return the page without what the institution wrote itself: its quotes, title and skills."""
    html = re.sub(r"<figure>\s*<figcaption>\s*The need says.*?</figure>", "", page.html, flags=re.S)
    return re.sub(r"<bdi>Hansewasser curricula</bdi>|Hansewasser curricula", "", html)


def assert_no_secret(html: str) -> None:
    assert [secret for secret in SECRETS if secret in html] == []


def card_link(page: Page) -> str:
    return next(address for address in page.links.values() if "/matches/" in address)


def test_no_page_tells_what_was_taken_out(client: PageClient, cast: Cast, need_path: str) -> None:
    member = client.sign_in(cast.owner)
    people = member.get(need_path)
    candidate = member.get(card_link(people))
    for page in (people, candidate):
        assert "The profile says" in page.text
        assert_no_secret(persons_words(page))


def test_no_mark_tells_that_a_word_that_was_taken_out_is_in_the_need(
    client: PageClient, cast: Cast, need_path: str
) -> None:
    page = client.sign_in(cast.owner).get(need_path)
    marked = re.findall(r"<mark>(.*?)</mark>", page.html)
    assert "curriculum" in " ".join(marked)
    for word in ("Hansewasser", "Bremen", "Elias", "Expert", "elias", "name", "employer", "place"):
        assert not any(word in mark for mark in marked), word


def test_ones_own_word_for_a_skill_names_nobody(
    session: Session, cast: Cast, need_path: str, request_context: Flask
) -> None:
    need = next(need for need in cast.institution.needs if need.task == TASK)
    match = service.candidate(session, need, cast.profile.id)
    assert match is not None
    assert all("Hansewasser" not in skill.by for skill in match.reasons.must_have)


@pytest.mark.parametrize("part", ["about", "evidence", "both"])
def test_what_was_not_approved_is_neither_quoted_nor_marked(
    client: PageClient, session: Session, cast: Cast, work: Work, need_path: str, part: str
) -> None:
    profile, item = cast.profile, cast.profile.evidence[0]
    profile.about = item.text = "Wrote the secret curriculum on drinking water for the ministry."
    profile.headline = item.title = "Curriculum of the ministry"
    if part != "evidence":
        profile.anonymous_approved_at = None
    if part != "about":
        item.anonymous_approved_at = None
    changes.changed(session, "expert", profile.id)
    work()
    page = client.sign_in(cast.owner).get(need_path)
    for secret in ("secret", "ministry"):
        assert secret not in page.html
    if part == "both":
        # Skills are named in any case; they are all that is quoted.
        quotes = re.findall(r"The profile says.*?<blockquote[^>]*>(.*?)</blockquote>", page.html,
                            flags=re.S)  # fmt: skip
        assert {re.sub("<.*?>", "", quote) for quote in quotes} <= {
            "curricula of [employer], water treatment"
        }
        assert "read only once both sides said yes" in page.text


def test_an_invitation_keeps_and_mails_nothing_else(
    client: PageClient, session: Session, cast: Cast, need_path: str
) -> None:
    member = client.sign_in(cast.owner)
    invite = f"{card_link(member.get(need_path))}/invite"
    assert_no_secret(persons_words(member.get(invite)))
    member.post(invite, {"message": "Would you help?"}, status=302)
    engagement = session.scalars(select(Engagement)).one()
    stored = engagement.reasons
    assert stored["pairs"]
    theirs = json.dumps([pair["person_text"] for pair in stored["pairs"]])
    assert_no_secret(theirs)
    for mail in session.scalars(select(MailMessage)):
        assert_no_secret(mail.subject)
        for pair in stored["pairs"]:
            assert pair["person_text"] not in mail.body_text


def invited(client: PageClient, session: Session, cast: Cast, need_path: str) -> str:
    member = client.sign_in(cast.owner)
    member.post(f"{card_link(member.get(need_path))}/invite", {"message": "Hello"}, status=302)
    return f"/engagements/{session.scalars(select(Engagement)).one().public_id}"


def test_a_stored_quote_is_gone_once_its_approval_is(
    client: PageClient, session: Session, cast: Cast, need_path: str
) -> None:
    path = invited(client, session, cast, need_path)
    member = client.sign_in(cast.owner)
    before = member.get(path)
    assert "The profile says" in before.text
    assert_no_secret(persons_words(before))
    cast.profile.anonymous_approved_at = None
    for item in cast.profile.evidence:
        item.anonymous_approved_at = None
    session.flush()
    after = member.get(path)
    assert "The profile says" not in after.text
    assert "curriculum of" not in persons_words(after)


def test_a_stored_quote_is_gone_once_it_names_the_person(
    session: Session, cast: Cast, request_context: Flask
) -> None:
    pairs = [{"need_text": "Plan a town.", "need_language": "en", "person_language": "en",
              "person_text": "Plans and repairs drinking water systems."}]  # fmt: skip
    assert still_approved(pairs, anonymous_view(cast.profile))
    # An employer of that name was added after the invitation.
    cast.profile.employer = "drinking water systems"
    assert still_approved(pairs, anonymous_view(cast.profile)) == ()


def test_a_stored_quote_with_placeholders_is_known_in_any_language(
    session: Session, cast: Cast, request_context: Flask
) -> None:
    cast.profile.about_anonymous = "Plans water systems at Hansewasser in  Bremen."
    pairs = [{"person_text": "Plans water systems at [employeur] in [lieu]."}]
    assert len(still_approved(pairs, anonymous_view(cast.profile))) == 1
    for nothing in ("", "[lieu]", "[name] [name]", "Plans bridges."):
        assert still_approved([{"person_text": nothing}], anonymous_view(cast.profile)) == ()


def test_a_withdrawn_profile_leaves_no_quote(
    client: PageClient, session: Session, cast: Cast, need_path: str
) -> None:
    path = invited(client, session, cast, need_path)
    cast.profile.paused_until = now().date().replace(year=now().year + 1)
    session.flush()
    assert "The profile says" not in client.sign_in(cast.owner).get(path).text
