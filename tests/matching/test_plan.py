"""The plan names every text to embed, and changes its hash exactly when the text changes."""

from __future__ import annotations

from dataclasses import replace

from matching import Passage, Role, SkillClaim, embedding_plan, encode_plan, passage_id_of
from matching.hashing import HashingEncoder
from matching.plan import MAX_SENTENCES, normalised

from .conftest import CAST, NEED, person


def test_it_names_passages_then_skills_then_sentences() -> None:
    plan = embedding_plan(NEED)

    assert [text.item for text in plan] == [
        "passage:task",
        "passage:deliverable",
        "skill:skill/irrigation",
        "skill:skill/teaching",
        "sentence:task:0",
        "sentence:task:1",
        "sentence:deliverable:0",
    ]
    assert [text.item for text in embedding_plan(NEED, [Role.PASSAGE])] == [
        "passage:task",
        "passage:deliverable",
    ]


def test_items_lead_back_to_their_passage() -> None:
    assert passage_id_of("passage:task") == "task"
    assert passage_id_of("passage:about#3") == "about"
    assert passage_id_of("sentence:evidence:7:2") == "evidence:7"
    assert passage_id_of("passage:evidence:7") == "evidence:7"


def test_only_a_changed_text_has_a_new_digest() -> None:
    before = {text.item: text.digest for text in embedding_plan(CAST[0])}
    changed = replace(CAST[0].passages[0], text="Repaired pumps. Trained farmers in water saving.")
    after = {
        text.item: text.digest
        for text in embedding_plan(replace(CAST[0], passages=(changed, *CAST[0].passages[1:])))
    }

    assert {item for item in before if before[item] != after[item]} == {
        "passage:e0",
        "sentence:e0:0",
    }


def test_a_corrected_language_has_a_new_digest() -> None:
    passage = Passage("a", "gestion des ressources", language="fr")

    french, english = (
        embedding_plan(replace(CAST[0], passages=(replace(passage, language=code),)))[0]
        for code in ("fr", "en")
    )

    assert french.digest != english.digest
    assert french.language == "fr"


def test_names_of_the_person_are_in_no_text() -> None:
    document = person(
        "p", "Zorbalina Quux designs pumps. Quux won a prize.", names=("Zorbalina Quux",)
    )

    texts = " ".join(text.text for text in embedding_plan(document))

    assert "pumps" in texts
    assert "Quux" not in texts
    assert "Zorbalina" not in texts


def test_a_skill_of_the_taxonomy_keeps_its_subject() -> None:
    claims = (SkillClaim("teach French", key="skill/french"), SkillClaim("French cook"))

    texts = [t.text for t in embedding_plan(replace(CAST[0], skills=claims), [Role.SKILL])]

    assert texts == ["teach French", "cook"]


def test_empty_texts_are_not_planned_and_long_ones_are_bounded() -> None:
    document = replace(
        CAST[0], passages=(Passage("a", "  "), Passage("b", "One sentence. " * 50)), skills=()
    )

    plan = embedding_plan(document)

    assert [t.item for t in plan if t.role is Role.PASSAGE] == ["passage:b"]
    assert len([t for t in plan if t.role is Role.SENTENCE]) == MAX_SENTENCES


def test_rows_carry_the_keys_of_the_plan() -> None:
    plan = embedding_plan(NEED)

    vectors = encode_plan(HashingEncoder(), plan)

    assert vectors.items == tuple(text.item for text in plan)
    assert vectors.vectors.shape == (len(plan), HashingEncoder.dimension)


def test_labels_are_compared_without_case_accents_and_marks() -> None:
    assert normalised("  Gestión, del Agua! ") == "gestion del agua"
    assert normalised("C++") == "c++"
    assert normalised("هَنْدَسَة") == normalised("هندسة")
