"""A small cast of people and needs, encoded without any model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from matching import (
    Document,
    ItemVectors,
    NeedDocument,
    NeedsInMemory,
    Passage,
    PeopleInMemory,
    PersonDocument,
    PersonFacts,
    SkillClaim,
    VectorIndex,
    create_encoder,
    encode_documents,
)

IRRIGATION = SkillClaim("drip irrigation", key="skill/irrigation", aliases=("riego por goteo",))
TEACHING = SkillClaim("teach university courses", key="skill/teaching")


def person(
    id: str,
    *texts: str,
    skills: tuple[SkillClaim, ...] = (),
    facts: PersonFacts | None = None,
    names: tuple[str, ...] = (),
) -> PersonDocument:
    passages = tuple(Passage(f"e{n}", text, "project") for n, text in enumerate(texts))
    return PersonDocument(id, passages, skills, facts or PersonFacts(), names)


CAST = (
    person(
        "farmer",
        "Designed drip irrigation for vegetable farms. Trained farmers in water saving.",
        "Maintained irrigation pumps and filters on small farms in dry areas.",
        "Wrote a manual on drip irrigation of tomatoes.",
        skills=(IRRIGATION,),
    ),
    person(
        "hydrologist",
        "Measured groundwater and rainfall in river basins. Modelled floods.",
        "Planned irrigation canals for wheat. Advised farms on water use.",
    ),
    person(
        "lawyer",
        "Advised companies on tax law and customs. Drafted commercial contracts.",
        "Represented clients before the court of appeal in tax disputes.",
        skills=(SkillClaim("tax law", key="skill/tax"),),
    ),
    person(
        "nurse",
        "Led an emergency ward and trained nurses in triage. Wrote hospital protocols.",
        "Vaccination campaigns for children in rural clinics.",
    ),
    person("empty", "Consultant."),
)
NEED = NeedDocument(
    "need",
    (
        Passage("task", "Design drip irrigation for vegetable farms. Train our farmers.", "task"),
        Passage("deliverable", "A manual on irrigation of vegetables in dry areas.", "deliverable"),
    ),
    must_have=(IRRIGATION,),
    useful=(TEACHING,),
)
OTHER_NEED = NeedDocument(
    "law", (Passage("task", "Review our contracts with regard to tax law and customs.", "task"),)
)


@dataclass(frozen=True)
class World:
    """The cast with its vectors and both indexes."""

    people: PeopleInMemory
    needs: NeedsInMemory
    people_index: VectorIndex
    need_index: VectorIndex
    vectors: Mapping[str, ItemVectors]


def world_of(
    people: tuple[PersonDocument, ...] = CAST,
    needs: tuple[NeedDocument, ...] = (NEED, OTHER_NEED),
) -> World:
    encoder = create_encoder("hashing")
    documents: list[Document] = [*people, *needs]
    vectors = encode_documents(encoder, documents)

    def index(of: tuple[Document, ...]) -> VectorIndex:
        empty = VectorIndex(encoder.similarity, encoder.name, encoder.revision, encoder.dimension)
        return empty.build({d.id: vectors[d.id].starting_with("passage:") for d in of})

    return World(
        PeopleInMemory({p.id: p for p in people}, vectors),
        NeedsInMemory({n.id: n for n in needs}, vectors),
        index(people),
        index(needs),
        vectors,
    )


@pytest.fixture(scope="session")
def world() -> World:
    return world_of()
