"""Who would fit but for one thing: which skill is lacking, which fact could be asked for less.

Counts only. Whoever shows them decides how small a count may be told (docs/decisions/0042).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby

from matching.facts import ExclusionCode, NeedFacts, Span
from matching.skills import SkillReport

# A concession is worth naming if it brings this many people; else the next larger one is tried.
WORTH_NAMING = 3
# Hours a week that a need could ask for instead, as shares of those it asks for.
FEWER_HOURS = (0.75, 0.5, 0.25)
OTHER_MODES = ("remote", "mixed", "visit")


@dataclass(frozen=True)
class Relaxation:
    """A hard fact asked for less strictly.

    `instead` is what would be asked for (a CEFR rank, hours, a mode); empty where the fact would
    not be asked for at all. `facts` are the need's with this change and no other.
    """

    code: ExclusionCode
    subject: str
    asked: str
    instead: str
    facts: NeedFacts


@dataclass(frozen=True)
class Regained:
    """A relaxation, and how many more people would be in the list with it.

    What another mode loses is taken off what it brings.
    """

    relaxation: Relaxation
    people: int


def lacking_one(reports: Iterable[SkillReport]) -> Counter[str]:
    """Count by must-have, under its label, those who cover all the others and lack only this.

    Nobody is counted for a need with a single must-have, since there is nothing else to cover.
    """
    found: Counter[str] = Counter()
    for report in reports:
        if len(report.must_have) > 1 and len(report.missing) == 1:
            found[report.missing[0].label] += 1
    return found


def relaxations(need: NeedFacts) -> Iterator[Relaxation]:
    """Yield how each fact of *need* could be asked for less, the smallest concession first.

    Who may take part (residence, rules of a programme) is nobody's to relax, nor is how many
    engagements somebody has room for; neither is here.
    """
    yield from _languages(need)
    yield from _modes(need)
    if need.kind is not None:
        yield Relaxation(ExclusionCode.KIND, need.kind, need.kind, "", replace(need, kind=None))
    yield from _hours(need)
    latest = need.latest_start or need.window.end
    if latest is not None:
        free = replace(need, window=Span(), latest_start=None)
        yield Relaxation(ExclusionCode.DATES, "", latest.isoformat(), "", free)


def regained(
    need: NeedFacts,
    count: Callable[[NeedFacts], int],
    *,
    codes: Container[str] | None = None,
    least: int = WORTH_NAMING,
) -> tuple[Regained, ...]:
    """Return what each fact keeps out of a list, the one that keeps out most first.

    *count* returns how many people pass given facts; it is asked about facts of *codes* alone,
    which are those that keep somebody out by themselves (None: all). Of each fact the smallest
    concession is named that brings *least* people, or else the one that brings most; facts whose
    relaxing brings nobody are left out.
    """
    passing = count(need)
    best = []
    for (code, _), steps in groupby(relaxations(need), key=lambda one: (one.code, one.subject)):
        if codes is not None and code.value not in codes:
            continue
        named = Regained(next(steps), 0)
        for step in chain([named.relaxation], steps):
            found = Regained(step, count(step.facts) - passing)
            named = found if found.people > named.people else named
            if named.people >= least:
                break
        if named.people > 0:
            best.append(named)
    return tuple(sorted(best, key=lambda one: -one.people))


def _languages(need: NeedFacts) -> Iterator[Relaxation]:
    for code, rank in sorted(need.languages.items()):
        for instead in range(rank - 1, 0, -1):
            lower = replace(need, languages={**need.languages, code: instead})
            yield Relaxation(ExclusionCode.LANGUAGE, code, str(rank), str(instead), lower)
        without = {other: at for other, at in need.languages.items() if other != code}
        yield Relaxation(
            ExclusionCode.LANGUAGE, code, str(rank), "", replace(need, languages=without)
        )


def _modes(need: NeedFacts) -> Iterator[Relaxation]:
    asked = need.mode
    if asked is None:
        return
    for other in OTHER_MODES:
        if other != asked:
            changed = replace(need, mode=other)
            yield Relaxation(ExclusionCode.MODE, asked, asked, other, changed)


def _hours(need: NeedFacts) -> Iterator[Relaxation]:
    asked = need.hours_per_week
    if asked is None:
        return
    fewer = dict.fromkeys(max(1.0, round(asked * share)) for share in FEWER_HOURS)
    for hours in fewer:
        if hours < asked:
            changed = replace(need, hours_per_week=hours)
            yield Relaxation(ExclusionCode.HOURS, "", f"{asked:g}", f"{hours:g}", changed)
