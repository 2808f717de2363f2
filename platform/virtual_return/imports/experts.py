"""Write the people of a file: hidden unless the file says otherwise, and never over their heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import (
    CountryTie,
    EvidenceItem,
    Expert,
    ExpertLanguage,
    ExpertSkill,
    Identity,
    Qualification,
    User,
    now,
)
from models.choices import EvidenceKind, TieKind, Visibility
from virtual_return import audit
from virtual_return.imports.expert_lines import ExpertLine
from virtual_return.imports.fields import Values
from virtual_return.imports.taxonomy import Taxonomy
from virtual_return.jobs.changes import changed_many

# Who came by a file is found again by the id that the file gave.
ISSUER = "urn:virtual-return:import"


@dataclass(slots=True)
class Written:
    """What became of the lines of a file."""

    added: int = 0
    updated: int = 0
    # Profiles whose owners have signed in since: they are theirs.
    left_alone: int = 0


def write_experts(
    session: Session,
    lines: Sequence[ExpertLine],
    visibility: Visibility = Visibility.HIDDEN,
    tick: Callable[[], None] = lambda: None,
) -> Written:
    """Add new people and renew those of an earlier file; *visibility* is for lines without one.

    The caller answers for the consent of everybody who is not hidden.
    """
    written = Written()
    taxonomy = Taxonomy(session)
    profiles: list[Expert] = []
    for line in lines:
        user = _find(session, line)
        if user is None:
            profiles.append(_add(session, line, visibility, taxonomy))
            written.added += 1
        elif user.last_seen_at is not None or not user.is_active:
            written.left_alone += 1
        else:
            profiles.append(_renew(user, line, taxonomy))
            written.updated += 1
        tick()
    session.flush()
    changed_many(session, "expert", [profile.id for profile in profiles])
    audit.record(
        session, "experts.imported", actor_id=None, added=written.added, updated=written.updated
    )
    return written


def _find(session: Session, line: ExpertLine) -> User | None:
    """Return the account of an earlier file, or the one that has this address already."""
    by_id = select(User).join(User.identities).where(
        Identity.issuer == ISSUER, Identity.subject == line.id
    )  # fmt: skip
    found = session.scalar(by_id.options(joinedload(User.expert)))
    if found is None and (email := line.account.get("email")):
        found = session.scalar(select(User).where(User.email == email))
    return found


def _add(session: Session, line: ExpertLine, visibility: Visibility, taxonomy: Taxonomy) -> Expert:
    user = User(**line.account)
    user.identities = [Identity(issuer=ISSUER, subject=line.id)]
    expert = Expert(user=user, visibility=visibility)
    session.add(user)
    _fill(expert, line, taxonomy)
    return expert


def _renew(user: User, line: ExpertLine, taxonomy: Taxonomy) -> Expert:
    """Write the line over what an earlier file said; who finds the person stays as it is."""
    for name, value in line.account.items():
        setattr(user, name, value)
    expert = user.expert or Expert(user=user)
    kept = expert.visibility or Visibility.HIDDEN
    _fill(expert, line, taxonomy)
    expert.visibility = kept
    return expert


def _fill(expert: Expert, line: ExpertLine, taxonomy: Taxonomy) -> None:
    moment = now()
    for name, value in line.profile.items():
        setattr(expert, name, value)
    if line.profile.get("headline_anonymous") or line.profile.get("about_anonymous"):
        expert.anonymous_approved_at = moment
    expert.evidence = [
        _evidence(item, position, moment) for position, item in enumerate(line.evidence)
    ]
    expert.skills = [ExpertSkill(**taxonomy.resolved(skill)) for skill in line.skills]
    expert.qualifications = [Qualification(**values) for values in line.qualifications]
    _replace_languages(expert, line.languages)
    _replace_ties(expert, line.ties)


def _evidence(item: Values, position: int, moment: datetime) -> EvidenceItem:
    row = EvidenceItem(**{"kind": EvidenceKind.OTHER, "position": position, **item})
    if item.get("title_anonymous") or item.get("text_anonymous"):
        row.anonymous_approved_at = moment
    return row


def _replace_languages(expert: Expert, languages: Sequence[Values]) -> None:
    """Keep rows where they can be kept, since person and language are unique together."""
    rows = {row.language: row for row in expert.languages}
    kept: dict[str, ExpertLanguage] = {}
    for values in languages:
        code = str(values["language"])
        row = kept.get(code) or rows.get(code) or ExpertLanguage(language=code)
        row.level = values["level"]  # type: ignore[assignment]
        kept[code] = row
    expert.languages = list(kept.values())


def _replace_ties(expert: Expert, ties: Sequence[Values]) -> None:
    rows = {(row.country, row.kind): row for row in expert.ties}
    wanted = {(str(values["country"]), TieKind(str(values["kind"]))): values for values in ties}
    expert.ties = [rows.get(key) or CountryTie(**values) for key, values in wanted.items()]
