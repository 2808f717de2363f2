"""Write the needs of a file, as drafts or, when a person answers for them, open at once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Institution, Need, NeedLanguage, NeedSkill, now
from models.choices import Importance, InstitutionKind, NeedState, VerificationState
from virtual_return import audit
from virtual_return.imports.experts import Written
from virtual_return.imports.fields import Values
from virtual_return.imports.need_lines import NeedLine
from virtual_return.imports.taxonomy import Taxonomy
from virtual_return.jobs.changes import changed_many

# Whose needs they are when nobody says it; ZZ is the code of a country that is not known.
STAND_IN = "Imported needs"
UNKNOWN_COUNTRY = "ZZ"
OPEN_FOR = timedelta(days=90)


class NoInstitution(ValueError):
    """The institution cannot take these needs; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where needs go, and whether they are open at once."""

    institution: Institution
    opens: bool


def find_institution(session: Session, named: str) -> Institution:
    """Return the one institution with this public id, domain or name."""
    found = session.scalars(
        select(Institution).where(
            or_(
                Institution.public_id == named,
                Institution.domain == named.lower(),
                Institution.name == named,
                Institution.working_name == named,
            )
        )
    ).all()
    if len(found) != 1:
        raise NoInstitution(
            f"{'Several institutions are' if found else 'No institution is'} called {named!r}. "
            "Give the public id, which is the last part of its page's address."
        )
    return found[0]


def destination(session: Session, named: str, *, opens: bool) -> Destination:
    """Return the named institution, or a stand-in; only verified ones have open needs."""
    institution = find_institution(session, named) if named else _stand_in(session)
    if not named and opens:
        institution.state = VerificationState.APPROVED
        institution.verified_at = institution.verified_at or now()
    if opens and not institution.is_verified:
        raise NoInstitution(
            f"{institution.name} is not verified: verify it first, or leave --open."
        )
    return Destination(institution, opens)


def write_needs(
    session: Session,
    lines: Sequence[NeedLine],
    to: Destination,
    tick: Callable[[], None] = lambda: None,
) -> Written:
    """Add new needs and renew those of an earlier file of the same institution."""
    written = Written()
    taxonomy = Taxonomy(session)
    session.flush()
    rows: list[Need] = []
    for line in lines:
        public_id = _public_id(to.institution, line.id)
        need = session.scalar(select(Need).where(Need.public_id == public_id))
        if need is None:
            need = Need(public_id=public_id, institution=to.institution, state=NeedState.DRAFT)
            session.add(need)
            written.added += 1
        else:
            written.updated += 1
        _fill(need, line, taxonomy)
        if to.opens and need.state == NeedState.DRAFT:
            _open(need)
        rows.append(need)
        tick()
    session.flush()
    changed_many(session, "need", [need.id for need in rows])
    audit.record(
        session,
        "needs.imported",
        actor_id=None,
        object_kind="institution",
        object_id=to.institution.id,
        added=written.added,
        updated=written.updated,
        opened=to.opens,
    )
    return written


def _stand_in(session: Session) -> Institution:
    found = session.scalar(
        select(Institution).where(
            Institution.name == STAND_IN, Institution.country == UNKNOWN_COUNTRY
        )
    )
    if found is None:
        found = Institution(
            name=STAND_IN,
            working_name=STAND_IN,
            kind=InstitutionKind.PARTNER,
            country=UNKNOWN_COUNTRY,
            description="Needs that came by a file and belong to no institution yet.",
        )
        session.add(found)
        session.flush()
    return found


def _public_id(institution: Institution, external_id: str) -> str:
    """Return the same address for the same line each time, so that a file can be sent again."""
    digest = hashlib.sha256(f"{institution.public_id}\0{external_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def _fill(need: Need, line: NeedLine, taxonomy: Taxonomy) -> None:
    for name, value in line.columns.items():
        setattr(need, name, value)
    need.skills = [
        *(_skill(skill, Importance.MUST_HAVE, taxonomy) for skill in line.must_have),
        *(_skill(skill, Importance.USEFUL, taxonomy) for skill in line.useful),
    ]
    rows = {row.language: row for row in need.languages}
    kept: dict[str, NeedLanguage] = {}
    for values in line.languages:
        code = str(values["language"])
        row = kept.get(code) or rows.get(code) or NeedLanguage(language=code)
        row.level = values["level"]  # type: ignore[assignment]
        kept[code] = row
    need.languages = list(kept.values())


def _skill(skill: Values, importance: Importance, taxonomy: Taxonomy) -> NeedSkill:
    return NeedSkill(importance=importance, **taxonomy.resolved(skill))


def _open(need: Need) -> None:
    moment = now()
    need.state = NeedState.OPEN
    need.submitted_at = need.opened_at = moment
    need.expires_at = moment + OPEN_FOR
