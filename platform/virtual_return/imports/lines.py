"""Read a file of one JSON object a line; every bad line is found before anything is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
# More would fill the screen and say nothing new.
PROBLEMS_SHOWN = 20
LONGEST_LINE = 2_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, counted from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class BadFile(Exception):
    """The file was refused as a whole; nothing of it was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class Lines(Generic[T]):
    """What a file says, in its order, and which of its fields nobody reads."""

    items: list[T]
    ignored: Counter[str] = field(default_factory=Counter)


Read = Callable[[Mapping[str, object], list[str]], T]


def read_lines(
    path: Path,
    read: Read[T],
    known: frozenset[str],
    key: Callable[[T], str],
    tick: Callable[[], None] = lambda: None,
) -> Lines[T]:
    """Read every line; raise BadFile with all problems unless all of it fits.

    *read* returns one item and adds to the list what does not fit; *known* are the fields that
    it looks at; *key* returns what may stand in the file once.
    """
    found: Lines[T] = Lines([])
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    with path.open(encoding="utf-8-sig", errors="strict") as file:
        for number, line in _numbered(file, problems):
            tick()
            if not line.strip():
                continue
            said: list[str] = []
            item = _read_line(line, read, known, found, said)
            if item is not None and not said:
                first = seen.setdefault(key(item), number)
                if first != number:
                    said.append(f"id: {key(item)!r} stands in line {first} already")
                found.items.append(item)
            problems.extend(Problem(number, message) for message in said)
    if not problems and not found.items:
        problems.append(Problem(1, "the file is empty; write one JSON object a line"))
    if problems:
        raise BadFile(problems)
    return found


def _numbered(file: Iterable[str], problems: list[Problem]) -> list[tuple[int, str]]:
    """Return the numbered lines; bytes that are no UTF-8 are one problem of the file."""
    numbered: list[tuple[int, str]] = []
    try:
        for number, line in enumerate(file, start=1):
            numbered.append((number, line))
    except UnicodeDecodeError:
        problems.append(Problem(len(numbered) + 1, "is not UTF-8; save the file as UTF-8"))
    return numbered


def _read_line(
    line: str, read: Read[T], known: frozenset[str], found: Lines[T], said: list[str]
) -> T | None:
    if len(line) > LONGEST_LINE:
        said.append(f"is longer than {LONGEST_LINE:,} characters")
        return None
    try:
        values = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        said.append(f"is no JSON ({getattr(error, 'msg', 'too deep')})")
        return None
    if not isinstance(values, dict):
        said.append("is no JSON object: begin with { and end with }")
        return None
    found.ignored.update(name for name in values if name not in known)
    return read(values, said)
