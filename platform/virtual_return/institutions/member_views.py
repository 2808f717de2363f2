"""Pages about who belongs to an institution."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models.choices import Role
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import emails, permissions, queries
from virtual_return.institutions import members as verbs
from virtual_return.institutions.fields import add_error
from virtual_return.institutions.forms import InviteForm, RoleForm
from virtual_return.security import limiter
from virtual_return.services import services
from virtual_return.transaction import current_session


@limiter.limit(lambda: services().settings.invitation_limit, methods=["POST"])
def members(public_id: str) -> ResponseReturnValue:
    """List the members; owners invite another one here."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    form = InviteForm()
    if form.validate_on_submit():
        try:
            _invite(public_id, form)
            return redirect(url_for("institutions.members", public_id=public_id))
        except Conflict as error:
            add_error(form, error)
    page = render_template(
        "institutions/members.html",
        institution=institution,
        members=queries.members(session, institution, user),
        can_manage=permissions.can_manage(user, institution),
        form=form,
        roles=list(Role),
    )
    return page, 422 if form.errors else 200


def change_role(public_id: str, member_id: str) -> ResponseReturnValue:
    """Give a member another role."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    form = RoleForm()
    if not form.validate_on_submit():
        raise Invalid(_("Choose a role."))
    verbs.change_role(session, user, institution, public_id=member_id, role=Role(form.role.data))
    flash(_("The role was changed."), "success")
    return redirect(url_for("institutions.members", public_id=public_id))


def remove(public_id: str, member_id: str) -> ResponseReturnValue:
    """Take a member out, or leave."""
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    verbs.remove(session, user, institution, public_id=member_id)
    if member_id == user.public_id:
        flash(_("You do not belong to this institution any more."), "success")
        return redirect(url_for("institutions.home"))
    flash(_("This person does not belong to the institution any more."), "success")
    return redirect(url_for("institutions.members", public_id=public_id))


def join(signed: str) -> ResponseReturnValue:
    """Ask before joining: opening a link changes nothing, since mail scanners open every link."""
    session, user = current_session(), signed_in_user()
    secret = services().settings.secret_key
    invitation = verbs.read_invitation(secret, signed)
    form = RoleForm(role=invitation.role.value)
    if form.is_submitted():
        institution = verbs.join(session, user, invitation, secret=secret)
        flash(_("Welcome. You now belong to this institution."), "success")
        return redirect(url_for("institutions.show", public_id=institution.public_id))
    is_mine = verbs.is_for(user, invitation, secret=secret)
    institution = queries.find(session, invitation.institution_id)
    return render_template(
        "institutions/join.html",
        institution=institution if is_mine else None,
        role=invitation.role,
        signed=signed,
    )


def _invite(public_id: str, form: InviteForm) -> None:
    session, user = current_session(), signed_in_user()
    institution = queries.find_for_member(session, user, public_id)
    email, role = str(form.email.data).lower(), Role(form.role.data)
    secret = services().settings.secret_key
    invitation = verbs.invite(session, user, institution, email=email, role=role, secret=secret)
    signed = invitation.signed(secret)
    emails.member_invited(session, institution, user, email=email, signed=signed, role=role)
    flash(_("The invitation is on its way. It can be used for seven days."), "success")
