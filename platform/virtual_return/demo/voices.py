"""How one expert speaks: the values that fill the patterns, in full and without a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from models.choices import Standing
from virtual_return.demo import wording
from virtual_return.demo.author import Author
from virtual_return.demo.library import Shelf, phrases
from virtual_return.reference import isced

ARABIC_TRAINEES = ("ثلاثة متدربين", "أربعة متدربين", "خمسة متدربين", "ستة متدربين")


@dataclass(frozen=True, slots=True)
class Life:
    """The facts of one expert's life that texts are made of."""

    origin: str
    residence: str
    shelf: Shelf
    employer: str
    employer_kind: str
    standing: Standing
    post: str
    years: int
    # The number of the pattern: doctorate, master's degree, specialist.
    degree: int
    # The country's table and that of the residence; the same for people who live there.
    home: Mapping[str, Any]
    away: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """Values for the patterns of one language, and those of the form for strangers."""

    language: str
    values: Mapping[str, str]
    hidden: Mapping[str, str]

    def both(self, pattern: str) -> tuple[str, str]:
        """Return a text in full, and as it may be read before both said yes."""
        rules = phrases(self.language)["place_rules"]
        return (
            wording.fill(pattern, self.values),
            wording.fill(wording.blur(pattern, rules), self.hidden),
        )

    def can_say(self, pattern: str) -> bool:
        """Tell whether a pattern asks only for what this voice has."""
        return wording.names_in(pattern) <= self.values.keys()


def make_voice(author: Author, life: Life, shelf: Shelf, topics: tuple[str, ...]) -> Voice:
    """Gather what one expert says in one language; `topics` are three, the main one first."""
    language, random = shelf.language, author.random
    kind = phrases(language)["employer_kinds"][life.employer_kind]
    common = {
        **_topics(topics),
        **_numbers(random, life.years),
        **_field(shelf, random.choice(shelf.domains)),
        "post": life.post,
        "post_low": wording.low(life.post),
    }
    values = {**common, "employer": life.employer}
    hidden = {**common, "employer": kind, "city": random.choice(phrases(language)["places"])}
    values["city"] = random.choice(life.home["cities"].get(language, life.home["cities"]["en"]))
    if life.residence != life.origin and life.standing != Standing.FRIEND:
        values["in_country"] = life.home["near"].get(language, life.home["near"]["en"])
        values["in_abroad"] = life.away["near"].get(language, life.away["near"]["en"])
        hidden["in_country"] = phrases(language)["country_word"]
        hidden["in_abroad"] = wording.ABROAD[language]
    return Voice(language, values, hidden)


def _topics(topics: tuple[str, ...]) -> dict[str, str]:
    first, second, third = topics
    return {"t1": first, "t2": second, "t3": third, "t1_cap": wording.capital(first)}


def _field(shelf: Shelf, domain: str) -> dict[str, str]:
    return {
        "domain": domain,
        "domain_low": wording.low(domain),
        "field_low": wording.low(isced.field_name(shelf.field, shelf.language)),
    }


def _numbers(random: Random, years: int) -> dict[str, str]:
    team = random.randint(5, 38)
    return {
        "years": str(years),
        "years_ar": f"{years} سنوات" if years <= 10 else f"{years} سنة",
        "n": str(team),
        "n_ar": f"{team} أشخاص" if team <= 10 else f"{team} شخصاً",
        "small": str(random.randint(3, 9)),
        "small_ar": random.choice(ARABIC_TRAINEES),
        "months": str(random.randint(7, 22)),
    }
