"""Check the hard facts of a pair: each check says met, unknown or not met, with its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from matching.facts import ExclusionCode, FactResult, FactState, NeedFacts, PersonFacts, Span

MIXED = "mixed"
MIXED_PARTS = frozenset({"remote", "visit"})


@dataclass(frozen=True)
class FactCheck:
    """All hard facts of one pair, in a fixed order."""

    results: tuple[FactResult, ...]

    @property
    def exclusions(self) -> tuple[ExclusionCode, ...]:
        """The codes of facts that do not hold, each once; empty for a pair that may match."""
        return tuple(dict.fromkeys(r.code for r in self.results if r.state is FactState.NOT_MET))

    @property
    def has_unknown_language(self) -> bool:
        """Whether a required language is unknown, which keeps the band below strong."""
        return any(
            r.code is ExclusionCode.LANGUAGE and r.state is FactState.UNKNOWN for r in self.results
        )


def check_facts(need: NeedFacts, person: PersonFacts) -> FactCheck:
    """Check every hard fact that *need* states against *person*."""
    return FactCheck(tuple(result for check in _CHECKS for result in check(need, person)))


def _languages(need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    for code, minimum in sorted(need.languages.items()):
        rank = person.languages.get(code)
        if not person.languages or (code in person.languages and rank is None):
            state = FactState.UNKNOWN
        else:
            state = _met(rank is not None and rank >= minimum)
        offered = "" if rank is None else str(rank)
        yield FactResult(ExclusionCode.LANGUAGE, state, code, str(minimum), offered)


def _mode(need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    if need.mode is None:
        return
    fits = need.mode in person.modes or (need.mode == MIXED and person.modes >= MIXED_PARTS)
    state = _met(fits) if person.modes else FactState.UNKNOWN
    yield FactResult(ExclusionCode.MODE, state, need.mode, need.mode, _listed(person.modes))


def _kind(need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    if need.kind is None:
        return
    if need.kind in person.kinds_refused:
        state = FactState.NOT_MET
    elif not person.kinds_wanted:
        state = FactState.UNKNOWN
    else:
        state = _met(need.kind in person.kinds_wanted)
    yield FactResult(ExclusionCode.KIND, state, need.kind, need.kind, _listed(person.kinds_wanted))


def _hours(need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    asked, offered = need.hours_per_week, person.hours_per_week
    if asked is None:
        return
    state = FactState.UNKNOWN if offered is None else _met(offered >= asked)
    shown = "" if offered is None else f"{offered:g}"
    yield FactResult(ExclusionCode.HOURS, state, "", f"{asked:g}", shown)


def _dates(need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    latest = need.latest_start or need.window.end
    if latest is None:
        return
    needed = latest.isoformat()
    if not person.available:
        yield FactResult(ExclusionCode.DATES, FactState.UNKNOWN, "", needed)
        return
    starts = [start for span in person.available if (start := _start(need, span, latest))]
    known = [start for start in starts if start > date.min]
    offered = min(known).isoformat() if known else ""
    yield FactResult(ExclusionCode.DATES, _met(bool(starts)), "", needed, offered)


def _start(need: NeedFacts, span: Span, latest: date) -> date | None:
    """Return the first day on which *span* and the need's window meet in time, or None."""
    start = max(span.start or date.min, need.window.start or date.min)
    ends = [latest] + [end for end in (span.end, need.window.end) if end is not None]
    return start if start <= min(ends) else None


def _capacity(_need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    left = person.capacity_left
    # A person who did not say how much fits is not asked about it: there is nothing to show.
    if left is not None:
        yield FactResult(ExclusionCode.CAPACITY, _met(left > 0), "", "1", str(left))


def _eligibility(need: NeedFacts, person: PersonFacts) -> Iterable[FactResult]:
    if need.residence_in is None:
        return
    country = person.country_of_residence
    state = FactState.UNKNOWN if country is None else _met(country in need.residence_in)
    yield FactResult(
        ExclusionCode.ELIGIBILITY, state, "residence", _listed(need.residence_in), country or ""
    )


def _met(holds: object) -> FactState:
    return FactState.MET if holds else FactState.NOT_MET


def _listed(values: Iterable[str]) -> str:
    return ",".join(sorted(values))


_CHECKS: tuple[Callable[[NeedFacts, PersonFacts], Iterable[FactResult]], ...] = (
    _languages,
    _mode,
    _kind,
    _hours,
    _dates,
    _capacity,
    _eligibility,
)
