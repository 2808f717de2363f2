"""Read an evaluation folder: experts.jsonl, needs.jsonl and judgements.csv.

The files may come from anybody: every error names file and line and says what is wrong with it.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from matching.documents import NeedDocument, Passage, PersonDocument

MAX_LINE_BYTES = 5_000_000
MAX_EVIDENCE = 1_000
MAX_SHOWN_CHARS = 60
HEADER = ["expert", "need", "grade"]

Record = dict[str, object]


class EvaluationError(ValueError):
    """A file of the folder is missing or malformed; the message names file and line."""


@dataclass(frozen=True)
class Judgement:
    """A grade of one pair; higher is better."""

    expert: str
    need: str
    grade: float


@dataclass(frozen=True)
class EvaluationData:
    """All that a folder holds; ids are unique and every judgement names known ones."""

    experts: dict[str, PersonDocument]
    needs: dict[str, NeedDocument]
    judgements: tuple[Judgement, ...]


def read_folder(folder: Path) -> EvaluationData:
    """Read and check the three files of *folder*; EvaluationError on anything wrong."""
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is not a folder.")
    experts = {
        identifier: _expert(identifier, record, place)
        for identifier, record, place in _records(folder / "experts.jsonl")
    }
    needs = {
        identifier: _need(identifier, record, place)
        for identifier, record, place in _records(folder / "needs.jsonl")
    }
    judgements = tuple(_judgements(folder / "judgements.csv", experts, needs))
    return EvaluationData(experts, needs, judgements)


def _records(path: Path) -> Iterator[tuple[str, Record, str]]:
    """Yield id, record and place ("file line n") of each line; blank lines are passed over."""
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        place = f"{path.name} line {number}"
        record = _object(line, place)
        identifier = record.get("id")
        if not isinstance(identifier, str) or not identifier.strip():
            raise EvaluationError(f'{place}: "id" is missing or not a text.')
        if identifier in seen:
            earlier = f"line {seen[identifier]}"
            raise EvaluationError(f"{place}: the id {_short(identifier)} stands in {earlier} too.")
        seen[identifier] = number
        yield identifier, record, place
    if not seen:
        raise EvaluationError(f"{path.name} holds no records.")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(raw) > MAX_LINE_BYTES:
                    limit = f"{MAX_LINE_BYTES // 1_000_000} MB"
                    raise EvaluationError(f"{path.name} line {number}: longer than {limit}.")
                if text := _decoded(raw, f"{path.name} line {number}"):
                    yield number, text
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read: {error.strerror}.") from error


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{place}: not UTF-8 (byte {error.start}).") from error


def _object(line: str, place: str) -> Record:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = str(error).split(":")[0]
        raise EvaluationError(f"{place}: not valid JSON ({reason}).") from error
    if not isinstance(record, dict):
        raise EvaluationError(f"{place}: not a JSON object.")
    return record


def _expert(identifier: str, record: Record, place: str) -> PersonDocument:
    evidence = record.get("evidence")
    if not isinstance(evidence, list):
        raise EvaluationError(f'{place}: "evidence" is missing or not a list.')
    if len(evidence) > MAX_EVIDENCE:
        raise EvaluationError(f"{place}: more than {MAX_EVIDENCE} evidence items.")
    passages = []
    for number, item in enumerate(evidence):
        if not isinstance(item, dict):
            raise EvaluationError(f"{place}: evidence item {number + 1} is not an object.")
        inside = f"{place}, evidence item {number + 1}"
        text = joined(_text(item, "title", inside), _text(item, "text", inside))
        kind = _text(item, "kind", inside) or "text"
        passages.append(Passage(str(number), text, kind, _language(item, inside)))
    return PersonDocument(identifier, tuple(p for p in passages if p.text))


def _need(identifier: str, record: Record, place: str) -> NeedDocument:
    text = joined(_text(record, "title", place), _text(record, "text", place))
    if not text:
        raise EvaluationError(f"{place}: title and text are both empty.")
    return NeedDocument(identifier, (Passage("0", text, "need", _language(record, place)),))


def joined(title: str, text: str) -> str:
    """Return title and text as one passage, the title closed by a full stop of its own."""
    if not title or not text:
        return title or text
    return f"{title}{'' if title[-1] in '.!?؟' else '.'} {text}"


def _text(record: Record, name: str, place: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EvaluationError(f'{place}: "{name}" is not a text.')
    return value.strip()


def _language(record: Record, place: str) -> str | None:
    return _text(record, "language", place).lower()[:2] or None


def _judgements(
    path: Path, experts: Collection[str], needs: Collection[str]
) -> Iterator[Judgement]:
    lines = [(number, line) for number, line in _lines(path)]
    if not lines or next(csv.reader([lines[0][1]])) != HEADER:
        raise EvaluationError(f"{path.name} line 1: the header is not {','.join(HEADER)}.")
    seen: set[tuple[str, str]] = set()
    for number, line in lines[1:]:
        place = f"{path.name} line {number}"
        fields = next(csv.reader([line]))
        if len(fields) != len(HEADER):
            raise EvaluationError(f"{place}: {len(fields)} fields where {len(HEADER)} belong.")
        expert, need, grade = fields
        for identifier, known, what in ((expert, experts, "expert"), (need, needs, "need")):
            if identifier not in known:
                raise EvaluationError(f"{place}: no {what} has the id {_short(identifier)}.")
        if (expert, need) in seen:
            raise EvaluationError(f"{place}: this pair was judged in an earlier line.")
        seen.add((expert, need))
        yield Judgement(expert, need, _grade(grade, place))
    if not seen:
        raise EvaluationError(f"{path.name} holds no judgements.")


def _grade(text: str, place: str) -> float:
    try:
        grade = float(text)
    except ValueError:
        grade = math.nan
    if not math.isfinite(grade):
        raise EvaluationError(f"{place}: the grade {_short(text)} is not a number.")
    return grade


def _short(text: str) -> str:
    shown = text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"
    return repr(shown)
