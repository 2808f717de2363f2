"""Files are read whole: every fault is told by its line, and nothing passes that a form refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virtual_return.imports import expert_lines, need_lines
from virtual_return.imports.expert_lines import ExpertLine, shorten
from virtual_return.imports.lines import BadFile, Lines, read_lines


def experts(path: Path, *lines: object) -> Lines[ExpertLine]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    file = path / "experts.jsonl"
    file.write_text(text, encoding="utf-8")
    return read_lines(file, expert_lines.read_expert, expert_lines.KNOWN, lambda line: line.id)


def problems(path: Path, *lines: object) -> list[str]:
    with pytest.raises(BadFile) as caught:
        experts(path, *lines)
    return [str(problem) for problem in caught.value.problems]


def test_it_reads_the_evaluation_format(tmp_path: Path) -> None:
    evidence = [{"kind": "publication", "title": "Filters", "text": "We tested slow sand filters."}]
    found = experts(tmp_path, {"id": "e1", "evidence": evidence}, "", {"id": 2})
    assert [line.id for line in found.items] == ["e1", "2"]
    assert found.items[0].evidence[0]["language"] == "en"


def test_it_names_every_bad_line_at_once(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        {"id": "ok"},
        "{not json",
        [1, 2],
        {"id": "ok"},
        {"headline": "no id"},
        {"id": "x", "hours_per_week": 900, "links": ["javascript:alert(1)"], "email": "nobody"},
    )
    assert [line.split(":")[0] for line in said] == [
        "line 2", "line 3", "line 4", "line 5", "line 6", "line 6", "line 6",
    ]  # fmt: skip
    assert "stands in line 1 already" in said[2]


@pytest.mark.parametrize(
    "values",
    [
        {"headline": "x" * 201},
        {"headline": ["a list"]},
        {"country_of_residence": "XX"},
        {"languages": [{"language": "zz", "level": "c1"}]},
        {"languages": [{"language": "en"}]},
        {"languages": "en"},
        {"evidence": ["a text"]},
        {"evidence": [{"kind": "publication"}]},
        {"evidence": [{"title": "t", "start_year": 12}]},
        {"evidence": [{"title": "t", "link": "ftp://example.org"}]},
        {"evidence": [{"title": "t"}] * 201},
        {"skills": [{"level": "basic"}]},
        {"modes": ["by post"]},
        {"visibility": "everybody"},
        {"hours_per_week": True},
        {"hours_per_week": 2.5},
        {"hours_per_week": float("nan")},
        {"earliest_start": "soon"},
        {"time_zone": "Mars/Olympus"},
        {"fields_of_study": ["water"]},
        {"locale": "xx"},
        {"ties": [{"country": "SO", "kind": "passport"}]},
    ],
)
def test_it_refuses_what_a_form_would_refuse(tmp_path: Path, values: dict[str, object]) -> None:
    assert problems(tmp_path, {"id": "x", **values})


def test_bytes_that_are_no_text_and_files_without_lines_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "experts.jsonl"
    for content in (b"\xff\xfe\x00", b"", b"\n\n"):
        file.write_bytes(content)
        with pytest.raises(BadFile):
            read_lines(file, expert_lines.read_expert, expert_lines.KNOWN, lambda line: line.id)


def test_fields_that_nobody_knows_are_counted(tmp_path: Path) -> None:
    found = experts(tmp_path, {"id": "a", "visa": "none"}, {"id": "b", "visa": "none", "x": 1})
    assert found.ignored == {"visa": 2, "x": 1}


def test_control_characters_do_not_come_in(tmp_path: Path) -> None:
    found = experts(tmp_path, {"id": "a", "headline": "Water\x00 \x1bengineer\n here"})
    assert found.items[0].profile["headline"] == "Water engineer here"


def test_a_long_title_is_shortened_and_kept_whole_in_the_text() -> None:
    title = "word " * 60
    short, text = shorten(title.strip(), "More.", 200)
    assert len(short) <= 200
    assert short.endswith("word…")
    assert text == f"{title.strip()}\n\nMore."


def test_a_need_takes_text_for_its_task_and_checks_its_window() -> None:
    said: list[str] = []
    values = {"id": "n", "title": "Review", "text": "Read it.", "must_have": ["a", "A", "b"]}
    need = need_lines.read_need(values, said)
    assert not said
    assert need.columns["task"] == "Read it."
    assert [skill["label"] for skill in need.must_have] == ["a", "b"]
    need_lines.read_need(
        {"id": "n", "window_start": "2027-02-01", "window_end": "2027-01-01"}, said
    )
    assert said == ["title: is missing", "window_end: lies before window_start"]
