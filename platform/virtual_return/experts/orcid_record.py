"""Read a public ORCID record (API version 3.0): name, employment, education, works.

Everything in it may be missing: each person chooses what is public. What is not understood is
passed over, and nothing here touches the database or the network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.choices import EvidenceKind

LONGEST_TITLE = 500
LONGEST_TEXT = 2_000
LONGEST_LINK = 500
LONGEST_NAME = 200
EARLIEST, LATEST = 1900, 2100
# The group of summaries, the key of one summary, and what it is to us.
AFFILIATIONS = (
    ("employments", "employment-summary", EvidenceKind.POSITION),
    ("educations", "education-summary", EvidenceKind.QUALIFICATION),
    ("qualifications", "qualification-summary", EvidenceKind.QUALIFICATION),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a record says somebody did; `key` stays the same when it is edited there."""

    key: str
    kind: EvidenceKind
    title: str
    text: str
    start_year: int | None
    end_year: int | None
    link: str

    @property
    def content_hash(self) -> str:
        said = (self.kind.value, self.title, self.text, self.start_year, self.end_year, self.link)
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """What is public in a record."""

    name: str
    items: tuple[Item, ...]


def is_orcid(text: str) -> bool:
    """Say whether a text is an ORCID iD: four groups, the last sign a check (ISO 7064 11-2)."""
    digits = text.replace("-", "")
    if len(text) != 19 or len(digits) != 16 or not digits.isascii():
        return False
    if not digits[:15].isdigit() or not (digits[15].isdigit() or digits[15] == "X"):
        return False
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits[15] == ("X" if check == 10 else str(check))


def read_record(document: Any) -> Record:
    """Return what can be used of a record; raise ValueError for what is none."""
    if not isinstance(document, dict) or "orcid-identifier" not in document:
        raise ValueError("This is no ORCID record.")
    activities = _dict(document, "activities-summary")
    found = {item.key: item for item in (*_affiliations(activities), *_works(activities))}
    return Record(_name(_dict(document, "person", "name")), tuple(found.values()))


def _name(name: dict[str, Any]) -> str:
    credit = _text(_dict(name, "credit-name").get("value"))
    parts = (_text(_dict(name, key).get("value")) for key in ("given-names", "family-name"))
    return (credit or " ".join(filter(None, parts)))[:LONGEST_NAME]


def _affiliations(activities: dict[str, Any]) -> Iterator[Item]:
    for name, key, kind in AFFILIATIONS:
        for group in _list(_dict(activities, name).get("affiliation-group")):
            for summary in _list(group.get("summaries")):
                item = _affiliation(_dict(summary, key), name, kind)
                if item is not None:
                    yield item


def _affiliation(summary: dict[str, Any], name: str, kind: EvidenceKind) -> Item | None:
    code, role = summary.get("put-code"), _text(summary.get("role-title"))
    organisation = _text(_dict(summary, "organization").get("name"))
    department = _text(summary.get("department-name"))
    title = role or department or organisation
    if not isinstance(code, int) or not title:
        return None
    place = ", ".join(part for part in (department, organisation) if part and part != title)
    return Item(
        f"{name}:{code}",
        kind,
        title[:LONGEST_TITLE],
        place[:LONGEST_TEXT],
        _year(_dict(summary, "start-date")),
        _year(_dict(summary, "end-date")),
        _link(_dict(summary, "url").get("value")),
    )


def _works(activities: dict[str, Any]) -> Iterator[Item]:
    """Return each work once, in the version that its author prefers."""
    for group in _list(_dict(activities, "works").get("group")):
        versions = _list(group.get("work-summary"))
        versions.sort(key=lambda version: -_number(version.get("display-index")))
        for version in versions[:1]:
            item = _work(version)
            if item is not None:
                yield item


def _work(work: dict[str, Any]) -> Item | None:
    title = _text(_dict(work, "title", "title").get("value"))
    code = work.get("put-code")
    if not isinstance(code, int) or not title:
        return None
    year = _year(_dict(work, "publication-date"))
    return Item(
        f"works:{code}",
        EvidenceKind.PUBLICATION,
        title[:LONGEST_TITLE],
        _text(_dict(work, "journal-title").get("value"))[:LONGEST_TEXT],
        year,
        year,
        _link(_dict(work, "url").get("value")),
    )


def _dict(value: Any, *keys: str) -> dict[str, Any]:
    """Follow keys into what may be missing or null at each step."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    words = value if isinstance(value, str) else ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _year(moment: dict[str, Any]) -> int | None:
    year = _number(_dict(moment, "year").get("value"))
    return year if EARLIEST <= year <= LATEST else None


def _link(value: Any) -> str:
    text = _text(value)
    is_web = text.startswith(("https://", "http://")) and " " not in text
    return text if is_web and len(text) <= LONGEST_LINK else ""
