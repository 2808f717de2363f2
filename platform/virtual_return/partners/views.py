"""Pages about hosting needs together, and a partner's totals."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import CoHosting, Institution, Need
from models.choices import CoHostingSide as Side
from models.choices import CoHostingState as State
from virtual_return.accounts.access import signed_in_user
from virtual_return.coordination.cells import MINIMUM
from virtual_return.errors import Conflict, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions, proofs
from virtual_return.institutions import queries as institutions
from virtual_return.institutions.fields import add_error
from virtual_return.needs import queries as needs
from virtual_return.partners import operations, queries, states
from virtual_return.partners import totals as figures
from virtual_return.partners.forms import CoHostingForm
from virtual_return.partners.states import Act
from virtual_return.transaction import audited_refusal, current_session


def home(public_id: str) -> ResponseReturnValue:
    """List what an institution hosts together with others, and what waits."""
    session, user = current_session(), signed_in_user()
    institution = institutions.find_for_member(session, user, public_id)
    return render_template(
        "partners/home.html",
        institution=institution,
        lines=queries.of_institution(session, institution),
    )


def propose(public_id: str) -> ResponseReturnValue:
    """Let the host of a need ask another institution."""
    session, user = current_session(), signed_in_user()
    need = needs.find_to_edit(session, user, public_id)
    form = CoHostingForm()
    form.prepare(queries.candidates(session, need))
    if form.validate_on_submit():
        try:
            return _begin(
                need, institutions.find(session, str(form.institution.data)), Side.HOST, form
            )
        except Conflict as error:
            add_error(form, error)
    page = render_template(
        "partners/propose.html",
        need=need,
        form=form,
        lines=queries.of_need(session, need),
        is_hostable=need.state in states.HOSTABLE,
    )
    return page, 422 if form.errors else 200


def offer(public_id: str) -> ResponseReturnValue:
    """Let a verified institution offer to host somebody else's need too."""
    session, user = current_session(), signed_in_user()
    need = operations.require_need(session, user, public_id)
    choices = queries.could_offer(user, need)
    if not choices:
        raise NotFound
    form = CoHostingForm()
    form.prepare(choices)
    if not form.is_submitted() and len(choices) == 1:
        form.institution.data = choices[0].public_id
    if form.validate_on_submit():
        try:
            return _begin(
                need, institutions.find(session, str(form.institution.data)), Side.PARTNER, form
            )
        except Conflict as error:
            add_error(form, error)
    page = render_template("partners/offer.html", need=need, form=form)
    return page, 422 if form.errors else 200


def show(public_id: str) -> ResponseReturnValue:
    """Show a proposal or an agreement to its two sides, with what can be done now."""
    session, user = current_session(), signed_in_user()
    found = queries.find_for_member(session, user, public_id)
    sides = queries.sides_of(user, found)
    can_edit = [side for side in sides if permissions.can_edit(user, _institution(found, side))]
    return render_template(
        "partners/show.html",
        co_hosting=found,
        need=found.need,
        is_host=Side.HOST in sides,
        shows_brief=Side.HOST in sides
        or found.state in (State.PROPOSED, State.AGREED)
        or needs.is_open(found.need),
        is_open=needs.is_open(found.need),
        acts=[act for act in Act if any(states.allows(found, act, side) for side in can_edit)],
    )


def act(public_id: str, act: str) -> ResponseReturnValue:
    """Accept, decline, take back or end."""
    session, user = current_session(), signed_in_user()
    found = queries.find_for_member(session, user, public_id)
    if act not in set(Act):
        raise NotFound
    which = Act(act)
    sides = queries.sides_of(user, found)
    side = next((one for one in sides if states.allows(found, which, one)), sides[0])
    with audited_refusal(
        "co_hosting.refused", actor_id=user.id, object_kind="need", object_id=found.need_id
    ):
        operations.VERBS[which](session, user, found, side)
    flash(_told(which), "success")
    return redirect(url_for("partners.show", public_id=public_id))


def totals(public_id: str) -> ResponseReturnValue:
    """Show a partner its totals; nothing on this page is about one person."""
    session, user = current_session(), signed_in_user()
    institution = institutions.find_for_member(session, user, public_id)
    if not institution.is_partner or not institution.is_verified:
        raise NotFound
    return render_template(
        "partners/totals.html",
        institution=institution,
        made=figures.latest(session, institution),
        domain=proofs.joinable_domain(session, institution),
        minimum=MINIMUM,
    )


def _begin(
    need: Need, institution: Institution, side: Side, form: CoHostingForm
) -> ResponseReturnValue:
    session, user = current_session(), signed_in_user()
    verb = operations.propose if side == Side.HOST else operations.offer
    with audited_refusal(
        "co_hosting.refused", actor_id=user.id, object_kind="need", object_id=need.id
    ):
        made = verb(session, user, need, institution, form.message.data or "")
    flash(_("Sent. The other side answers; you are told by mail."), "success")
    return redirect(url_for("partners.show", public_id=made.public_id))


def _institution(co_hosting: CoHosting, side: Side) -> Institution:
    return co_hosting.need.institution if side == Side.HOST else co_hosting.institution


def _told(done: Act) -> str:
    return {
        Act.ACCEPT: _("Agreed. You host this need together from now on."),
        Act.DECLINE: _("You said no. The other side is told."),
        Act.WITHDRAW: _("The proposal was taken back."),
        Act.END: _("This has ended. The other side is told."),
    }[done]
