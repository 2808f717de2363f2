"""Pages on which programme staff see how things stand."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.choices import CountryState, VerificationState
from virtual_return.accounts.access import signed_in_user
from virtual_return.coordination import operations, queries, trail
from virtual_return.coordination.forms import CountryForm
from virtual_return.coordination.trail_form import TrailForm
from virtual_return.errors import Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fields import add_error
from virtual_return.needs import queries as needs
from virtual_return.transaction import current_session


def countries() -> ResponseReturnValue:
    """List the countries with a status, and set one."""
    session, user = current_session(), signed_in_user()
    form = CountryForm()
    form.prepare()
    if form.validate_on_submit():
        try:
            operations.set_country_status(
                session,
                user,
                country=form.country.data,
                state=CountryState(form.state.data),
                reason=form.reason.data or "",
                since=form.since.data or needs.today(),
            )
            flash(_("The status was set."), "success")
            return redirect(url_for("coordination.countries"))
        except Invalid as error:
            add_error(form, error)
    statuses = queries.country_statuses(session)
    page = render_template("coordination/countries.html", statuses=statuses, form=form)
    return page, 422 if form.errors else 200


def institutions() -> ResponseReturnValue:
    """List institutions, all or in one state."""
    wanted = request.args.get("state", "")
    state = VerificationState(wanted) if wanted in set(VerificationState) else None
    return render_template(
        "coordination/institutions.html",
        page=queries.institutions(current_session(), state, page_number()),
        state=state,
        states=list(VerificationState),
    )


def audit() -> ResponseReturnValue:
    """Show the audit trail: ids and actions, never names."""
    session = current_session()
    form = TrailForm(request.args)
    form.prepare(trail.kinds(session))
    filters = form.filters()
    return render_template(
        "coordination/audit.html",
        page=queries.audit_trail(session, filters, page_number()),
        search=form,
        chosen=form.chosen(),
        head=trail.head(session),
    )


def overview() -> ResponseReturnValue:
    """Show how the programme stands, in counts."""
    return render_template("coordination/overview.html", counts=queries.overview(current_session()))


def page_number() -> int:
    """Return the page that the address asks for, or the first."""
    given = request.args.get("page", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else 1
