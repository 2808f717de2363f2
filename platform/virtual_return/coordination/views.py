"""The queue of programme staff, and the pages on which they decide."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Institution
from virtual_return.accounts.access import signed_in_user
from virtual_return.coordination import operations, queries, rules
from virtual_return.coordination.forms import (
    DecisionForm,
    decisions_on_need,
)
from virtual_return.coordination.operations import Decision
from virtual_return.errors import Conflict, DomainError
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.institutions.fields import add_error
from virtual_return.needs import completeness, countries, presenting
from virtual_return.needs import queries as needs
from virtual_return.transaction import current_session


def queue() -> ResponseReturnValue:
    """List what waits for a decision, the oldest first."""
    session, user = current_session(), signed_in_user()
    return render_template(
        "coordination/queue.html",
        institutions=queries.waiting_institutions(session, user),
        needs=queries.waiting_needs(session, user),
    )


def need(public_id: str) -> ResponseReturnValue:
    """Show all of a need, and decide."""
    session, user = current_session(), signed_in_user()
    found = queries.find_need(needs.find(session, public_id))
    form = DecisionForm()
    form.prepare(decisions_on_need(found))
    require_decidable(form, found.institution)
    if form.validate_on_submit():
        try:
            decision, reason = Decision(form.decision.data), form.reason.data or ""
            operations.decide_need(session, user, found, decision, reason)
            return decided()
        except DomainError as error:
            session.refresh(found)
            add_error(form, error)
    status = countries.status_of(session, found.institution.country)
    page = render_template(
        "coordination/need.html",
        need=found,
        form=form,
        may_decide=permissions.can_review(user, found.institution),
        rules=rules.choosable(session, found),
        gaps=completeness.gaps(found, status, needs.today()),
        terms=presenting.terms(found, shows_counterpart=True),
        history=queries.history(session, "need", found.id),
        decided_before=queries.last_decider(session, "need", found.id) == user.id,
    )
    return page, 422 if form.errors else 200


def require_decidable(form: DecisionForm, about: Institution) -> None:
    """Refuse what the page did not offer: it was one's own, or somebody was faster."""
    if not form.is_submitted():
        return
    permissions.require_review(signed_in_user(), about)
    if not form.decision.choices:
        raise Conflict(_("This was decided in the meantime. Read it again."))


def decided() -> ResponseReturnValue:
    flash(_("Decided. The institution is told by mail."), "success")
    return redirect(url_for("coordination.queue"))
