"""Pages of engagements: from the question to the answer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Engagement, Need, User
from virtual_return import audit, policy
from virtual_return.accounts.access import require_second_factor, signed_in_user
from virtual_return.engagements import operations, queries, states
from virtual_return.engagements.forms import AnswerForm, InterestForm, InviteForm
from virtual_return.engagements.presenting import other_side, present
from virtual_return.engagements.states import Action, Side
from virtual_return.i18n import gettext as _
from virtual_return.matches import service as matches
from virtual_return.needs import queries as needs
from virtual_return.security import SignatureError, limiter, unseal
from virtual_return.services import services
from virtual_return.transaction import current_session, write_apart


def index() -> ResponseReturnValue:
    """List what waits for an answer, then everything else, on both sides."""
    user = signed_in_user()
    session = current_session()
    as_expert = queries.of_expert(session, user.expert.id) if user.expert else ()
    as_member = queries.of_member(session, user.id)
    return render_template(
        "engagements/index.html",
        as_expert=[present(item, Side.EXPERT) for item in as_expert],
        as_member=[present(item, Side.INSTITUTION) for item in as_member],
    )


@limiter.limit(lambda: services().settings.invitation_limit, methods=["POST"])
def invite(public_id: str, handle: str) -> ResponseReturnValue:
    """Write to somebody of a list, who is still unnamed."""
    user, need, expert_id = _load_candidate(public_id, handle)
    session = current_session()
    match = matches.candidate(session, need, expert_id)
    if match is None:
        abort(404)
    form = InviteForm()
    if form.validate_on_submit():
        engagement = operations.invite(
            session,
            user,
            need,
            expert_id,
            form.message.data or "",
            band=match.band,
            reasons=match.reasons_document(),
        )
        flash(_("The invitation is on its way. You will hear when there is an answer."))
        return redirect(url_for("engagements.show", public_id=engagement.public_id))
    status = 422 if form.errors else 200
    return render_template("engagements/invite.html", need=need, match=match, form=form), status


def express_interest(public_id: str) -> ResponseReturnValue:
    """Offer oneself for a need, without a name."""
    user = signed_in_user()
    session = current_session()
    need = needs.shown_to(session, public_id, user)
    if need is None:
        abort(404)
    form = InterestForm()
    if form.validate_on_submit():
        engagement = operations.express_interest(session, user, need, form.message.data or "")
        flash(_("The institution was told. It sees what you can do, and not who you are."))
        return redirect(url_for("engagements.show", public_id=engagement.public_id))
    status = 422 if form.errors else 200
    return render_template("engagements/interest.html", need=need, form=form), status


def show(public_id: str) -> ResponseReturnValue:
    """Show one engagement as its side may see it."""
    engagement, side = _load(public_id)
    session = current_session()
    if side is Side.INSTITUTION and engagement.revealed_at is not None:
        refusal = require_second_factor()
        if refusal is not None:
            return refusal
        _note_named_view(engagement)
    return render_template(
        "engagements/show.html",
        item=present(engagement, side),
        other=other_side(session, engagement, side),
        actions=states.actions_for(engagement.state, side),
        form=AnswerForm(),
    )


def answer(public_id: str, action: str) -> ResponseReturnValue:
    """Accept, decline, withdraw, close or end."""
    engagement, side = _load(public_id)
    wanted = _action(action)
    form = AnswerForm()
    if not form.validate_on_submit():
        abort(422)
    user, session = signed_in_user(), current_session()
    policy.engagements.take_step(user, engagement, wanted).require()
    reason = form.reason.data or ""
    match wanted:
        case Action.ACCEPT:
            operations.accept(session, user, engagement, side)
            flash(_("Both of you said yes. You now see each other's name and contact."))
        case Action.DECLINE:
            operations.decline(session, user, engagement, side, reason)
            flash(_("Done. Nobody is told why, and it changes nothing for you."))
        case Action.WITHDRAW:
            operations.withdraw(session, user, engagement, side)
            flash(_("Taken back."))
        case _:
            operations.end(session, user, engagement, side, action=wanted, reason=reason)
            flash(_("This engagement is over."))
    return redirect(url_for("engagements.show", public_id=engagement.public_id))


def _note_named_view(engagement: Engagement) -> None:
    """Leave in the audit trail who saw whose name."""
    actor_id, expert_id, engagement_id = (
        signed_in_user().id,
        engagement.expert_id,
        engagement.id,
    )
    write_apart(
        lambda session: audit.record(
            session,
            "expert.named_viewed",
            actor_id=actor_id,
            object_kind="expert",
            object_id=expert_id,
            engagement_id=engagement_id,
        )
    )


def _action(name: str) -> Action:
    if name not in set(Action) - {Action.EXPIRE}:
        abort(404)
    return Action(name)


def _load(public_id: str) -> tuple[Engagement, Side]:
    session = current_session()
    engagement = queries.by_public_id(session, public_id)
    side = policy.engagements.side_of(engagement, signed_in_user()) if engagement else None
    if engagement is None or side is None:
        abort(404)
    return engagement, side


def _load_candidate(public_id: str, handle: str) -> tuple[User, Need, int]:
    user = signed_in_user()
    need = needs.by_public_id(current_session(), public_id)
    if need is None:
        abort(404)
    policy.needs.invite_for(user, need).require()
    try:
        expert_id = unseal(services().settings.secret_key, f"need:{need.id}", handle)
    except SignatureError:
        abort(404)
    return user, need, expert_id
