"""The institutions and the people who act for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.choices import InstitutionKind, Role, VerificationState
from virtual_return.demo import sign_ins, wording
from virtual_return.demo.author import Author
from virtual_return.demo.library import phrases, world
from virtual_return.demo.programme import InstitutionEntry, Person, Unit

KINDS = {
    "university": InstitutionKind.UNIVERSITY,
    "hospital": InstitutionKind.PUBLIC_BODY,
    "public": InstitutionKind.PUBLIC_BODY,
    "ngo": InstitutionKind.NGO,
    "business": InstitutionKind.BUSINESS,
}
ROLES = (Role.OWNER, Role.EDITOR, Role.VIEWER)
OWNER_NAME = "Guled Farah"


@dataclass(frozen=True, slots=True)
class Host:
    """An institution with what decides which needs it may have."""

    entry: InstitutionEntry
    type: str
    suits: tuple[str, ...]
    cities: Mapping[str, str]
    # What each unit asks for, by its name.
    unit_suits: Mapping[str, tuple[str, ...]]
    is_demonstration: bool

    @property
    def is_verified(self) -> bool:
        return self.entry.state == VerificationState.APPROVED

    def takes(self, by: str, field: str) -> bool:
        """Tell whether a need of this kind of institution and field is believable here."""
        return self.type == by and (not self.suits or field.startswith(self.suits))

    def unit_for(self, field: str) -> str:
        """Return the unit that works in a field; nothing where it is the whole institution."""
        suited = (name for name, codes in self.unit_suits.items() if field.startswith(codes))
        return next(suited, "")


def make_hosts(author: Author) -> list[Host]:
    """Return all institutions, in the order of the data file."""
    author.distinct(lambda: OWNER_NAME, key=lambda text: text)
    return [_host(author, data) for data in world("institutions")["institution"]]


def _host(author: Author, data: Mapping[str, Any]) -> Host:
    country = world("origins")[data["country"]]
    language = _language(country)
    is_demonstration = data.get("owner") == "demo"
    cities = {name: cities[data["city"]] for name, cities in country["cities"].items()}
    state = VerificationState(data.get("state", "approved"))
    note = phrases(language)["institution_note"]
    entry = InstitutionEntry(
        domain=data["domain"],
        name=data["name"],
        working_name=data["working"],
        kind=KINDS[data["type"]],
        country=data["country"],
        city=cities["en"],
        description=data["description"],
        size=data["size"],
        units=_units(data),
        state=state,
        verification_evidence=author.random.choice(phrases(language)["evidence_notes"]),
        review_note=note if state == VerificationState.CHANGES_REQUESTED else "",
        members=_members(author, data, country, is_demonstration=is_demonstration),
        verified_days_ago=author.random.randint(30, 300),
    )
    return Host(
        entry, data["type"], tuple(data["suits"]), cities, _unit_suits(data), is_demonstration
    )


def _units(data: Mapping[str, Any]) -> tuple[Unit, ...]:
    share = data["size"] // len(data["units"])
    return tuple(Unit(name, share) for name in _unit_suits(data))


def _unit_suits(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    parts = (unit.split(" @ ") for unit in data["units"])
    return {name: tuple(codes.split()) for name, codes in parts}


def _members(
    author: Author, data: Mapping[str, Any], country: Mapping[str, Any], *, is_demonstration: bool
) -> tuple[tuple[Person, Role], ...]:
    count = 3 if is_demonstration else author.weighted({1: 1.0, 2: 3.0, 3: 2.0})
    members = [(_member(author, data, country), role) for role in ROLES[:count]]
    if is_demonstration:
        owner = Person(sign_ins.OWNER, OWNER_NAME, "en", country["zone"])
        members[0] = (owner, Role.OWNER)
    return tuple(members)


def _member(author: Author, data: Mapping[str, Any], country: Mapping[str, Any]) -> Person:
    names = author.deal("women or men", ("women", "men"))

    def write() -> str:
        return f"{author.random.choice(country[names])} {author.random.choice(country['surnames'])}"

    name = author.distinct(write, key=lambda text: text)
    return Person(
        email=f"{wording.slug(name).replace('-', '.')}@{data['domain']}",
        name=name,
        locale=_language(country),
        time_zone=country["zone"],
        last_seen_days_ago=author.random.randint(0, 21),
    )


def _language(country: Mapping[str, Any]) -> str:
    """Return the language in which most of the country's needs are written."""
    quotas: dict[str, int] = country["needs"]
    return max(quotas, key=lambda language: quotas[language])
