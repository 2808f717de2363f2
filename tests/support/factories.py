"""Rows for tests: sensible where a test says nothing, and the fixed cast of every test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import (
    CountryTie,
    EvidenceItem,
    Expert,
    ExpertLanguage,
    ExpertSkill,
    Institution,
    Membership,
    Need,
    NeedLanguage,
    NeedSkill,
    User,
    now,
)
from models.choices import (
    Cefr,
    EngagementKind,
    EvidenceKind,
    Importance,
    InstitutionKind,
    LocalAvailability,
    Mode,
    Money,
    NeedState,
    Role,
    TieKind,
    VerificationState,
    Visibility,
)

_numbers = itertools.count(1)


def make_user(session: Session, **values: Any) -> User:
    """Add an account."""
    number = next(_numbers)
    user = User(**{"email": f"person{number}@example.org", "name": f"Person {number}", **values})
    session.add(user)
    session.flush()
    return user


def make_institution(session: Session, *, owner: User | None = None, **values: Any) -> Institution:
    """Add a verified university, with its owner where one is given."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "name": f"University {number}",
        "working_name": f"University {number}",
        "kind": InstitutionKind.UNIVERSITY,
        "country": "SO",
        "city": "Hargeisa",
        "domain": f"university{number}.example",
        "description": "A public university with a small engineering faculty.",
        "size": 40,
        "state": VerificationState.APPROVED,
        "verification_evidence": "The entry in the register of universities.",
        "verified_at": now(),
    }
    institution = Institution(**{**defaults, **values})
    session.add(institution)
    session.flush()
    if owner is not None:
        add_member(session, institution, owner, Role.OWNER)
    return institution


def add_member(
    session: Session, institution: Institution, user: User, role: Role = Role.EDITOR
) -> Membership:
    """Let a person act for an institution."""
    membership = Membership(user=user, institution=institution, role=role)
    session.add(membership)
    session.flush()
    return membership


def make_expert(
    session: Session,
    *,
    user: User | None = None,
    evidence: list[str] | None = None,
    skills: tuple[str, ...] = ("water treatment", "laboratory safety"),
    languages: dict[str, Cefr] | None = None,
    ties: tuple[str, ...] = ("SO",),
    **values: Any,
) -> Expert:
    """Add a profile that verified institutions can find without a name."""
    defaults: dict[str, Any] = {
        "headline": "Water engineer with fifteen years in small towns",
        "about": "I plan and repair drinking water systems for towns without a laboratory.",
        "language": "en",
        "headline_anonymous": "Water engineer with fifteen years in small towns",
        "about_anonymous": "Plans and repairs drinking water systems.",
        "anonymous_approved_at": now(),
        "country_of_residence": "DE",
        "city": "Bremen",
        "employer": "Hansewasser",
        "time_zone": "Europe/Berlin",
        "modes": [Mode.REMOTE],
        "hours_per_week": 5,
        "visibility": Visibility.INSTITUTIONS_ANONYMOUS,
    }
    expert = Expert(user=user or make_user(session), **{**defaults, **values})
    texts = evidence or ["Designed a slow sand filter for a town of 20,000 people."]
    expert.evidence = [
        EvidenceItem(
            kind=EvidenceKind.PROJECT, title=text, text=text, language="en", position=position,
            title_anonymous=text, text_anonymous=text, anonymous_approved_at=now(),
        )
        for position, text in enumerate(texts)
    ]  # fmt: skip
    expert.skills = [ExpertSkill(label=label) for label in skills]
    expert.languages = [
        ExpertLanguage(language=code, level=level)
        for code, level in (languages or {"en": Cefr.C1, "so": Cefr.C2}).items()
    ]
    expert.ties = [CountryTie(country=code, kind=TieKind.BORN) for code in ties]
    session.add(expert)
    session.flush()
    return expert


def make_need(
    session: Session,
    institution: Institution,
    *,
    skills: dict[str, Importance] | None = None,
    languages: dict[str, Cefr] | None = None,
    **values: Any,
) -> Need:
    """Add an open remote need."""
    today = now().date()
    defaults: dict[str, Any] = {
        "state": NeedState.OPEN,
        "title": "Review our drinking water curriculum",
        "language": "en",
        "kind": EngagementKind.REVIEW,
        "field_of_study": "0732",
        "counterpart_name": "Amina Warsame",
        "counterpart_role": "Head of department",
        "problem": "Our course on drinking water has not changed since 2009.",
        "task": "Read the curriculum and propose what to change.",
        "deliverable": "A commented curriculum.",
        "success": "The faculty board accepts the new curriculum.",
        "who_learns": "Three junior lecturers.",
        "mode": Mode.REMOTE,
        "hours_per_week": 3,
        "weeks": 6,
        "window_start": today,
        "window_end": today + timedelta(days=90),
        "latest_start": today + timedelta(days=30),
        "money": Money.UNPAID,
        "local_availability": LocalAvailability.SCARCE,
        "local_search": "We asked both other universities.",
        "opened_at": now(),
        "expires_at": now() + timedelta(days=90),
    }
    need = Need(institution=institution, **{**defaults, **values})
    need.skills = [
        NeedSkill(label=label, importance=importance)
        for label, importance in (skills or {"water treatment": Importance.MUST_HAVE}).items()
    ]
    need.languages = [
        NeedLanguage(language=code, level=level)
        for code, level in (languages or {"en": Cefr.B2}).items()
    ]
    session.add(need)
    session.flush()
    return need


def in_days(days: int) -> date:
    """Return the date so many days from today, in UTC."""
    return now().date() + timedelta(days=days)


@dataclass(frozen=True)
class Cast:
    """The people of every test: who may, who may a little, and who may not."""

    # Acts for `institution` with all rights.
    owner: User
    # May edit there, but not manage members.
    member: User
    # Signed in, and belongs nowhere.
    stranger: User
    # Programme staff.
    coordinator: User
    # Has a profile, `profile`, that verified institutions find without a name.
    expert: User
    institution: Institution
    profile: Expert
    need: Need


def make_cast(session: Session) -> Cast:
    """Add the fixed cast, one verified institution and one open need."""
    owner = make_user(session, email="owner@university.example", name="Olivia Owner")
    member = make_user(session, email="member@university.example", name="Mona Member")
    expert = make_user(session, email="expert@example.org", name="Elias Expert")
    institution = make_institution(
        session, owner=owner, name="Jaamacadda Badda", working_name="Sea University",
        domain="university.example",
    )  # fmt: skip
    add_member(session, institution, member, Role.EDITOR)
    cast = Cast(
        owner=owner,
        member=member,
        stranger=make_user(session, email="stranger@example.org", name="Sam Stranger"),
        coordinator=make_user(
            session, email="coordinator@example.org", name="Cora Coordinator", is_coordinator=True
        ),
        expert=expert,
        institution=institution,
        profile=make_expert(session, user=expert),
        need=make_need(session, institution, created_by=owner),
    )
    session.commit()
    return cast
