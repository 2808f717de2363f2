"""Hard facts of needs in columns, to be asked for one person: the mirror of `people_table`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

import numpy as np

from matching.columns import FIRST_DAY, LAST_DAY, Column, Interned, Keys, Mask, Windows, day_number
from matching.constraints import (
    CODE_ORDER,
    eligibility_state,
    first_day,
    is_away,
    kind_state,
    language_state,
    latest_day,
    mode_state,
)
from matching.fact_table import Answer, FactTable, contains_code
from matching.facts import ExclusionCode, FactState, NeedFacts, PersonFacts

Words = frozenset[str]
Levels = tuple[tuple[str, int], ...]
# Each rule of a programme: the attribute and the values allowed.
Rules = tuple[tuple[str, Words], ...]


class NeedTable(FactTable[NeedFacts, PersonFacts]):
    """Facts of needs by id; `screen` finds whose hard facts one person passes."""

    def __init__(self) -> None:
        super().__init__()
        self._barred = Interned[frozenset[ExclusionCode]](frozenset())
        self._parties, self._conflicts, self._refuses = Keys(), Keys(), Keys()
        self._languages = Interned[Levels](())
        self._mode = Interned[str | None](None)
        self._kind = Interned[str | None](None)
        self._hours = Interned[float | None](None)
        self._windows = Windows()
        self._residence = Interned[Words | None](None)
        self._rules = Interned[Rules](())

    def _columns(self) -> tuple[Column, ...]:
        return (
            self._barred,
            self._parties,
            self._conflicts,
            self._refuses,
            self._languages,
            self._mode,
            self._kind,
            self._hours,
            self._windows,
            self._residence,
            self._rules,
        )

    def _set(self, slot: int, facts: NeedFacts) -> None:
        self._barred.set(slot, facts.barred)
        self._parties.set(slot, facts.parties)
        self._conflicts.set(slot, facts.conflicts)
        self._refuses.set(slot, facts.refuses)
        self._languages.set(slot, tuple(sorted(facts.languages.items())))
        self._mode.set(slot, facts.mode)
        self._kind.set(slot, facts.kind)
        self._hours.set(slot, facts.hours_per_week)
        latest = latest_day(facts.latest_start, facts.window)
        self._windows.set(slot, facts.window.start, latest)
        self._residence.set(slot, facts.residence_in)
        self._rules.set(slot, tuple(sorted(facts.eligible.items())))

    def _answers(self, other: PersonFacts, today: date | None, count: int) -> Iterable[Answer]:
        yield from self._presence(other, today, count)
        languages = other.languages
        yield (
            ExclusionCode.LANGUAGE,
            self._languages.where(
                lambda asked: any(_fails(language_state(*one, languages)) for one in asked), count
            ),
        )
        yield from self._work(other, count)
        if other.available:
            yield ExclusionCode.DATES, self._late(other, today, count)
        yield from self._rule_answers(other, count)

    def _presence(self, person: PersonFacts, today: date | None, count: int) -> Iterable[Answer]:
        """Answer for consent, absence, blocks both ways, conflicts and room."""
        own = set(person.barred)
        if is_away(person.away_until, today):
            own.add(ExclusionCode.PAUSED)
        if person.capacity_left is not None and person.capacity_left <= 0:
            own.add(ExclusionCode.CAPACITY)
        for code in own:
            yield code, np.ones(count, dtype=np.bool_)
        for code in CODE_ORDER:
            yield code, self._barred.where(partial(contains_code, code), count)
        yield ExclusionCode.BLOCKED, self._parties.having(person.hides_from)
        yield ExclusionCode.BLOCKED, self._refuses.having(person.known_as)
        yield ExclusionCode.OWN_INSTITUTION, self._parties.having(person.acts_for)
        yield ExclusionCode.CONFLICT, self._conflicts.having(person.known_as)

    def _work(self, person: PersonFacts, count: int) -> Iterable[Answer]:
        modes, wanted, refused = person.modes, person.kinds_wanted, person.kinds_refused
        yield (
            ExclusionCode.MODE,
            self._mode.where(
                lambda mode: mode is not None and _fails(mode_state(mode, modes)), count
            ),
        )
        yield (
            ExclusionCode.KIND,
            self._kind.where(
                lambda kind: kind is not None and _fails(kind_state(kind, wanted, refused)), count
            ),
        )
        hours = person.hours_per_week
        if hours is not None:
            more = self._hours.where(lambda asked: asked is not None and hours < asked, count)
            yield ExclusionCode.HOURS, more

    def _late(self, person: PersonFacts, today: date | None, count: int) -> Mask:
        told = first_day(today, person.notice_days).toordinal()
        spans = [
            (max(day_number(span.start, FIRST_DAY), told), day_number(span.end, LAST_DAY))
            for span in person.available
        ]
        return self._windows.missing(spans, count)

    def _rule_answers(self, person: PersonFacts, count: int) -> Iterable[Answer]:
        country, attributes = person.country_of_residence, person.attributes
        if country:
            yield (
                ExclusionCode.ELIGIBILITY,
                self._residence.where(
                    lambda allowed: allowed is not None and country not in allowed, count
                ),
            )
        if attributes:
            yield (
                ExclusionCode.ELIGIBILITY,
                self._rules.where(
                    lambda rules: any(
                        _fails(eligibility_state(allowed, attributes.get(name, frozenset())))
                        for name, allowed in rules
                    ),
                    count,
                ),
            )


def _fails(state: FactState) -> bool:
    return state is FactState.NOT_MET
