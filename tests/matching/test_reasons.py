"""Reasons come from what scored: take away what is quoted, and the score falls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching import (
    Document,
    Encoder,
    Match,
    Matcher,
    NeedDocument,
    NeedsInMemory,
    Passage,
    PeopleInMemory,
    PersonDocument,
    SentencePair,
    SkillClaim,
    VectorIndex,
    create_encoder,
    encode_documents,
)
from matching.reasons import explain, explain_all
from matching.scoring import ABSENT, NOTHING

TEXTS = {
    "water": (
        "Planned drinking water plants for towns below 50,000 people. Trained their operators.",
        "Led the water quality laboratory of a university; wrote its safety manual.",
        "Reviewed the curriculum of a college in water treatment.",
        "Sailed around the island twice.",
    ),
    "french": (
        "J’ai conçu des stations de traitement d’eau potable pour de petites villes.",
        "Enseignement du génie sanitaire à l’université pendant huit ans.",
    ),
    "arabic": (
        "صمّمتُ محطات لمعالجة مياه الشرب في المدن الصغيرة.",
        "درّستُ هندسة المياه في الجامعة وأعددتُ مناهجها.",
    ),
    "nurse": ("Led an emergency ward and trained nurses in triage.", "Wrote hospital protocols."),
    "brief": ("Water.",),
}  # fmt: skip
NEEDS = (
    NeedDocument(
        "curriculum",
        (
            Passage("task", "Review our drinking water curriculum and train two lecturers."),
            Passage("deliverable", "A manual of laboratory safety and water treatment."),
        ),
        must_have=(SkillClaim("water treatment"),),
    ),
    NeedDocument("ward", (Passage("task", "Train the nurses of our emergency ward in triage."),)),
)


def person_of(id: str, texts: tuple[str, ...]) -> PersonDocument:
    return PersonDocument(id, tuple(Passage(f"e{n}", text) for n, text in enumerate(texts)))


PEOPLE = tuple(person_of(id, texts) for id, texts in TEXTS.items())


class Both:
    """One encoder, and both directions of ranking over these people and needs."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def people_for(self, need: NeedDocument, people: tuple[PersonDocument, ...]) -> list[Match]:
        vectors = encode_documents(self.encoder, [need, *people])
        index = self._index(people, vectors)
        pool = PeopleInMemory({person.id: person for person in people}, vectors)
        return list(Matcher().rank_people(need, vectors[need.id], index, pool).matches)

    def needs_for(self, person: PersonDocument, needs: tuple[NeedDocument, ...]) -> list[Match]:
        vectors = encode_documents(self.encoder, [person, *needs])
        index = self._index(needs, vectors)
        pool = NeedsInMemory({need.id: need for need in needs}, vectors)
        return list(Matcher().rank_needs(person, vectors[person.id], index, pool).matches)

    def _index(self, documents: tuple[Document, ...], vectors: dict[str, object]) -> VectorIndex:
        encoder = self.encoder
        empty = VectorIndex(encoder.similarity, encoder.name, encoder.revision, encoder.dimension)
        return empty.build({d.id: vectors[d.id].starting_with("passage:") for d in documents})


@pytest.fixture(scope="module", params=["hashing", pytest.param("default", marks=pytest.mark.slow)])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(create_encoder(request.param))


def test_without_the_evidence_that_is_quoted_a_person_scores_lower(both: Both) -> None:
    checked = 0
    for need in NEEDS:
        for match in both.people_for(need, PEOPLE):
            person = next(person for person in PEOPLE if person.id == match.id)
            for quoted in {pair.person.passage_id for pair in match.pairs}:
                # Whoever has said nothing else is in no list any more.
                after = both.people_for(need, (without(person, quoted),))
                assert all(one.score < match.score for one in after), (person.id, quoted)
                checked += 1
    assert checked >= 5


def test_without_the_evidence_that_is_quoted_a_need_scores_lower_for_the_person(
    both: Both,
) -> None:
    checked = 0
    for person in PEOPLE:
        for match in both.needs_for(person, NEEDS):
            for quoted in {pair.person.passage_id for pair in match.pairs}:
                after = both.needs_for(without(person, quoted), NEEDS)
                left = next((one for one in after if one.id == match.id), None)
                assert left is None or left.score < match.score, (person.id, match.id, quoted)
                checked += 1
    assert checked >= 5


def test_without_the_sentence_that_is_quoted_the_passage_is_no_nearer(both: Both) -> None:
    need, person = NEEDS[0], PEOPLE[0]
    (match,) = both.people_for(need, (person,))
    pair = match.pairs[0]
    passage = next(p for p in person.passages if p.id == pair.person.passage_id)
    assert pair.person.text in passage.text
    left = passage.text.replace(pair.person.text, "").strip()
    kept = tuple(
        replace(p, text=left) if p.id == passage.id else p for p in person.passages
    )  # fmt: skip
    (after,) = both.people_for(need, (replace(person, passages=kept),))
    assert after.score < match.score


def test_only_passages_that_raised_the_score_are_quoted(both: Both) -> None:
    for need in NEEDS:
        for match in both.people_for(need, PEOPLE):
            raised = {
                item.item.removeprefix("passage:") for item in match.items if item.score > ABSENT
            }
            assert {pair.person.passage_id for pair in match.pairs} <= raised


def test_each_sentence_is_quoted_once_and_says_where_it_stands(both: Both) -> None:
    for match in both.people_for(NEEDS[0], PEOPLE):
        for side in ("need", "person"):
            places = [
                (getattr(pair, side).passage_id, getattr(pair, side).number) for pair in match.pairs
            ]
            assert len(places) == len(set(places)) <= 3


def test_a_list_is_explained_as_each_of_its_pairs_is() -> None:
    both = Both(create_encoder("hashing"))
    vectors = encode_documents(both.encoder, [*NEEDS, *PEOPLE])
    similarity = both.encoder.similarity

    class Pair:
        def __init__(self, need: NeedDocument, person: PersonDocument, match: Match) -> None:
            self.need, self.person = need, person
            self.need_vectors, self.person_vectors = vectors[need.id], vectors[person.id]
            self.text = replace(NOTHING, items=match.items)

    pairs = [
        Pair(need, next(person for person in PEOPLE if person.id == match.id), match)
        for need in NEEDS
        for match in both.people_for(need, PEOPLE)
    ]
    alone = [
        explain((p.need, p.need_vectors), (p.person, p.person_vectors), p.text, similarity)
        for p in pairs
    ]
    together = explain_all(pairs, similarity)
    assert [rounded(own) for own in together] == [rounded(own) for own in alone]
    assert any(alone)


def rounded(pairs: tuple[SentencePair, ...]) -> list[SentencePair]:
    """Many products in one go differ from one by one in the last bits."""
    return [replace(pair, strength=round(pair.strength, 5)) for pair in pairs]


def without(person: PersonDocument, passage_id: str) -> PersonDocument:
    return replace(person, passages=tuple(p for p in person.passages if p.id != passage_id))
