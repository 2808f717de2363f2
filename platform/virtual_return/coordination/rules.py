"""Verbs on rules of the programme: publish, retire, and say which needs come under one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import EligibilityRule, Need, User, now
from virtual_return import audit
from virtual_return.errors import Conflict, Invalid, NotFound
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.jobs.changes import changed
from virtual_return.policy import programme


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule before it is published."""

    name: str
    text: str
    standings: tuple[str, ...] = ()
    ties_to: tuple[str, ...] = ()
    residence_in: tuple[str, ...] = ()


def publish(session: Session, actor: User, wording: Wording) -> EligibilityRule:
    """Publish a rule from today on; what was published is never changed."""
    _require_staff(actor)
    if not wording.name.strip() or not wording.text.strip():
        raise Invalid(_("Give the rule a name and the wording that everybody reads."))
    if not (wording.standings or wording.ties_to or wording.residence_in):
        raise Invalid(_("Choose at least one condition; a rule without one says nothing."))
    rule = EligibilityRule(
        name=wording.name.strip(),
        text=wording.text.strip(),
        published_on=now().date(),
        standings=list(wording.standings),
        ties_to=list(wording.ties_to),
        residence_in=list(wording.residence_in),
    )
    session.add(rule)
    session.flush()
    _record(session, actor, "rule.published", rule)
    return rule


def retire(session: Session, actor: User, rule: EligibilityRule) -> None:
    """Let no further need come under a rule; those under it stay."""
    _require_staff(actor)
    if rule.retired_at is not None:
        raise Conflict(_("This rule was retired already."))
    rule.retired_at = now()
    _record(session, actor, "rule.retired", rule)


def put_under(session: Session, actor: User, need: Need, rule: EligibilityRule | None) -> None:
    """Let a need come under a rule, or under none; matching follows at once."""
    permissions.require_review(actor, need.institution)
    if rule is not None and rule.retired_at is not None and rule.id != need.rule_id:
        raise Conflict(_("This rule was retired: choose another."))
    if need.rule is rule:
        return
    need.rule = rule
    session.flush()
    changed(session, "need", need.id)
    audit.record(
        session,
        "need.rule_set",
        actor_id=actor.id,
        object_kind="need",
        object_id=need.id,
        rule=rule.public_id if rule else "",
    )


def every(session: Session) -> Sequence[EligibilityRule]:
    """Return all rules, those in force first."""
    query = select(EligibilityRule).order_by(
        EligibilityRule.retired_at.is_not(None), EligibilityRule.published_on.desc()
    )
    return session.scalars(query).all()


def choosable(session: Session, need: Need) -> Sequence[EligibilityRule]:
    """Return the rules that a need can come under, its own among them."""
    return [rule for rule in every(session) if rule.retired_at is None or rule.id == need.rule_id]


def find(session: Session, public_id: str) -> EligibilityRule:
    """Return a rule, or raise NotFound."""
    rule = session.scalar(select(EligibilityRule).where(EligibilityRule.public_id == public_id))
    if rule is None:
        raise NotFound
    return rule


def _require_staff(actor: User) -> None:
    programme.coordinate(actor).require()


def _record(session: Session, actor: User, action: str, rule: EligibilityRule) -> None:
    audit.record(session, action, actor_id=actor.id, object_kind="rule", object_id=rule.id)
