"""Count who comes near to a need and would fit but for one thing."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.bands import POSSIBLE
from matching.fact_table import FactTable
from matching.facts import NeedFacts, PersonFacts
from matching.index import VectorIndex
from matching.near_misses import regained
from matching.scoring import score_people
from matching.vectors import ItemVectors
from virtual_return.matches.results import FactMiss

# Passages that are looked at for people near to a need: about three hundred people's.
NEAREST_ROWS = 2_000


@dataclass(frozen=True)
class Relaxed:
    """How many of the people near to a need pass its facts, and would pass less strict ones."""

    index: VectorIndex
    table: FactTable[PersonFacts, NeedFacts]
    # Ids that the caller bars, by code: they are counted under nothing.
    barred: Mapping[str, str]
    today: date

    def near(self, need_vectors: ItemVectors) -> list[str]:
        """Return whose texts come near enough for a band of possible, whatever their facts."""
        queries = need_vectors.starting_with("passage:").vectors
        found = [numbers for _, numbers in self.index.nearest(queries, NEAREST_ROWS)]
        if not found:
            return []
        owners = [self.index.owner_at(number) for number in np.unique(np.concatenate(found))]
        rows = self.index.rows_of_many(owners)
        texts = score_people(self.index.similarity, queries, rows)
        return [owner for owner in owners if owner in texts and texts[owner].value >= POSSIBLE]

    def misses(
        self, need: NeedFacts, people: Collection[str], codes: Container[str]
    ) -> tuple[FactMiss, ...]:
        """Return what each fact of *codes* keeps away of these people, the most first."""
        numbers = self.index.numbers_of(list(people))
        numbers = numbers[numbers >= 0]

        def passing(facts: NeedFacts) -> int:
            screen = self.table.screen(facts, self.index, self.today, self.barred)
            return int(screen.mask(self.index.owner_count)[numbers].sum())

        return tuple(
            FactMiss(
                code=one.relaxation.code.value,
                subject=one.relaxation.subject,
                asked=one.relaxation.asked,
                instead=one.relaxation.instead,
                people=one.people,
            )
            for one in regained(need, passing, codes=codes)
        )
