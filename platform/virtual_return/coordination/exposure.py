"""How often people of each group are shown to institutions: counted, never by person.

Whoever can be found is counted, shown or not. What is shown comes from the outcome log and from
digests that were sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matching.fairness import exposure_at, gini, lorenz
from models import DigestItem, EvidenceItem, Expert, MailMessage, Outcome, now
from models.choices import DigestList, MailState, OutcomeKind, OutcomeList, OwnerKind
from virtual_return.coordination.cells import MINIMUM, Cell, cell, protected, protected_within
from virtual_return.matches import queries as matches
from virtual_return.reference.regions import region_of

UNSEEN_DAYS = 90
# A digest tells of four people for a need at most and keeps no order: each has the mean attention.
DIGEST_EXPOSURE = sum(exposure_at(rank) for rank in range(1, 5)) / 4
MOST_QUANTILES = 10
# Years from the first to the last evidence that somebody gives: coarse on purpose, and no age.
SENIORITIES = ((5, "under_5"), (15, "5_to_14"))
LONGEST = "15_or_more"


@dataclass(frozen=True, slots=True)
class Person:
    """What groups one person; it stays in this module."""

    id: int
    language: str
    country: str
    seniority: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often, and with how much attention by rank, somebody was shown."""

    times: int = 0
    attention: float = 0.0


@dataclass(frozen=True, slots=True)
class Fairness:
    """Aggregates that may be published; empty where there are too few people."""

    made_on: date
    since: date
    days: int
    # None: fewer than ten can be found.
    people: int | None
    times_shown: int = 0
    # Of attention among everybody; None where nothing was shown.
    gini: float | None = None
    # In 90 days, in whole percent; None where it would tell of fewer than ten people.
    unseen_percent: int | None = None
    # The first day in the log; None: it is empty.
    log_begins: date | None = None
    lorenz: tuple[float, ...] = ()
    languages: tuple[Cell, ...] = ()
    regions: tuple[Cell, ...] = ()
    # Each beside the region that holds it.
    countries: tuple[tuple[Cell, Cell], ...] = ()
    seniorities: tuple[Cell, ...] = ()


def measure(session: Session, days: int) -> Fairness:
    """Count the last *days* days, today included."""
    today = now().date()
    since = today - timedelta(days=days - 1)
    people = _people(session)
    if len(people) < MINIMUM:
        return Fairness(today, since, days, people=None)
    shown = _exposure(session, since)
    of_each = [shown.get(person.id, Exposure()) for person in people]
    attention = [one.attention for one in of_each]
    by = _Grouped(people, of_each)
    regions = protected(by.cells(lambda person: region_of(person.country)))
    countries = by.cells(lambda person: person.country)
    return Fairness(
        made_on=today,
        since=since,
        days=days,
        people=len(people),
        times_shown=sum(one.times for one in of_each),
        gini=gini(attention),
        unseen_percent=_unseen(session, people, today),
        log_begins=session.scalar(select(func.min(Outcome.day))),
        lorenz=lorenz(attention, _quantiles(len(people))),
        languages=protected(by.cells(lambda person: person.language)),
        regions=regions,
        countries=protected_within(
            countries, regions, {one.keys[0]: region_of(one.keys[0]) for one in countries}
        ),
        seniorities=protected(by.cells(lambda person: person.seniority)),
    )


@dataclass(frozen=True, slots=True)
class _Grouped:
    people: list[Person]
    shown: list[Exposure]

    def cells(self, key_of: Callable[[Person], str]) -> list[Cell]:
        """Return one cell for each value, however small: not yet to be published."""
        found: defaultdict[str, list[Exposure]] = defaultdict(list)
        for person, exposure in zip(self.people, self.shown, strict=True):
            found[key_of(person)].append(exposure)
        return [
            cell(key, len(them), sum(e.times for e in them), sum(e.attention for e in them))
            for key, them in found.items()
        ]


def _people(session: Session) -> list[Person]:
    """Return everybody who can be found now."""
    findable = matches.indexable(OwnerKind.EXPERT).subquery()
    rows = session.execute(
        select(
            Expert.id,
            Expert.language,
            Expert.country_of_residence,
            func.min(func.coalesce(EvidenceItem.start_year, EvidenceItem.end_year)),
            func.max(func.coalesce(EvidenceItem.end_year, EvidenceItem.start_year)),
        )
        .join(findable, findable.c.id == Expert.id)
        .outerjoin(EvidenceItem, EvidenceItem.expert_id == Expert.id)
        .group_by(Expert.id, Expert.language, Expert.country_of_residence)
    )
    return [
        Person(id, language or "", country or "", seniority_of(first, last))
        for id, language, country, first, last in rows
    ]


def seniority_of(first_year: int | None, last_year: int | None) -> str:
    """Return a coarse group by the years that the evidence spans; empty: none has a year."""
    if first_year is None or last_year is None:
        return ""
    span = last_year - first_year
    return next((name for limit, name in SENIORITIES if span < limit), LONGEST)


def _exposure(session: Session, since: date) -> Mapping[int, Exposure]:
    """Return what each person got, of pages by rank and of digests by mean."""
    rows: list[tuple[int, int, float]] = [
        (expert_id, times, times * exposure_at(max(rank or 1, 1)))
        for expert_id, rank, times in session.execute(_shown(since))
    ]
    rows += [
        (expert_id, times, times * DIGEST_EXPOSURE)
        for expert_id, times in session.execute(_mailed(since))
    ]
    found: dict[int, Exposure] = {}
    for expert_id, times, attention in rows:
        had = found.get(expert_id, Exposure())
        found[expert_id] = Exposure(had.times + times, had.attention + attention)
    return found


def _shown(since: date) -> Select[int, int | None, int]:
    """Select how often each person stood at each rank of a page."""
    return (
        select(Outcome.expert_id, Outcome.rank, func.count(Outcome.id))
        .where(
            Outcome.kind == OutcomeKind.SHOWN,
            Outcome.list == OutcomeList.PEOPLE,
            Outcome.day >= since,
        )
        .group_by(Outcome.expert_id, Outcome.rank)
    )


def _mailed(since: date) -> Select[int, int]:
    """Select people and the needs for which a digest told of them, whoever else got it too."""
    return (
        select(DigestItem.expert_id, func.count(DigestItem.need_id.distinct()))
        .join(MailMessage, MailMessage.id == DigestItem.mail_id)
        .where(
            DigestItem.list == DigestList.INSTITUTION_MATCHES,
            MailMessage.state == MailState.SENT,
            DigestItem.created_at >= datetime.combine(since, time(), UTC),
        )
        .group_by(DigestItem.expert_id)
    )


def _unseen(session: Session, people: Iterable[Person], today: date) -> int | None:
    seen = _exposure(session, today - timedelta(days=UNSEEN_DAYS - 1))
    ids = [person.id for person in people]
    unseen = sum(id not in seen for id in ids)
    if 0 < unseen < MINIMUM or 0 < len(ids) - unseen < MINIMUM:
        return None
    return round(100 * unseen / len(ids))


def _quantiles(people: int) -> int:
    """Return into how many groups of ten people and more everybody can be parted."""
    return min(MOST_QUANTILES, people // MINIMUM)
