"""The needs: a block and an institution become a complete brief."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.choices import (
    Bandwidth,
    Cefr,
    EngagementKind,
    Importance,
    LocalAvailability,
    Mode,
    Money,
    NeedState,
)
from virtual_return.demo import wording
from virtual_return.demo.allotment import TRAVEL, allot
from virtual_return.demo.author import Author
from virtual_return.demo.library import NeedBlock, concept_uri, fields, phrases, world
from virtual_return.demo.lives import STAR_FIELD
from virtual_return.demo.organisations import Host
from virtual_return.demo.programme import AskedSkill, NeedEntry, Terms
from virtual_return.reference.isced import field_name

# Weeks and hours a week that a kind of engagement usually takes: least and most of each.
EFFORT = {
    EngagementKind.CONSULTATION: ((1, 1), (1, 1)),
    EngagementKind.REMOTE_TASK: ((4, 12), (2, 5)),
    EngagementKind.MENTORING: ((10, 12), (1, 2)),
    EngagementKind.TEACHING: ((4, 10), (2, 4)),
    EngagementKind.JOINT_RESEARCH: ((8, 16), (2, 4)),
    EngagementKind.REVIEW: ((2, 4), (2, 4)),
    EngagementKind.VISIT: ((2, 3), (30, 35)),
    EngagementKind.MIXED: ((8, 12), (2, 4)),
}
MODES = {EngagementKind.VISIT: Mode.ON_SITE, EngagementKind.MIXED: Mode.MIXED}
# In these proportions; an institution that is not verified yet cannot have an open one.
STATES = (
    *[NeedState.OPEN] * 38,
    *[NeedState.SUBMITTED] * 3,
    *[NeedState.DRAFT] * 3,
    *[NeedState.CHANGES_REQUESTED] * 2,
    *[NeedState.FILLED] * 2,
    NeedState.CLOSED,
)
UNVERIFIED_STATES = (NeedState.DRAFT, NeedState.SUBMITTED, NeedState.APPROVED)
# A month's stipend that is a sign of thanks, and a fee for work that is paid.
AMOUNTS = {Money.STIPEND: (150, 300, 400), Money.PAID: (600, 900, 1500)}
SECOND_LANGUAGES = {"SO": "so", "UA": "uk", "SY": "ar", "SD": "ar", "HT": "ht", "MZ": "pt"}


@dataclass(frozen=True, slots=True)
class Brief:
    """A need block at its institution, with what the sentences around it need."""

    author: Author
    block: NeedBlock
    host: Host
    partners: list[str]
    today: date

    def say(self, name: str) -> str:
        """Return one of the sentences that the language has for this part."""
        said: list[str] = phrases(self.block.language)[name]
        return self.author.random.choice(said)


def make_needs(author: Author, hosts: list[Host], today: date) -> list[NeedEntry]:
    """Return all needs."""
    return [
        _need(Brief(author, block, host, _partners(hosts, host), today))
        for block, host in allot(author, hosts)
    ]


def _partners(hosts: list[Host], host: Host) -> list[str]:
    """Return verified institutions of the same country that could join."""
    return [
        other.entry.domain
        for other in hosts
        if other is not host and other.entry.country == host.entry.country and other.is_verified
    ]


def _need(brief: Brief) -> NeedEntry:
    author, block, host = brief.author, brief.block, brief.host
    texts = {
        name: wording.fill(text, {"city": host.cities[block.language]})
        for name, text in block.texts.items()
    }
    counterpart, _ = author.random.choice(host.entry.members)
    role = brief.say("counterparts")
    state = _state(brief)
    travels = block.kind in TRAVEL
    who = role if block.language == "ar" else counterpart.name
    entry = NeedEntry(
        institution=host.entry.domain,
        unit=host.unit_for(block.field),
        author=host.entry.members[0][0].email,
        state=state,
        language=block.language,
        kind=block.kind,
        sector=field_name(block.field[:2], block.language),
        field_of_study=block.field,
        title=texts["title"],
        problem=texts["problem"],
        tried=texts["tried"],
        task=texts["task"],
        deliverable=texts["deliverable"],
        success=texts["success"],
        who_learns=texts["learns"],
        continues_with=wording.fill(brief.say("continues"), {"who": who}),
        counterpart_name=counterpart.name,
        counterpart_role=role,
        tools=brief.say("tools"),
        host_contribution=brief.say("host"),
        local_availability=author.random.choice(list(LocalAvailability)),
        local_search=brief.say("local_search"),
        security_note=brief.say("security") if travels else "",
        review_note=_review_note(brief, state),
        partner=author.random.choice(brief.partners) if author.chance(0.12) else "",
        terms=_terms(brief),
        skills=_skills(block),
        languages=_languages(brief),
        opened_days_ago=author.random.randint(2, 25),
    )
    return _unfinished(entry) if state == NeedState.DRAFT else entry


def _state(brief: Brief) -> NeedState:
    for_star = brief.block.field == STAR_FIELD and brief.host.is_verified
    if brief.host.is_demonstration or for_star:
        return NeedState.OPEN
    states = STATES if brief.host.is_verified else UNVERIFIED_STATES
    return brief.author.deal(("state", brief.host.is_verified), states)


def _review_note(brief: Brief, state: NeedState) -> str:
    asked = state == NeedState.CHANGES_REQUESTED
    return str(phrases(brief.block.language)["review_note"]) if asked else ""


def _terms(brief: Brief) -> Terms:
    random, kind = brief.author.random, brief.block.kind
    weeks, hours = (random.randint(*bounds) for bounds in EFFORT[kind])
    start = brief.today + timedelta(days=random.randint(10, 60))
    spare = timedelta(days=random.randint(21, 49))
    money = brief.author.weighted(
        {Money.UNPAID: 9.0, Money.COSTS_COVERED: 4.0, Money.STIPEND: 2.0, Money.PAID: 1.0}
    )
    if kind in TRAVEL and money == Money.UNPAID:
        money = Money.COSTS_COVERED
    return Terms(
        mode=MODES.get(kind, Mode.REMOTE),
        hours_per_week=hours,
        weeks=weeks,
        window_start=start,
        window_end=start + timedelta(weeks=weeks) + spare,
        latest_start=start + spare,
        overlap_hours=random.choice([0, 1, 1, 2, 3]),
        time_zone=world("origins")[brief.host.entry.country]["zone"],
        connectivity=random.choice([Bandwidth.AUDIO, Bandwidth.AUDIO, Bandwidth.VIDEO]),
        money=money,
        amount=float(random.choice(AMOUNTS[money])) if money in AMOUNTS else None,
        currency="USD" if money in AMOUNTS else "",
        payer="" if money == Money.UNPAID else brief.say("payers"),
    )


def _skills(block: NeedBlock) -> tuple[AskedSkill, ...]:
    labels = fields()[block.field].skills
    asked = [(number, Importance.MUST_HAVE) for number in block.must]
    asked += [(number, Importance.USEFUL) for number in block.useful]
    return tuple(
        AskedSkill(concept_uri(block.field, number), labels[number][block.language], importance)
        for number, importance in asked
    )


def _languages(brief: Brief) -> tuple[tuple[str, Cefr], ...]:
    teaching = brief.block.kind == EngagementKind.TEACHING
    levels = {brief.block.language: Cefr.C1 if teaching and brief.author.chance(0.4) else Cefr.B2}
    second = SECOND_LANGUAGES.get(brief.host.entry.country)
    if second and brief.author.chance(0.15) and not brief.host.is_demonstration:
        levels.setdefault(second, Cefr.B1)
    return tuple(levels.items())


def _unfinished(entry: NeedEntry) -> NeedEntry:
    """Take out what somebody who is still writing has not come to."""
    return replace(entry, success="", continues_with="", host_contribution="", tools="")
