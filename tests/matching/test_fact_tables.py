"""Facts of everybody in columns say of each pair what `check_facts` says of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import ExclusionCode, NeedFacts, PersonFacts, Span, check_facts
from matching.fact_table import FactTable
from matching.index import VectorIndex
from matching.need_table import NeedTable
from matching.people_table import PeopleTable
from matching.screen import Screen
from matching.similarity import PlainSimilarity
from matching.vectors import ItemVectors

DAY = date(2027, 3, 1)
LANGUAGES = ("ar", "fr", "en")
KEYS = ("institution:1", "institution:2", "country:FR", "person:a")

days = st.integers(-40, 40).map(lambda n: DAY + timedelta(days=n))
open_days = st.none() | days
spans = st.builds(Span, open_days, open_days) | st.just(Span(date.min, date.min))
keys = st.frozensets(st.sampled_from(KEYS), max_size=2)
words = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=2)
attributes = st.dictionaries(st.sampled_from(["tie", "standing"]), words, max_size=2)
codes = st.frozensets(
    st.sampled_from([ExclusionCode.HIDDEN, ExclusionCode.PAUSED, ExclusionCode.CLOSED]), max_size=1
)
hours = st.none() | st.sampled_from([0.0, 2, 2.5, 9])
modes = ("remote", "visit", "mixed")
kinds = st.frozensets(st.sampled_from(["lecture", "review", "visit"]), max_size=2)

people = st.builds(
    PersonFacts,
    languages=st.dictionaries(st.sampled_from(LANGUAGES), st.none() | st.integers(1, 6)),
    modes=st.frozensets(st.sampled_from(modes)),
    kinds_wanted=kinds,
    kinds_refused=kinds,
    hours_per_week=hours,
    available=st.lists(spans, max_size=3).map(tuple),
    capacity_left=st.none() | st.integers(-1, 2),
    country_of_residence=st.none() | st.sampled_from(["FR", "DE", "XX"]),
    notice_days=st.sampled_from([0, 7, 60, 4_000_000]),
    attributes=attributes,
    barred=codes,
    away_until=open_days,
    hides_from=keys,
    acts_for=keys,
    known_as=keys,
)
needs = st.builds(
    NeedFacts,
    languages=st.dictionaries(st.sampled_from((*LANGUAGES, "pt")), st.integers(1, 6), max_size=2),
    mode=st.none() | st.sampled_from(modes),
    kind=st.none() | st.sampled_from(["lecture", "review", "visit"]),
    hours_per_week=hours,
    window=spans,
    latest_start=open_days,
    residence_in=st.none() | st.frozensets(st.sampled_from(["FR", "DE"])),
    eligible=attributes,
    barred=codes,
    parties=keys,
    conflicts=keys,
    refuses=keys,
)
moments = st.none() | days


def index_of(owners: list[str]) -> VectorIndex:
    row = ItemVectors(("passage:a",), np.ones((1, 4), dtype=np.float32))
    return VectorIndex(PlainSimilarity(), "test", "1", 4).build(dict.fromkeys(owners, row))


def ids(number: int) -> list[str]:
    return [f"o{n}" for n in range(number)]


def assert_same(screen: Screen, expected: dict[str, tuple[str, ...]], owners: list[str]) -> None:
    """Compare everything that a screen tells with codes found pair by pair."""
    out = {owner: codes for owner, codes in expected.items() if codes}
    assert screen.excluded == out
    assert len(screen.excluded) == len(out)
    assert set(screen.ids()) == set(owners) - out.keys()
    assert screen.count == len(owners) - len(out)
    assert screen.excluded.counts == Counter(code for codes in out.values() for code in codes)
    assert screen.excluded.first_counts() == Counter(codes[0] for codes in out.values())
    for code in ExclusionCode:
        alone = {owner for owner, codes in out.items() if codes == (str(code),)}
        assert set(screen.excluded.sole(code)) == alone


@settings(max_examples=150, deadline=None)
@given(st.lists(people, min_size=1, max_size=8), needs, moments)
def test_people_are_screened_as_pair_by_pair(
    everybody: list[PersonFacts], need: NeedFacts, today: date | None
) -> None:
    owners = ids(len(everybody))
    table = PeopleTable().build(dict(zip(owners, everybody, strict=True)))

    screen = table.screen(need, index_of(owners), today)

    expected = {
        owner: tuple(str(code) for code in check_facts(need, facts, today).exclusions)
        for owner, facts in zip(owners, everybody, strict=True)
    }
    assert_same(screen, expected, owners)


@settings(max_examples=150, deadline=None)
@given(st.lists(needs, min_size=1, max_size=8), people, moments)
def test_needs_are_screened_as_pair_by_pair(
    everything: list[NeedFacts], person: PersonFacts, today: date | None
) -> None:
    owners = ids(len(everything))
    table = NeedTable().build(dict(zip(owners, everything, strict=True)))

    screen = table.screen(person, index_of(owners), today)

    expected = {
        owner: tuple(str(code) for code in check_facts(facts, person, today).exclusions)
        for owner, facts in zip(owners, everything, strict=True)
    }
    assert_same(screen, expected, owners)


@settings(max_examples=60, deadline=None)
@given(st.data(), needs, moments)
def test_a_table_that_was_changed_says_the_same_as_one_made_anew(
    data: st.DataObject, need: NeedFacts, today: date | None
) -> None:
    table, now = PeopleTable(), dict[str, PersonFacts]()
    for owner in data.draw(st.lists(st.sampled_from(ids(6)), max_size=12)):
        if data.draw(st.booleans()):
            now[owner] = data.draw(people)
            table.put(owner, now[owner])
        else:
            assert table.remove(owner) == (now.pop(owner, None) is not None)
        if data.draw(st.integers(0, 3)) == 0:
            table._compact()

    index = index_of(ids(6))
    screen = table.screen(need, index, today)

    assert set(table) == now.keys()
    fresh = PeopleTable().build(now).screen(need, index, today)
    assert dict(screen.excluded) == dict(fresh.excluded)
    assert set(screen.ids()) == set(fresh.ids())


def test_nothing_that_is_not_stated_excludes_anybody() -> None:
    need = NeedFacts(
        languages={"ar": 6}, mode="visit", kind="review", hours_per_week=40, latest_start=DAY,
        residence_in=frozenset({"FR"}), eligible={"tie": frozenset({"SO"})},
        parties=frozenset(KEYS), conflicts=frozenset(KEYS), refuses=frozenset(KEYS),
    )  # fmt: skip
    screen = PeopleTable().build({"o0": PersonFacts()}).screen(need, index_of(["o0"]), DAY)

    assert screen.ids() == ["o0"]
    assert screen.excluded == {}


def test_only_those_in_the_index_are_counted() -> None:
    facts = {owner: PersonFacts(hours_per_week=1) for owner in ids(3)}
    need = NeedFacts(hours_per_week=5)

    screen = PeopleTable().build(facts).screen(need, index_of(["x", "o1"]))

    assert dict(screen.excluded) == {"o1": ("hours",)}
    assert screen.count == 0


def test_the_index_is_asked_again_when_somebody_came_or_left() -> None:
    table, index = PeopleTable().build({owner: PersonFacts() for owner in ids(3)}), index_of(["o0"])
    row = index.rows_of("o0")
    assert table.screen(NeedFacts(), index).ids() == ["o0"]

    index.put("o1", row)
    assert set(table.screen(NeedFacts(), index).ids()) == {"o0", "o1"}
    index.remove("o0")
    assert table.screen(NeedFacts(), index).ids() == ["o1"]
    table.put("o9", PersonFacts())
    index.put("o9", row)
    assert set(table.screen(NeedFacts(), index).ids()) == {"o1", "o9"}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_numbers_follow_an_index_and_its_forks(data: st.DataObject) -> None:
    index = index_of(ids(3))
    table = PeopleTable().build({owner: PersonFacts() for owner in ids(2)})
    row = index.rows_of("o0")
    for owner in data.draw(st.lists(st.sampled_from(ids(8)), max_size=14)):
        match data.draw(st.sampled_from(["put", "remove", "fork", "state", "forget", "compact"])):
            case "put":
                index.put(owner, row)
            case "remove":
                index.remove(owner)
            case "fork":
                index = index.fork()
            case "state":
                table.put(owner, PersonFacts())
            case "forget":
                table.remove(owner)
            case "compact":
                table._compact()

        screen = table.screen(NeedFacts(), index)

        there = {owner for owner in table if owner in index}
        assert set(screen.ids()) == there
        mask = screen.mask(index.owner_count)
        assert {index.owner_at(number) for number in np.flatnonzero(mask).tolist()} == there


def test_the_callers_codes_come_first_and_silent_ones_are_not_counted() -> None:
    facts = {
        "o0": PersonFacts(hours_per_week=1),
        "o1": PersonFacts(barred=frozenset({ExclusionCode.HIDDEN}), hours_per_week=1),
        "o2": PersonFacts(hours_per_week=1),
        "o3": PersonFacts(),
    }
    screen = (
        PeopleTable()
        .build(facts)
        .screen(
            NeedFacts(hours_per_week=5), index_of(ids(4)), excluded={"o2": "asked", "o3": "blocked"}
        )
    )

    found = screen.excluded
    assert found["o2"] == ("asked", "hours")
    assert found["o1"] == ("hidden", "hours")
    assert found.counts == {"hours": 3, "hidden": 1, "asked": 1, "blocked": 1}
    assert found.first_counts(silent={"hidden", "blocked"}) == {"hours": 1, "asked": 1}
    assert found.sole(ExclusionCode.HOURS) == ["o0"]
    assert found.sole_counts == {"hours": 1}
    with pytest.raises(KeyError):
        found["o7"]


def test_fresher_facts_of_one_replace_what_the_table_said() -> None:
    table: FactTable[PersonFacts, NeedFacts] = PeopleTable()
    table.build({"o0": PersonFacts(), "o1": PersonFacts()})
    screen = table.screen(NeedFacts(), index_of(ids(2)))

    screen.restate("o0", [ExclusionCode.HOURS])

    assert screen.ids() == ["o1"]
    assert screen.excluded == {"o0": ("hours",)}
    screen.restate("o0", [])
    assert screen.count == 2


def test_an_answer_does_not_change_with_the_table() -> None:
    table = PeopleTable().build({"o0": PersonFacts(), "o1": PersonFacts(hours_per_week=1)})
    screen = table.screen(NeedFacts(hours_per_week=5), index_of(ids(2)))

    table.put("o0", PersonFacts(hours_per_week=1))
    table.put("o2", PersonFacts(hours_per_week=1))

    assert screen.ids() == ["o0"]
    assert dict(screen.excluded) == {"o1": ("hours",)}


def test_a_mask_speaks_of_the_numbers_of_the_index() -> None:
    index = index_of(["x", "o2", "o0"])
    screen = (
        PeopleTable().build({owner: PersonFacts() for owner in ids(3)}).screen(NeedFacts(), index)
    )

    assert screen.mask(3).tolist() == [False, True, True]
