"""The building blocks: data files of text by field and language, read into records."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.choices import EngagementKind
from virtual_return.config import LOCALES

FOLDER = Path(__file__).parent
# The order of labels in a line of skills.
LABEL_ORDER = ("en", "fr", "ar", "es", "pt")


@dataclass(frozen=True, slots=True)
class Block:
    """A title and the sentences under it, with choices still open."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class NeedBlock:
    """A need as it stands in a data file."""

    field: str
    language: str
    kind: EngagementKind
    by: str
    texts: Mapping[str, str]
    must: tuple[int, ...]
    useful: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to say in one field and one language."""

    field: str
    language: str
    domains: tuple[str, ...]
    topics: tuple[str, ...]
    posts: tuple[str, ...]
    work: tuple[Block, ...]
    papers: tuple[Block, ...]
    teach: tuple[Block, ...]
    needs: tuple[NeedBlock, ...]


@dataclass(frozen=True, slots=True)
class FieldContent:
    """One field of study: its neighbours, its skills and its shelves by language."""

    code: str
    near: tuple[str, ...]
    # For each skill, its label by language.
    skills: tuple[Mapping[str, str], ...]
    shelves: Mapping[str, Shelf]


@cache
def fields() -> Mapping[str, FieldContent]:
    """Return all fields by code."""
    found: dict[str, FieldContent] = {}
    for path in sorted((FOLDER / "content").glob("*.toml")):
        for code, data in _read(path).items():
            found[code] = _field(code, data)
    return dict(sorted(found.items()))


@cache
def phrases(language: str) -> Mapping[str, Any]:
    """Return the sentence patterns of one language."""
    return _read(FOLDER / "phrases" / f"{language}.toml")


@cache
def world(name: str) -> Mapping[str, Any]:
    """Return one table of the world: `origins`, `abroad` or `institutions`."""
    return _read(FOLDER / "world" / f"{name}.toml")


def shelf(code: str, language: str) -> Shelf:
    """Return what there is to say; KeyError where the field is not written in the language."""
    return fields()[code].shelves[language]


def codes_in(language: str) -> tuple[str, ...]:
    """Return the codes of all fields that are written in a language."""
    return tuple(code for code, content in fields().items() if language in content.shelves)


def concept_uri(code: str, number: int) -> str:
    """Return the name of a skill of the demonstration's own taxonomy."""
    return f"urn:virtual-return:demonstration:{code}:{number}"


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _field(code: str, data: Mapping[str, Any]) -> FieldContent:
    return FieldContent(
        code=code,
        near=tuple(data["near"]),
        skills=tuple(_labels(line) for line in data["skills"].strip().splitlines()),
        shelves={name: _shelf(code, name, data[name]) for name in LOCALES if name in data},
    )


def _labels(line: str) -> Mapping[str, str]:
    parts = [part.strip() for part in line.split("|")]
    return dict(zip(LABEL_ORDER, parts, strict=True))


def _shelf(code: str, language: str, data: Mapping[str, Any]) -> Shelf:
    return Shelf(
        field=code,
        language=language,
        domains=tuple(data["domain"]),
        topics=tuple(data["topics"]),
        posts=tuple(data["posts"]),
        work=_blocks(data["work"]),
        papers=_blocks(data["papers"]),
        teach=_blocks(data["teach"]),
        needs=tuple(_need(code, language, need) for need in data["needs"]),
    )


def _blocks(lines: str) -> tuple[Block, ...]:
    pairs = (line.split(" || ") for line in lines.strip().splitlines())
    return tuple(Block(title, text) for title, text in pairs)


def _need(code: str, language: str, data: Mapping[str, Any]) -> NeedBlock:
    texts = ("title", "problem", "tried", "task", "deliverable", "success", "learns")
    return NeedBlock(
        field=code,
        language=language,
        kind=EngagementKind(data["kind"]),
        by=data["by"],
        texts={name: data[name] for name in texts},
        must=tuple(data["must"]),
        useful=tuple(data["useful"]),
    )
