"""Skills, languages, ties, degrees and block lists of an expert."""

from __future__ import annotations

from models.choices import BlockKind, Cefr, Recognition, SkillLevel, Standing, TieKind
from virtual_return.demo import wording
from virtual_return.demo.author import Author
from virtual_return.demo.library import concept_uri, fields, phrases, world
from virtual_return.demo.programme import Degree, Hiding, InstitutionEntry, OfferedSkill
from virtual_return.demo.voices import Life
from virtual_return.reference.isced import field_name

# ISCED 2011 levels of the three patterns of a degree: doctorate, master's, specialist.
DEGREE_LEVELS = (8, 7, 7)
HOST_LEVELS = {Cefr.B2: 2.0, Cefr.C1: 4.0, Cefr.C2: 3.0}
ENGLISH_LEVELS = {Cefr.B1: 2.0, Cefr.B2: 4.0, Cefr.C1: 3.0}


def make_skills(author: Author, life: Life, near: str) -> tuple[OfferedSkill, ...]:
    """Return most skills of the own field, and one or two of the field next door."""
    own = len(fields()[life.shelf.field].skills)
    numbers = author.some(range(own), own - 2, own - 1)
    strong = {SkillLevel.EXPERT: 2.0, SkillLevel.ADVANCED: 3.0, SkillLevel.WORKING: 1.0}
    skills = [_skill(author, life, life.shelf.field, n, author.weighted(strong)) for n in numbers]
    if near:
        others = author.some(range(len(fields()[near].skills)), 1, 2)
        skills += [_skill(author, life, near, number, SkillLevel.WORKING) for number in others]
    return tuple(skills)


def _skill(author: Author, life: Life, code: str, number: int, level: SkillLevel) -> OfferedSkill:
    return OfferedSkill(
        uri=concept_uri(code, number),
        label=fields()[code].skills[number][life.shelf.language],
        level=level,
        years=author.random.randint(2, max(3, life.years)),
    )


def make_languages(author: Author, life: Life) -> tuple[tuple[str, Cefr], ...]:
    """Return mother tongues, the language of the profile, and those of where one lives."""
    levels: dict[str, Cefr] = {}
    if life.standing != Standing.FRIEND:
        levels.update(dict.fromkeys(life.home["tongues"], Cefr.C2))
    own = life.shelf.language
    levels[own] = max(levels.get(own, Cefr.C1), author.weighted({Cefr.C1: 1.0, Cefr.C2: 1.0}))
    for language in life.away.get("speaks", []):
        levels.setdefault(language, author.weighted(HOST_LEVELS))
    if author.chance(0.85):
        levels.setdefault("en", author.weighted(ENGLISH_LEVELS))
    if author.chance(0.25):
        learnt = author.random.choice(["fr", "es", "pt", "ar", "de"])
        levels.setdefault(learnt, author.weighted({Cefr.A2: 1.0, Cefr.B1: 2.0, Cefr.B2: 1.0}))
    return tuple(levels.items())


def make_ties(author: Author, life: Life) -> tuple[tuple[str, TieKind], ...]:
    """Return countries and how one is tied to them; several are common."""
    if life.standing == Standing.FRIEND:
        kinds = [TieKind.FRIEND, author.random.choice([TieKind.WORKED, TieKind.STUDIED])]
        return tuple((life.origin, kind) for kind in kinds)
    ties = [(life.origin, TieKind.BORN if author.chance(0.88) else TieKind.FAMILY)]
    if author.chance(0.45):
        ties.append((life.origin, author.random.choice([TieKind.STUDIED, TieKind.WORKED])))
    if author.chance(0.15):
        other = author.random.choice([code for code in world("origins") if code != life.origin])
        ties.append((other, author.random.choice([TieKind.FAMILY, TieKind.WORKED])))
    return tuple(ties)


def make_degrees(author: Author, life: Life, this_year: int) -> tuple[Degree, ...]:
    """Return the highest degree, with its recognition in the country of residence."""
    said = phrases(life.shelf.language)["qualification_title"]
    abroad = [code for code in life.home["abroad"] if code in world("abroad")]
    country = author.random.choice(abroad) if author.chance(0.7) else life.origin
    table = world("abroad").get(country)
    body = author.random.choice(table["employers"]["university"]) if table else ""
    known = {Recognition.RECOGNISED: 5.0, Recognition.IN_PROGRESS: 1.0, Recognition.UNKNOWN: 2.0}
    name = field_name(life.shelf.field, life.shelf.language)
    return (
        Degree(
            title=wording.tidy(said[life.degree].replace("{field_low}", wording.low(name))),
            awarding_body=body or _home_university(life.origin),
            country=country,
            level=DEGREE_LEVELS[life.degree],
            field_of_study=life.shelf.field,
            year=this_year - life.years,
            recognition_country=life.residence,
            recognition=author.weighted(known),
        ),
    )


def make_hidings(author: Author, life: Life, hosts: list[InstitutionEntry]) -> tuple[Hiding, ...]:
    """Return a block list for a few: an institution, its domain, or a whole country."""
    if not author.chance(0.07):
        return ()
    host = author.random.choice([host for host in hosts if host.country == life.origin])
    return author.random.choice(
        [
            (Hiding(BlockKind.INSTITUTION, host.domain),),
            (Hiding(BlockKind.DOMAIN, host.domain),),
            (Hiding(BlockKind.COUNTRY, life.origin),),
        ]
    )


def _home_university(origin: str) -> str:
    entries = world("institutions")["institution"]
    own = (item for item in entries if item["country"] == origin and item["type"] == "university")
    return str(next(own)["working"])
