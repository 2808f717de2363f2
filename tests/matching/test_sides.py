"""One search for a need as a whole finds what a search for each of its passages would."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matching import (
    ItemVectors,
    Matcher,
    NeedDocument,
    NeedFacts,
    PeopleInMemory,
    PersonFacts,
)
from matching.ranking import nearest_owners
from matching.sides import NeedSide
from matching.similarity import FusedSimilarity, PlainSimilarity, Similarity
from matching.vectors import Float32

from .conftest import NEED, person, world_of


def rows(count: int, seed: int, *, english: bool = True) -> Float32:
    made = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    if not english:
        made[:, :8] = 0.0
    return made


def side_of(vectors: Float32) -> NeedSide:
    items = tuple(f"passage:{n}" for n in range(len(vectors)))
    return NeedSide(NeedDocument("need"), ItemVectors(items, vectors), None)


@pytest.mark.parametrize(
    "similarity",
    [PlainSimilarity(1.3, -0.1), FusedSimilarity(tuple(np.linspace(-0.2, 0.3, 8).tolist()), 8)],
)
@pytest.mark.parametrize("english", [True, False])
def test_the_mean_of_passages_scores_as_their_scores_in_the_mean(
    similarity: Similarity, english: bool
) -> None:
    passages, people = rows(3, 1, english=english), np.concatenate([rows(5, 2), rows(5, 3)])
    people[5:, :8] = 0.0

    queries = side_of(passages).queries(similarity)

    assert len(queries) == 1
    assert similarity.pairs(queries, people)[0] == pytest.approx(
        similarity.pairs(passages, people).mean(axis=0), abs=1e-5
    )


def test_passages_in_two_groups_are_asked_for_apart() -> None:
    similarity = FusedSimilarity(tuple(np.zeros(8).tolist()), 8)
    passages = np.concatenate([rows(2, 1), rows(1, 2, english=False)])

    queries = side_of(passages).queries(similarity)

    assert queries == pytest.approx(np.stack([passages[:2].mean(axis=0), passages[2]]))


def test_a_need_without_vectors_asks_nothing() -> None:
    nothing = side_of(np.zeros((0, 16), dtype=np.float32))
    assert nothing.queries(PlainSimilarity()).shape == (0, 16)


def test_those_who_are_near_are_few_and_the_nearest_among_them() -> None:
    crowd = tuple(
        person(f"p{n}", f"{'irrigation ' * (n % 9)} farms number {n}") for n in range(200)
    )
    world = world_of(crowd, (NEED,))
    side = NeedSide(NEED, world.vectors["need"], None)
    index = world.people_index
    screen = world.people.table().screen(NeedFacts(), index)

    found = nearest_owners(index, side.queries(index.similarity), screen, 20)

    everybody = side.texts(index.similarity, index.rows_of_many(list(index.owners())))
    best = sorted(everybody, key=lambda owner: -everybody[owner].value)[:10]
    assert len(found) == 30
    assert set(best) <= set(found)


def test_who_does_not_fit_any_more_makes_room_for_the_next() -> None:
    """The table says that all fit; what their documents say now decides."""
    crowd = tuple(person(f"p{n}", f"Drip irrigation {'of farms ' * n}") for n in range(6))
    world = world_of(crowd, (NEED,))
    stale = PeopleInMemory(world.people.people)
    stale.table()
    need = NeedDocument("need", NEED.passages, facts=NeedFacts(hours_per_week=5))
    before = Matcher().rank_people(need, world.vectors["need"], world.people_index, stale, limit=2)
    first = before.matches[0].id
    changed = dict(world.people.people)
    changed[first] = person(
        first, changed[first].passages[0].text, facts=PersonFacts(hours_per_week=1)
    )
    del changed[before.matches[1].id]

    class Behind(PeopleInMemory):
        def table(self):  # type: ignore[no-untyped-def]
            return stale.table()

    found = Matcher().rank_people(
        need, world.vectors["need"], world.people_index, Behind(changed), limit=2
    )

    assert len(found.matches) == 2
    assert {match.id for match in found.matches}.isdisjoint({m.id for m in before.matches})
    assert dict(found.excluded) == {first: ("hours",)}
    assert found.considered == 4


def test_notice_and_absence_count_from_the_day_of_the_list() -> None:
    day = date(2027, 3, 1)
    late = person("late", "Drip irrigation.", facts=PersonFacts(away_until=date(2027, 3, 9)))
    world = world_of((late,), (NEED,))
    vectors = world.vectors["need"]

    def codes(on: date) -> dict[str, tuple[str, ...]]:
        found = Matcher().rank_people(NEED, vectors, world.people_index, world.people, day=on)
        return dict(found.excluded)

    assert codes(day) == {"late": ("paused",)}
    assert codes(date(2027, 3, 9)) == {}
