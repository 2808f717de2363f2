"""The page on which programme staff decide about an institution, and what they read for it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Institution
from virtual_return.accounts.access import signed_in_user
from virtual_return.coordination import operations, queries
from virtual_return.coordination.forms import DecisionForm, NoteForm, decisions_on_institution
from virtual_return.coordination.operations import Decision
from virtual_return.coordination.views import decided, require_decidable
from virtual_return.errors import DomainError, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import (
    approvals,
    documents,
    domains,
    duplicates,
    evidence,
    evidence_queries,
    permissions,
)
from virtual_return.institutions import queries as institutions
from virtual_return.institutions.fields import add_error
from virtual_return.services import services
from virtual_return.transaction import audited_refusal, current_session, writes


def institution(public_id: str) -> ResponseReturnValue:
    """Show all of an institution, and decide."""
    found = institutions.find(current_session(), public_id)
    form = DecisionForm()
    form.prepare(decisions_on_institution(found))
    require_decidable(form, found)
    if form.validate_on_submit():
        try:
            return _decide(form, found)
        except DomainError as error:
            current_session().refresh(found)
            add_error(form, error)
    return _page(found, form, NoteForm(formdata=None)), 422 if form.errors else 200


def note(public_id: str) -> ResponseReturnValue:
    """Keep what a coordinator found out."""
    session, user = current_session(), signed_in_user()
    found = institutions.find(session, public_id)
    permissions.require_review(user, found)
    form = NoteForm()
    if form.validate_on_submit():
        evidence.add_note(session, user, found, form.note.data or "")
        flash(_("Noted. Only programme staff read it."), "success")
        return redirect(url_for("coordination.institution", public_id=public_id))
    decision = DecisionForm(formdata=None)
    decision.prepare(decisions_on_institution(found))
    return _page(found, decision, form), 422


@writes
def document(public_id: str, evidence_id: str) -> ResponseReturnValue:
    """Hand out a document as a download that no browser opens by itself, and note who read it."""
    session, user = current_session(), signed_in_user()
    found = institutions.find(session, public_id)
    item = evidence_queries.find(session, found, evidence_id)
    with audited_refusal(
        "institution.document_refused_to",
        actor_id=user.id,
        object_kind="institution",
        object_id=found.id,
    ):
        evidence.note_reading(session, user, found, item)
    if not item.file_name:
        raise NotFound(_("This document was deleted."))
    path = documents.path_of(services().settings.data_dir, item.file_name)
    if not path.is_file():
        raise NotFound(_("This document was deleted."))
    answer = Response(path.read_bytes(), mimetype=item.media_type)
    name = f"evidence-{item.public_id}.{documents.EXTENSIONS[item.media_type]}"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _decide(form: DecisionForm, found: Institution) -> ResponseReturnValue:
    user = signed_in_user()
    with audited_refusal(
        "institution.decision_refused",
        actor_id=user.id,
        object_kind="institution",
        object_id=found.id,
    ):
        is_decided = operations.decide_institution(
            current_session(),
            user,
            found,
            Decision(form.decision.data),
            form.reason.data or "",
            approvals_needed=services().settings.institution_approvals,
        )
    if is_decided:
        return decided()
    flash(_("Your yes is noted. It is verified once another coordinator says yes too."), "success")
    return redirect(url_for("coordination.queue"))


def _page(found: Institution, form: DecisionForm, note_form: NoteForm) -> str:
    session, user = current_session(), signed_in_user()
    needs_two = services().settings.institution_approvals > 1
    return render_template(
        "coordination/institution.html",
        institution=found,
        members=institutions.members(session, found, user),
        needs=queries.needs_of(session, found),
        form=form if form.errors or not note_form.errors else note_form,
        decision_form=form,
        note_form=note_form,
        items=evidence_queries.all_of(session, found),
        alike=duplicates.of(session, found),
        schools=domains.school_names(found.domain),
        is_academic=domains.is_academic(found.domain),
        is_below_own=domains.is_below_own,
        may_decide=permissions.can_review(user, found),
        history=queries.history(session, "institution", found.id),
        decided_before=approvals.last_refuser(session, found) == user.id,
        said_yes=approvals.approved_by(session, found),
        needs_two=needs_two,
        others=len(approvals.others(session, user, found)),
        reader=user,
    )
