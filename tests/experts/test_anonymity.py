"""Nothing that names a person leaves the server before both said yes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import EvidenceItem, Expert, ExpertSkill, Qualification, Skill, User, now
from models.choices import EvidenceKind, Visibility
from tests.support.client import PageClient
from tests.support.factories import Cast, make_expert
from virtual_return.experts import anonymity, operations, privacy
from virtual_return.experts import evidence as evidence_operations
from virtual_return.experts.shown import Recency, recency
from virtual_return.experts.values import About, Evidence

# Letters that stand in no other text of the profile, so that finding them is a leak.
LETTERS = "qxzjvkw"
WORD = st.text(alphabet=LETTERS, min_size=4, max_size=10).map(str.capitalize)
NAME = st.lists(WORD, min_size=2, max_size=3, unique=True).map(" ".join)
AROUND = st.sampled_from(
    [
        "I am {0} and I lead the laboratory.",
        "{0}: fifteen years of water supply ({0}'s own method).",
        "Contact {0}, please.",
        "The team of “{0}” built it.",
        "أعمل مع {0} في المختبر.",
    ]
)


def seen(expert: Expert) -> str:
    return json.dumps(asdict(privacy.anonymous_view(expert)), default=str, ensure_ascii=False)


@given(name=NAME, employer=NAME, city=WORD, body=NAME, host=WORD, secret=WORD, texts=st.data())
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_anonymous_view_holds_nothing_that_identifies(
    app: Flask, name: str, employer: str, city: str, body: str, host: str, secret: str,
    texts: st.DataObject,
) -> None:  # fmt: skip
    email = f"{name.split(maxsplit=1)[0].lower()}@{host.lower()}.example"
    link = f"https://{host.lower()}.example/{secret.lower()}"
    known = [name, *name.split(), employer, city, body, email, link, f"{host.lower()}.example"]

    def write() -> str:
        return texts.draw(AROUND).format(texts.draw(st.sampled_from(known)))

    expert = Expert(
        user=User(name=name, email=email), headline=secret, about=secret, city=city,
        employer=employer, links=[link], country_of_residence="DE", time_zone="Africa/Nairobi",
        headline_anonymous=write(), about_anonymous=write(), anonymous_approved_at=now(),
        modes=["remote"], kinds_wanted=[], fields_of_study=[], last_active_at=now(),
    )  # fmt: skip
    expert.qualifications = [Qualification(title=secret, awarding_body=body)]
    expert.skills = [ExpertSkill(label=write())]
    expert.evidence = [
        EvidenceItem(
            kind=EvidenceKind.PROJECT, title=secret, text=secret, link=link, start_year=2013,
            end_year=2017, title_anonymous=write(), text_anonymous=write(),
            anonymous_approved_at=now(),
        ),
        EvidenceItem(
            kind=EvidenceKind.PROJECT, title=secret, text=secret, link="",
            title_anonymous=secret, text_anonymous=secret,
        ),
    ]  # fmt: skip
    with app.test_request_context():
        shown = seen(expert)
    for word in (*known, secret, "DE", "Nairobi", "2013", "2017"):
        assert word not in shown


def test_nothing_is_quoted_before_it_is_approved(session: Session, cast: Cast) -> None:
    cast.profile.anonymous_approved_at = None
    cast.profile.evidence[0].anonymous_approved_at = None
    view = privacy.anonymous_view(cast.profile)
    assert (view.headline, view.about, view.evidence) == ("", "", ())


def test_a_name_that_was_added_after_approval_is_taken_out(app: Flask, cast: Cast) -> None:
    cast.profile.about_anonymous = "I run the plant of Hansewasser."
    assert cast.profile.employer == "Hansewasser"
    with app.test_request_context():
        assert "Hansewasser" not in privacy.anonymous_view(cast.profile).about


def test_years_places_and_moments_are_coarse(cast: Cast) -> None:
    item = cast.profile.evidence[0]
    item.start_year, item.end_year = 2009, 2014
    view = privacy.anonymous_view(cast.profile)
    assert (view.evidence[0].from_decade, view.evidence[0].to_decade) == (2000, 2010)
    assert view.utc_offsets == (0, 3)
    assert not hasattr(view, "country_of_residence")
    assert "id" not in asdict(view)


@pytest.mark.parametrize(
    ("zone", "band"),
    [
        ("Asia/Kathmandu", (3, 6)),
        ("America/Caracas", (-6, -3)),
        ("", None),
        ("Not/AZone", None),
        ("../etc/passwd", None),
    ],
)
def test_a_time_zone_becomes_a_band(cast: Cast, zone: str, band: tuple[int, int] | None) -> None:
    cast.profile.time_zone = zone
    assert privacy.anonymous_view(cast.profile).utc_offsets == band


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, Recency.WEEK), (20, Recency.MONTH), (80, Recency.QUARTER), (300, Recency.YEAR),
     (900, Recency.OLDER)],
)  # fmt: skip
def test_activity_is_told_coarsely(days: int, words: Recency) -> None:
    assert recency(now() - timedelta(days=days)) == words


def test_entries_of_the_taxonomy_stay_as_they_are(session: Session, cast: Cast) -> None:
    skill = Skill(uri="urn:x")
    session.add(skill)
    session.flush()
    cast.profile.employer = "water treatment"
    cast.profile.skills[0].skill_id = skill.id
    assert privacy.anonymous_view(cast.profile).skills[0].label == "water treatment"


@pytest.mark.parametrize("level", list(Visibility))
def test_only_two_levels_show_a_name(cast: Cast, level: Visibility) -> None:
    cast.profile.visibility = level
    named = level in (Visibility.INSTITUTIONS_NAMED, Visibility.MEMBERS)
    assert privacy.may_be_named(cast.profile) is named


def test_the_named_view_has_a_name_and_no_mail_address(cast: Cast) -> None:
    view = privacy.named_view(cast.profile)
    assert view.name == "Elias Expert"
    assert "expert@example.org" not in json.dumps(asdict(view), default=str)


def test_words_of_ones_own_survive_a_change_of_the_text(
    app: Flask, session: Session, cast: Cast
) -> None:
    item = cast.profile.evidence[0]
    item.text_anonymous = "Words that the author chose."
    with app.test_request_context():
        evidence_operations.edit(
            session, cast.expert, cast.profile, item,
            Evidence(kind=item.kind, title=item.title, text="A longer text."),
        )  # fmt: skip
    assert item.text_anonymous == "Words that the author chose."
    assert item.anonymous_approved_at is None


def test_a_new_employer_is_taken_out_of_stored_forms(
    app: Flask, session: Session, cast: Cast
) -> None:
    item = cast.profile.evidence[0]
    item.text_anonymous = "At Wasserwerk Kiel I built filters."
    with app.test_request_context():
        operations.save_about(
            session, cast.expert, cast.profile,
            About(headline=cast.profile.headline, about=cast.profile.about,
                  employer="Wasserwerk Kiel"),
        )  # fmt: skip
    assert "Kiel" not in item.text_anonymous
    assert item.anonymous_approved_at is not None


@pytest.fixture
def unread(session: Session, cast: Cast) -> Expert:
    """A profile as an import leaves it: texts without forms."""
    profile = cast.profile
    profile.headline_anonymous = profile.about_anonymous = ""
    profile.anonymous_approved_at = None
    profile.about = "I am Elias Expert of Hansewasser."
    item = profile.evidence[0]
    item.title_anonymous = item.text_anonymous = ""
    item.anonymous_approved_at = None
    session.flush()
    return profile


def test_proposals_are_approved_as_they_were_read(
    client: PageClient, cast: Cast, unread: Expert
) -> None:
    me = client.sign_in(cast.expert)
    page = me.get("/profile/preview")
    main = page.document.one("main").text
    assert "Elias" not in main
    assert "Hansewasser" not in main
    boxes = [box.attributes["value"] for box in page.document.all("input")
             if box.attributes.get("name") == "approve"]  # fmt: skip
    assert len(boxes) == 2
    me.post("/profile/preview/approve", {"approve": boxes})
    assert unread.anonymous_approved_at is not None
    assert not anonymity.waiting(unread)
    assert "Hansewasser" not in unread.about_anonymous


def test_a_proposal_that_changed_meanwhile_is_not_approved(
    client: PageClient, cast: Cast, unread: Expert, session: Session
) -> None:
    me = client.sign_in(cast.expert)
    box = next(box.attributes["value"] for box in me.get("/profile/preview").document.all("input")
               if box.attributes.get("name") == "approve")  # fmt: skip
    unread.about = "Something else that nobody has read."
    session.flush()
    me.post("/profile/preview/approve", {"approve": box})
    assert unread.anonymous_approved_at is None


def test_words_that_name_the_author_are_not_approved(
    client: PageClient, cast: Cast, unread: Expert
) -> None:
    me = client.sign_in(cast.expert)
    page = me.get("/profile/preview/about")
    again = me.submit(page, {"title": "Engineer", "text": "Ask Elias Expert in Bremen."})
    assert again.location == "/profile/preview/about"
    assert unread.anonymous_approved_at is None
    page = me.follow(again)
    assert "was taken out" in page.text
    assert me.submit(page).location == "/profile/preview"
    assert unread.anonymous_approved_at is not None
    assert "Bremen" not in unread.about_anonymous


def test_an_approval_is_taken_back(client: PageClient, cast: Cast) -> None:
    me = client.sign_in(cast.expert)
    assert cast.profile.about_anonymous in me.get("/profile/preview").text
    me.post("/profile/preview/about/withdraw")
    assert privacy.anonymous_view(cast.profile).about == ""


@pytest.mark.parametrize("marks", [[], ["about."], ["about.wrong"], ["about." + "x" * 5000]])
def test_nothing_is_approved_by_accident(
    client: PageClient, cast: Cast, unread: Expert, marks: list[str]
) -> None:
    me = client.sign_in(cast.expert)
    me.post("/profile/preview/approve", {"approve": marks}, status=302)
    assert unread.anonymous_approved_at is None


@pytest.mark.parametrize(
    ("handle", "sent"), [("about", {"title": "x" * 201}), ("about", {"text": "x" * 20_001})]
)
def test_a_form_that_is_too_long_is_refused(
    client: PageClient, cast: Cast, handle: str, sent: dict[str, str]
) -> None:
    me = client.sign_in(cast.expert)
    me.submit(me.get(f"/profile/preview/{handle}"), sent, status=422)


def test_the_preview_is_exactly_what_others_are_given(client: PageClient, cast: Cast) -> None:
    text = client.sign_in(cast.expert).get("/profile/preview").document.one("main").text
    view = privacy.anonymous_view(cast.profile)
    assert view.headline in text
    for secret in ("Elias", "Hansewasser", "Bremen", "Germany", "expert@example.org"):
        assert secret not in text


def test_the_item_of_somebody_else_cannot_be_worded(
    client: PageClient, cast: Cast, session: Session
) -> None:
    other = make_expert(session)
    me = client.sign_in(cast.expert)
    me.get(f"/profile/preview/{other.evidence[0].id}", status=404)
    assert anonymity.wording(cast.profile, other.evidence[0].id) is None
