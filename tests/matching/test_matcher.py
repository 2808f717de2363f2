"""A list holds who fits, best first, with reasons; and everybody else with a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching import (
    Band,
    BandLimit,
    Coverage,
    FactState,
    ItemVectors,
    Matcher,
    MatchList,
    NeedFacts,
    PairSource,
    Passage,
    PeopleInMemory,
    PersonFacts,
)
from matching.scoring import MUST_HAVE_WEIGHT, TOP_ITEMS

from .conftest import CAST, NEED, World, person, world_of


def people_for(world: World, **options: object) -> MatchList:
    return Matcher().rank_people(
        NEED, world.vectors["need"], world.people_index, world.people, **options
    )


def test_those_who_fit_come_first(world: World) -> None:
    ids = [match.id for match in people_for(world).matches]

    assert ids[:2] == ["farmer", "hydrologist"]
    assert set(ids) == {p.id for p in CAST}
    assert [m.rank for m in people_for(world).matches] == [1, 2, 3, 4, 5]


def test_a_person_sees_the_needs_in_the_mirror(world: World) -> None:
    lawyer = world.people.people["lawyer"]

    found = Matcher().rank_needs(lawyer, world.vectors["lawyer"], world.need_index, world.needs)

    assert [match.id for match in found.matches] == ["law", "need"]


def test_both_directions_give_a_pair_the_same_score_and_reasons(world: World) -> None:
    for owner in ("farmer", "hydrologist", "lawyer", "nurse"):
        forth = next(m for m in people_for(world).matches if m.id == owner)
        back = Matcher().rank_needs(
            world.people.people[owner], world.vectors[owner], world.need_index, world.needs
        )
        mirrored = next(m for m in back.matches if m.id == "need")

        assert mirrored.score == pytest.approx(forth.score, abs=1e-5)
        assert mirrored.band is forth.band
        assert mirrored.skills == forth.skills
        assert [(p.need, p.person) for p in mirrored.pairs] == [
            (p.need, p.person) for p in forth.pairs
        ]


def test_the_best_three_passages_make_the_score(world: World) -> None:
    farmer = people_for(world).matches[0]

    assert len(farmer.items) == TOP_ITEMS
    assert [item.score for item in farmer.items] == sorted(
        (item.score for item in farmer.items), reverse=True
    )
    mean = sum(item.score for item in farmer.items) / 3
    assert farmer.score == pytest.approx(mean + MUST_HAVE_WEIGHT + farmer.lexical.value, abs=1e-6)


def test_further_evidence_never_lowers_and_less_never_raises_a_score() -> None:
    texts = [
        "Drip irrigation for vegetable farms.",
        "Training of farmers in dry areas.",
        "Accounting for shops.",
        "Pottery.",
    ]
    scores = []
    for count in range(1, 5):
        world = world_of((person("p", *texts[:count]),), (NEED,))
        scores.append(people_for(world).matches[0].score)

    assert scores == sorted(scores)
    assert scores[1] > scores[0]


def test_each_match_quotes_sentences_that_met(world: World) -> None:
    farmer = people_for(world).matches[0]
    first = farmer.pairs[0]

    assert 1 <= len(farmer.pairs) <= 3
    assert first.source is PairSource.VECTORS
    assert first.need.text == "Design drip irrigation for vegetable farms."
    assert first.person.text == "Designed drip irrigation for vegetable farms."
    assert (first.person.passage_id, first.person.number, first.person.language) == ("e0", 0, "en")
    assert len({(p.person.passage_id, p.person.number) for p in farmer.pairs}) == len(farmer.pairs)


def test_taking_away_the_quoted_evidence_lowers_the_score(world: World) -> None:
    farmer = world.people.people["farmer"]
    before = people_for(world).matches[0]
    quoted = {pair.person.passage_id for pair in before.pairs}
    assert quoted

    for passage_id in quoted:
        kept = tuple(p for p in farmer.passages if p.id != passage_id)
        after = people_for(world_of((replace(farmer, passages=kept), *CAST[1:])))
        assert next(m for m in after.matches if m.id == "farmer").score < before.score


def test_without_sentence_vectors_shared_words_explain(world: World) -> None:
    bare = PeopleInMemory(world.people.people)

    found = Matcher().rank_people(NEED, world.vectors["need"], world.people_index, bare)

    first = found.matches[0].pairs[0]
    assert first.source is PairSource.SHARED_WORDS
    assert "irrigation" in first.need.text
    assert "irrigation" in first.person.text


def test_skills_are_covered_missing_and_counted_apart(world: World) -> None:
    by_id = {match.id: match.skills for match in people_for(world).matches}

    assert by_id["farmer"].must_have[0].coverage is Coverage.EQUAL
    assert by_id["farmer"].useful[0].coverage is Coverage.MISSING
    assert by_id["farmer"].missing == ()
    assert by_id["lawyer"].missing == NEED.must_have


def test_hard_facts_exclude_with_codes_and_counts() -> None:
    facts = NeedFacts(languages={"ar": 4}, hours_per_week=5)
    need = replace(NEED, facts=facts)
    german = person("german", "Drip irrigation.", facts=PersonFacts(languages={"de": 6}))
    busy = person(
        "busy", "Drip irrigation.", facts=PersonFacts(languages={"ar": 2}, hours_per_week=1)
    )
    fits = person(
        "fits",
        "Drip irrigation for vegetable farms in dry areas, and training of farmers.",
        facts=PersonFacts(languages={"ar": 5}, hours_per_week=8),
    )
    silent = person("silent", "Drip irrigation for vegetable farms and training of farmers.")
    world = world_of((german, busy, fits, silent), (need,))

    found = Matcher().rank_people(
        need,
        world.vectors["need"],
        world.people_index,
        world.people,
        excluded={"silent": "blocked", "stranger": "hidden"},
    )

    assert [match.id for match in found.matches] == ["fits"]
    assert found.considered == 1
    assert found.excluded == {
        "german": ("language",),
        "busy": ("language", "hours"),
        "silent": ("blocked",),
    }
    assert found.excluded_counts == {"language": 2, "hours": 1, "blocked": 1}
    assert [fact.state for fact in found.matches[0].facts] == [FactState.MET, FactState.MET]


def test_somebody_the_caller_excludes_is_in_no_list(world: World) -> None:
    found = people_for(world, excluded={"farmer": "declined"})

    assert "farmer" not in [match.id for match in found.matches]
    assert found.excluded == {"farmer": ("declined",)}


def test_an_empty_profile_has_no_band(world: World) -> None:
    empty = next(m for m in people_for(world).matches if m.id == "empty")

    assert empty.band is Band.NOT_ENOUGH_INFORMATION
    assert empty.limits == (BandLimit.FEW_WORDS,)


def test_an_unknown_required_language_keeps_a_band_below_strong() -> None:
    text = NEED.passages[0].text
    expert = person("expert", text, text, text, skills=CAST[0].skills)
    asked = replace(NEED, facts=NeedFacts(languages={"ar": 4}))
    bands = {}
    for name, facts in (("unknown", PersonFacts()), ("known", PersonFacts(languages={"ar": 4}))):
        world = world_of((replace(expert, facts=facts),), (asked,))
        found = Matcher().rank_people(
            asked, world.vectors["need"], world.people_index, world.people
        )
        bands[name] = found.matches[0]

    assert bands["known"].band is Band.STRONG
    assert bands["unknown"].band is Band.POSSIBLE
    assert bands["unknown"].limits == (BandLimit.UNKNOWN_LANGUAGE,)
    assert bands["unknown"].score == bands["known"].score


def test_facts_are_never_points(world: World) -> None:
    generous = PersonFacts(languages={"en": 6}, hours_per_week=40, modes=frozenset({"remote"}))
    asked = replace(NEED, facts=NeedFacts(hours_per_week=2, mode="remote"))
    changed = world_of((replace(CAST[0], facts=generous), *CAST[1:]), (asked,))

    found = Matcher().rank_people(
        asked, changed.vectors["need"], changed.people_index, changed.people
    )

    assert [(m.id, m.score) for m in found.matches] == [
        (m.id, m.score) for m in people_for(world).matches
    ]


def test_equal_scores_take_turns_by_day() -> None:
    twins = tuple(person(f"twin{n}", "Drip irrigation for farms.") for n in range(6))
    world = world_of(twins, (NEED,))
    today = date(2027, 1, 1)

    def order(day: date) -> list[str]:
        return [match.id for match in people_for(world, day=day).matches]

    firsts = {order(today + timedelta(days=n))[0] for n in range(40)}
    lasts = {order(today + timedelta(days=n))[-1] for n in range(40)}
    assert order(today) == order(today)
    assert firsts == lasts == {twin.id for twin in twins}


def test_a_short_list_is_the_head_of_the_long_one() -> None:
    crowd = tuple(
        person(f"p{n}", f"{'irrigation ' * (n % 7)}of {'farms ' * (n % 5)}number {n} and tools")
        for n in range(300)
    )
    world = world_of(crowd, (NEED,))
    near = Matcher(examined=40).rank_people(
        NEED, world.vectors["need"], world.people_index, world.people, limit=10
    )
    everybody = people_for(world, limit=None)

    assert len(everybody.matches) == near.considered == 300
    assert [m.id for m in near.matches] == [m.id for m in everybody.matches[:10]]


def test_somebody_gone_from_the_database_is_left_out(world: World) -> None:
    remaining = {k: p for k, p in world.people.people.items() if k != "farmer"}

    found = Matcher().rank_people(
        NEED, world.vectors["need"], world.people_index, PeopleInMemory(remaining)
    )

    assert found.matches[0].id == "hydrologist"
    assert "farmer" not in [m.id for m in found.matches]


def test_a_need_without_vectors_ranks_without_failing(world: World) -> None:
    none = ItemVectors.of((), world.people_index.dimension)

    found = Matcher().rank_people(NEED, none, world.people_index, world.people)

    assert len(found.matches) == len(CAST)
    assert {m.items for m in found.matches} == {()}


def test_a_skill_mentioned_in_the_text_counts_as_mentioned(world: World) -> None:
    plain = replace(CAST[0], skills=())
    found = people_for(world_of((plain, *CAST[1:])))

    match = next(m for m in found.matches if m.id == "farmer").skills.must_have[0]
    assert match.coverage is Coverage.MENTIONED
    assert match.passage_id == "e0"


def test_an_alias_in_another_language_covers() -> None:
    spanish = person(
        "spanish",
        "Ingeniería.",
        skills=(replace(CAST[0].skills[0], label="Riego por goteo", key=None, aliases=()),),
    )
    world = world_of((spanish,), (NEED,))

    match = people_for(world).matches[0].skills.must_have[0]
    assert match.coverage is Coverage.ALIAS
    assert match.by is not None
    assert match.by.label == "Riego por goteo"


def test_a_long_text_is_embedded_in_parts() -> None:
    sentences = [f"Sentence number {n} is about irrigation of dry farms." for n in range(80)]
    long = replace(person("long"), passages=(Passage("about", " ".join(sentences)),))
    world = world_of((long,), (NEED,))

    items = world.people_index.rows_of("long").items

    assert items[:2] == ("passage:about", "passage:about#1")
    assert len(items) > 2
    assert people_for(world).matches[0].pairs
