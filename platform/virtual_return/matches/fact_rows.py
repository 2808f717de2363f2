"""Read hard facts of many people or needs in a handful of queries, without loading objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matching.facts import ExclusionCode, NeedFacts, PersonFacts
from models import (
    Availability,
    CountryTie,
    EligibilityRule,
    Expert,
    ExpertLanguage,
    Need,
    NeedLanguage,
    User,
)
from models.choices import AvailabilityKind, Cefr, NeedState, Visibility
from virtual_return.experts import privacy
from virtual_return.matches import queries
from virtual_return.matches.hard_facts import (
    AskedFor,
    Stated,
    need_facts_of,
    person_facts_of,
    rule_of,
)

Spans = list[tuple[AvailabilityKind, date, date]]


def read_people(session: Session, ids: Collection[int] | None) -> dict[str, PersonFacts]:
    """Return the facts of these people, or of all; who has left has none."""
    languages = _levels(session, _among(_EXPERT_LEVELS, ExpertLanguage.expert_id, ids))
    spans: dict[int, Spans] = defaultdict(list)
    for expert_id, kind, starts_on, ends_on in session.execute(
        _among(_SPANS, Availability.expert_id, ids)
    ):
        spans[expert_id].append((kind, starts_on, ends_on))
    ties = _ties(session, ids)
    taken = queries.places_taken(session, ids)
    return {
        str(row.id): person_facts_of(
            Stated(
                modes=row.modes,
                kinds_wanted=row.kinds_wanted,
                kinds_refused=row.kinds_refused,
                hours_per_week=row.hours_per_week,
                earliest_start=row.earliest_start,
                notice_weeks=row.notice_weeks,
                country_of_residence=row.country_of_residence,
                languages=languages.get(row.id, {}),
                availability=spans.get(row.id, ()),
                places_left=row.capacity - taken.get(row.id, 0),
                standing=row.standing.value,
                ties=ties.get(row.id, ()),
            ),
            barred=_barred(
                row.visibility,
                row.invitations_per_month,
                is_paused=row.is_paused or bool(row.paused_at or row.erase_at),
            ),
            away_until=row.paused_until,
        )
        for row in session.execute(_among(_EXPERTS, Expert.id, ids))
    }


def read_needs(session: Session, ids: Collection[int] | None) -> dict[str, NeedFacts]:
    """Return the facts of these needs, or of all, as far as they are open."""
    languages = _levels(session, _among(_NEED_LEVELS, NeedLanguage.need_id, ids))
    rules = {rule.id: rule_of(rule) for rule in session.scalars(select(EligibilityRule))}
    return {
        str(row.id): need_facts_of(
            AskedFor(
                mode=row.mode,
                kind=row.kind,
                hours_per_week=row.hours_per_week,
                window_start=row.window_start,
                window_end=row.window_end,
                latest_start=row.latest_start,
                languages=languages.get(row.id, {}),
                rule=rules.get(row.rule_id),
            )
        )
        for row in session.execute(_among(_NEEDS, Need.id, ids))
    }


_EXPERTS = (
    select(
        Expert.id,
        Expert.modes,
        Expert.kinds_wanted,
        Expert.kinds_refused,
        Expert.hours_per_week,
        Expert.earliest_start,
        Expert.notice_weeks,
        Expert.capacity,
        Expert.country_of_residence,
        Expert.standing,
        Expert.visibility,
        Expert.is_paused,
        Expert.paused_until,
        Expert.invitations_per_month,
        User.paused_at,
        User.erase_at,
    )
    .join(Expert.user)
    .where(User.erased_at.is_(None), User.suspended_at.is_(None))
)
_EXPERT_LEVELS = select(ExpertLanguage.expert_id, ExpertLanguage.language, ExpertLanguage.level)
_SPANS = select(
    Availability.expert_id, Availability.kind, Availability.starts_on, Availability.ends_on
)
_NEEDS = select(
    Need.id,
    Need.mode,
    Need.kind,
    Need.hours_per_week,
    Need.window_start,
    Need.window_end,
    Need.latest_start,
    Need.rule_id,
).where(Need.state == NeedState.OPEN)
_NEED_LEVELS = select(NeedLanguage.need_id, NeedLanguage.language, NeedLanguage.level)


def _ties(session: Session, ids: Collection[int] | None) -> Mapping[int, set[str]]:
    """Return the countries that people are tied to, which only rules of programmes look at."""
    found: dict[int, set[str]] = defaultdict(set)
    query = select(CountryTie.expert_id, CountryTie.country)
    for expert_id, country in session.execute(_among(query, CountryTie.expert_id, ids)):
        found[expert_id].add(country)
    return found


Columns = TypeVarTuple("Columns")


def _among(
    query: Select[*Columns], column: InstrumentedAttribute[int], ids: Collection[int] | None
) -> Select[*Columns]:
    return query if ids is None else query.where(column.in_(ids))


def _levels(session: Session, query: Select[int, str, Cefr]) -> Mapping[int, dict[str, int | None]]:
    found: dict[int, dict[str, int | None]] = defaultdict(dict)
    for owner_id, language, level in session.execute(query):
        found[owner_id][language] = level.rank
    return found


def _barred(
    visibility: Visibility, invitations_per_month: int, *, is_paused: bool
) -> frozenset[ExclusionCode]:
    """Return what bars a person from every list; SQL decides the same for those who are shown."""
    codes = set()
    if visibility not in privacy.INSTITUTION_LEVELS:
        codes.add(ExclusionCode.HIDDEN)
    if is_paused:
        codes.add(ExclusionCode.PAUSED)
    if invitations_per_month <= 0:
        codes.add(ExclusionCode.INVITATION_LIMIT)
    return frozenset(codes)
