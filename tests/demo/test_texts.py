"""What readers would notice: repetition, leaks, patterns that show through."""

import itertools
import re

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from virtual_return.demo import library
from virtual_return.demo.likeness import runs, shared

ARABIC = re.compile("[\u0600-\u06ff]")


def texts_of(profile):
    yield profile.headline
    yield profile.about
    for item in profile.evidence:
        yield from (item.title, item.text)


def anonymous_texts_of(profile):
    yield profile.headline_anonymous
    yield profile.about_anonymous
    for item in profile.evidence:
        yield from (item.title_anonymous, item.text_anonymous)


def texts_of_need(need):
    yield from (need.title, need.problem, need.tried, need.task, need.deliverable)
    yield from (need.success, need.who_learns, need.continues_with, need.local_search)


def whole(profile):
    items = (f"{item.title} . {item.text}" for item in profile.evidence)
    return " ".join([profile.about, *items])


def test_no_two_abouts_are_equal(programme):
    assert len({profile.about for profile in programme.experts}) == len(programme.experts)
    assert len({profile.headline for profile in programme.experts}) == len(programme.experts)


def test_no_two_evidence_texts_are_equal(programme):
    texts = [item.text for profile in programme.experts for item in profile.evidence]
    assert len(texts) > 1000
    assert len(set(texts)) == len(texts)


def test_no_two_needs_have_the_same_title_or_task(programme):
    for name in ("title", "task", "problem", "who_learns"):
        texts = [getattr(need, name) for need in programme.needs]
        assert len(set(texts)) == len(texts), name


def test_no_two_profiles_read_alike(programme):
    parts = [runs(whole(profile)) for profile in programme.experts]
    assert min(len(part) for part in parts) > 80
    worst = max(shared(one, other) for one, other in itertools.combinations(parts, 2))
    assert worst < 0.3


def test_no_two_abouts_are_mostly_the_same_sentences(programme):
    parts = [runs(profile.about) for profile in programme.experts]
    worst = max(shared(one, other) for one, other in itertools.combinations(parts, 2))
    assert worst < 0.5


def test_the_measure_of_likeness_sees_a_copy(programme):
    first, second = (runs(whole(profile)) for profile in programme.experts[:2])
    assert shared(first, first) == 1
    assert shared(first, second) < 0.3


def test_no_pattern_shows_through(programme):
    for profile in programme.experts:
        for text in itertools.chain(texts_of(profile), anonymous_texts_of(profile)):
            assert text == text.strip()
            assert not re.search(r"[{}|]|\.\.| {2}", text.replace(" | ", "")), text
    for need in programme.needs:
        for text in texts_of_need(need):
            assert not re.search(r"[{}|]|\.\.| {2}", text), text


def test_the_form_for_strangers_names_neither_the_person_nor_the_employer(programme):
    for profile in programme.experts:
        first, *others = profile.person.name.split(" ")
        parts = [first, " ".join(others), profile.person.name, profile.employer]
        for text in anonymous_texts_of(profile):
            for part in parts:
                assert not re.search(rf"\b{re.escape(part)}\b", text), (part, text)


def test_the_form_for_strangers_names_no_city_and_no_country_of_the_person(programme):
    origins, abroad = library.world("origins"), library.world("abroad")
    for profile in programme.experts:
        home = origins[profile.origin]
        away = abroad.get(profile.country_of_residence, home)
        telling = [city for cities in home["cities"].values() for city in cities]
        telling += [*home["near"].values(), *away["near"].values()]
        for text in anonymous_texts_of(profile):
            assert not any(place in text for place in telling), text


def test_the_full_form_does_name_employer_and_places(programme):
    positions = [(profile, profile.evidence[0]) for profile in programme.experts]
    assert all(profile.employer in item.title for profile, item in positions)
    changed = sum(
        item.text != item.text_anonymous
        for profile in programme.experts
        for item in profile.evidence
    )
    assert changed > 100


def test_both_forms_tell_the_same_work(programme):
    for profile in programme.experts:
        for item in profile.evidence:
            assert len(item.text_anonymous) > 0.7 * len(item.text)


@pytest.mark.parametrize("language", ["en", "fr", "ar", "es", "pt"])
def test_texts_are_in_the_language_that_they_claim(programme, language):
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", "fr", "ar", "es", "pt"])
    texts = [whole(p) for p in programme.experts if p.language == language]
    texts += [" ".join(texts_of_need(n)) for n in programme.needs if n.language == language]
    wrong = [text for text in texts if identifier.classify(text)[0] != language]
    assert not wrong


def test_arabic_profiles_are_written_in_arabic_letters(programme):
    for profile in programme.experts:
        if profile.language == "ar":
            assert len(ARABIC.findall(profile.about)) > 0.6 * len(profile.about)


def test_evidence_is_two_to_five_sentences(programme):
    for profile in programme.experts:
        for item in profile.evidence:
            assert 60 < len(item.text) < 700
            assert 1 <= len(re.findall(r"[.!?؟](?:\s|$)", item.text)) <= 6


def test_every_need_says_who_learns_and_how_one_looked_locally(programme):
    for need in programme.needs:
        assert len(need.who_learns) > 10
        assert len(need.local_search) > 30
        assert need.local_availability


def test_texts_fit_their_columns(programme):
    for profile in programme.experts:
        assert len(profile.headline) <= 200
        assert len(profile.headline_anonymous) <= 200
        assert all(len(item.title) <= 500 for item in profile.evidence)
        assert all(len(skill.label) <= 200 for skill in profile.skills)
    for need in programme.needs:
        assert len(need.title) <= 200
