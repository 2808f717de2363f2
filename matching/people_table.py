"""Hard facts of people in columns, to be asked for one need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

import numpy as np

from matching.columns import (
    FIRST_DAY,
    Column,
    Interned,
    Keys,
    Levels,
    Spans,
    day_number,
)
from matching.constraints import (
    CODE_ORDER,
    eligibility_state,
    is_away,
    kind_state,
    latest_day,
    mode_state,
)
from matching.fact_table import Answer, FactTable, contains_code
from matching.facts import ExclusionCode, FactState, NeedFacts, PersonFacts

Codes = frozenset[ExclusionCode]
Words = frozenset[str]
Attributes = tuple[tuple[str, Words], ...]


class PeopleTable(FactTable[PersonFacts, NeedFacts]):
    """Facts of people by id; `screen` finds who passes every hard fact of one need."""

    def __init__(self) -> None:
        super().__init__()
        self._barred = Interned[Codes](frozenset())
        self._away = Interned[date | None](None)
        self._hides_from, self._acts_for, self._known_as = Keys(), Keys(), Keys()
        self._languages = Levels()
        self._modes = Interned[Words](frozenset())
        self._kinds = Interned[tuple[Words, Words]]((frozenset(), frozenset()))
        self._hours = Interned[float | None](None)
        self._spans = Spans()
        self._capacity = Interned[int | None](None)
        self._residence = Interned[str | None](None)
        self._attributes = Interned[Attributes](())

    def _columns(self) -> tuple[Column, ...]:
        return (
            self._barred,
            self._away,
            self._hides_from,
            self._acts_for,
            self._known_as,
            self._languages,
            self._modes,
            self._kinds,
            self._hours,
            self._spans,
            self._capacity,
            self._residence,
            self._attributes,
        )

    def _set(self, slot: int, facts: PersonFacts) -> None:
        self._barred.set(slot, facts.barred)
        self._away.set(slot, facts.away_until)
        self._hides_from.set(slot, facts.hides_from)
        self._acts_for.set(slot, facts.acts_for)
        self._known_as.set(slot, facts.known_as)
        self._languages.set(slot, facts.languages)
        self._modes.set(slot, facts.modes)
        self._kinds.set(slot, (facts.kinds_wanted, facts.kinds_refused))
        self._hours.set(slot, facts.hours_per_week)
        self._spans.set(slot, facts.available, facts.notice_days)
        self._capacity.set(slot, facts.capacity_left)
        self._residence.set(slot, facts.country_of_residence)
        self._attributes.set(slot, tuple(sorted(facts.attributes.items())))

    def _answers(self, other: NeedFacts, today: date | None, count: int) -> Iterable[Answer]:
        yield from self._presence(other, today, count)
        for name, minimum in other.languages.items():
            yield ExclusionCode.LANGUAGE, self._languages.below(name, minimum, count)
        yield from self._work(other, count)
        latest = latest_day(other.latest_start, other.window)
        if latest is not None:
            earliest = day_number(other.window.start, FIRST_DAY)
            late = self._spans.missing(earliest, latest.toordinal(), today, count)
            yield ExclusionCode.DATES, late
        yield ExclusionCode.CAPACITY, self._capacity.where(_is_full, count)
        yield from self._rules(other, count)

    def _presence(self, need: NeedFacts, today: date | None, count: int) -> Iterable[Answer]:
        """Answer for consent, absence, blocks both ways and conflicts of interest."""
        for code in need.barred:
            yield code, np.ones(count, dtype=np.bool_)
        for code in CODE_ORDER:
            yield code, self._barred.where(partial(contains_code, code), count)
        yield ExclusionCode.PAUSED, self._away.where(lambda until: is_away(until, today), count)
        yield ExclusionCode.BLOCKED, self._hides_from.having(need.parties)
        yield ExclusionCode.BLOCKED, self._known_as.having(need.refuses)
        yield ExclusionCode.OWN_INSTITUTION, self._acts_for.having(need.parties)
        yield ExclusionCode.CONFLICT, self._known_as.having(need.conflicts)

    def _work(self, need: NeedFacts, count: int) -> Iterable[Answer]:
        mode, kind, asked = need.mode, need.kind, need.hours_per_week
        if mode is not None:
            other_ways = self._modes.where(lambda own: _fails(mode_state(mode, own)), count)
            yield ExclusionCode.MODE, other_ways
        if kind is not None:
            others = self._kinds.where(lambda own: _fails(kind_state(kind, *own)), count)
            yield ExclusionCode.KIND, others
        if asked is not None:
            fewer = self._hours.where(lambda own: own is not None and own < asked, count)
            yield ExclusionCode.HOURS, fewer

    def _rules(self, need: NeedFacts, count: int) -> Iterable[Answer]:
        allowed = need.residence_in
        if allowed is not None:
            elsewhere = self._residence.where(lambda own: bool(own) and own not in allowed, count)
            yield ExclusionCode.ELIGIBILITY, elsewhere
        for rule in need.eligible.items():
            outside = self._attributes.where(partial(_breaks, rule), count)
            yield ExclusionCode.ELIGIBILITY, outside


def _fails(state: FactState) -> bool:
    return state is FactState.NOT_MET


def _is_full(left: int | None) -> bool:
    return left is not None and left <= 0


def _breaks(rule: tuple[str, Words], attributes: Attributes) -> bool:
    name, allowed = rule
    return _fails(eligibility_state(allowed, dict(attributes).get(name, frozenset())))
