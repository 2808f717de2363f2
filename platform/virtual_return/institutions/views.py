"""Pages of an institution for those who belong to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import (
    duplicates,
    evidence_queries,
    operations,
    permissions,
    queries,
    states,
)
from virtual_return.institutions.duplicates import Duplicate
from virtual_return.institutions.fields import add_error
from virtual_return.institutions.forms import AppealForm, DescriptionForm, EvidenceForm
from virtual_return.institutions.states import Step
from virtual_return.transaction import current_session


def home() -> ResponseReturnValue:
    """List the institutions that one belongs to, or say how to begin."""
    session, user = current_session(), signed_in_user()
    return render_template(
        "institutions/home.html",
        mine=queries.mine(session, user),
        requests=queries.my_requests(session, user),
    )


def create() -> ResponseReturnValue:
    """Describe a new institution."""
    form = DescriptionForm()
    form.prepare()
    alike: list[Duplicate] = []
    if form.validate_on_submit() and not form.is_another.data:
        alike = duplicates.seen_by_all(current_session(), form.values())
        if alike:
            form.form_errors = [
                *form.form_errors,
                _("Something very much alike is here already. Look whether it is yours."),
            ]
    if form.is_submitted() and not form.errors:
        institution = operations.create(current_session(), signed_in_user(), form.values())
        flash(_("Saved. Next, ask programme staff to verify it."), "success")
        return redirect(url_for("institutions.show", public_id=institution.public_id))
    status = 422 if form.errors else 200
    page = render_template("institutions/edit.html", form=form, institution=None, alike=alike)
    return page, status


def show(public_id: str) -> ResponseReturnValue:
    """Show an institution with its state and what to do next."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    return render_template(
        "institutions/show.html",
        institution=institution,
        needs=queries.needs_of(session, institution),
        members=queries.members(session, institution, user),
        can_edit=permissions.can_edit(user, institution),
        can_manage=permissions.can_manage(user, institution),
        can_submit=states.allows(institution, Step.SUBMIT),
        lapses_at=states.lapses_at(institution),
        is_editable=institution.state in states.EDITABLE,
    )


def edit(public_id: str) -> ResponseReturnValue:
    """Change the description."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    permissions.require_edit(user, institution)
    states.require_editable(institution)
    form = DescriptionForm()
    if not form.is_submitted():
        form.show(institution)
    form.prepare()
    if form.validate_on_submit():
        try:
            operations.edit(session, user, institution, form.values())
            flash(_("Saved."), "success")
            return redirect(url_for("institutions.show", public_id=public_id))
        except Conflict as error:
            add_error(form, error)
    status = 422 if form.errors else 200
    page = render_template("institutions/edit.html", form=form, institution=institution, alike=[])
    return page, status


def verification(public_id: str) -> ResponseReturnValue:
    """Ask programme staff to verify the institution, or to verify it anew."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    permissions.require_edit(user, institution)
    form = EvidenceForm(evidence=institution.verification_evidence)
    if form.validate_on_submit():
        try:
            operations.submit(session, user, institution, form.evidence.data or "")
            flash(_("Sent. Programme staff read it and answer by mail."), "success")
            return redirect(url_for("institutions.show", public_id=public_id))
        except Invalid as error:
            form.evidence.errors = [error.message]
    page = render_template(
        "institutions/verification.html",
        form=form,
        institution=institution,
        items=evidence_queries.for_members(session, institution),
        can_submit=states.allows(institution, Step.SUBMIT),
        lapses_at=states.lapses_at(institution),
    )
    return page, 422 if form.errors else 200


def appeal(public_id: str) -> ResponseReturnValue:
    """Answer a refusal."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    permissions.require_edit(user, institution)
    form = AppealForm()
    if form.validate_on_submit():
        operations.appeal(session, user, institution, form.appeal.data or "")
        flash(_("Your appeal was sent. Programme staff answer by mail."), "success")
        return redirect(url_for("institutions.show", public_id=public_id))
    status = 422 if form.errors else 200
    return render_template("institutions/appeal.html", form=form, institution=institution), status
