"""What a page or a mail gets of a match: frozen, and on the institution's side anonymous."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from matching.facts import ExclusionCode, FactResult, FactState
from matching.matcher import Match
from matching.reasons import Sentence
from matching.skills import Coverage, SkillMatch
from models import Need
from models.choices import Band
from virtual_return.experts.privacy import AnonymousExpert

# Found here, beside the codes that matching finds.
ASKED_ALREADY = "asked_already"
# What both sides may know of a person's answer to a hard fact; a day or a country might tell more.
SHOWN_OFFERS = frozenset(
    {ExclusionCode.LANGUAGE, ExclusionCode.HOURS, ExclusionCode.MODE, ExclusionCode.KIND}
)

Quote = Callable[[Sentence], str]
Name = Callable[[str], str]
Plain = str | int | float | None
Document = dict[str, list[dict[str, Plain]] | list[str]]


@dataclass(frozen=True, slots=True)
class ReasonPair:
    """Two sentences that met; the person's is empty where they did not approve its form."""

    need_text: str
    need_language: str | None
    person_text: str
    person_language: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One hard fact of a pair, as plain values that a page puts into words."""

    code: str
    state: str
    subject: str
    needed: str
    offered: str


@dataclass(frozen=True, slots=True)
class SkillReason:
    """A skill that is asked for: whether and how a person covers it."""

    label: str
    # A member of matching's Coverage.
    coverage: str
    # The person's own name for it, where it is another one and names nobody.
    by: str = ""
    # Where a text shows it: about, skills or evidence.
    where: str = ""

    @property
    def is_covered(self) -> bool:
        return self.coverage != Coverage.MISSING.value


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why somebody is in a list, from the code that scored."""

    pairs: tuple[ReasonPair, ...] = ()
    # How many more sentences met that may not be quoted.
    unquoted: int = 0
    must_have: tuple[SkillReason, ...] = ()
    useful: tuple[SkillReason, ...] = ()
    facts_met: tuple[Fact, ...] = ()
    facts_unknown: tuple[Fact, ...] = ()
    # What keeps the band from being higher.
    limits: tuple[str, ...] = ()

    @property
    def must_missing(self) -> tuple[str, ...]:
        """Return the must-haves that nothing in the profile shows."""
        return tuple(skill.label for skill in self.must_have if not skill.is_covered)

    def document(self) -> dict[str, object]:
        """Return the same as plain values, to be stored."""
        return {
            "pairs": [
                {name: getattr(pair, name) for name in ReasonPair.__slots__} for pair in self.pairs
            ],
            "unquoted": self.unquoted,
            "must_covered": [skill.label for skill in self.must_have if skill.is_covered],
            "must_missing": list(self.must_missing),
            "useful_covered": [skill.label for skill in self.useful if skill.is_covered],
            "useful_missing": [skill.label for skill in self.useful if not skill.is_covered],
            "facts_met": [_plain(fact) for fact in self.facts_met],
            "facts_unknown": [_plain(fact) for fact in self.facts_unknown],
            "limits": list(self.limits),
        }


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """One person for a need, without who it is; `expert_id` is for operations, never for a page."""

    expert_id: int
    handle: str
    rank: int
    score: float
    band: str
    reasons: Reasons
    profile: AnonymousExpert
    generation: str = ""

    @property
    def headline(self) -> str:
        """Return the headline that the person approved, or nothing."""
        return self.profile.headline

    def reasons_document(self) -> dict[str, object]:
        """Return the reasons as plain values, to be kept with an invitation."""
        return self.reasons.document()


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """One need for a person."""

    need: Need
    rank: int
    score: float
    band: str
    reasons: Reasons
    generation: str = ""

    def reasons_document(self) -> dict[str, object]:
        """Return the reasons as plain values."""
        return self.reasons.document()


@dataclass(frozen=True, slots=True)
class FactMiss:
    """A hard fact asked for less, and how many more people would be in the list with it.

    `instead` is empty where the fact would not be asked for at all.
    """

    code: str
    subject: str
    asked: str
    instead: str
    people: int


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Who comes near to a need and would fit but for one thing, as counts."""

    facts: tuple[FactMiss, ...] = ()
    # Must-haves by label, and how many lack only this one.
    skills: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list was made."""

    # How many were left out by the first hard fact that does not hold.
    excluded: dict[str, int] = field(default_factory=dict)
    # How many passed every hard fact.
    considered: int = 0
    # Something newer than this list is still being read.
    is_behind: bool = False
    # Nothing can be ranked until the index or the own text is ready.
    is_waiting: bool = False
    made_at: datetime | None = None
    near_misses: NearMisses = NearMisses()


@dataclass(frozen=True, slots=True)
class PeopleList:
    """People for one need, best first."""

    matches: tuple[PersonMatch, ...]
    listing: Listing


@dataclass(frozen=True, slots=True)
class NeedList:
    """Needs for one person, best first."""

    matches: tuple[NeedMatch, ...]
    listing: Listing


def reasons_of(match: Match, quote: Quote, name: Name = str) -> Reasons:
    """Return the reasons of a match.

    *quote* returns what may be read of a person's sentence, *name* of their own name for a skill.
    """
    pairs = [
        ReasonPair(pair.need.text, pair.need.language, quote(pair.person), pair.person.language)
        for pair in match.pairs
    ]
    quoted = tuple(pair for pair in pairs if pair.person_text)
    facts = [(result.state, _fact(result)) for result in match.facts]
    return Reasons(
        pairs=quoted,
        unquoted=len(pairs) - len(quoted),
        must_have=tuple(_skill(skill, name) for skill in match.skills.must_have),
        useful=tuple(_skill(skill, name) for skill in match.skills.useful),
        facts_met=tuple(fact for state, fact in facts if state is FactState.MET),
        facts_unknown=tuple(fact for state, fact in facts if state is FactState.UNKNOWN),
        limits=tuple(limit.value for limit in match.limits),
    )


def band_of(match: Match) -> str:
    """Return the band as the tables and templates know it."""
    return Band(match.band.value).value


def _skill(match: SkillMatch, name: Name) -> SkillReason:
    asked = match.skill.label
    # A label of the taxonomy names nobody; one in the person's own words might.
    by = (match.by.label if match.by.key else name(match.by.label)) if match.by else ""
    return SkillReason(
        label=asked,
        coverage=match.coverage.value,
        by=by if by.casefold() != asked.casefold() else "",
        where=match.passage_id.partition(":")[0],
    )


def _fact(result: FactResult) -> Fact:
    offered = result.offered if result.code in SHOWN_OFFERS else ""
    return Fact(result.code.value, result.state.value, result.subject, result.needed, offered)


def _plain(fact: Fact) -> dict[str, str]:
    return {name: getattr(fact, name) for name in Fact.__slots__}
