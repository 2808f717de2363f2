"""The two sides from which a list is asked for: a need asks for people, a person for needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matching.documents import NeedDocument, PersonDocument
from matching.facts import NeedFacts, PersonFacts
from matching.lexical import compile_terms, lexical_score
from matching.ranking import Pair
from matching.scoring import MAX_BONUS, MIN_BONUS, TextScore, score_needs, score_people
from matching.similarity import Similarity
from matching.skills import report_skills, report_skills_of
from matching.soft_fit import NO_SOFT_FIT, SoftFit, soft_fit
from matching.vectors import Float32, ItemVectors

# How far two people with equal texts can be apart in score.
SPREAD = MAX_BONUS - MIN_BONUS

# Of those who are looked at closely, by id: their documents, vectors, and scores of texts.
People = Mapping[str, PersonDocument]
Needs = Mapping[str, NeedDocument]
Rows = Mapping[str, ItemVectors]
Texts = Mapping[str, TextScore]


@dataclass(frozen=True)
class NeedSide:
    """A need that asks for people."""

    need: NeedDocument
    vectors: ItemVectors
    day: date | None

    @property
    def facts(self) -> NeedFacts:
        return self.need.facts

    @property
    def asks_for_skills(self) -> bool:
        """Whether vectors of skills and sentences are needed to rank, and not only to explain."""
        return bool(self.need.must_have or self.need.useful)

    @cached_property
    def passages(self) -> Float32:
        return self.vectors.starting_with("passage:").vectors

    def queries(self, similarity: Similarity) -> Float32:
        """Return the need as a whole: the mean of its passages, one of each group of them.

        A person's passage scores the mean over the need's passages, and within a group a
        comparison is linear: so one search finds what a search for each passage would.
        """
        groups = similarity.groups(self.passages)
        means = [self.passages[groups == group].mean(axis=0) for group in np.unique(groups)]
        return np.stack(means) if means else self.passages

    def texts(self, similarity: Similarity, rows: Rows) -> dict[str, TextScore]:
        return score_people(similarity, self.passages, rows)

    def pairs(self, people: People, rows: Rows, texts: Texts, similarity: Similarity) -> list[Pair]:
        """Compare skills, words and soft facts of many people with the need's."""
        terms = compile_terms(self.need)
        known = [(person, rows[owner]) for owner, person in people.items()]
        skills = report_skills_of(self.need, self.vectors, known, similarity)
        return [
            Pair(
                id=owner,
                need=self.need,
                person=person,
                need_vectors=self.vectors,
                person_vectors=rows[owner],
                text=texts[owner],
                skills=report,
                lexical=lexical_score(terms, person, items_of(texts[owner])),
                soft=soft_of(self.need, person, self.day),
            )
            for (owner, person), report in zip(people.items(), skills, strict=True)
        ]


@dataclass(frozen=True)
class PersonSide:
    """A person who asks for needs: the mirror, with the same scores."""

    person: PersonDocument
    vectors: ItemVectors
    day: date | None

    @property
    def facts(self) -> PersonFacts:
        return self.person.facts

    @property
    def asks_for_skills(self) -> bool:
        """Whether any need asks for skills is not known before their documents are read."""
        return True

    @cached_property
    def passages(self) -> ItemVectors:
        return self.vectors.starting_with("passage:")

    def queries(self, _similarity: Similarity) -> Float32:
        """Return each passage: the best three of them count, which others may be for each need."""
        return self.passages.vectors

    def texts(self, similarity: Similarity, rows: Rows) -> dict[str, TextScore]:
        return score_needs(similarity, rows, self.passages)

    def pairs(self, needs: Needs, rows: Rows, texts: Texts, similarity: Similarity) -> list[Pair]:
        """Compare skills, words and soft facts of many needs with the person's."""
        return [
            Pair(
                id=owner,
                need=need,
                person=self.person,
                need_vectors=rows[owner],
                person_vectors=self.vectors,
                text=texts[owner],
                skills=report_skills(need, self.person, similarity, rows[owner], self.vectors),
                lexical=lexical_score(compile_terms(need), self.person, items_of(texts[owner])),
                soft=soft_of(need, self.person, self.day),
            )
            for owner, need in needs.items()
        ]


def items_of(text: TextScore) -> list[str]:
    """Return the items that scored."""
    return [item.item for item in text.items]


def soft_of(need: NeedDocument, person: PersonDocument, day: date | None) -> SoftFit:
    """Compare a pair by degree; without a day nothing is compared."""
    return NO_SOFT_FIT if day is None else soft_fit(need.facts, person.facts, day)
