"""Soft fit: what makes one of two equally able people the easier one to work with.

Hard facts exclude and never score (`constraints`); these are the same facts and a few more, read
by degree. Each factor is between -1 and 1, is None where a side did not say, and None counts as
0: who says nothing neither wins nor loses by it. Together they move a score by at most `BOUND`,
so they order near equals and nobody else (docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.clock import shared_hours
from matching.constraints import MIXED, MIXED_PARTS
from matching.facts import NeedFacts, PersonFacts

# A sixth of the spread of unrelated texts, an eighth of the width of the band "possible".
BOUND = 0.02
# Hours of a working day that a remote engagement needs in common where the need does not say.
USUAL_OVERLAP_HOURS = 2.0
# Ranks above the lowest that will do, and hours offered for one asked, beyond which more is no
# more help.
AMPLE_RANKS = 2
AMPLE_HOURS_RATIO = 1.5
FRESH_YEARS = 2
STALE_YEARS = 12
VISIT = "visit"
TAUGHT = frozenset({"teaching", "mentoring"})


class SoftCode(StrEnum):
    """What a factor is about; a page has a sentence for each."""

    OVERLAP = "overlap"
    LANGUAGE_LEVEL = "language_level"
    HOURS = "hours"
    MODE = "mode"
    KIND = "kind"
    DELIVERY = "delivery"
    RECENCY = "recency"


@dataclass(frozen=True)
class SoftFactor:
    """One factor of one pair: -1 (against) to 1 (for), None where nothing is known.

    `needed` and `offered` are plain values ("3", "2026") for a page to format, or empty.
    """

    code: SoftCode
    value: float | None
    needed: str = ""
    offered: str = ""


# Shares of BOUND; they add up to 1. Set by judgement, for no development set has such facts:
# what most often ends a remote engagement, that both are never awake at once, weighs most.
WEIGHTS: dict[SoftCode, float] = {
    SoftCode.OVERLAP: 0.25,
    SoftCode.LANGUAGE_LEVEL: 0.15,
    SoftCode.HOURS: 0.15,
    SoftCode.DELIVERY: 0.15,
    SoftCode.KIND: 0.15,
    SoftCode.MODE: 0.10,
    SoftCode.RECENCY: 0.05,
}


@dataclass(frozen=True)
class SoftFit:
    """All factors of one pair, in the order of `SoftCode`."""

    factors: tuple[SoftFactor, ...]

    @property
    def bonus(self) -> float:
        """Return what to add to the score: between -BOUND and BOUND, 0 when nothing is known."""
        known = ((WEIGHTS[f.code], f.value) for f in self.factors if f.value is not None)
        return BOUND * sum(weight * value for weight, value in known)


NO_SOFT_FIT = SoftFit(())


def soft_fit(need: NeedFacts, person: PersonFacts, today: date) -> SoftFit:
    """Compare *need* and *person* by degree.

    *today* dates recency and, where the need has no window, the clocks. Facts that exclude are
    not looked at here: a pair is expected to have passed `check_facts`.
    """
    return SoftFit(tuple(factor(need, person, today) for factor in _FACTORS))


def _overlap(need: NeedFacts, person: PersonFacts, today: date) -> SoftFactor:
    """Compare the working hours that both share with those asked for; no matter for a visit."""
    if need.mode == VISIT or not need.time_zone or not person.time_zone:
        return SoftFactor(SoftCode.OVERLAP, None)
    asked = USUAL_OVERLAP_HOURS if need.overlap_hours is None else need.overlap_hours
    start, end = need.window.start or today, need.window.end
    shared = shared_hours(need.time_zone, person.time_zone, start, end or start)
    if shared is None:
        return SoftFactor(SoftCode.OVERLAP, None)
    value = 1.0 if asked <= 0 else _clipped((shared - asked) / asked)
    return SoftFactor(SoftCode.OVERLAP, value, f"{asked:g}", f"{shared:g}")


def _language_level(need: NeedFacts, person: PersonFacts, _today: date) -> SoftFactor:
    """Return how far the weakest of the languages asked for lies above what will do."""
    spare: list[int] = []
    for code, lowest in need.languages.items():
        rank = person.languages.get(code)
        if rank is None:
            return SoftFactor(SoftCode.LANGUAGE_LEVEL, None)
        spare.append(rank - lowest)
    if not spare:
        return SoftFactor(SoftCode.LANGUAGE_LEVEL, None)
    return SoftFactor(
        SoftCode.LANGUAGE_LEVEL, _from_zero(min(spare) / AMPLE_RANKS), "", str(min(spare))
    )


def _hours(need: NeedFacts, person: PersonFacts, _today: date) -> SoftFactor:
    asked, offered = need.hours_per_week, person.hours_per_week
    if not asked or offered is None:
        return SoftFactor(SoftCode.HOURS, None)
    spare = (offered / asked - 1.0) / (AMPLE_HOURS_RATIO - 1.0)
    return SoftFactor(SoftCode.HOURS, _from_zero(spare), f"{asked:g}", f"{offered:g}")


def _mode(need: NeedFacts, person: PersonFacts, _today: date) -> SoftFactor:
    """Return 1 for a mode that the person named, 0 for one that only its parts make up."""
    if need.mode is None or not person.modes:
        return SoftFactor(SoftCode.MODE, None)
    is_named = need.mode in person.modes
    value = 1.0 if is_named else 0.0 if need.mode == MIXED and person.modes >= MIXED_PARTS else -1.0
    return SoftFactor(SoftCode.MODE, value, need.mode, ",".join(sorted(person.modes)))


def _kind(need: NeedFacts, person: PersonFacts, _today: date) -> SoftFactor:
    """Return more for a kind that the person named among few: 1 alone, a half among two."""
    if need.kind is None or not person.kinds_wanted:
        return SoftFactor(SoftCode.KIND, None)
    wanted = need.kind in person.kinds_wanted
    value = 1.0 / len(person.kinds_wanted) if wanted else -1.0
    return SoftFactor(SoftCode.KIND, value, need.kind, ",".join(sorted(person.kinds_wanted)))


def _delivery(need: NeedFacts, person: PersonFacts, _today: date) -> SoftFactor:
    """Return experience of teaching at a distance, where that is what is asked for."""
    is_remote_teaching = need.kind in TAUGHT and need.mode not in (None, VISIT)
    if not is_remote_teaching or person.delivery_remote is None:
        return SoftFactor(SoftCode.DELIVERY, None)
    return SoftFactor(SoftCode.DELIVERY, 1.0 if person.delivery_remote else -1.0)


def _recency(_need: NeedFacts, person: PersonFacts, today: date) -> SoftFactor:
    """Return 1 for evidence of the last years, falling to 0: an old record is never held against.

    A break (care, flight, illness) must not count as a fault, so the factor has no negative half.
    """
    if person.latest_year is None:
        return SoftFactor(SoftCode.RECENCY, None)
    age = max(0, today.year - person.latest_year)
    value = _from_zero((STALE_YEARS - age) / (STALE_YEARS - FRESH_YEARS))
    return SoftFactor(SoftCode.RECENCY, value, "", str(person.latest_year))


def _clipped(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _from_zero(value: float) -> float:
    return max(0.0, min(1.0, value))


_FACTORS: tuple[Callable[[NeedFacts, PersonFacts, date], SoftFactor], ...] = (
    _overlap,
    _language_level,
    _hours,
    _mode,
    _kind,
    _delivery,
    _recency,
)
