"""What one line of a needs' file may say (docs/importing.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.language import detect_language
from models.choices import Bandwidth, EngagementKind, LocalAvailability, Mode, Money, NeedVisibility
from virtual_return.imports import fields as f
from virtual_return.imports.expert_lines import (
    LANGUAGE,
    LONG,
    read_id,
    read_parts,
    read_skills,
    shorten,
)
from virtual_return.imports.fields import Reader, Values, take

TITLE_LENGTH = 200

NEED: dict[str, Reader] = {
    "title": f.line_of_text(LONG),
    "language": f.language,
    "kind": f.one_of(EngagementKind),
    "visibility": f.one_of(NeedVisibility),
    "sector": f.line_of_text(200),
    "field_of_study": f.field_of_study,
    "counterpart_name": f.line_of_text(200),
    "counterpart_role": f.line_of_text(200),
    "problem": f.text(LONG),
    "tried": f.text(LONG),
    "task": f.text(LONG),
    "deliverable": f.text(LONG),
    "success": f.text(LONG),
    "who_learns": f.text(LONG),
    "continues_with": f.text(LONG),
    "mode": f.one_of(Mode),
    "hours_per_week": f.whole_number(1, 60),
    "weeks": f.whole_number(1, 104),
    "window_start": f.day,
    "window_end": f.day,
    "latest_start": f.day,
    "overlap_hours": f.whole_number(0, 24),
    "time_zone": f.time_zone,
    "tools": f.text(LONG),
    "connectivity": f.one_of(Bandwidth),
    "host_contribution": f.text(LONG),
    "money": f.one_of(Money),
    "money_amount": f.amount,
    "money_currency": f.currency,
    "money_payer": f.line_of_text(200),
    "local_availability": f.one_of(LocalAvailability),
    "local_search": f.text(LONG),
    "security_note": f.text(LONG),
}
# The evaluation format's name for the task.
TEXT = "text"
SKILLS = ("must_have", "useful")
KNOWN = frozenset({"id", TEXT, *NEED, *SKILLS, "languages"})


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One need: its columns, and what it asks for."""

    id: str
    columns: Values
    must_have: list[Values]
    useful: list[Values]
    languages: list[Values]


def read_need(values: Mapping[str, object], problems: list[str]) -> NeedLine:
    """Read one need; what does not fit is added to *problems*."""
    need_id = read_id(values, problems)
    columns = take(values, NEED, problems)
    text = take(values, {TEXT: f.text(LONG)}, problems).get(TEXT, "")
    if not columns.get("title") and not any(message.startswith("title") for message in problems):
        problems.append("title: is missing")
    task = str(columns.get("task") or text)
    columns["title"], columns["task"] = shorten(str(columns.get("title", "")), task, TITLE_LENGTH)
    if not columns.get("language"):
        columns["language"] = detect_language(f"{columns['title']} {task}").language
    start, end = columns.get("window_start"), columns.get("window_end")
    if start and end and str(start) > str(end):
        problems.append("window_end: lies before window_start")
    return NeedLine(
        id=need_id,
        columns=columns,
        must_have=[_claim(skill) for skill in read_skills(values, "must_have", problems)],
        useful=[_claim(skill) for skill in read_skills(values, "useful", problems)],
        languages=read_parts(values, "languages", LANGUAGE, ("language", "level"), problems),
    )


def _claim(skill: Values) -> Values:
    """Keep what a need can ask for: a label and a taxonomy entry."""
    return {name: skill[name] for name in ("label", "uri") if name in skill}
