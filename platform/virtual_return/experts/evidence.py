"""Verbs of evidence items and qualifications: what a person did, and what they hold."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import EvidenceItem, Expert, Qualification, QualificationRecognition, User
from virtual_return.errors import Invalid
from virtual_return.experts import anonymity
from virtual_return.experts.saving import saved
from virtual_return.experts.values import (
    MOST_EVIDENCE,
    MOST_QUALIFICATIONS,
    Evidence,
    QualificationValue,
)
from virtual_return.i18n import gettext as _
from virtual_return.reference.text_language import language_of


def add(session: Session, actor: User, expert: Expert, values: Evidence) -> EvidenceItem:
    """Put an item at the end of the list."""
    if len(expert.evidence) >= MOST_EVIDENCE:
        raise Invalid(_("The list is full. Delete an older item first."))
    _check(values)
    last = max((item.position for item in expert.evidence), default=-1)
    item = EvidenceItem(
        position=last + 1,
        kind=values.kind,
        title="",
        text="",
        title_anonymous="",
        text_anonymous="",
        link="",
    )
    expert.evidence.append(item)
    _write(actor, expert, item, values)
    saved(session, actor, expert, "expert.evidence_added", item_id=_id(session, item))
    return item


def edit(
    session: Session, actor: User, expert: Expert, item: EvidenceItem, values: Evidence
) -> None:
    """Change an item; a form that was approved for other words waits for a new look."""
    _check(values)
    _write(actor, expert, item, values)
    saved(session, actor, expert, "expert.evidence_edited", item_id=item.id)


def delete(session: Session, actor: User, expert: Expert, item: EvidenceItem) -> None:
    """Delete an item with its form."""
    item_id = item.id
    expert.evidence.remove(item)
    saved(session, actor, expert, "expert.evidence_deleted", item_id=item_id)


def move(session: Session, actor: User, expert: Expert, item: EvidenceItem, *, up: bool) -> None:
    """Let an item change places with its neighbour."""
    ordered = list(expert.evidence)
    place = ordered.index(item)
    neighbour = place - 1 if up else place + 1
    if 0 <= neighbour < len(ordered):
        ordered[place], ordered[neighbour] = ordered[neighbour], ordered[place]
    for position, row in enumerate(ordered):
        row.position = position
    saved(session, actor, expert, "expert.evidence_moved", item_id=item.id)
    session.expire(expert, ["evidence"])


def save_qualification(
    session: Session,
    actor: User,
    expert: Expert,
    row: Qualification | None,
    values: QualificationValue,
) -> Qualification:
    """Add a qualification or change one; its awarding body is kept out of anonymous forms."""
    if row is None:
        if len(expert.qualifications) >= MOST_QUALIFICATIONS:
            raise Invalid(_("The list is full. Delete a qualification first."))
        row = Qualification(title=values.title)
        expert.qualifications.append(row)
    row.title, row.awarding_body, row.country = values.title, values.awarding_body, values.country
    row.level, row.field_of_study, row.year = values.level, values.field_of_study, values.year
    known = {held.country: held for held in row.recognitions}
    kept: list[QualificationRecognition] = []
    for country, status in dict(values.recognitions).items():
        held = known.get(country) or QualificationRecognition(country=country)
        held.status = status
        kept.append(held)
    row.recognitions = kept
    anonymity.mask_again(expert)
    saved(session, actor, expert, "expert.qualification_saved")
    return row


def delete_qualification(session: Session, actor: User, expert: Expert, row: Qualification) -> None:
    """Delete a qualification."""
    expert.qualifications.remove(row)
    saved(session, actor, expert, "expert.qualification_deleted")


def _check(values: Evidence) -> None:
    if values.start_year and values.end_year and values.end_year < values.start_year:
        raise Invalid(_("The last year is before the first. Check the two years."))


def _write(actor: User, expert: Expert, item: EvidenceItem, values: Evidence) -> None:
    before = (item.language, f"{item.title}\n{item.text}")
    anonymity.propose_item(expert, item, values.title, values.text)
    item.link = values.link
    anonymity.mask_again(expert)
    item.kind, item.start_year, item.end_year = values.kind, values.start_year, values.end_year
    text = f"{values.title}\n{values.text}"
    item.language = language_of(values.language, text, actor.locale, before=before)


def _id(session: Session, item: EvidenceItem) -> int:
    session.flush()
    return item.id
