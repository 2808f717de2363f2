"""Pages on which programme staff publish rules and apply them to needs."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from virtual_return.accounts.access import signed_in_user
from virtual_return.coordination import queries, rules
from virtual_return.coordination.rule_forms import RuleForm
from virtual_return.errors import Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions.fields import add_error
from virtual_return.needs import queries as needs
from virtual_return.transaction import current_session


def index() -> ResponseReturnValue:
    """List the rules, and publish one."""
    session = current_session()
    form = RuleForm()
    form.prepare()
    if form.validate_on_submit():
        try:
            rules.publish(session, signed_in_user(), form.wording())
            flash(_("Published. Apply it to a need where you review the need."), "success")
            return redirect(url_for("coordination.rules"))
        except Invalid as error:
            add_error(form, error)
    page = render_template("coordination/rules.html", rules=rules.every(session), form=form)
    return page, 422 if form.errors else 200


def retire(public_id: str) -> ResponseReturnValue:
    """Retire a rule."""
    session = current_session()
    rules.retire(session, signed_in_user(), rules.find(session, public_id))
    flash(_("Retired. Needs that come under it stay under it."), "success")
    return redirect(url_for("coordination.rules"))


def put_under(public_id: str) -> ResponseReturnValue:
    """Let a need come under the rule that was chosen, or under none."""
    session = current_session()
    need = queries.find_need(needs.find(session, public_id))
    chosen = request.form.get("rule", "")
    rule = rules.find(session, chosen) if chosen else None
    rules.put_under(session, signed_in_user(), need, rule)
    flash(_("Saved. Lists of this need follow at once."), "success")
    return redirect(url_for("coordination.need", public_id=public_id))
