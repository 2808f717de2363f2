"""Words that say who somebody is and not what they can do, in five languages.

The lists are data: one JSON file for a language, given names and countries beside them (country
names from the Unicode CLDR). This module reads them and forms feminines and plurals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr", "ar", "es", "pt")


@dataclass(frozen=True)
class Lexicon:
    """The word lists of one language; all words are in lower case except `peoples` of English.

    `removed` holds pronouns, family words, religions and peoples with all their forms;
    `capitalised` the words that count only with a capital (English peoples, countries, names);
    `equated` maps a feminine form to the one form used for both; `articles` likewise, before
    such a word; `particles` go together with a removed word that follows them. `adjectives` are
    the forms of peoples and religions, which stay beside one of `subjects` (a pattern) unless one
    of `holders` (a pattern) has it; `followers` agree with a profession that stands before them.
    """

    removed: frozenset[str]
    capitalised: frozenset[str]
    given_names: frozenset[str]
    phrases: tuple[str, ...]
    equated: dict[str, str]
    articles: dict[str, str]
    particles: frozenset[str]
    honorifics: frozenset[str]
    introductions: tuple[str, ...]
    ages: tuple[str, ...]
    protected: tuple[str, ...]
    adjectives: frozenset[str]
    subjects: str
    holders: str
    followers: dict[str, str]


@lru_cache(maxsize=8)
def lexicon_of(language: str) -> Lexicon:
    """Return the lexicon of one of `LANGUAGES`; KeyError for another."""
    if language not in LANGUAGES:
        raise KeyError(language)
    words = _read(language)
    names = _read("given_names")
    countries = _read("countries")[language]
    peoples = {form for base in words["peoples"] for form in forms(language, base)}
    removed = set(words["removed"]) | set(words["religions"])
    capitalised = {name for name in countries if " " not in name}
    (capitalised if language == "en" else removed).update(peoples)
    return Lexicon(
        removed=frozenset(removed),
        capitalised=frozenset(capitalised),
        given_names=frozenset(names["arabic"] if language == "ar" else names["latin"]),
        phrases=tuple(sorted((c for c in countries if " " in c), key=len, reverse=True)),
        equated=dict(words["equated"]) | _pairs(language, words["pairs"]),
        articles=dict(words["articles"]),
        particles=frozenset(words["particles"]),
        honorifics=frozenset(words["honorifics"]),
        introductions=tuple(words["introductions"]),
        ages=tuple(words["ages"]),
        protected=tuple(words["protected"]),
        adjectives=frozenset(form.lower() for form in peoples | set(words["religions"])),
        subjects=words["subjects"],
        holders=words.get("holders", ""),
        followers=_plurals_too(language, words["followers"]),
    )


def forms(language: str, base: str) -> Iterable[str]:
    """Return *base* (masculine singular) with its feminine and plural forms, by regular endings."""
    endings = {"en": _english, "fr": _french, "es": _spanish, "pt": _portuguese, "ar": _arabic}
    return {base, *endings[language](base)}


def _english(base: str) -> Iterable[str]:
    return (base if base.endswith(("s", "sh", "ch", "ese")) else base + "s",)


def _french(base: str) -> Iterable[str]:
    if base.endswith("c"):
        return (base + "s", base[:-1] + "que", base[:-1] + "cque", base[:-1] + "ques")
    if base.endswith(("ien", "éen")):
        return (base + "s", base + "ne", base + "nes")
    if base.endswith("e"):
        return (base + "s",)
    return (base + "s", base + "e", base + "es", base + "ne", base + "nes")


def _spanish(base: str) -> Iterable[str]:
    if base.endswith("és"):
        stem = base[:-2]
        return (stem + "esa", stem + "eses", stem + "esas")
    if base.endswith("án"):
        stem = base[:-2]
        return (stem + "ana", stem + "anes", stem + "anas")
    if base.endswith("o"):
        return (base[:-1] + "a", base + "s", base[:-1] + "as")
    if base.endswith("ol"):
        return (base + "a", base + "es", base + "as")
    return (base + "s", base + "es")


def _portuguese(base: str) -> Iterable[str]:
    if base.endswith("ês"):
        stem = base[:-2]
        return (stem + "esa", stem + "eses", stem + "esas")
    if base.endswith("ão"):
        stem = base[:-2]
        return (stem + "ã", stem + "ães", stem + "ãs", stem + "ões")
    if base.endswith("eu"):
        return (base[:-2] + "eia", base + "s", base[:-2] + "eias")
    if base.endswith("o"):
        return (base[:-1] + "a", base + "s", base[:-1] + "as")
    if base.endswith("ol"):
        return (base + "a", base[:-2] + "óis", base + "as")
    return (base + "s",)


def _arabic(base: str) -> Iterable[str]:
    return (base + "ة", base + "ون", base + "ين", base + "ات", base + "ا", base + "اً")


def _pairs(language: str, pairs: Iterable[str]) -> dict[str, str]:
    """Read "masculine:feminine,other"; a masculine maps to itself so that its article does too."""
    equated: dict[str, str] = {}
    for pair in pairs:
        masculine, _, feminines = pair.partition(":")
        together = {masculine: masculine} | dict.fromkeys(
            filter(None, feminines.split(",")), masculine
        )
        equated |= _plurals_too(language, together)
    return equated


def _plurals_too(language: str, equated: dict[str, str]) -> dict[str, str]:
    """Return the same with the plurals of both sides; Arabic has too many to form by rule."""
    if language == "ar":
        return dict(equated)
    plurals = {_plural(language, one): _plural(language, to) for one, to in equated.items()}
    return plurals | equated


def _plural(language: str, word: str) -> str:
    if language in {"es", "pt"} and word[-1] in "rlnz":
        return word[:-1] + "ces" if word[-1] == "z" and language == "es" else word + "es"
    if language == "pt" and word.endswith("ão"):
        return word[:-2] + ("ãos" if word == "cidadão" else "ões")
    return word if word.endswith(("s", "x")) else word + "s"


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
