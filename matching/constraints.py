"""Check the hard facts of a pair: each check says met, unknown or not met, with its values.

`fact_table` answers the same questions for everybody at once; what can be asked of one value is
asked there through the functions of this module, so that both cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matching.facts import ExclusionCode, FactResult, FactState, NeedFacts, PersonFacts, Span

MIXED = "mixed"
MIXED_PARTS = frozenset({"remote", "visit"})
# The order in which codes are told; a person who is not there for the asker comes before facts.
CODE_ORDER = (
    ExclusionCode.HIDDEN,
    ExclusionCode.PAUSED,
    ExclusionCode.BLOCKED,
    ExclusionCode.OWN_INSTITUTION,
    ExclusionCode.CONFLICT,
    ExclusionCode.CLOSED,
    ExclusionCode.COUNTRY_STATUS,
    ExclusionCode.DECLINED,
    ExclusionCode.ALREADY_ENGAGED,
    ExclusionCode.INVITATION_LIMIT,
    ExclusionCode.LANGUAGE,
    ExclusionCode.MODE,
    ExclusionCode.KIND,
    ExclusionCode.HOURS,
    ExclusionCode.DATES,
    ExclusionCode.CAPACITY,
    ExclusionCode.ELIGIBILITY,
)
_PLACE = {code: place for place, code in enumerate(CODE_ORDER)}


@dataclass(frozen=True)
class FactCheck:
    """All hard facts of one pair, in a fixed order."""

    results: tuple[FactResult, ...]

    @property
    def exclusions(self) -> tuple[ExclusionCode, ...]:
        """The codes of facts that do not hold, each once; empty for a pair that may match."""
        codes = {result.code for result in self.results if result.state is FactState.NOT_MET}
        return tuple(sorted(codes, key=_PLACE.__getitem__))

    @property
    def has_unknown_language(self) -> bool:
        """Whether a required language is unknown, which keeps the band below strong."""
        return any(
            r.code is ExclusionCode.LANGUAGE and r.state is FactState.UNKNOWN for r in self.results
        )


UNCHECKED = FactCheck(())


def check_facts(need: NeedFacts, person: PersonFacts, today: date | None = None) -> FactCheck:
    """Check every hard fact that *need* states against *person*.

    *today* is when the pair would be told: notice and absence count from it, and not without it.
    """
    return FactCheck(tuple(result for check in _CHECKS for result in check(need, person, today)))


def is_away(away_until: date | None, today: date | None) -> bool:
    """Return whether somebody is away *today*; on the day that was named they are back."""
    return away_until is not None and today is not None and away_until > today


def first_day(today: date | None, notice_days: int) -> date:
    """Return the first day on which somebody who is told *today* could start."""
    if today is None:
        return date.min
    ordinal = today.toordinal() + max(0, notice_days)
    return date.fromordinal(min(ordinal, date.max.toordinal()))


def latest_day(latest_start: date | None, window: Span) -> date | None:
    """Return the last day on which work on a need may start; None when any day will do."""
    ends = [end for end in (latest_start, window.end) if end is not None]
    return min(ends, default=None)


def language_state(code: str, minimum: int, languages: Mapping[str, int | None]) -> FactState:
    """Compare a level asked for with the languages that a person lists, if any."""
    rank = languages.get(code)
    if not languages or (code in languages and rank is None):
        return FactState.UNKNOWN
    return _met(rank is not None and rank >= minimum)


def mode_state(mode: str, modes: frozenset[str]) -> FactState:
    """Compare the mode of a need with those that a person works in, if said."""
    fits = mode in modes or (mode == MIXED and modes >= MIXED_PARTS)
    return _met(fits) if modes else FactState.UNKNOWN


def kind_state(kind: str, wanted: frozenset[str], refused: frozenset[str]) -> FactState:
    """Compare the kind of a need with those that a person wants and refuses."""
    if kind in refused:
        return FactState.NOT_MET
    return _met(kind in wanted) if wanted else FactState.UNKNOWN


def eligibility_state(allowed: frozenset[str], values: frozenset[str]) -> FactState:
    """Compare one rule of a programme with what a person says to it, if anything."""
    return _met(allowed & values) if values else FactState.UNKNOWN


def _barred(need: NeedFacts, person: PersonFacts, today: date | None) -> Iterable[FactResult]:
    codes = set(need.barred | person.barred)
    if is_away(person.away_until, today):
        codes.add(ExclusionCode.PAUSED)
    for code in sorted(codes):
        yield FactResult(code, FactState.NOT_MET)


def _parties(need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    """Blocks both ways and conflicts of interest: told when they stand in the way, else silent."""
    if need.parties & person.hides_from or need.refuses & person.known_as:
        yield FactResult(ExclusionCode.BLOCKED, FactState.NOT_MET)
    if need.parties & person.acts_for:
        yield FactResult(ExclusionCode.OWN_INSTITUTION, FactState.NOT_MET)
    if need.conflicts & person.known_as:
        yield FactResult(ExclusionCode.CONFLICT, FactState.NOT_MET)


def _languages(need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    for code, minimum in sorted(need.languages.items()):
        rank = person.languages.get(code)
        state = language_state(code, minimum, person.languages)
        offered = "" if rank is None else str(rank)
        yield FactResult(ExclusionCode.LANGUAGE, state, code, str(minimum), offered)


def _mode(need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    if need.mode is not None:
        state = mode_state(need.mode, person.modes)
        yield FactResult(ExclusionCode.MODE, state, need.mode, need.mode, _listed(person.modes))


def _kind(need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    if need.kind is not None:
        state = kind_state(need.kind, person.kinds_wanted, person.kinds_refused)
        offered = _listed(person.kinds_wanted)
        yield FactResult(ExclusionCode.KIND, state, need.kind, need.kind, offered)


def _hours(need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    asked, offered = need.hours_per_week, person.hours_per_week
    if asked is None:
        return
    state = FactState.UNKNOWN if offered is None else _met(offered >= asked)
    shown = "" if offered is None else f"{offered:g}"
    yield FactResult(ExclusionCode.HOURS, state, "", f"{asked:g}", shown)


def _dates(need: NeedFacts, person: PersonFacts, today: date | None) -> Iterable[FactResult]:
    latest = latest_day(need.latest_start, need.window)
    if latest is None:
        return
    needed = (need.latest_start or latest).isoformat()
    if not person.available:
        yield FactResult(ExclusionCode.DATES, FactState.UNKNOWN, "", needed)
        return
    earliest = max(first_day(today, person.notice_days), need.window.start or date.min)
    starts = [start for span in person.available if (start := _start(span, earliest, latest))]
    known = [start for start in starts if start > date.min]
    offered = min(known).isoformat() if known else ""
    yield FactResult(ExclusionCode.DATES, _met(bool(starts)), "", needed, offered)


def _start(span: Span, earliest: date, latest: date) -> date | None:
    """Return the first day of *span* from *earliest* to *latest*, or None."""
    start = max(span.start or date.min, earliest)
    return start if start <= min(latest, span.end or date.max) else None


def _capacity(_need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    left = person.capacity_left
    # A person who did not say how much fits is not asked about it: there is nothing to show.
    if left is not None:
        yield FactResult(ExclusionCode.CAPACITY, _met(left > 0), "", "1", str(left))


def _eligibility(need: NeedFacts, person: PersonFacts, _today: date | None) -> Iterable[FactResult]:
    for name, allowed, values in eligibility_rules(need, person):
        state = eligibility_state(allowed, values)
        yield FactResult(ExclusionCode.ELIGIBILITY, state, name, _listed(allowed), _listed(values))


def eligibility_rules(
    need: NeedFacts, person: PersonFacts
) -> Iterable[tuple[str, frozenset[str], frozenset[str]]]:
    """Return each rule of a need: its name, the values allowed, and those of the person."""
    if need.residence_in is not None:
        country = person.country_of_residence
        yield "residence", need.residence_in, frozenset([country] if country else ())
    for name, allowed in sorted(need.eligible.items()):
        yield name, allowed, person.attributes.get(name, frozenset())


def _met(holds: object) -> FactState:
    return FactState.MET if holds else FactState.NOT_MET


def _listed(values: Iterable[str]) -> str:
    return ",".join(sorted(values))


_CHECKS: tuple[Callable[[NeedFacts, PersonFacts, date | None], Iterable[FactResult]], ...] = (
    _barred,
    _parties,
    _languages,
    _mode,
    _kind,
    _hours,
    _dates,
    _capacity,
    _eligibility,
)
