"""Verbs on what shows that an institution is what it says."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Institution, InstitutionEvidence, User, now
from models.choices import ProofKind, ProofState, VerificationState
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import domains, evidence_queries, permissions
from virtual_return.institutions.documents import Document
from virtual_return.institutions.operations import record
from virtual_return.jobs.outbox import enqueue
from virtual_return.security import hash_token, new_token

CHECK = "institutions.check_evidence"
DELETE_DOCUMENT = "institutions.delete_document"
MAXIMUM_PIECES = 20
LINK_LASTS = timedelta(days=1)
# How long the worker looks by itself for a record or a file that is not there yet.
LOOK_FOR = timedelta(days=7)
LOOK_EVERY = timedelta(hours=1)
# Between two looks that somebody asks for.
PAUSE = timedelta(seconds=20)
LOOKED_UP = (ProofKind.DNS, ProofKind.SITE_FILE)


def begin_email_proof(session: Session, actor: User, institution: Institution, email: str) -> str:
    """Note that an address at the domain is being proved; return the secret of its link."""
    _require_open(session, actor, institution)
    if not domains.is_own_address(institution, email):
        raise Invalid(_explain_address(institution))
    token = new_token()
    _add(
        session,
        actor,
        institution,
        kind=ProofKind.EMAIL,
        domain=domains.host_of_email(email),
        challenge=hash_token(token),
        expires_at=now() + LINK_LASTS,
    )
    return token


def find_email_proof(
    session: Session, actor: User, institution: Institution, token: str
) -> InstitutionEvidence | None:
    """Return what a link proves, while it does."""
    permissions.require_edit(actor, institution)
    fitting = hash_token(token)
    for item in evidence_queries.all_of(session, institution):
        is_it = item.kind is ProofKind.EMAIL and item.challenge == fitting
        if (
            is_it
            and item.state is ProofState.WAITING
            and item.expires_at
            and item.expires_at > now()
        ):
            return item
    return None


def prove_email(session: Session, actor: User, institution: Institution, token: str) -> None:
    """Use a link: once, in time, by somebody who acts for the institution."""
    item = find_email_proof(session, actor, institution, token)
    used = (
        item is not None
        and session.execute(
            update(InstitutionEvidence)
            .where(
                InstitutionEvidence.id == item.id, InstitutionEvidence.state == ProofState.WAITING
            )
            .values(state=ProofState.PROVED, proved_at=now(), expires_at=None, challenge="")
            .returning(InstitutionEvidence.id)
        ).first()
    )
    if item is None or not used:
        raise Conflict(_("This link was used already, or is too old. Ask for a new one."))
    session.refresh(item)
    record(session, actor, institution, "institution.evidence_proved", kind=item.kind.value)


def begin_domain_proof(
    session: Session, actor: User, institution: Institution, kind: ProofKind
) -> InstitutionEvidence:
    """Make the line that a record or a file must hold; the worker looks for it."""
    _require_open(session, actor, institution)
    hosts = domains.own(institution)
    if not hosts:
        raise Invalid(
            _("Write the web domain of the institution into its description first: one of its own.")
        )
    if kind not in LOOKED_UP:
        raise Invalid(_("Choose how to show it."))
    for item in evidence_queries.all_of(session, institution):
        if (item.kind, item.domain) == (kind, hosts[0]) and item.state is not ProofState.FAILED:
            return item
    return _add(
        session,
        actor,
        institution,
        kind=kind,
        domain=hosts[0],
        challenge=secrets.token_urlsafe(24),
        next_check_at=now() + LOOK_EVERY,
        expires_at=now() + LOOK_FOR,
    )


def ask_for_check(
    session: Session, actor: User, institution: Institution, item: InstitutionEvidence
) -> None:
    """Let the worker look now; what was given up is looked for again."""
    _require_open(session, actor, institution, counts=False)
    if item.kind not in LOOKED_UP:
        raise Conflict(_("There is nothing to look for."))
    if item.checked_at is not None and item.checked_at > now() - PAUSE:
        raise Conflict(_("We looked a moment ago. Try again in half a minute."))
    if item.state is ProofState.FAILED:
        item.state = ProofState.WAITING
        item.next_check_at, item.expires_at = now() + LOOK_EVERY, now() + LOOK_FOR
    look_at(session, item)


def look_at(session: Session, item: InstitutionEvidence) -> None:
    """Have the worker look, once however often this is asked for."""
    enqueue(session, CHECK, unique_key=f"{CHECK}:{item.id}", evidence_id=item.id)


def add_document(
    session: Session, actor: User, institution: Institution, document: Document
) -> InstitutionEvidence:
    """Note a document that is stored."""
    _require_open(session, actor, institution)
    return _add(
        session,
        actor,
        institution,
        kind=ProofKind.DOCUMENT,
        file_name=document.file_name,
        media_type=document.media_type,
        size_bytes=document.size_bytes,
    )


def require_room(session: Session, actor: User, institution: Institution) -> None:
    """Refuse before anything is stored what would be refused afterwards."""
    _require_open(session, actor, institution)


def add_note(session: Session, actor: User, institution: Institution, text: str) -> None:
    """Note what a coordinator found out; the institution does not read it."""
    permissions.require_review(actor, institution)
    if not text.strip():
        raise Invalid(_("Write what you found out, and how."))
    _add(session, actor, institution, kind=ProofKind.NOTE, note=text.strip())


def remove(
    session: Session, actor: User, institution: Institution, item: InstitutionEvidence
) -> None:
    """Take back what was given; a document is deleted."""
    permissions.require_edit(actor, institution)
    if item.kind is ProofKind.NOTE:
        raise Conflict(_("Notes of programme staff stay."))
    kind = item.kind.value
    drop_document(session, item)
    session.delete(item)
    session.flush()
    record(session, actor, institution, "institution.evidence_removed", kind=kind)


def drop_document(session: Session, item: InstitutionEvidence) -> bool:
    """Have a document deleted once this is committed; what it showed stays noted."""
    if not item.file_name:
        return False
    enqueue(
        session, DELETE_DOCUMENT, unique_key=f"document:{item.file_name}", file_name=item.file_name
    )
    item.file_name, item.size_bytes = "", None
    return True


def note_reading(
    session: Session, actor: User, institution: Institution, item: InstitutionEvidence
) -> None:
    """Write down that a coordinator read a document."""
    permissions.require_review(actor, institution)
    record(session, actor, institution, "institution.document_read", evidence_id=item.id)


def _add(
    session: Session, actor: User, institution: Institution, *, kind: ProofKind, **values: object
) -> InstitutionEvidence:
    state = ProofState.PROVED if kind is ProofKind.NOTE else ProofState.WAITING
    item = InstitutionEvidence(
        institution_id=institution.id, created_by_id=actor.id, kind=kind, state=state, **values
    )
    session.add(item)
    session.flush()
    record(session, actor, institution, "institution.evidence_added", kind=kind.value)
    return item


def _require_open(
    session: Session, actor: User, institution: Institution, *, counts: bool = True
) -> None:
    permissions.require_edit(actor, institution)
    if institution.state == VerificationState.SUSPENDED:
        raise Conflict(
            _("This institution is suspended. Write an appeal to programme staff first.")
        )
    if counts and evidence_queries.count(session, institution) >= MAXIMUM_PIECES:
        raise Conflict(_("There are twenty pieces already. Remove one before you add another."))


def _explain_address(institution: Institution) -> str:
    hosts = domains.known(institution)
    if hosts:
        return _(
            "This address is not at %(domain)s. Use one that the institution gave out itself.",
            domain=hosts[0],
        )
    if domains.own(institution):
        return _(
            "We know the domain neither as a university's nor from the web site. Write the address "
            "of the web site at that domain into the description, or show a record or a file."
        )
    return _(
        "Write the web domain of the institution into its description first. "
        "A provider of free mailboxes is not enough."
    )
