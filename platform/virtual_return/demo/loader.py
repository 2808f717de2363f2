"""Write the demonstration programme into a database, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CountryStatus, Institution, Skill, SkillLabel, User, now
from virtual_return import audit
from virtual_return.config import Settings, SettingsError
from virtual_return.demo import sign_ins
from virtual_return.demo.generator import generate
from virtual_return.demo.need_rows import agreements, give_moments, need_row
from virtual_return.demo.programme import Person, Programme
from virtual_return.demo.rows import expert_row, institution_row, user_row
from virtual_return.jobs import changes
from virtual_return.reference.skill_labels import fold


@dataclass(frozen=True, slots=True)
class Loaded:
    """What later parts of the load refer to."""

    users: dict[str, User]
    institutions: dict[str, Institution]
    skill_ids: dict[str, int]
    moment: datetime


def is_loaded(session: Session) -> bool:
    """Tell whether the demonstration is there, by the account that visitors enter."""
    found = session.scalar(select(User.id).where(User.email == sign_ins.COORDINATOR))
    return found is not None


def load_demonstration(session: Session, settings: Settings) -> bool:
    """Load today's programme unless it is there; refuse in production."""
    if not settings.shows_demonstration:
        raise SettingsError(
            "The demonstration is never loaded in production. "
            "Set ENVIRONMENT=development for a trial installation."
        )
    if is_loaded(session):
        return False
    return load(session, generate(today=now().date()))


def load(session: Session, programme: Programme) -> bool:
    """Write all rows and tell matching of them; return False where they are there already."""
    if is_loaded(session):
        return False
    moment = now()
    users = _load_users(session, programme, moment)
    _load_notices(session, programme)
    loaded = Loaded(
        users=users,
        institutions=_load_institutions(session, programme, users, moment),
        skill_ids=_load_skills(session, programme),
        moment=moment,
    )
    needs = _load_needs(session, programme, loaded)
    experts = _load_experts(session, programme, loaded)
    changes.changed_many(session, "need", needs)
    changes.changed_many(session, "expert", experts)
    audit.record(session, "demo.loaded", actor_id=None, experts=len(experts), needs=len(needs))
    return True


def _load_users(session: Session, programme: Programme, moment: datetime) -> dict[str, User]:
    people: list[Person] = [profile.person for profile in programme.experts]
    people += [person for entry in programme.institutions for person, _ in entry.members]
    users = {person.email: user_row(person, moment) for person in people}
    for coordinator in programme.coordinators:
        users[coordinator.email] = user_row(coordinator, moment)
        users[coordinator.email].is_coordinator = True
    session.add_all(users.values())
    session.flush()
    return users


def _load_notices(session: Session, programme: Programme) -> None:
    known = set(session.scalars(select(CountryStatus.country)))
    session.add_all(
        CountryStatus(
            country=notice.country, state=notice.state, reason=notice.reason, since=notice.since
        )
        for notice in programme.notices
        if notice.country not in known
    )


def _load_institutions(
    session: Session, programme: Programme, users: dict[str, User], moment: datetime
) -> dict[str, Institution]:
    rows = {entry.domain: institution_row(entry, users, moment) for entry in programme.institutions}
    session.add_all(rows.values())
    session.flush()
    return rows


def _load_skills(session: Session, programme: Programme) -> dict[str, int]:
    """Add the concepts of the demonstration's own taxonomy, with labels in every language."""
    rows = [
        Skill(
            uri=concept.uri,
            labels=[
                SkillLabel(language=language, label=label, folded=fold(label), is_preferred=True)
                for language, label in concept.labels
            ],
        )
        for concept in programme.concepts
    ]
    session.add_all(rows)
    session.flush()
    return {row.uri: row.id for row in rows}


def _load_needs(session: Session, programme: Programme, loaded: Loaded) -> list[int]:
    coordinator_id = loaded.users[programme.coordinators[0].email].id
    rows = []
    for entry in programme.needs:
        row = need_row(entry, loaded.institutions, loaded.users, loaded.skill_ids)
        give_moments(row, entry, coordinator_id, loaded.moment)
        rows.append(row)
    session.add_all(rows)
    session.add_all(agreements(rows))
    session.flush()
    return [row.id for row in rows]


def _load_experts(session: Session, programme: Programme, loaded: Loaded) -> list[int]:
    institution_ids = {domain: row.id for domain, row in loaded.institutions.items()}
    rows = [
        expert_row(
            profile,
            loaded.users[profile.person.email],
            loaded.skill_ids,
            institution_ids,
            loaded.moment,
        )
        for profile in programme.experts
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]
