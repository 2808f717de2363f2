"""Who the experts are: origin, field, name, place, standing and work, drawn with fair quotas."""

from __future__ import annotations

from dataclasses import dataclass

from models.choices import Standing
from virtual_return.demo import wording
from virtual_return.demo.author import Author
from virtual_return.demo.library import codes_in, shelf, world
from virtual_return.demo.programme import InstitutionEntry, Person
from virtual_return.demo.voices import Life

# The demonstration sign-in: a field with open needs in the same country.
STAR_ORIGIN, STAR_LANGUAGE, STAR_FIELD = "SO", "en", "1021"
STANDINGS = {
    Standing.DIASPORA: 80.0,
    Standing.RETURNEE: 7.0,
    Standing.LOCAL: 8.0,
    Standing.FRIEND: 5.0,
}
# Where people of a broad field work: employers of these kinds, with their weights.
WORKPLACES = {
    "01": {"university": 6.0, "agency": 3.0, "ngo": 2.0},
    "02": {"university": 5.0, "agency": 3.0, "ngo": 3.0},
    "03": {"university": 5.0, "agency": 3.0, "ngo": 3.0},
    "04": {"company": 5.0, "agency": 3.0, "university": 3.0},
    "05": {"university": 5.0, "agency": 4.0, "company": 2.0},
    "06": {"company": 6.0, "university": 3.0, "agency": 2.0},
    "07": {"company": 6.0, "agency": 3.0, "university": 3.0},
    "08": {"agency": 4.0, "ngo": 3.0, "university": 4.0},
    "09": {"hospital": 6.0, "university": 3.0, "agency": 2.0},
    "10": {"agency": 4.0, "company": 3.0, "ngo": 3.0},
}
TEACHING_WORDS = (
    "lecturer", "professor", "reader in", "docente", "enseign", "cours", "conférences", "تدريس",
    "pédagogique", "master",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the programme that an expert fills."""

    origin: str
    language: str
    field: str


def slots(author: Author) -> list[Slot]:
    """Return a slot for each expert: every country's quota, every field as often as others."""
    wanted = [Slot(STAR_ORIGIN, STAR_LANGUAGE, STAR_FIELD)]
    for language in ("en", "fr", "ar", "es", "pt"):
        origins = [
            code
            for code, country in world("origins").items()
            for _ in range(country["experts"].get(language, 0))
        ]
        author.random.shuffle(origins)
        wanted += [
            Slot(origin, language, author.deal((language, "field"), codes_in(language)))
            for origin in origins
        ]
    return wanted


def make_life(
    author: Author, slot: Slot, standing: Standing, hosts: list[InstitutionEntry]
) -> Life:
    """Return the facts of one life; who lives in the country works for one of its institutions."""
    home = world("origins")[slot.origin]
    lives_there = standing in (Standing.RETURNEE, Standing.LOCAL)
    residence = slot.origin if lives_there else author.deal((slot.origin, "abroad"), home["abroad"])
    own = shelf(slot.field, slot.language)
    post = author.deal((own.field, own.language, "post"), own.posts)
    kind = "university" if _teaches(post) else author.weighted(WORKPLACES[slot.field[:2]])
    if lives_there:
        kind, employer = _local_employer(author, kind, [h for h in hosts if h.country == residence])
    else:
        names = world("abroad")[residence]["employers"][kind]
        employer = author.deal((residence, kind), names)
    return Life(
        origin=slot.origin,
        residence=residence,
        shelf=own,
        employer=employer,
        employer_kind=kind,
        standing=standing,
        post=post,
        years=author.random.randint(4, 31),
        degree=author.weighted({0: 3.0, 1: 4.0, 2: 2.0}),
        home=home,
        away=home if lives_there else world("abroad")[residence],
    )


def make_person(author: Author, life: Life) -> Person:
    """Return the account of an expert, with a name of the country unless it is a friend's."""
    is_friend = life.standing == Standing.FRIEND
    table = world("abroad")["friends"] if is_friend else life.home
    names = "women" if author.deal("women or men", ("women", "men")) == "women" else "men"

    def write() -> str:
        key = (is_friend, life.origin)
        first = author.deal((*key, names), table[names])
        surnames = [name for name in table["surnames"] if name != first]
        return f"{first} {author.random.choice(surnames)}"

    name = author.distinct(write, key=lambda text: text)
    host = wording.slug(life.employer) or f"work-{life.residence.lower()}"
    return Person(
        email=f"{wording.slug(name).replace('-', '.')}@{host}.example.org",
        name=name,
        locale=life.shelf.language,
        time_zone=life.away["zone"],
        last_seen_days_ago=author.weighted({1: 3.0, 5: 4.0, 20: 3.0, 60: 2.0, 150: 1.0}),
    )


def _teaches(post: str) -> bool:
    return any(word in post.lower() for word in TEACHING_WORDS)


def _local_employer(author: Author, kind: str, hosts: list[InstitutionEntry]) -> tuple[str, str]:
    """Return the kind and name of an institution of the country, the nearest to what fits."""
    by_kind = {"public_body": "agency", "business": "company"}
    offered = {by_kind.get(host.kind.value, host.kind.value): host for host in hosts}
    fitting = [host for host in hosts if by_kind.get(host.kind.value, host.kind.value) == kind]
    if fitting:
        return kind, author.random.choice(fitting).working_name
    return "university", offered["university"].working_name
