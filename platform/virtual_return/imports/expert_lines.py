"""What one line of an experts' file may say (docs/importing.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.language import detect_language
from models.choices import (
    Bandwidth,
    Cefr,
    ContactPreference,
    DeliveryExperience,
    EngagementKind,
    EvidenceKind,
    Mode,
    SkillLevel,
    Standing,
    TieKind,
    Visibility,
)
from virtual_return.config import LOCALES
from virtual_return.imports import fields as f
from virtual_return.imports.fields import Reader, Values, take

LONG = 50_000
TITLE_LENGTH = 500
MOST_EVIDENCE = 200
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """One person: columns of the account, of the profile, and of what belongs to it."""

    id: str
    account: Values
    profile: Values
    evidence: list[Values]
    skills: list[Values]
    languages: list[Values]
    ties: list[Values]
    qualifications: list[Values]


def _locale(value: object) -> str:
    if value not in LOCALES:
        raise ValueError(f"write one of {', '.join(LOCALES)}")
    return str(value)


ACCOUNT: dict[str, Reader] = {
    "email": f.email,
    "name": f.line_of_text(200),
    "locale": _locale,
}
PROFILE: dict[str, Reader] = {
    "headline": f.line_of_text(200),
    "about": f.text(LONG),
    "language": f.language,
    "headline_anonymous": f.line_of_text(200),
    "about_anonymous": f.text(LONG),
    "standing": f.one_of(Standing),
    "country_of_residence": f.country,
    "city": f.line_of_text(200),
    "employer": f.line_of_text(200),
    "time_zone": f.time_zone,
    "modes": f.list_of(f.one_of(Mode)),
    "kinds_wanted": f.list_of(f.one_of(EngagementKind)),
    "kinds_refused": f.list_of(f.one_of(EngagementKind)),
    "fields_wanted": f.list_of(f.line_of_text(200)),
    "topics_refused": f.list_of(f.line_of_text(200)),
    "fields_of_study": f.list_of(f.field_of_study),
    "links": f.list_of(f.link),
    "hours_per_week": f.whole_number(1, 60),
    "earliest_start": f.day,
    "notice_weeks": f.whole_number(0, 104),
    "capacity": f.whole_number(0, 20),
    "delivery_experience": f.one_of(DeliveryExperience),
    "bandwidth": f.one_of(Bandwidth),
    "contact_preference": f.one_of(ContactPreference),
    "invitations_per_month": f.whole_number(0, 50),
    "visibility": f.one_of(Visibility),
}
EVIDENCE: dict[str, Reader] = {
    "kind": f.one_of(EvidenceKind),
    "title": f.line_of_text(LONG),
    "text": f.text(LONG),
    "language": f.language,
    "title_anonymous": f.line_of_text(TITLE_LENGTH),
    "text_anonymous": f.text(LONG),
    "start_year": f.whole_number(FIRST_YEAR, LAST_YEAR),
    "end_year": f.whole_number(FIRST_YEAR, LAST_YEAR),
    "link": f.link,
}
SKILL: dict[str, Reader] = {
    "label": f.line_of_text(200),
    "uri": f.line_of_text(255),
    "level": f.one_of(SkillLevel),
    "years": f.whole_number(0, 80),
}
LANGUAGE: dict[str, Reader] = {"language": f.language, "level": f.one_of(Cefr)}
TIE: dict[str, Reader] = {"country": f.country, "kind": f.one_of(TieKind)}
QUALIFICATION: dict[str, Reader] = {
    "title": f.line_of_text(200),
    "awarding_body": f.line_of_text(200),
    "country": f.country,
    "level": f.whole_number(0, 8),
    "field_of_study": f.field_of_study,
    "year": f.whole_number(FIRST_YEAR, LAST_YEAR),
}
PARTS = ("evidence", "skills", "languages", "ties", "qualifications")
KNOWN = frozenset({"id", *ACCOUNT, *PROFILE, *PARTS})


def read_expert(values: Mapping[str, object], problems: list[str]) -> ExpertLine:
    """Read one person; what does not fit is added to *problems*."""
    profile = take(values, PROFILE, problems)
    if not profile.get("language"):
        said = f"{profile.get('headline', '')} {profile.get('about', '')}"
        profile["language"] = detect_language(said).language
    return ExpertLine(
        id=read_id(values, problems),
        account=take(values, ACCOUNT, problems),
        profile=profile,
        evidence=[
            _shortened(item)
            for item in read_parts(values, "evidence", EVIDENCE, ("title",), problems)
        ],
        skills=read_skills(values, "skills", problems),
        languages=read_parts(values, "languages", LANGUAGE, ("language", "level"), problems),
        ties=read_parts(values, "ties", TIE, ("country", "kind"), problems),
        qualifications=read_parts(values, "qualifications", QUALIFICATION, ("title",), problems),
    )


def read_id(values: Mapping[str, object], problems: list[str]) -> str:
    """Read the name by which a later file may speak of the same thing."""
    found = values.get("id")
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not 0 < len(found.strip()) <= 100:
        problems.append("id: write an id of 1 to 100 characters")
        return ""
    return found.strip()


def read_parts(
    values: Mapping[str, object],
    name: str,
    readers: Mapping[str, Reader],
    required: tuple[str, ...],
    problems: list[str],
) -> list[Values]:
    """Read a list of objects, each with the fields that it cannot do without."""
    listed = values.get(name) or []
    if not isinstance(listed, list) or len(listed) > MOST_EVIDENCE:
        problems.append(f"{name}: write a list of at most {MOST_EVIDENCE} objects")
        return []
    parts: list[Values] = []
    for number, item in enumerate(listed, start=1):
        where = f"{name} {number}: "
        if not isinstance(item, dict):
            problems.append(f"{where}write an object, in braces")
            continue
        before = len(problems)
        part = take(item, readers, problems, where)
        if len(problems) == before:
            problems.extend(
                f"{where}{field} is missing" for field in required if not part.get(field)
            )
        parts.append(part)
    return parts


def read_skills(values: Mapping[str, object], name: str, problems: list[str]) -> list[Values]:
    """Read skills, each a label alone or an object; of one named twice the first counts."""
    listed = values.get(name) or []
    if isinstance(listed, list):
        listed = [{"label": item} if isinstance(item, str) else item for item in listed]
    parts = read_parts({name: listed}, name, SKILL, ("label",), problems)
    return list({str(part.get("label", "")).casefold(): part for part in reversed(parts)}.values())[
        ::-1
    ]


def _shortened(item: Values) -> Values:
    """Keep the whole of a title that is too long for its column in the text."""
    title, text = shorten(str(item.get("title", "")), str(item.get("text", "")), TITLE_LENGTH)
    language = item.get("language") or detect_language(f"{title} {text}").language
    return {**item, "title": title, "text": text, "language": language}


def shorten(title: str, text: str, longest: int) -> tuple[str, str]:
    """Return a title that fits and the text, which begins with the whole title if it did not."""
    if len(title) <= longest:
        return title, text
    head = title[: longest - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[longest // 2 :] else head
    return cut + "…", f"{title}\n\n{text}".strip()
