"""Pages on which members look after a need that exists."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.institutions.forms import AppealForm
from virtual_return.needs import operations, presenting, queries, states
from virtual_return.needs.states import Act
from virtual_return.transaction import current_session

VERBS = {
    Act.TAKE_BACK: operations.take_back,
    Act.RENEW: operations.renew,
    Act.FILL: operations.fill,
    Act.CLOSE: operations.close,
}


def manage(public_id: str) -> ResponseReturnValue:
    """Show a need to its institution, with its state and what can be done now."""
    session, user = current_session(), signed_in_user()
    need = queries.find_for_member(session, user, public_id)
    can_edit = permissions.can_edit(user, need.institution)
    return render_template(
        "needs/manage.html",
        need=need,
        can_edit=can_edit,
        is_editable=can_edit and need.state in states.EDITABLE,
        acts=[act for act in VERBS if can_edit and states.allows(need, act)],
        can_appeal=can_edit and states.can_appeal(need),
        is_open=queries.is_open(need),
        facts=presenting.facts(need, [item.language for item in need.languages]),
        terms=presenting.terms(need, shows_counterpart=True),
    )


def act(public_id: str, name: str) -> ResponseReturnValue:
    """Take back, renew, fill or close."""
    session, user = current_session(), signed_in_user()
    need = queries.find_to_edit(session, user, public_id)
    if name not in {str(item) for item in VERBS}:
        raise NotFound
    VERBS[Act(name)](session, user, need)
    flash(_told(Act(name)), "success")
    return redirect(url_for("needs.manage", public_id=public_id))


def appeal(public_id: str) -> ResponseReturnValue:
    """Answer a refusal."""
    session, user = current_session(), signed_in_user()
    need = queries.find_to_edit(session, user, public_id)
    form = AppealForm()
    if form.validate_on_submit():
        operations.appeal(session, user, need, form.appeal.data or "")
        flash(_("Your appeal was sent. Programme staff answer by mail."), "success")
        return redirect(url_for("needs.manage", public_id=public_id))
    status = 422 if form.errors else 200
    return render_template("needs/appeal.html", need=need, form=form), status


def duplicate(public_id: str) -> ResponseReturnValue:
    """Make a new draft from a need."""
    session, user = current_session(), signed_in_user()
    need = queries.find_to_edit(session, user, public_id)
    copy = operations.duplicate(session, user, need)
    flash(_("This is a new draft with the same text. Check it, then add its dates."), "success")
    return redirect(url_for("needs.brief", public_id=copy.public_id, step="what"))


def discard(public_id: str) -> ResponseReturnValue:
    """Delete a draft."""
    session, user = current_session(), signed_in_user()
    need = queries.find_to_edit(session, user, public_id)
    institution = need.institution.public_id
    operations.discard(session, user, need)
    flash(_("The draft was deleted."), "success")
    return redirect(url_for("institutions.show", public_id=institution))


def _told(done: Act) -> str:
    return {
        Act.TAKE_BACK: _("It is a draft again: change it, then submit it once more."),
        Act.RENEW: _("The need is open."),
        Act.FILL: _("Marked as filled. Nobody new is asked."),
        Act.CLOSE: _("The need is closed."),
    }[done]
