"""Verbs of two institutions that host a need together: one proposes, the other agrees."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import CoHosting, Institution, Need, User, now
from models.choices import CoHostingSide as Side
from models.choices import CoHostingState as State
from virtual_return import audit
from virtual_return.errors import Conflict, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.jobs.changes import changed
from virtual_return.needs import queries as needs
from virtual_return.partners import emails, queries, states
from virtual_return.partners.states import Act

MESSAGE_LENGTH = 1_000
MAXIMUM_WAITING = 5
REMIND_AFTER = timedelta(days=7)
EXPIRES_AFTER = timedelta(days=21)


def propose(
    session: Session, actor: User, need: Need, institution: Institution, message: str
) -> CoHosting:
    """Ask another institution to host a need too; it reads the brief from now on."""
    permissions.require_edit(actor, need.institution)
    return _propose(session, actor, need, institution, side=Side.HOST, message=message)


def offer(
    session: Session, actor: User, need: Need, institution: Institution, message: str
) -> CoHosting:
    """Offer to host somebody else's open need too."""
    permissions.require_edit(actor, institution)
    if not needs.is_open(need):
        raise Conflict(_("This need is not open any more. Look at the needs that are."))
    return _propose(session, actor, need, institution, side=Side.PARTNER, message=message)


def accept(session: Session, actor: User, co_hosting: CoHosting, side: Side) -> None:
    """Agree: the need has one co-host, and from now on whoever hides from it hides here too."""
    need = _lock(session, co_hosting)
    _require_editor(actor, co_hosting, side)
    _require_hostable(need, co_hosting.institution)
    if need.partner_institution_id is not None:
        raise Conflict(_("This need has a co-host already. That has to end first."))
    _move(session, actor, co_hosting, Act.ACCEPT, side)
    need.partner_institution_id = co_hosting.institution_id
    session.flush()
    changed(session, "need", need.id)
    emails.answered(session, co_hosting, to=states.other(side))
    _release_others(session, need)


def decline(session: Session, actor: User, co_hosting: CoHosting, side: Side) -> None:
    """Say no; the same is not asked again about this need."""
    _lock(session, co_hosting)
    _require_editor(actor, co_hosting, side)
    _move(session, actor, co_hosting, Act.DECLINE, side)
    emails.answered(session, co_hosting, to=states.other(side))


def withdraw(session: Session, actor: User, co_hosting: CoHosting, side: Side) -> None:
    """Take a proposal back before it is answered."""
    _lock(session, co_hosting)
    _require_editor(actor, co_hosting, side)
    _move(session, actor, co_hosting, Act.WITHDRAW, side)


def end(session: Session, actor: User, co_hosting: CoHosting, side: Side) -> None:
    """End an agreement; either side may, at any time and without a reason."""
    need = _lock(session, co_hosting)
    _require_editor(actor, co_hosting, side)
    _move(session, actor, co_hosting, Act.END, side)
    need.partner_institution_id = None
    session.flush()
    changed(session, "need", need.id)
    emails.answered(session, co_hosting, to=states.other(side))


VERBS = {Act.ACCEPT: accept, Act.DECLINE: decline, Act.WITHDRAW: withdraw, Act.END: end}


def run_clocks(session: Session) -> int:
    """Remind of proposals that wait, and release what is old or cannot be any more."""
    moment, count = now(), 0
    for co_hosting in queries.waiting_since(session, moment):
        age = moment - co_hosting.state_since
        if age >= EXPIRES_AFTER or not _is_hostable(co_hosting.need, co_hosting.institution):
            _expire(session, co_hosting)
            count += 1
        elif age >= REMIND_AFTER and co_hosting.reminded_at is None:
            co_hosting.reminded_at = moment
            emails.proposed(session, co_hosting, is_reminder=True)
            count += 1
    return count


