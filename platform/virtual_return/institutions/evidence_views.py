"""Pages on which an institution shows that it is what it says."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import Request, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Institution
from models.choices import ProofKind
from virtual_return import audit
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import (
    checking,
    documents,
    domains,
    evidence,
    evidence_emails,
    evidence_queries,
    permissions,
    queries,
)
from virtual_return.institutions.evidence_forms import (
    DomainProofForm,
    EmailProofForm,
    EmptyForm,
    UploadForm,
)
from virtual_return.security import limiter
from virtual_return.services import services
from virtual_return.transaction import audited_refusal, current_session, write_apart

UPLOAD_LIMIT = "30 per day"
CHECK_LIMIT = "60 per hour"


def allow_size(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Take larger requests for an upload alone, and from nobody who has not signed in."""
    if request.endpoint == "institutions.evidence_upload" and current_user.is_authenticated:
        asked: Request = request
        most = asked.max_content_length = documents.MAXIMUM_BYTES + documents.FORM_BYTES
        if (asked.content_length or 0) > most:
            # The form is never read, so that the view cannot say it.
            actor_id = signed_in_user().id
            write_apart(
                lambda session: audit.record(
                    session,
                    "institution.document_refused",
                    actor_id=actor_id,
                    object_kind="institution",
                    cause="too_large",
                )
            )


def show(public_id: str) -> ResponseReturnValue:
    """List what was given, and the ways to add to it."""
    return _page(_editable(public_id), EmailProofForm())


@limiter.limit(lambda: services().settings.invitation_limit, methods=["POST"])
def email(public_id: str) -> ResponseReturnValue:
    """Mail a link to an address at the institution's domain."""
    institution, user = _editable(public_id), signed_in_user()
    form = EmailProofForm()
    if form.validate_on_submit():
        address = str(form.email.data).lower()
        try:
            with _refusals("institution.address_refused", institution):
                token = evidence.begin_email_proof(current_session(), user, institution, address)
        except (Conflict, Invalid) as error:
            form.email.errors = [error.message]
        else:
            evidence_emails.email_proof(
                current_session(), institution, user, email=address, token=token
            )
            flash(_("A link is on its way to that address. Open it within a day."), "success")
            return _back(institution)
    return _page(institution, form), 422


def prove(public_id: str, token: str) -> ResponseReturnValue:
    """Ask before using a link: programs that look into mail open every one."""
    session, user = current_session(), signed_in_user()
    institution = _editable(public_id)
    form = EmptyForm()
    if form.validate_on_submit():
        with _refusals("institution.evidence_link_refused", institution):
            evidence.prove_email(session, user, institution, token)
        flash(_("Proved. It counts for the verification from now on."), "success")
        return _back(institution)
    item = evidence.find_email_proof(session, user, institution, token)
    return render_template(
        "institutions/evidence_prove.html", institution=institution, item=item, form=form
    )


def domain(public_id: str) -> ResponseReturnValue:
    """Make the line for a record or a file."""
    institution = _editable(public_id)
    form = DomainProofForm()
    if not form.validate_on_submit():
        raise Invalid(_("Choose how to show it."))
    evidence.begin_domain_proof(
        current_session(), signed_in_user(), institution, ProofKind(form.kind.data or "")
    )
    flash(_("Follow the steps below, then let us look."), "success")
    return _back(institution)


@limiter.limit(CHECK_LIMIT, methods=["POST"])
def check(public_id: str, evidence_id: str) -> ResponseReturnValue:
    """Let the worker look now."""
    session, institution = current_session(), _editable(public_id)
    item = evidence_queries.find(session, institution, evidence_id)
    evidence.ask_for_check(session, signed_in_user(), institution, item)
    flash(_("We are looking. Reload the page in half a minute."), "success")
    return _back(institution)


@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
def upload(public_id: str) -> ResponseReturnValue:
    """Take a document, make it clean, and keep it where only coordinators read it."""
    session, user, institution = current_session(), signed_in_user(), _editable(public_id)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            evidence.require_room(session, user, institution)
            refusals = _refusals("institution.document_refused", institution)
            # Cleaning takes a while, and nobody else could write meanwhile; nothing is written yet.
            session.rollback()
            with refusals:
                document = documents.keep(services().settings.data_dir, _uploaded(form))
            evidence.add_document(session, user, institution, document)
            flash(
                _("Kept. Only programme staff can read it, and each reading is noted."), "success"
            )
            return _back(institution)
        except (Conflict, Invalid) as error:
            form.document.errors = [error.message]
    page = render_template("institutions/evidence_upload.html", institution=institution, form=form)
    return page, 422 if form.errors else 200


def remove(public_id: str, evidence_id: str) -> ResponseReturnValue:
    """Take back what was given."""
    session, institution = current_session(), _editable(public_id)
    item = evidence_queries.find(session, institution, evidence_id)
    evidence.remove(session, signed_in_user(), institution, item)
    flash(_("Removed."), "success")
    return _back(institution)


def _refusals(action: str, institution: Institution) -> AbstractContextManager[None]:
    """Note in the audit trail what is refused, though nothing else of the request is kept."""
    return audited_refusal(
        action,
        actor_id=signed_in_user().id,
        object_kind="institution",
        object_id=institution.id,
    )


def _uploaded(form: UploadForm) -> bytes:
    """Read no more than may be: what is longer is refused for its length."""
    file = form.document.data
    content: bytes = file.stream.read(documents.MAXIMUM_BYTES + 1) if file else b""
    return content


def _editable(public_id: str) -> Institution:
    institution = queries.find_for_member(current_session(), signed_in_user(), public_id)
    permissions.require_edit(signed_in_user(), institution)
    return institution


def _back(institution: Institution) -> ResponseReturnValue:
    return redirect(url_for("institutions.evidence", public_id=institution.public_id))


def _page(institution: Institution, form: EmailProofForm) -> str:
    return render_template(
        "institutions/evidence.html",
        institution=institution,
        items=evidence_queries.for_members(current_session(), institution),
        own=domains.own(institution),
        known=domains.known(institution),
        checking=checking,
        form=form,
    )
