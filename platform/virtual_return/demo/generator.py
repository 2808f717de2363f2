"""The demonstration programme from one seed."""

from __future__ import annotations

from datetime import date, timedelta

from models.choices import CountryState
from virtual_return.demo import sign_ins
from virtual_return.demo.author import Author
from virtual_return.demo.briefs import make_needs
from virtual_return.demo.experts import make_experts
from virtual_return.demo.library import concept_uri, fields, world
from virtual_return.demo.organisations import make_hosts
from virtual_return.demo.programme import Concept, CountryNotice, Person, Programme

REASONS = {
    CountryState.VIRTUAL_ONLY: "Travel advice of several governments speaks against visits.",
    CountryState.PAUSED: "On-site work is paused while fighting goes on; remote work continues.",
}
COORDINATORS = (
    Person(sign_ins.COORDINATOR, "Leila Mansour", "en", "Europe/Brussels"),
    Person("second.coordinator@demo.example.org", "Tomás Ribeiro", "pt", "Europe/Lisbon", 2),
)


def generate(seed: int = 2026, *, today: date) -> Programme:
    """Return the programme as of a day; the same seed and day give the same, word for word."""
    author = Author(seed)
    hosts = make_hosts(author)
    institutions = [host.entry for host in hosts]
    return Programme(
        made_on=today,
        concepts=_concepts(),
        coordinators=COORDINATORS,
        institutions=tuple(institutions),
        needs=tuple(make_needs(author, hosts, today)),
        experts=tuple(make_experts(author, institutions, today)),
        notices=_notices(today),
    )


def _concepts() -> tuple[Concept, ...]:
    return tuple(
        Concept(concept_uri(code, number), tuple(labels.items()))
        for code, content in fields().items()
        for number, labels in enumerate(content.skills)
    )


def _notices(today: date) -> tuple[CountryNotice, ...]:
    """Return the countries whose status is not normal, each with a dated reason."""
    states = {code: CountryState(table["status"]) for code, table in world("origins").items()}
    return tuple(
        CountryNotice(code, state, REASONS[state], today - timedelta(days=40))
        for code, state in states.items()
        if state in REASONS
    )
