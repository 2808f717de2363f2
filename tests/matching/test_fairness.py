"""Nobody ranks by a name, a pronoun, an origin, an age or a religion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from matching import (
    Document,
    Matcher,
    Passage,
    PeopleInMemory,
    PersonDocument,
    VectorIndex,
    create_encoder,
    embedding_plan,
    encode_documents,
)
from matching.evaluation_data import EvaluationData, read_folder
from matching.fairness import rank_biased_overlap
from matching.plan import Role

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "expertise-dev"
NEEDS = 12
# Enough evidence for three best items; more only takes time.
ITEMS = 6

# Two people told about in the same words: everything but who they are is the same.
VOICES: tuple[tuple[str, str, str], ...] = (
    (
        "en",
        (
            "My name is Amina Diallo. I am a Somali woman, 45 years old, and Muslim. She leads a "
            "laboratory and her students thank her."
        ),
        (
            "My name is John Smith. I am a Canadian man, 31 years old, and Christian. He leads a "
            "laboratory and his students thank him."
        ),
    ),
    (
        "fr",
        (
            "Je m'appelle Fatou Sow, ingénieure sénégalaise de 34 ans, née au Sénégal. Elle dirige "
            "un laboratoire."
        ),
        (
            "Je m'appelle Pierre Martin, ingénieur belge de 58 ans, né en Belgique. Il dirige un "
            "laboratoire."
        ),
    ),
    (
        "es",
        "Me llamo María López, ingeniera peruana de 40 años. Ella dirige un laboratorio.",
        "Me llamo Juan Pérez, ingeniero alemán de 33 años. Él dirige un laboratorio.",
    ),
    (
        "pt",
        "O meu nome é Ana Costa, engenheira angolana de 40 anos. Ela dirige um laboratório.",
        "O meu nome é João Dias, engenheiro francês de 29 anos. Ele dirige um laboratório.",
    ),
    (
        "ar",
        "اسمي فاطمة حسن. أنا مهندسة صومالية مسلمة وعمري 45 سنة. هي تدير مختبرا.",
        "اسمي محمد علي. أنا مهندس سوداني مسيحي وعمري 30 سنة. هو يدير مختبرا.",
    ),
)


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    if not FOLDER.is_dir():
        pytest.skip(f"The development set is not beside the repository ({FOLDER}).")
    return read_folder(FOLDER)


def told_as(data: EvaluationData, voice: int) -> list[PersonDocument]:
    """Give every expert an introduction in one of five languages, as one person or the other.

    The introduction stands alone as a passage and before the first evidence item as well.
    """
    people = []
    for number, expert in enumerate(data.experts.values()):
        language, *told = VOICES[number % len(VOICES)]
        intro = Passage("about", told[(number + voice) % 2], "about", language)
        first = expert.passages[0]
        english = VOICES[0][1 + (number + voice) % 2]
        mixed = replace(first, text=f"{english} {first.text}")
        people.append(replace(expert, passages=(intro, mixed, *expert.passages[1:ITEMS])))
    return people


def rankings(
    data: EvaluationData,
    people: list[PersonDocument],
    encoder_name: str = "hashing",
    most: int = NEEDS,
) -> Mapping[str, list[str]]:
    encoder = create_encoder(encoder_name)
    needs = list(data.needs.values())[:most]
    documents: list[Document] = [*people, *needs]
    vectors = encode_documents(encoder, documents, [Role.PASSAGE])
    index = VectorIndex(encoder.similarity, encoder.name, encoder.revision, encoder.dimension)
    index.build({person.id: vectors[person.id] for person in people})
    pool = PeopleInMemory({person.id: person for person in people})
    matcher = Matcher(explains=False)
    return {
        need.id: [
            match.id
            for match in matcher.rank_people(
                need, vectors[need.id], index, pool, limit=None
            ).matches
        ]
        for need in needs
    }


def test_swapping_who_everybody_is_changes_no_vector(data: EvaluationData) -> None:
    """Equal texts give equal vectors, whatever the encoder: here not one text differs."""
    one, other = told_as(data, 0), told_as(data, 1)
    assert [person.passages for person in one] != [person.passages for person in other]

    for a, b in zip(one, other, strict=True):
        assert embedding_plan(a) == embedding_plan(b), a.id


def test_swapping_who_everybody_is_leaves_every_ranking_identical(data: EvaluationData) -> None:
    one, other = rankings(data, told_as(data, 0)), rankings(data, told_as(data, 1))

    assert len(one) == NEEDS
    assert len({tuple(order) for order in one.values()}) > NEEDS // 2
    assert one == other
    assert {len(order) for order in one.values()} == {len(data.experts)}
    for need, order in one.items():
        assert rank_biased_overlap(order, other[need]) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.slow
def test_the_default_encoder_ranks_alike_whoever_they_are(data: EvaluationData) -> None:
    """The same with the encoder that ships, each telling embedded by itself; few, for the time."""
    one, other = (
        rankings(
            data,
            [replace(p, passages=p.passages[:3]) for p in told_as(data, voice)[:8]],
            "default",
            most=4,
        )
        for voice in (0, 1)
    )

    assert len({tuple(order) for order in one.values()}) > 1
    for need, order in one.items():
        assert rank_biased_overlap(order, other[need]) == pytest.approx(1.0, abs=1e-12)
