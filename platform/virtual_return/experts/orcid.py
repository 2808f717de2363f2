"""Verbs on a record elsewhere: have it read, then keep what one wants of it, nothing unseen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import EvidenceItem, Expert, ProposedItem, RecordImport, User, now
from models.choices import EvidenceKind, ProposalState, RecordSource, RecordState
from virtual_return import audit
from virtual_return.errors import Conflict, Invalid
from virtual_return.experts import evidence
from virtual_return.experts.orcid_record import Item, Record, is_orcid
from virtual_return.experts.values import MOST_EVIDENCE, Evidence
from virtual_return.i18n import gettext as _
from virtual_return.jobs.outbox import enqueue

READ = "experts.read_orcid"
MOST_SHOWN = 50
# Positions and degrees come before a long list of publications.
_FIRST = case((ProposedItem.kind == EvidenceKind.PUBLICATION, 1), else_=0)


def orcid_of(user: User, issuer: str) -> str:
    """Return the ORCID iD with which somebody has signed in, or an empty text."""
    found = (row.subject for row in user.identities if row.issuer == issuer)
    return next(filter(is_orcid, found), "")


def ask(session: Session, actor: User, expert: Expert, issuer: str) -> RecordImport:
    """Have the public record read, in the background; this is the consent to it."""
    orcid = orcid_of(actor, issuer)
    if not orcid:
        raise Conflict(_("Link your ORCID account in the settings first."))
    row = import_of(session, expert)
    if row is None:
        row = RecordImport(expert_id=expert.id, source=RecordSource.ORCID)
        session.add(row)
    row.identifier, row.state, row.asked_at = orcid, RecordState.WAITING, now()
    session.flush()
    enqueue(session, READ, unique_key=f"{READ}:{row.id}", import_id=row.id)
    _record(session, actor, expert, "expert.record_asked")
    return row


def store(session: Session, row: RecordImport, record: Record) -> None:
    """Propose what a record says; what was refused is not proposed again."""
    known = {
        item.source_key: item
        for item in session.scalars(
            select(ProposedItem).where(
                ProposedItem.expert_id == row.expert_id, ProposedItem.source == row.source
            )
        )
    }
    for item in record.items:
        there = known.pop(item.key, None)
        if there is None:
            session.add(_filled(ProposedItem(expert_id=row.expert_id, source=row.source), item))
        elif there.content_hash != item.content_hash:
            is_refused = there.state is ProposalState.REFUSED
            _filled(there, item)
            there.state = ProposalState.REFUSED if is_refused else ProposalState.WAITING
    for gone in known.values():
        # It is not in the record any more; what was kept of it is its owner's own.
        if gone.state is ProposalState.WAITING:
            session.delete(gone)
    row.name, row.state, row.read_at = record.name, RecordState.READ, now()


def keep(session: Session, actor: User, expert: Expert, items: Iterable[ProposedItem]) -> int:
    """Make evidence of these; its form for others waits for approval as all evidence does."""
    chosen = list(items)
    if len(expert.evidence) + sum(item.evidence_id is None for item in chosen) > MOST_EVIDENCE:
        raise Invalid(_("The list is full. Delete an older item first, or keep fewer of these."))
    for item in chosen:
        values = Evidence(
            kind=item.kind,
            title=item.title,
            text=item.text,
            start_year=item.start_year,
            end_year=_last_year(item),
            link=item.link,
        )
        before = session.get(EvidenceItem, item.evidence_id) if item.evidence_id else None
        if before is None:
            item.evidence_id = evidence.add(session, actor, expert, values).id
        else:
            evidence.edit(session, actor, expert, before, values)
        item.state = ProposalState.KEPT
    session.flush()
    return len(chosen)


def refuse(session: Session, actor: User, expert: Expert, items: Iterable[ProposedItem]) -> int:
    """Leave these out for good."""
    chosen = list(items)
    for item in chosen:
        item.state = ProposalState.REFUSED
    session.flush()
    _record(session, actor, expert, "expert.record_items_refused")
    return len(chosen)


def use_name(session: Session, actor: User, expert: Expert) -> None:
    """Take the name of the record as one's own; it is shown to nobody before both sides agree."""
    row = import_of(session, expert)
    if row is None or not row.name:
        raise Conflict(_("The record names nobody. Write your name in the settings."))
    actor.name = row.name
    _record(session, actor, expert, "expert.record_name_used")


def import_of(session: Session, expert: Expert) -> RecordImport | None:
    """Return how the reading of somebody's record stands."""
    return session.scalar(
        select(RecordImport).where(
            RecordImport.expert_id == expert.id, RecordImport.source == RecordSource.ORCID
        )
    )


def waiting(session: Session, expert: Expert) -> tuple[Sequence[ProposedItem], int]:
    """Return the first items that wait for a look, the newest first, and how many there are."""
    conditions = (
        ProposedItem.expert_id == expert.id,
        ProposedItem.source == RecordSource.ORCID,
        ProposedItem.state == ProposalState.WAITING,
    )
    query = (
        select(ProposedItem)
        .where(*conditions)
        .order_by(_FIRST, func.coalesce(ProposedItem.start_year, 0).desc(), ProposedItem.id)
        .limit(MOST_SHOWN)
    )
    count = session.scalar(select(func.count()).select_from(ProposedItem).where(*conditions)) or 0
    return session.scalars(query).all(), count


def _filled(row: ProposedItem, item: Item) -> ProposedItem:
    row.source_key, row.content_hash, row.state = item.key, item.content_hash, ProposalState.WAITING
    row.kind, row.title, row.text, row.link = item.kind, item.title, item.text, item.link
    row.start_year, row.end_year = item.start_year, item.end_year
    return row


def _last_year(item: ProposedItem) -> int | None:
    """Return the last year unless it lies before the first, as some records have it."""
    is_sane = not (item.start_year and item.end_year) or item.end_year >= item.start_year
    return item.end_year if is_sane else None


def _record(session: Session, actor: User, expert: Expert, action: str) -> None:
    audit.record(session, action, actor_id=actor.id, object_kind="expert", object_id=expert.id)