def _propose(
    session: Session,
    actor: User,
    need: Need,
    institution: Institution,
    *,
    side: Side,
    message: str,
) -> CoHosting:
    if institution.id == need.institution_id:
        raise Conflict(_("Choose another institution than your own."))
    lock_need(session, need)
    _require_hostable(need, institution)
    if need.partner_institution_id is not None:
        raise Conflict(_("This need has a co-host already. That has to end first."))
    found = queries.between(session, need, institution)
    _require_may_propose(session, need, found, side)
    if found is not None:
        session.delete(found)
        session.flush()
    co_hosting = CoHosting(
        need=need,
        institution=institution,
        proposed_by=side,
        state=State.PROPOSED,
        state_since=now(),
        message=message.strip()[:MESSAGE_LENGTH],
    )
    session.add(co_hosting)
    session.flush()
    _record(session, actor.id, co_hosting, "co_hosting.proposed", side)
    emails.proposed(session, co_hosting)
    return co_hosting


def _require_may_propose(session: Session, need: Need, found: CoHosting | None, side: Side) -> None:
    if found is not None and found.state == State.PROPOSED:
        raise Conflict(_("This was proposed already, and waits for an answer."))
    if found is not None and found.state == State.DECLINED and found.proposed_by == side:
        raise Conflict(_("They said no for this need. They can propose it themselves."))
    waiting = [one for one in queries.of_need(session, need) if one.state == State.PROPOSED]
    if side == Side.HOST and len(waiting) >= MAXIMUM_WAITING:
        raise Conflict(_("Five proposals for this need wait. Take one back first."))


def _is_hostable(need: Need, institution: Institution) -> bool:
    return (
        need.state in states.HOSTABLE and institution.is_verified and need.institution.is_verified
    )


def _require_hostable(need: Need, institution: Institution) -> None:
    if need.state not in states.HOSTABLE:
        raise Conflict(_("This need is over. Only one that is written or open can be hosted."))
    if not institution.is_verified or not need.institution.is_verified:
        raise Conflict(_("Both institutions must be verified before they can host together."))


def _require_editor(actor: User, co_hosting: CoHosting, side: Side) -> None:
    is_host = side == Side.HOST
    permissions.require_edit(
        actor, co_hosting.need.institution if is_host else co_hosting.institution
    )


def lock_need(session: Session, need: Need) -> None:
    """Let one change of who hosts a need follow the other."""
    session.execute(select(Need.id).where(Need.id == need.id).with_for_update())
    session.refresh(need, ["state", "partner_institution_id"])


def _lock(session: Session, co_hosting: CoHosting) -> Need:
    lock_need(session, co_hosting.need)
    return co_hosting.need


def _move(
    session: Session, actor: User | None, co_hosting: CoHosting, act: Act, side: Side
) -> None:
    """Take one step; whoever comes second finds that it was taken."""
    if not states.allows(co_hosting, act, side):
        raise Conflict(_gone())
    source, target, _by_proposer = states.STEPS[act]
    _claim(session, co_hosting, source, target)
    _record(session, actor.id if actor else None, co_hosting, f"co_hosting.{target.value}", side)


def _claim(session: Session, co_hosting: CoHosting, source: State, target: State) -> None:
    moved = session.execute(
        update(CoHosting)
        .where(CoHosting.id == co_hosting.id, CoHosting.state == source)
        .values(state=target, state_since=now())
        .returning(CoHosting.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not moved:
        raise Conflict(_gone())
    session.refresh(co_hosting, ["state", "state_since"])


def _release_others(session: Session, need: Need) -> None:
    """There is one co-host: other proposals end, and their authors are told."""
    for waiting in queries.of_need(session, need):
        if waiting.state == State.PROPOSED:
            _expire(session, waiting)


def _expire(session: Session, co_hosting: CoHosting) -> None:
    _claim(session, co_hosting, State.PROPOSED, State.EXPIRED)
    side = co_hosting.proposed_by
    _record(session, None, co_hosting, "co_hosting.expired", side)
    emails.answered(session, co_hosting, to=side)


def _record(
    session: Session, actor_id: int | None, co_hosting: CoHosting, action: str, side: Side
) -> None:
    audit.record(
        session,
        action,
        actor_id=actor_id,
        object_kind="need",
        object_id=co_hosting.need_id,
        institution_id=co_hosting.institution_id,
        side=side.value,
    )


def _gone() -> str:
    return _("This was answered or ended meanwhile. Reload the page to see where it stands.")


def require_need(session: Session, user: User, public_id: str) -> Need:
    """Return a need that somebody may read, or say that nothing is there."""
    need = needs.shown_to(session, public_id, user)
    if need is None:
        raise NotFound
    return need
