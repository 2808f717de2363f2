"""Read the official CSV downloads of ESCO: one concept a row, one language a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtual_return.imports.fields import language as read_language
from virtual_return.imports.lines import BadFile, Problem

REQUIRED = ("conceptUri", "preferredLabel", "altLabels")
LONGEST_LABEL = 200
LONGEST_URI = 255
# Longer than the longest cell of the download, and short enough for a wrong file to fail early.
LONGEST_CELL = 1_000_000
_SUFFIX = re.compile(r"_([a-z]{2,3})$")
_NOT_IN_USE = frozenset({"obsolete", "deprecated"})


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept with its labels in one language, the preferred one first."""

    uri: str
    kind: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConceptFile:
    """All concepts of a file."""

    language: str
    concepts: list[Concept]
    # Labels that no column holds; the others of their concepts are there.
    too_long: int
    # Concepts that have no label in this language.
    nameless: int


def language_of(path: Path, given: str = "") -> str:
    """Return the language that was given, or that the end of the file's name tells."""
    found = _SUFFIX.search(path.stem)
    try:
        return read_language(given or (found.group(1) if found else ""))
    except ValueError:
        raise BadFile(
            [Problem(1, f"the name {path.name} does not end in _en or the like: give --language")]
        ) from None


def read_concepts(
    path: Path, language: str, tick: Callable[[], None] = lambda: None
) -> ConceptFile:
    """Read a file; raise BadFile with every bad line unless all of it fits."""
    problems: list[Problem] = []
    concepts: dict[str, Concept] = {}
    too_long = nameless = 0
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        try:
            _require_columns(rows.fieldnames)
            for row in rows:
                tick()
                concept = _read(row, rows.line_num, problems)
                if concept is None:
                    continue
                fitting = tuple(label for label in concept.labels if len(label) <= LONGEST_LABEL)
                too_long += len(concept.labels) - len(fitting)
                nameless += not concept.labels
                concepts[concept.uri] = Concept(concept.uri, concept.kind, fitting)
        except (UnicodeDecodeError, csv.Error) as error:
            said = (
                "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"is no CSV ({error})"
            )
            problems.append(Problem(rows.line_num + 1, said))
    if not problems and not concepts:
        problems.append(Problem(1, "the file has no concepts"))
    if problems:
        raise BadFile(problems)
    return ConceptFile(language, list(concepts.values()), too_long, nameless)


def _require_columns(found: object) -> None:
    names = set(found) if isinstance(found, list) else set()
    if missing := [name for name in REQUIRED if name not in names]:
        raise BadFile(
            [Problem(1, f"has no column {', '.join(missing)}: use the CSV download of ESCO")]
        )


def _read(row: Mapping[str, str | None], line: int, problems: list[Problem]) -> Concept | None:
    """Return one concept; nothing for one that is not in use any more."""
    if (row.get("status") or "").strip().lower() in _NOT_IN_USE:
        return None
    uri = (row.get("conceptUri") or "").strip()
    preferred = _tidy(row.get("preferredLabel") or "")
    if not uri.startswith(("http://", "https://")) or len(uri) > LONGEST_URI:
        problems.append(Problem(line, "conceptUri: is no address"))
        return None
    others = (_tidy(label) for label in (row.get("altLabels") or "").splitlines())
    labels = dict.fromkeys(label for label in (preferred, *others) if label)
    return Concept(uri, _kind(row), tuple(labels))


def _kind(row: Mapping[str, str | None]) -> str:
    if (row.get("conceptType") or "").strip() == "Occupation":
        return "occupation"
    return "knowledge" if (row.get("skillType") or "").strip() == "knowledge" else "skill"


def _tidy(label: str) -> str:
    return " ".join(label.split())
