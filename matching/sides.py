"""The two sides from which a list is asked for: a need asks for people, a person for needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from matching.constraints import FactCheck, check_facts
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

# Of those who are looked at closely, by id: their documents with checked facts, and vectors.
People = Mapping[str, tuple[PersonDocument, FactCheck]]
Needs = Mapping[str, tuple[NeedDocument, FactCheck]]
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
    def queries(self) -> Float32:
        return self.vectors.starting_with("passage:").vectors

    def texts(self, similarity: Similarity, rows: Rows) -> dict[str, TextScore]:
        return score_people(similarity, self.queries, rows)

    def check(self, person: PersonDocument) -> FactCheck:
        return check_facts(self.need.facts, person.facts, self.day)

    def pairs(self, people: People, rows: Rows, texts: Texts, similarity: Similarity) -> list[Pair]:
        """Compare skills, words and soft facts of many people with the need's."""
        terms = compile_terms(self.need)
        known = [(person, rows[owner]) for owner, (person, _) in people.items()]
        skills = report_skills_of(self.need, self.vectors, known, similarity)
        return [
            Pair(
                id=owner,
                need=self.need,
                person=person,
                need_vectors=self.vectors,
                person_vectors=rows[owner],
                text=texts[owner],
                facts=facts,
                skills=report,
                lexical=lexical_score(terms, person, items_of(texts[owner])),
                soft=soft_of(self.need, person, self.day),
            )
            for (owner, (person, facts)), report in zip(people.items(), skills, strict=True)
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

    @property
    def queries(self) -> Float32:
        return self.passages.vectors

    def texts(self, similarity: Similarity, rows: Rows) -> dict[str, TextScore]:
        return score_needs(similarity, rows, self.passages)

    def check(self, need: NeedDocument) -> FactCheck:
        return check_facts(need.facts, self.person.facts, self.day)

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
                facts=facts,
                skills=report_skills(need, self.person, similarity, rows[owner], self.vectors),
                lexical=lexical_score(compile_terms(need), self.person, items_of(texts[owner])),
                soft=soft_of(need, self.person, self.day),
            )
            for owner, (need, facts) in needs.items()
        ]


def items_of(text: TextScore) -> list[str]:
    """Return the items that scored."""
    return [item.item for item in text.items]


def soft_of(need: NeedDocument, person: PersonDocument, day: date | None) -> SoftFit:
    """Compare a pair by degree; without a day nothing is compared."""
    return NO_SOFT_FIT if day is None else soft_fit(need.facts, person.facts, day)
