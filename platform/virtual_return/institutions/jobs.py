"""Background work of institutions: look at domains, delete documents, keep the clocks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, InstitutionEvidence, now
from models.choices import ProofState
from virtual_return.institutions import (
    checking,
    documents,
    evidence,
    evidence_queries,
    joining_jobs,
    reverification,
)
from virtual_return.institutions.fetching import Network
from virtual_return.institutions.operations import record
from virtual_return.jobs import work
from virtual_return.jobs.queues import Queue
from virtual_return.jobs.registry import Registry
from virtual_return.services import services

# A file that no row names is of a request that failed after it was written.
ORPHAN_AGE_S = 86_400
# A document of a description that was never sent.
FORGOTTEN_AFTER = timedelta(days=180)
DECIDED = ("institution.approved", "institution.changes_requested", "institution.suspended")


def register(registry: Registry, network: Network | None = None) -> None:
    """Add the jobs; tests give a network of theirs."""
    joining_jobs.schedule(registry)
    checker = Checker(network or Network())
    registry.add_job(evidence.CHECK, checker.check, queue=Queue.DIGEST)
    registry.add_job(
        evidence.DELETE_DOCUMENT, delete_document, queue=Queue.MAIL, maximum_attempts=20
    )
    registry.add_periodic(
        "institutions.clocks", run_clocks, queue=Queue.MAIL, every_s=900, in_transaction=True
    )
    registry.add_periodic(
        "institutions.orphans", delete_orphans, queue=Queue.DIGEST, cron="40 3 * * *"
    )


@dataclass(frozen=True, slots=True)
class Checker:
    """Looks for what a domain should hold, with no transaction open meanwhile."""

    network: Network = field(default_factory=Network)

    def check(self, evidence_id: int) -> None:
        """Look once and write what was found; one that was removed is passed over."""
        database = services().database
        with database.reading() as session:
            item = session.get(InstitutionEvidence, evidence_id)
            if item is None or item.kind not in evidence.LOOKED_UP or not item.challenge:
                return
            kind, domain, challenge = item.kind, item.domain, item.challenge
        fault = checking.look(self.network, kind, domain, challenge)
        with database.writing() as session:
            _write(session, evidence_id, challenge, fault)
            work.finish(session)


def _write(session: Session, evidence_id: int, challenge: str, fault: str) -> None:
    item = session.scalar(
        select(InstitutionEvidence).where(InstitutionEvidence.id == evidence_id).with_for_update()
    )
    if item is None or item.challenge != challenge:
        return
    moment = now()
    before, item.checked_at, item.fault = item.state, moment, fault
    if not fault:
        item.state, item.proved_at = ProofState.PROVED, moment
        item.next_check_at = item.expires_at = None
    elif before is ProofState.PROVED:
        # It was there once: one look that failed may be the network's fault, so look again.
        item.state = ProofState.WAITING
        item.next_check_at, item.expires_at = (
            moment + evidence.LOOK_EVERY,
            moment + evidence.LOOK_FOR,
        )
    else:
        item.next_check_at = moment + evidence.LOOK_EVERY
    if item.state is not before:
        _record(session, item, "evidence_proved" if not fault else "evidence_missing")


def _record(session: Session, item: InstitutionEvidence, what: str) -> None:
    institution = session.get_one(Institution, item.institution_id)
    details = {"kind": item.kind.value, "fault": item.fault}
    record(session, None, institution, f"institution.{what}", **details)


def run_clocks(session: Session) -> int:
    """Do what is due now; safe to run twice."""
    moment = now()
    for item in evidence_queries.run_out(session, moment):
        item.state, item.next_check_at, item.expires_at = ProofState.FAILED, None, None
        _record(session, item, "evidence_given_up")
    session.flush()
    for item in evidence_queries.due_for_check(session, moment):
        item.next_check_at = moment + evidence.LOOK_EVERY
        evidence.look_at(session, item)
    _drop_old_documents(session)
    return reverification.run_clocks(session)


def _drop_old_documents(session: Session) -> int:
    """Delete documents some weeks after the decision that they were for, or that nobody sent."""
    kept_for = timedelta(days=services().settings.evidence_kept_days)
    dropped = 0
    for item in evidence_queries.with_documents(session):
        decided_at = session.scalar(
            select(AuditEvent.created_at)
            .where(
                AuditEvent.object_kind == "institution",
                AuditEvent.object_id == item.institution_id,
                AuditEvent.action.in_(DECIDED),
                AuditEvent.created_at >= item.created_at,
            )
            .order_by(AuditEvent.id.desc())
            .limit(1)
        )
        institution = session.get_one(Institution, item.institution_id)
        waits = institution.submitted_at is not None or institution.appeal
        since = decided_at + kept_for if decided_at else item.created_at + FORGOTTEN_AFTER
        if not waits and since <= now():
            dropped += evidence.drop_document(session, item)
            _record(session, item, "document_deleted")
    return dropped


def delete_document(file_name: str) -> None:
    """Delete a document that no row names any more."""
    documents.delete(services().settings.data_dir, file_name)


def delete_orphans() -> int:
    """Delete what a failed request left behind."""
    data_dir = services().settings.data_dir
    stored = documents.names(data_dir)
    with services().database.reading() as session:
        named = {item.file_name for item in evidence_queries.with_documents(session)}
    old = time.time() - ORPHAN_AGE_S
    orphans = [name for name, written in stored.items() if name not in named and written < old]
    for name in orphans:
        documents.delete(data_dir, name)
    return len(orphans)
