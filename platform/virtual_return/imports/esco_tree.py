"""Read which concept of ESCO stands above which: its CSV download of broader relations."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from virtual_return.imports.lines import BadFile, Problem

COLUMNS = ("conceptUri", "broaderUri")
Pair = tuple[str, str]


def read_pairs(path: Path, tick: Callable[[], None] = lambda: None) -> list[Pair]:
    """Return pairs of a concept and one directly above it; raise BadFile with every bad line."""
    problems: list[Problem] = []
    pairs: dict[Pair, None] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        try:
            if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                problem = f"has no column {', '.join(missing)}: use broaderRelations of ESCO"
                raise BadFile([Problem(1, problem)])
            for row in rows:
                tick()
                below, above = ((row.get(name) or "").strip() for name in COLUMNS)
                if not (_is_address(below) and _is_address(above)):
                    problems.append(Problem(rows.line_num, "conceptUri or broaderUri: no address"))
                elif below == above:
                    problems.append(Problem(rows.line_num, "a concept stands above itself"))
                pairs[below, above] = None
        except (UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(rows.line_num + 1, f"cannot be read ({type(error).__name__})"))
    if not problems and not pairs:
        problems.append(Problem(1, "the file has no relations"))
    if problems:
        raise BadFile(problems)
    return list(pairs)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))
