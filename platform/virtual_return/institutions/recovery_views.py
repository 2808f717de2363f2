"""The page on which an owner vouches for a member who lost all ways in."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField
from wtforms.validators import DataRequired, Length

from models import User
from virtual_return.accounts import recovery
from virtual_return.accounts.access import fresh, signed_in_user
from virtual_return.i18n import gettext as _
from virtual_return.i18n import locale_code
from virtual_return.institutions import permissions, queries
from virtual_return.security import limiter
from virtual_return.transaction import audited_refusal, current_session


class RecoveryForm(FlaskForm):  # type: ignore[misc]
    """The new address, and the owner's word."""

    email = EmailField(
        _l("New e-mail address of this person"),
        validators=[DataRequired(_l("Enter the new e-mail address.")), Length(max=254)],
        render_kw={"maxlength": 254, "spellcheck": "false", "autocomplete": "off"},
    )
    confirmed = BooleanField(
        _l("I have spoken to this person, and know that the address is theirs"),
        validators=[DataRequired(_l("Speak to the person first, then tick the box."))],
    )


@limiter.limit("20 per hour", methods=["POST"])
@fresh()
def recover_member(public_id: str, member_id: str) -> ResponseReturnValue:
    """Vouch for a member, or stop what was begun."""
    user, session = signed_in_user(), current_session()
    institution = queries.find_for_member(session, user, public_id)
    permissions.require_manage(user, institution)
    found = queries.members(session, institution, user)
    member = next((item for item in found if item.public_id == member_id), None)
    if member is None:
        abort(404)
    back = redirect(url_for("institutions.members", public_id=public_id))
    form = RecoveryForm()
    if request.form.get("do") == "stop":
        recovery.stop_by_owner(session, user, institution.id, member_id)
        flash(_("Stopped."), "success")
        return back
    if form.validate_on_submit():
        with _refusal_noted(user, institution.id):
            recovery.vouch(
                session, user, institution.id, member_id, form.email.data or "",
                locale=locale_code(),
            )  # fmt: skip
        flash(_("We sent a link to the new address, and told the old one."), "success")
        return back
    page = render_template(
        "institutions/recover_member.html",
        form=form,
        institution=institution,
        member=member,
        running=recovery.of_member(session, institution.id, member_id),
    )
    return page, 422 if form.errors else 200


def _refusal_noted(user: User, institution_id: int) -> AbstractContextManager[None]:
    return audited_refusal(
        "account.recovery_refused",
        actor_id=user.id,
        object_kind="institution",
        object_id=institution_id,
    )
