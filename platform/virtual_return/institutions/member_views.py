"""Pages about who belongs to an institution, for its members."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Institution, User
from models.choices import Role
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import (
    emails,
    invitations,
    joining,
    permissions,
    proofs,
    queries,
)
from virtual_return.institutions import members as verbs
from virtual_return.institutions.fields import add_error
from virtual_return.institutions.forms import InviteForm, RoleForm
from virtual_return.institutions.joining_forms import AnswerForm, JoiningForm, MemberForm
from virtual_return.security import limiter
from virtual_return.services import services
from virtual_return.transaction import audited_refusal, current_session


@limiter.limit(lambda: services().settings.invitation_limit, methods=["POST"])
def members(public_id: str) -> ResponseReturnValue:
    """List the members; owners invite another one here, and answer who asks."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    form = InviteForm()
    if form.validate_on_submit():
        try:
            _invite(institution, form)
            return _back(institution)
        except (Conflict, Invalid) as error:
            add_error(form, error)
    can_manage = permissions.can_manage(user, institution)
    page = render_template(
        "institutions/members.html",
        institution=institution,
        members=queries.members(session, institution, user),
        can_manage=can_manage,
        form=form,
        roles=list(Role),
        invitations=queries.invitations(session, institution) if can_manage else [],
        requests=queries.requests_to(session, institution) if can_manage else [],
        request_roles=joining.ROLES,
        rule=queries.joining_rule(session, institution),
    )
    return page, 422 if form.errors else 200


def change_role(public_id: str, member_id: str) -> ResponseReturnValue:
    """Give a member another role."""
    form = RoleForm()
    if not form.validate_on_submit():
        raise Invalid(_("Choose a role."))
    role = Role(form.role.data)

    def act(user: User, institution: Institution) -> None:
        verbs.change_role(current_session(), user, institution, public_id=member_id, role=role)

    institution = _act(public_id, "institution.role_change_refused", act)
    flash(_("The role was changed."), "success")
    if permissions.is_member(signed_in_user(), institution):
        return _back(institution)
    return redirect(url_for("institutions.home"))


def remove(public_id: str, member_id: str) -> ResponseReturnValue:
    """Take a member out, or leave."""

    def act(user: User, institution: Institution) -> None:
        verbs.remove(current_session(), user, institution, public_id=member_id)

    institution = _act(public_id, "institution.removal_refused", act)
    if member_id == signed_in_user().public_id:
        flash(_("You do not belong to this institution any more."), "success")
        return redirect(url_for("institutions.home"))
    flash(_("This person does not belong to the institution any more."), "success")
    return _back(institution)


def transfer(public_id: str) -> ResponseReturnValue:
    """Hand ownership to another member."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    permissions.require_manage(user, institution)
    form = MemberForm()
    found = queries.members(session, institution, user)
    form.prepare([one for one in found if one.can_act and not one.is_me])
    if form.validate_on_submit():
        chosen = str(form.member.data)

        def act(user: User, institution: Institution) -> None:
            verbs.transfer(session, user, institution, public_id=chosen)

        try:
            _act(public_id, "institution.transfer_refused", act)
            flash(_("They are an owner now, and you are an editor."), "success")
            return _back(institution)
        except (Conflict, Invalid) as error:
            add_error(form, error)
    page = render_template("institutions/transfer.html", institution=institution, form=form)
    return page, 422 if form.errors else 200


def joining_settings(public_id: str) -> ResponseReturnValue:
    """Let owners decide who may join without an invitation."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    permissions.require_manage(user, institution)
    rule = queries.joining_rule(session, institution)
    form = JoiningForm(role=rule.role.value if rule else "")
    if form.validate_on_submit():
        try:
            joining.allow(session, user, institution, form.chosen())
            flash(_("Saved."), "success")
            return _back(institution)
        except (Conflict, Invalid) as error:
            add_error(form, error)
    page = render_template(
        "institutions/joining.html",
        institution=institution,
        form=form,
        domain=proofs.joinable_domain(session, institution),
    )
    return page, 422 if form.errors else 200


def answer_request(public_id: str, request_id: str) -> ResponseReturnValue:
    """Let somebody in who asked, or say no."""
    form = AnswerForm()
    if not form.validate_on_submit():
        raise Invalid(_("Choose a role."))

    def act(user: User, institution: Institution) -> None:
        session = current_session()
        if form.answer.data == "yes":
            role = Role(form.role.data)
            joining.accept(session, user, institution, public_id=request_id, role=role)
        else:
            joining.decline(session, user, institution, public_id=request_id)

    institution = _act(public_id, "institution.join_answer_refused", act)
    flash(_("Answered. They are told by mail."), "success")
    return _back(institution)


def revoke_invitation(public_id: str, invitation_id: str) -> ResponseReturnValue:
    """Take an invitation back."""

    def act(user: User, institution: Institution) -> None:
        invitations.revoke(current_session(), user, institution, public_id=invitation_id)

    institution = _act(public_id, "institution.revocation_refused", act)
    flash(_("The invitation was taken back. Its link leads nowhere now."), "success")
    return _back(institution)


def _act(public_id: str, refusal: str, act: Callable[[User, Institution], None]) -> Institution:
    """Do something with an institution as its member, and note where that is refused."""
    user = signed_in_user()
    institution = queries.find_for_member(current_session(), user, public_id)
    with audited_refusal(
        refusal, actor_id=user.id, object_kind="institution", object_id=institution.id
    ):
        act(user, institution)
    return institution


def _invite(institution: Institution, form: InviteForm) -> None:
    def act(user: User, institution: Institution) -> None:
        sent = invitations.invite(
            current_session(),
            user,
            institution,
            email=str(form.email.data),
            role=Role(form.role.data),
        )
        until = sent.invitation.expires_at
        emails.member_invited(current_session(), sent.invitation, token=sent.token, until=until)

    _act(institution.public_id, "institution.invitation_refused", act)
    flash(_("The invitation is on its way. It can be used for seven days."), "success")


def _back(institution: Institution) -> ResponseReturnValue:
    return redirect(url_for("institutions.members", public_id=institution.public_id))
