"""Skills: each way in which one can be covered, the surest first, and many people at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import (
    Coverage,
    NeedDocument,
    Passage,
    PersonDocument,
    SkillClaim,
    create_encoder,
    encode_documents,
    skills,
)
from matching.plan import normalised, skill_item
from matching.similarity import PlainSimilarity
from matching.skills import report_skills, report_skills_of
from matching.vectors import ItemVectors
from matching.wording import plain_text, split

from .conftest import CAST, IRRIGATION, NEED, TEACHING, World, person


def test_many_people_at_once_give_the_same_reports(world: World) -> None:
    similarity = world.people_index.similarity
    people = [(p, world.vectors[p.id]) for p in CAST]

    together = report_skills_of(NEED, world.vectors["need"], people, similarity)

    assert together == [
        report_skills(NEED, p, similarity, world.vectors["need"], vectors) for p, vectors in people
    ]
    assert [len(report.must_have) for report in together] == [1] * len(CAST)
    assert together[0].must_have[0].coverage is Coverage.EQUAL


def test_a_need_without_skills_reports_nothing() -> None:
    need = NeedDocument("bare")
    empty = ItemVectors((), np.zeros((0, 4), dtype=np.float32))

    reports = report_skills_of(need, empty, [(CAST[0], empty), (CAST[1], empty)], PlainSimilarity())

    assert [report.must_have for report in reports] == [(), ()]


def claiming(key: str) -> PersonDocument:
    claim = SkillClaim("what they call it", key=key)
    return PersonDocument("p", (Passage("about", "An engineer."),), skills=(claim,))


@pytest.mark.parametrize(
    ("key", "coverage"),
    [
        ("water", Coverage.EQUAL),
        ("sand-filters", Coverage.NARROWER),
        ("engineering", Coverage.BROADER),
        ("poetry", Coverage.MISSING),
    ],
)
def test_what_is_near_in_the_taxonomy_covers(key: str, coverage: Coverage) -> None:
    asked = SkillClaim(
        "water treatment", key="water", narrower=("sand-filters",), broader=("engineering",)
    )
    need = NeedDocument("n", must_have=(asked,))
    empty = ItemVectors((), np.zeros((0, 2), dtype=np.float32))

    report = report_skills(need, claiming(key), PlainSimilarity(), empty, empty)

    assert report.must_have[0].coverage is coverage
    assert report.must_have_share == skills.WEIGHTS[coverage]


def test_the_field_counts_only_where_nothing_nearer_does() -> None:
    asked = SkillClaim("wheat", key="wheat", broader=("farming",))
    grower = PersonDocument(
        "p", (), skills=(SkillClaim("farming", key="farming"), SkillClaim("durum"))
    )
    own = ItemVectors((skill_item(asked),), np.asarray([[1.0, 0.0]], dtype=np.float32))
    theirs = near(0.80, skill_item(SkillClaim("durum")))

    report = report_skills(
        NeedDocument("n", must_have=(asked,)), grower, PlainSimilarity(), own, theirs
    )

    assert report.must_have[0].coverage is Coverage.CLOSE


def near(score: float, item: str) -> ItemVectors:
    """Return the one row of a person whose inner product with the asked skill is *score*."""
    return ItemVectors((item,), np.asarray([[score, 1.0]], dtype=np.float32))


@pytest.mark.parametrize(
    ("score", "item", "coverage"),
    [
        (0.80, "skill:wheat", Coverage.CLOSE),
        (0.70, "skill:wheat", Coverage.MISSING),
        (0.72, "passage:e0", Coverage.EVIDENCED),
        (0.72, "sentence:e0:0", Coverage.EVIDENCED),
        (0.60, "passage:e0", Coverage.MISSING),
        (0.80, "skill:not claimed", Coverage.MISSING),
    ],
)
def test_near_by_embedding_means_above_the_threshold(
    score: float, item: str, coverage: Coverage
) -> None:
    need = NeedDocument("need", must_have=(SkillClaim("grow barley"),))
    grower = person("grower", "Fields.", skills=(SkillClaim("wheat"),))
    asked = ItemVectors(("skill:grow barley",), np.asarray([[1.0, 0.0]], dtype=np.float32))

    report = report_skills(need, grower, PlainSimilarity(), asked, near(score, item))

    assert report.must_have[0].coverage is coverage


def test_a_skill_without_a_vector_is_compared_by_words_alone() -> None:
    need = NeedDocument("need", must_have=(IRRIGATION, SkillClaim("weaving")), useful=(TEACHING,))
    weaver = person("weaver", "Riego por goteo, and weaving of baskets.")
    empty = ItemVectors((), np.zeros((0, 2), dtype=np.float32))

    report = report_skills(need, weaver, PlainSimilarity(), empty, empty)

    assert [m.coverage for m in report.must_have] == [Coverage.MENTIONED, Coverage.MENTIONED]
    assert [m.coverage for m in report.useful] == [Coverage.MISSING]
    assert report.must_have_share == pytest.approx(0.8)


def test_a_mention_is_of_whole_words() -> None:
    words = split("Teaching C++ and (Données géographiques); irrigation-systems")

    assert words.have("c++")
    assert words.have(normalised("données géographiques"))
    assert words.have("irrigation systems")
    assert not words.have("irrigation system")
    assert not words.have("teach")


def test_the_short_way_to_normalise_gives_the_same() -> None:
    texts = ["Drip, IRRIGATION!", "a_b-c+d#e", "".join(map(chr, range(128))), "Ünïcode Ⅷ", ""]

    assert [plain_text(text) for text in texts] == [normalised(text) for text in texts]


def test_must_have_and_useful_are_counted_apart() -> None:
    encoder = create_encoder("hashing")
    vectors = encode_documents(encoder, [NEED, CAST[0]])

    report = report_skills(NEED, CAST[0], encoder.similarity, vectors["need"], vectors["farmer"])

    assert report.must_have_share == 1.0
    assert report.useful_share == 0.0
    assert report.missing == ()


@given(st.text(alphabet="aB é-_+#1.ñ", max_size=12), st.text(alphabet="aBé +#1", max_size=6))
def test_a_skill_is_mentioned_where_its_words_stand_in_the_text(text: str, label: str) -> None:
    plain, asked = plain_text(label), SkillClaim(label)
    bare = ItemVectors((), np.zeros((0, 4), dtype=np.float32))
    need = NeedDocument("need", must_have=(asked,))

    (found,) = report_skills(need, person("p", text), PlainSimilarity(), bare, bare).must_have

    mentions = len(plain) >= skills.MIN_MENTION_CHARS and split(text).have(plain)
    assert (found.coverage is Coverage.MENTIONED) == mentions


def test_as_many_people_as_there_are_give_the_same_reports_as_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skills, "PEOPLE_AT_ONCE", 3)
    similarity = world.people_index.similarity
    bare = ItemVectors((), np.zeros((0, world.people_index.dimension), dtype=np.float32))
    need = replace(NEED, must_have=(SkillClaim("tax law"), SkillClaim("training of farmers")))
    vectors = encode_documents(create_encoder("hashing"), [need])[need.id]
    people = [(p, world.vectors[p.id]) for p in CAST] + [(CAST[1], bare), (CAST[0], bare)]

    together = report_skills_of(need, vectors, people, similarity)

    assert together == [report_skills(need, p, similarity, vectors, v) for p, v in people]
