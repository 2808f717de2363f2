"""The guided steps: each saves on the server, keeps what was typed, and overwrites nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Expert, OutboxEntry, Skill, SkillLabel
from models.choices import Cefr, Mode, SkillLevel, TieKind, Visibility
from tests.support.client import PageClient
from tests.support.factories import Cast
from virtual_return.reference.skill_labels import fold

Saved = dict[str, Any]


@pytest.fixture
def me(client: PageClient, cast: Cast) -> PageClient:
    return client.sign_in(cast.expert)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_new_profile_is_hidden_and_leads_to_the_first_step(
    client: PageClient, cast: Cast, session: Session
) -> None:
    stranger = client.sign_in(cast.stranger)
    page = stranger.get("/profile")
    assert "starts hidden" in page.text
    started = stranger.submit(page, action="/profile/start")
    assert started.location == "/profile/about"
    expert = session.scalar(select(Expert).where(Expert.user_id == cast.stranger.id))
    assert expert is not None
    assert expert.visibility == Visibility.HIDDEN
    assert expert.refresh_due_at is not None
    assert actions(session) == ["expert.started"]
    stranger.post("/profile/start")
    assert len(session.scalars(select(Expert)).all()) == 2


def test_a_step_without_a_profile_leads_to_the_beginning(client: PageClient, cast: Cast) -> None:
    stranger = client.sign_in(cast.stranger)
    assert stranger.get("/profile/skills", status=302).location == "/profile"
    assert stranger.post("/profile/skills").location == "/profile"


def test_a_visitor_is_asked_to_sign_in(client: PageClient) -> None:
    assert "/sign-in" in client.get("/profile", status=302).location


def test_about_is_saved_with_its_language_and_matching_is_told(
    me: PageClient, cast: Cast, session: Session
) -> None:
    before = cast.profile.last_active_at
    page = me.get("/profile/about")
    done = me.submit(
        page,
        {
            "headline": "Ingénieure de l'eau depuis quinze ans",
            "about": "Je répare des réseaux d'eau potable dans de petites villes.",
            "language": "",
            "links": "https://example.org/me\n\nhttps://example.org/me",
        },
    )
    assert done.location == "/profile/evidence"
    assert cast.profile.language == "fr"
    assert cast.profile.links == ["https://example.org/me"]
    assert cast.profile.last_active_at > before
    assert actions(session) == ["expert.about_saved"]
    assert session.scalars(select(OutboxEntry)).all()
    assert cast.profile.anonymous_approved_at is None


def test_the_author_corrects_the_language(me: PageClient, cast: Cast) -> None:
    me.submit(me.get("/profile/about"), {"language": "so", "headline": "Injineer biyaha"})
    assert cast.profile.language == "so"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("headline", "x" * 201),
        ("about", "x" * 10_001),
        ("links", "javascript:alert(1)"),
        ("links", "https://ok.example\ndata:text/html,hello"),
        ("links", "\n".join(f"https://example.org/{number}" for number in range(11))),
        ("country_of_residence", "ZZ"),
        ("time_zone", "Mars/Olympus"),
        ("language", "klingon"),
        ("standing", "citizen"),
    ],
)
def test_about_refuses_what_cannot_be_and_keeps_what_was_typed(
    me: PageClient, cast: Cast, field: str, value: str
) -> None:
    page = me.submit(me.get("/profile/about"), {"city": "Kiel", field: value}, status=422)
    assert page.document.one("title").text.startswith("Error: ")
    assert "Kiel" in page.html
    assert cast.profile.city == "Bremen"


def test_nothing_is_overwritten_that_was_changed_elsewhere(
    me: PageClient, cast: Cast, session: Session
) -> None:
    stale = me.get("/profile/about")
    me.submit(me.get("/profile/about"), {"city": "Hamburg"})
    both = me.submit(stale, {"city": "Kiel"}, status=409)
    assert "Hamburg" in both.text
    assert "Kiel" in both.html
    assert cast.profile.city == "Hamburg"
    me.submit(both)
    assert cast.profile.city == "Kiel"


def test_a_change_of_another_step_is_no_conflict(me: PageClient, cast: Cast) -> None:
    stale = me.get("/profile/about")
    me.submit(me.get("/profile/skills"), {"skills-0-label": "hydrology"}, action="/profile/skills")
    me.submit(stale, {"city": "Kiel"})
    assert cast.profile.city == "Kiel"


def test_skills_are_added_changed_and_dropped(me: PageClient, cast: Cast) -> None:
    page = me.get("/profile/skills")
    me.submit(
        page,
        {
            "skills-0-label": "",
            "skills-1-level": "expert",
            "skills-1-years": "9",
            "skills-2-label": "  well   drilling ",
            "skills-3-label": "WELL DRILLING",
        },
        action="/profile/skills",
    )
    rows = [(row.label, row.level, row.years) for row in cast.profile.skills]
    assert rows == [
        ("laboratory safety", SkillLevel.EXPERT, 9),
        ("well drilling", None, None),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("skills-0-label", "x" * 201),
        ("skills-0-level", "master"),
        ("skills-0-years", "-1"),
        ("skills-0-years", "71"),
        ("skills-0-years", "many"),
    ],
)
def test_skills_refuse_what_cannot_be(me: PageClient, cast: Cast, field: str, value: str) -> None:
    me.submit(me.get("/profile/skills"), {field: value}, action="/profile/skills", status=422)
    assert [row.label for row in cast.profile.skills] == ["water treatment", "laboratory safety"]


def test_too_many_skills_are_refused_in_words(me: PageClient, cast: Cast) -> None:
    page = me.get("/profile/skills")
    version = page.form("/profile/skills").all("input")
    sent = {item.attributes["name"]: item.attributes["value"] for item in version
            if item.attributes.get("name") == "version"}  # fmt: skip
    rows = {f"skills-{number}-label": f"skill {number}" for number in range(61)}
    page = me.post("/profile/skills", {**sent, **rows}, status=422)
    assert "at most 60 skills" in page.text
    assert len(cast.profile.skills) == 2


@pytest.fixture
def taxonomy(session: Session) -> Skill:
    skill = Skill(uri="http://data.europa.eu/esco/skill/1")
    skill.labels = [
        SkillLabel(language=code, label=label, folded=fold(label), is_preferred=True)
        for code, label in {"en": "irrigation systems", "fr": "systèmes d’irrigation"}.items()
    ]
    session.add(skill)
    session.flush()
    return skill


@pytest.mark.parametrize("words", ["irri", "IRRIG", "  irrigation  "])
def test_skills_are_looked_up_by_how_they_begin(
    me: PageClient, taxonomy: Skill, words: str
) -> None:
    assert "irrigation systems" in me.get("/profile/skills", query_string={"q": words}).text


@pytest.mark.parametrize("words", ["%", "_rri", "rrigation", "i", "x" * 300])
def test_nothing_is_found_for_signs_middles_and_single_letters(
    me: PageClient, taxonomy: Skill, words: str
) -> None:
    page = me.get("/profile/skills", query_string={"q": words})
    assert "irrigation systems" not in page.text


def test_a_found_skill_is_added_with_its_entry(me: PageClient, cast: Cast, taxonomy: Skill) -> None:
    page = me.get("/profile/skills?q=syst")
    me.submit(page, action="/profile/skills/add")
    assert cast.profile.skills[-1].skill_id == taxonomy.id
    assert cast.profile.skills[-1].label == "systèmes d’irrigation"


def test_words_that_are_an_entrys_name_are_tied_to_it(
    me: PageClient, cast: Cast, taxonomy: Skill
) -> None:
    me.submit(
        me.get("/profile/skills"),
        {"skills-0-label": "Irrigation Systems"},
        action="/profile/skills",
    )
    assert cast.profile.skills[-1].skill_id == taxonomy.id


def test_languages_and_ties_are_saved(me: PageClient, cast: Cast) -> None:
    me.submit(
        me.get("/profile/languages"),
        {
            "languages-0-level": "b1",
            "languages-1-language": "",
            "languages-2-language": "fr",
            "languages-2-level": "c2",
            "ties-1-country": "SO",
            "ties-1-kind": "family",
        },
    )
    spoken = {row.language: row.level for row in cast.profile.languages}
    assert spoken == {"en": Cefr.B1, "fr": Cefr.C2}
    assert {(row.country, row.kind) for row in cast.profile.ties} == {
        ("SO", TieKind.BORN),
        ("SO", TieKind.FAMILY),
    }


def test_the_same_language_twice_is_once(me: PageClient, cast: Cast) -> None:
    me.submit(
        me.get("/profile/languages"), {"languages-2-language": "en", "languages-2-level": "a1"}
    )
    assert [row.language for row in cast.profile.languages] == ["en", "so"]
    assert cast.profile.languages[0].level == Cefr.C1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("languages-0-language", "xx-xx"),
        ("languages-0-level", "z9"),
        ("ties-0-country", "ZZ"),
        ("ties-0-kind", "refugee"),
    ],
)
def test_wrong_codes_are_refused(me: PageClient, field: str, value: str) -> None:
    me.submit(me.get("/profile/languages"), {field: value}, status=422)


def test_terms_are_saved(me: PageClient, cast: Cast) -> None:
    me.submit(
        me.get("/profile/availability"),
        {
            "modes": ["remote", "mixed"],
            "kinds_wanted": ["review"],
            "kinds_refused": ["visit"],
            "spans-0-kind": "blocked",
            "spans-0-starts_on": "2027-01-01",
            "spans-0-ends_on": "2027-01-31",
            "fields_of_study-0": "0732",
            "fields_of_study-1": "0732",
            "topics_refused": "weapons\n\nweapons",
            "capacity": "2",
            "invitations_per_month": "0",
            "bandwidth": "audio",
        },
    )
    profile = cast.profile
    assert profile.modes == [Mode.REMOTE, Mode.MIXED]
    assert profile.fields_of_study == ["0732"]
    assert profile.topics_refused == ["weapons"]
    assert (profile.capacity, profile.invitations_per_month) == (2, 0)
    assert len(profile.availability) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"modes": ["telepathy"]},
        {"hours_per_week": "200"},
        {"capacity": ""},
        {"invitations_per_month": "-1"},
        {"earliest_start": "1500-01-01"},
        {"earliest_start": "soon"},
        {"spans-0-starts_on": "2027-02-01", "spans-0-ends_on": "2027-01-01"},
        {"spans-0-starts_on": "2027-02-01"},
        {"fields_of_study-0": "9999x"},
        {"kinds_wanted": ["review"], "kinds_refused": ["review"]},
        {"topics_refused": "x" * 201},
    ],
)
def test_terms_that_cannot_be_are_refused(
    me: PageClient, cast: Cast, sent: Saved, session: Session
) -> None:
    me.submit(me.get("/profile/availability"), sent, status=422)
    assert actions(session) == []


def test_the_overview_says_what_one_more_item_would_change(me: PageClient, cast: Cast) -> None:
    cast.profile.evidence = []
    text = me.get("/profile").text
    assert "no need can be compared" in text
    assert "%" not in text


@pytest.mark.parametrize("then", ["here", "overview", "next", "https://evil.example"])
def test_saving_leads_on_to_pages_of_this_site_only(me: PageClient, then: str) -> None:
    page = me.get("/profile/skills")
    version = [item.attributes["value"] for item in page.document.all("input")
               if item.attributes.get("name") == "version"]  # fmt: skip
    done = me.post("/profile/skills", {"version": version[0], "skills-0-label": "x", "then": then})
    expected = {"here": "/profile/skills", "overview": "/profile"}
    assert done.location == expected.get(then, "/profile/languages")


def test_no_field_asks_for_status_income_or_possessions(me: PageClient, app: Flask) -> None:
    forbidden = ("immigra", "visa", "asylum", "refugee", "permit", "income", "salary", "asset",
                 "citizen", "nationality", "religio", "ethnic", "gender", "birth")  # fmt: skip
    columns = {
        f"{table.name}.{column.name}"
        for table in Expert.metadata.sorted_tables
        for column in table.columns
    }
    names = {
        str(control.attributes.get("name", ""))
        for path in ("about", "evidence/new", "skills", "languages", "availability",
                     "qualifications/new", "visibility")
        for control in me.get(f"/profile/{path}").document.all("input", "select", "textarea")
    }  # fmt: skip
    assert not [name for name in columns | names if any(word in name for word in forbidden)]
