"""Pages on which members write a need: four short steps, each saved, then a look at the whole."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Need
from models.choices import NeedState
from virtual_return.accounts.access import signed_in_user
from virtual_return.errors import Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.institutions import queries as institutions
from virtual_return.institutions.fields import add_error
from virtual_return.needs import completeness, countries, operations, presenting, queries, states
from virtual_return.needs.completeness import Step
from virtual_return.needs.forms import HowForm, LocalForm, WhatForm, WhoForm
from virtual_return.transaction import current_session

FORMS: dict[Step, Any] = {
    Step.WHAT: WhatForm,
    Step.WHO: WhoForm,
    Step.HOW: HowForm,
    Step.LOCAL: LocalForm,
}
SAVE: dict[Step, Any] = {
    Step.WHAT: operations.save_what,
    Step.WHO: operations.save_who,
    Step.HOW: operations.save_how,
    Step.LOCAL: operations.save_local,
}


def new() -> ResponseReturnValue:
    """Choose for which institution the need is, where there are several."""
    found = institutions.writable(current_session(), signed_in_user())
    if len(found) == 1:
        return redirect(url_for("needs.begin", institution_id=found[0].public_id))
    return render_template("needs/new.html", institutions=found)


def begin(institution_id: str) -> ResponseReturnValue:
    """Begin a brief with its first step; from then on it is saved on the server."""
    session, user = current_session(), signed_in_user()
    institution = institutions.find_for_member(session, user, institution_id)
    permissions.require_edit(user, institution)
    form = WhatForm()
    form.prepare()
    if form.validate_on_submit():
        need = operations.create_draft(session, user, institution, form.values())
        return redirect(_after(need, Step.WHAT))
    page = render_template(
        "needs/steps/what.html",
        form=form,
        need=None,
        institution=institution,
        step=Step.WHAT,
        status=None,
    )
    return page, 422 if form.errors else 200


def brief(public_id: str, step: str) -> ResponseReturnValue:
    """Show and save one step; the next address is the next step, or the look at the whole."""
    session, user = current_session(), signed_in_user()
    need = queries.find_to_edit(session, user, public_id)
    states.require_editable(need)
    which = _step(step)
    form = _form(need, which)
    if form.validate_on_submit():
        try:
            SAVE[which](session, user, need, form.values())
            return redirect(_after(need, which))
        except Invalid as error:
            add_error(form, error)
    page = render_template(
        f"needs/steps/{which}.html",
        form=form,
        need=need,
        institution=need.institution,
        step=which,
        status=countries.status_of(session, need.institution.country),
    )
    return page, 422 if form.errors else 200


def review(public_id: str) -> ResponseReturnValue:
    """Show the whole brief, what it lacks and where to mend it, and submit it."""
    session, user = current_session(), signed_in_user()
    need = queries.find_to_edit(session, user, public_id)
    if request.method == "POST":
        operations.submit(session, user, need)
        flash(_("Sent. Programme staff read it and answer by mail."), "success")
        return redirect(url_for("needs.manage", public_id=public_id))
    if need.state not in states.EDITABLE:
        return redirect(url_for("needs.manage", public_id=public_id))
    status = countries.status_of(session, need.institution.country)
    gaps = completeness.gaps(need, status, queries.today())
    return render_template(
        "needs/review.html",
        need=need,
        gaps=gaps,
        terms=presenting.terms(need, shows_counterpart=True),
    )


def _step(name: str) -> Step:
    if name not in set(Step):
        raise NotFound
    return Step(name)


def _form(need: Need, step: Step) -> Any:
    """Return the form of a step, filled from the draft unless something was sent."""
    form = FORMS[step]()
    if not form.is_submitted():
        form.show(need)
    if step is Step.HOW:
        form.prepare(need)
    elif step is not Step.LOCAL:
        form.prepare()
    return form


def _after(need: Need, step: Step) -> str:
    """Lead on; who came from the look at the whole goes back there."""
    steps = list(Step)
    is_last = step is steps[-1] or request.form.get("then") == "review"
    if is_last or (need.state == NeedState.CHANGES_REQUESTED):
        return url_for("needs.review", public_id=need.public_id)
    following = steps[steps.index(step) + 1]
    return url_for("needs.brief", public_id=need.public_id, step=following)
