"""Joining without an invitation: by a proved address at the domain, or by asking the owners."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import Institution, JoiningRule, JoinRequest, User, now
from models.choices import RequestState as State
from models.choices import Role
from virtual_return import audit
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import emails, members, permissions, proofs, queries

MESSAGE_LENGTH = 1_000
ROLES = (Role.VIEWER, Role.EDITOR)
MAXIMUM_WAITING = 5
# A no is not asked about again for a while.
ASK_AGAIN_AFTER = timedelta(days=30)
REMIND_AFTER = timedelta(days=7)
EXPIRES_AFTER = timedelta(days=30)


def allow(session: Session, actor: User, institution: Institution, role: Role | None) -> None:
    """Let people with a proved address at the institution's domain join in a role, or end that."""
    permissions.require_manage(actor, institution)
    members.lock(session, institution, actor)
    permissions.require_manage(actor, institution)
    session.execute(delete(JoiningRule).where(JoiningRule.institution_id == institution.id))
    if role is None:
        members.record(session, actor, institution, "institution.joining_ended")
        return
    if role not in ROLES:
        raise Invalid(_("Choose a role: owners can only be named one by one."))
    domain = proofs.joinable_domain(session, institution)
    if domain is None:
        raise Conflict(
            _(
                "People can join by themselves once the institution is verified and has proved "
                "that its web domain is its own."
            )
        )
    session.add(JoiningRule(institution_id=institution.id, role=role, domain=domain))
    session.flush()
    members.record(session, actor, institution, "institution.joining_allowed", role=role.value)


def open_role(session: Session, user: User, institution: Institution) -> Role | None:
    """Return the role in which somebody may join at once, or None."""
    rule = queries.joining_rule(session, institution)
    if rule is None or rule.domain != proofs.joinable_domain(session, institution):
        return None
    return rule.role if rule.domain in proofs.domains_of(session, user) else None


def join(session: Session, actor: User, institution: Institution) -> Role:
    """Become a member by the domain of a proved address."""
    members.lock(session, institution, actor)
    if permissions.is_member(actor, institution):
        raise Conflict(_("You belong to this institution already."))
    role = open_role(session, actor, institution)
    if role is None:
        raise Conflict(
            _(
                "Your proved address is not at the domain of this institution, or its owners do "
                "not let people join by themselves. You can ask them to let you in."
            )
        )
    members.add(session, institution, actor, role, way="domain")
    _forget_request(session, actor, institution)
    emails.member_joined(session, institution, actor)
    return role


def ask(session: Session, actor: User, institution: Institution, message: str) -> JoinRequest:
    """Ask the owners; one request at a time, and none soon after a no."""
    if not institution.is_verified:
        raise NotFound
    members.lock(session, institution, actor)
    if permissions.is_member(actor, institution):
        raise Conflict(_("You belong to this institution already."))
    found = queries.request_of(session, actor, institution)
    _require_may_ask(session, actor, found)
    if found is not None:
        session.delete(found)
        session.flush()
    request = JoinRequest(
        user=actor,
        institution=institution,
        message=message.strip()[:MESSAGE_LENGTH],
        state=State.WAITING,
        state_since=now(),
    )
    session.add(request)
    session.flush()
    members.record(session, actor, institution, "institution.join_requested")
    emails.join_requested(session, request)
    return request


def withdraw(session: Session, actor: User, institution: Institution) -> None:
    """Take one's own request back."""
    request = queries.request_of(session, actor, institution)
    if request is None:
        raise NotFound
    _move(session, request, State.WITHDRAWN)
    members.record(session, actor, institution, "institution.join_withdrawn")


def accept(
    session: Session, actor: User, institution: Institution, *, public_id: str, role: Role
) -> None:
    """Let somebody in who asked."""
    request = _to_answer(session, actor, institution, public_id)
    if not request.user.is_active:
        raise Conflict(_answered())
    _move(session, request, State.ACCEPTED)
    if not permissions.is_member(request.user, institution):
        members.add(session, institution, request.user, role, way="request")
    _record_answer(session, actor, request, "institution.join_accepted", role=role.value)
    emails.join_answered(session, request)


def decline(session: Session, actor: User, institution: Institution, *, public_id: str) -> None:
    """Say no; who asked is told, and may ask again later."""
    request = _to_answer(session, actor, institution, public_id)
    _move(session, request, State.DECLINED)
    _record_answer(session, actor, request, "institution.join_declined")
    emails.join_answered(session, request)


def run_clocks(session: Session) -> int:
    """Remind owners of requests that wait, and release the old ones; safe to run twice."""
    moment = now()
    overdue = queries.requests_waiting_since(session, moment - EXPIRES_AFTER)
    for request in overdue:
        _move(session, request, State.EXPIRED)
        audit.record(
            session, "institution.join_expired", actor_id=None,
            object_kind="institution", object_id=request.institution_id, member_id=request.user_id,
        )  # fmt: skip
        emails.join_answered(session, request)
    late = queries.requests_waiting_since(session, moment - REMIND_AFTER)
    unreminded = [request for request in late if request.reminded_at is None]
    for request in unreminded:
        request.reminded_at = moment
        emails.join_requested(session, request, is_reminder=True)
    return len(overdue) + len(unreminded)


def _to_answer(
    session: Session, actor: User, institution: Institution, public_id: str
) -> JoinRequest:
    permissions.require_manage(actor, institution)
    members.lock(session, institution, actor)
    permissions.require_manage(actor, institution)
    request = session.scalar(
        select(JoinRequest).where(
            JoinRequest.institution_id == institution.id, JoinRequest.public_id == public_id
        )
    )
    if request is None:
        raise NotFound
    members.lock(session, institution, request.user)
    return request


def _move(session: Session, request: JoinRequest, state: State) -> None:
    """Take a request out of waiting; whoever comes second finds that it was answered."""
    moved = session.execute(
        update(JoinRequest)
        .where(JoinRequest.id == request.id, JoinRequest.state == State.WAITING)
        .values(state=state, state_since=now())
        .returning(JoinRequest.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not moved:
        raise Conflict(_answered())
    session.refresh(request)


def _require_may_ask(session: Session, actor: User, found: JoinRequest | None) -> None:
    if found is not None and found.state == State.WAITING:
        raise Conflict(_("You asked already. The owners answer by mail."))
    if found is not None and found.state == State.DECLINED:
        again = found.state_since + ASK_AGAIN_AFTER
        if again > now():
            raise Conflict(
                _("The owners said no. You can ask again later, or ask one of them directly.")
            )
    waiting = select(func.count(JoinRequest.id)).where(
        JoinRequest.user_id == actor.id, JoinRequest.state == State.WAITING
    )
    if (session.scalar(waiting) or 0) >= MAXIMUM_WAITING:
        raise Conflict(_("Five of your requests wait for an answer. Take one back first."))


def _forget_request(session: Session, actor: User, institution: Institution) -> None:
    session.execute(
        delete(JoinRequest).where(
            JoinRequest.user_id == actor.id, JoinRequest.institution_id == institution.id
        )
    )


def _record_answer(
    session: Session, actor: User, request: JoinRequest, action: str, **details: str
) -> None:
    institution = request.institution
    members.record(session, actor, institution, action, member_id=request.user_id, **details)


def _answered() -> str:
    return _("This request was answered or taken back meanwhile. Reload the page.")
