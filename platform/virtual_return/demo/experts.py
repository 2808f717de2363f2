"""The experts: a slot becomes a life, the life a profile with record, skills, terms and rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from models.choices import Standing, Visibility
from virtual_return.demo import sign_ins, standing_facts, wording
from virtual_return.demo.author import Author
from virtual_return.demo.library import Shelf, fields, phrases
from virtual_return.demo.likeness import Archive
from virtual_return.demo.lives import STANDINGS, Slot, make_life, make_person, slots
from virtual_return.demo.programme import Evidence, ExpertProfile, InstitutionEntry, Person
from virtual_return.demo.records import Desk, write_record
from virtual_return.demo.terms import make_wishes
from virtual_return.demo.voices import Life, Voice, make_voice

VISIBILITIES = {
    Visibility.INSTITUTIONS_ANONYMOUS: 75.0,
    Visibility.INSTITUTIONS_NAMED: 9.0,
    Visibility.MEMBERS: 4.0,
    Visibility.STAFF: 5.0,
    Visibility.HIDDEN: 7.0,
}
STAR = "Hodan Warsame"
STAR_YEARS = 17
MORE_THAN_ONE_MIDDLE = 0.35
# Shares of runs of words that an expert may have in common with another, and attempts at it.
LIKE_OTHERS = 0.22
ABOUT_LIKE_OTHERS = 0.4
DRAFTS = 12


@dataclass(frozen=True, slots=True)
class Script:
    """All texts of one expert: headline and about in both forms, and the record."""

    headline: tuple[str, str]
    about: tuple[str, str]
    record: list[Evidence]

    @property
    def keys(self) -> list[str]:
        return [self.headline[0], self.about[0], *(item.text for item in self.record)]

    @property
    def whole(self) -> str:
        items = (f"{item.title} . {item.text}" for item in self.record)
        return " ".join([self.about[0], *items])


@dataclass(frozen=True, slots=True)
class Stage:
    """What all experts have in common."""

    author: Author
    hosts: list[InstitutionEntry]
    today: date
    abouts: Archive
    wholes: Archive


def make_experts(author: Author, hosts: list[InstitutionEntry], today: date) -> list[ExpertProfile]:
    """Return all experts, the one of the demonstration sign-in first."""
    author.distinct(lambda: STAR, key=lambda text: text)
    stage = Stage(author, hosts, today, Archive(), Archive())
    first, *others = slots(author)
    lives = [make_life(author, slot, author.weighted(STANDINGS), hosts) for slot in others]
    return [_star(stage, first), *(_profile(stage, life) for life in lives)]


def _star(stage: Stage, slot: Slot) -> ExpertProfile:
    """Return the profile that visitors enter: full, findable and approved."""
    life = make_life(stage.author, slot, Standing.DIASPORA, stage.hosts)
    profile = _profile(stage, replace(life, years=STAR_YEARS), items=6)
    return replace(
        profile,
        person=Person(sign_ins.EXPERT, STAR, "en", profile.person.time_zone),
        is_approved=True,
        visibility=Visibility.INSTITUTIONS_ANONYMOUS,
        is_paused=False,
        hidings=(),
        wishes=replace(profile.wishes, kinds_refused=()),
        evidence=tuple(replace(item, is_approved=True) for item in profile.evidence),
    )


def _profile(stage: Stage, life: Life, items: int | None = None) -> ExpertProfile:
    author = stage.author
    desk = _desk(author, life, stage.today)
    script = _write_afresh(stage, desk, items)
    is_approved = author.chance(0.9)
    near = desk.neighbour.field if desk.neighbour else ""
    return ExpertProfile(
        person=make_person(author, life),
        origin=life.origin,
        standing=life.standing,
        language=life.shelf.language,
        field=life.shelf.field,
        near_field=near,
        headline=script.headline[0],
        about=script.about[0],
        headline_anonymous=script.headline[1],
        about_anonymous=script.about[1],
        is_approved=is_approved,
        country_of_residence=life.residence,
        employer=life.employer,
        visibility=author.weighted(VISIBILITIES),
        is_paused=author.chance(0.04),
        wishes=make_wishes(author, life, near, stage.today),
        evidence=tuple(_approved(author, item, is_approved) for item in script.record),
        skills=standing_facts.make_skills(author, life, near),
        languages=standing_facts.make_languages(author, life),
        ties=standing_facts.make_ties(author, life),
        degrees=standing_facts.make_degrees(author, life, stage.today.year),
        hidings=standing_facts.make_hidings(author, life, stage.hosts),
    )


def _desk(author: Author, life: Life, today: date) -> Desk:
    own = life.shelf
    near = [code for code in fields()[own.field].near if own.language in fields()[code].shelves]
    english = None if own.language == "en" else fields()[own.field].shelves["en"]
    return Desk(
        author=author,
        life=life,
        neighbour=_neighbour(author, own, near),
        english=english,
        topics=tuple(author.random.sample(own.topics, 3)),
        this_year=today.year,
    )


def _neighbour(author: Author, own: Shelf, near: list[str]) -> Shelf | None:
    if not near or author.chance(0.25):
        return None
    return fields()[author.deal((own.field, "near", own.language), near)].shelves[own.language]


def _write_afresh(stage: Stage, desk: Desk, items: int | None) -> Script:
    """Write several times if need be, and keep what repeats others least."""
    drafts: list[tuple[float, Script]] = []
    while len(drafts) < DRAFTS and not (drafts and drafts[-1][0] < 1):
        script = _write(desk, items)
        stage.author.release(script.keys)
        nearness = max(
            stage.wholes.nearest(script.whole) / LIKE_OTHERS,
            stage.abouts.nearest(script.about[0]) / ABOUT_LIKE_OTHERS,
        )
        drafts.append((nearness, script))
    best = min(drafts, key=lambda draft: draft[0])[1]
    stage.author.claim(best.keys)
    stage.wholes.keep(best.whole)
    stage.abouts.keep(best.about[0])
    return best


def _write(desk: Desk, items: int | None) -> Script:
    author, shelf = desk.author, desk.life.shelf
    voice = make_voice(author, desk.life, shelf, desk.topics)
    headline = author.distinct(lambda: _headline(author, voice), key=lambda pair: pair[0])
    about = author.distinct(lambda: _about(author, voice), key=lambda pair: pair[0])
    return Script(headline, about, write_record(desk, items))


def _headline(author: Author, voice: Voice) -> tuple[str, str]:
    patterns = phrases(voice.language)["headline"]
    return voice.both(author.random.choice(patterns))


def _about(author: Author, voice: Voice) -> tuple[str, str]:
    said = phrases(voice.language)
    openings = [pattern for pattern in said["opening"] if voice.can_say(pattern)]
    place = "home" if len(openings) < len(said["opening"]) else "away"
    middles = [author.deal((voice.language, "middle"), said["middle"])]
    if author.chance(MORE_THAN_ONE_MIDDLE):
        middles.append(author.deal((voice.language, "middle"), said["middle"]))
    parts = [
        author.deal((voice.language, "opening", place), openings),
        *dict.fromkeys(middles),
        author.deal((voice.language, "offer"), said["offer"]),
    ]
    if author.chance(0.75):
        parts.append(author.deal((voice.language, "practical"), said["practical"]))
    pairs = [voice.both(part) for part in parts]
    full, hidden = (" ".join(texts) for texts in zip(*pairs, strict=True))
    return wording.tidy(full), wording.tidy(hidden)


def _approved(author: Author, item: Evidence, is_approved: bool) -> Evidence:  # noqa: FBT001
    """Leave some items unapproved even where the rest is, as happens after an edit."""
    return replace(item, is_approved=is_approved and author.chance(0.96))
