"""Pages for people who want to belong: find the institution, use an invitation, join or ask."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from models import Institution
from models.choices import RequestState
from virtual_return.accounts import login
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Conflict, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import invitations, joining, permissions, queries
from virtual_return.institutions import members as verbs
from virtual_return.institutions.fields import add_error
from virtual_return.institutions.joining_forms import AskForm, FindForm, MemberForm
from virtual_return.security import limiter
from virtual_return.services import services
from virtual_return.transaction import audited_refusal, current_session


def find() -> ResponseReturnValue:
    """Look for one's institution among the verified ones."""
    form = FindForm(request.args)
    words = str(form.q.data or "") if form.validate() else ""
    return render_template(
        "institutions/find.html",
        search=form,
        words=words,
        found=queries.search(current_session(), words),
        mine={membership.institution_id for membership in signed_in_user().memberships},
    )


def join(token: str) -> ResponseReturnValue:
    """Ask before joining: opening a link changes nothing, since mail scanners open every link."""
    session, user = current_session(), signed_in_user()
    form = FlaskForm()
    with audited_refusal(
        "institution.join_refused", actor_id=user.id, object_kind="invitation", object_id=None
    ):
        invitation = invitations.find(session, token)
        if form.is_submitted():
            institution = invitations.accept(session, user, token)
            login.rotate()
            flash(_("Welcome. You now belong to this institution."), "success")
            return redirect(url_for("institutions.show", public_id=institution.public_id))
    is_mine = invitations.is_for(user, invitation)
    return render_template(
        "institutions/join.html",
        institution=invitation.institution if is_mine else None,
        role=invitation.role,
        token=token,
    )


@limiter.limit(lambda: services().settings.invitation_limit, methods=["POST"])
def ask(public_id: str) -> ResponseReturnValue:
    """Join at once where a proved address allows it, or ask the owners."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_approved(session, public_id)
    if permissions.is_member(user, institution):
        return redirect(url_for("institutions.show", public_id=public_id))
    role = joining.open_role(session, user, institution)
    form = FlaskForm() if role else AskForm()
    if form.validate_on_submit():
        try:
            return _enter(institution, form, is_open=role is not None)
        except Conflict as error:
            add_error(form, error)
    asked = queries.request_of(session, user, institution)
    page = render_template(
        "institutions/ask.html",
        institution=institution,
        form=form,
        role=role,
        is_waiting=asked is not None and asked.state == RequestState.WAITING,
    )
    return page, 422 if form.errors else 200


def withdraw_request(public_id: str) -> ResponseReturnValue:
    """Take one's own request back."""
    session, user = current_session(), signed_in_user()
    joining.withdraw(session, user, queries.find_approved(session, public_id))
    flash(_("Your request was taken back."), "success")
    return redirect(url_for("institutions.home"))


def appoint(public_id: str) -> ResponseReturnValue:
    """Let a coordinator name an owner where no owner can act."""
    session, user = current_session(), signed_in_user()
    institution = queries.find(session, public_id)
    permissions.require_review(user, institution)
    if queries.has_acting_owner(session, institution):
        raise NotFound
    form = MemberForm()
    form.prepare([one for one in queries.members(session, institution, user) if one.can_act])
    if form.validate_on_submit():
        try:
            verbs.appoint(session, user, institution, public_id=str(form.member.data))
            flash(_("This member is the owner now. They are told by mail."), "success")
            return redirect(url_for("coordination.institution", public_id=public_id))
        except Conflict as error:
            add_error(form, error)
    page = render_template("institutions/appoint.html", institution=institution, form=form)
    return page, 422 if form.errors else 200


def _enter(institution: Institution, form: FlaskForm, *, is_open: bool) -> ResponseReturnValue:
    session, user = current_session(), signed_in_user()
    with audited_refusal(
        "institution.join_refused",
        actor_id=user.id,
        object_kind="institution",
        object_id=institution.id,
    ):
        if is_open:
            joining.join(session, user, institution)
            login.rotate()
            flash(_("Welcome. You now belong to this institution."), "success")
            return redirect(url_for("institutions.show", public_id=institution.public_id))
        joining.ask(session, user, institution, form.message.data or "")
    flash(_("The owners were asked. They answer by mail."), "success")
    return redirect(url_for("institutions.home"))
