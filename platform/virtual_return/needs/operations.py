"""Verbs of an institution's members: write a brief step by step, submit, renew, close."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy.orm import Session

from models import Institution, Need, User, now
from models.choices import NeedState, VerificationState
from virtual_return import audit
from virtual_return.errors import Conflict, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import permissions
from virtual_return.jobs.changes import changed
from virtual_return.needs import countries, states
from virtual_return.needs.skills import replace_languages, replace_skills
from virtual_return.needs.states import Act
from virtual_return.needs.values import How, Local, What, Who
from virtual_return.reference.text_language import language_of

# What a duplicate leaves behind: its dates are over, and everything about its life so far.
COPIED = (
    *(item.name for item in fields(What)),
    *(
        item.name
        for item in fields(How)
        if item.name not in ("window_start", "window_end", "latest_start")
    ),
    *(item.name for item in fields(Local)),
)


def create_draft(session: Session, actor: User, institution: Institution, what: What) -> Need:
    """Begin a brief; nobody but the institution's members sees it."""
    permissions.require_edit(actor, institution)
    if institution.state == VerificationState.SUSPENDED:
        raise Conflict(
            _("This institution is suspended. Write an appeal to programme staff first.")
        )
    if institution.is_partner:
        raise Conflict(
            _("A partner writes no needs. Look at the open ones, and offer to host one together.")
        )
    need = Need(institution=institution, created_by=actor, state=NeedState.DRAFT)
    _copy(need, what)
    need.language = language_of(what.language, _said(what), actor.locale, before=None)
    session.add(need)
    session.flush()
    record(session, actor, need, "need.created")
    return need


def save_what(session: Session, actor: User, need: Need, what: What) -> None:
    """Save the first step."""
    require_editor(actor, need)
    before = (need.language, _said(need))
    _copy(need, what)
    need.language = language_of(what.language, _said(what), actor.locale, before=before)
    _saved(session, actor, need)


def save_who(session: Session, actor: User, need: Need, who: Who) -> None:
    """Save the second step."""
    require_editor(actor, need)
    replace_skills(session, need, must_have=who.must_have, useful=who.useful)
    replace_languages(session, need, who.languages)
    _saved(session, actor, need)


def save_how(session: Session, actor: User, need: Need, how: How) -> None:
    """Save the third step; where nobody may travel now, only remote work can be saved."""
    require_editor(actor, need)
    status = countries.status_of(session, need.institution.country)
    if how.mode in countries.TRAVEL_MODES and status and not countries.allows_travel(status):
        raise Invalid(countries.explain(status))
    _require_own_unit(need, how.unit_id)
    _copy(need, how)
    _saved(session, actor, need)


def save_local(session: Session, actor: User, need: Need, local: Local) -> None:
    """Save the fourth step."""
    require_editor(actor, need)
    _copy(need, local)
    _saved(session, actor, need)


def submit(session: Session, actor: User, need: Need) -> None:
    """Hand a complete brief to programme staff."""
    permissions.require_edit(actor, need.institution)
    if not states.allows(need, Act.SUBMIT):
        raise Conflict(_("This need was submitted already."))
    status = countries.status_of(session, need.institution.country)
    states.require_complete(need, status, now().date())
    states.move(need, Act.SUBMIT)
    need.submitted_at = now()
    need.appeal = ""
    record(session, actor, need, "need.submitted")


def take_back(session: Session, actor: User, need: Need) -> None:
    """Make a submitted brief a draft again."""
    permissions.require_edit(actor, need.institution)
    states.move(need, Act.TAKE_BACK)
    need.submitted_at = None
    record(session, actor, need, "need.taken_back")


def appeal(session: Session, actor: User, need: Need, text: str) -> None:
    """Answer a refusal; the need goes back to the queue with the appeal beside it."""
    permissions.require_edit(actor, need.institution)
    if not text.strip():
        raise Invalid(_("Write why the decision should be looked at again."))
    states.move(need, Act.APPEAL)
    need.appeal = text.strip()
    need.submitted_at = now()
    need.closed_at = None
    record(session, actor, need, "need.appealed")


def renew(session: Session, actor: User, need: Need) -> None:
    """Keep a need open for another 90 days, or open it again, at most to the end of its window."""
    permissions.require_edit(actor, need.institution)
    status = countries.status_of(session, need.institution.country)
    if states.allows(need, Act.RENEW):
        states.require_openable(need, status, now().date())
    states.move(need, Act.RENEW)
    need.expires_at = states.expiry_of(need, now())
    need.closed_at = None
    record(session, actor, need, "need.renewed")
    changed(session, "need", need.id)


def fill(session: Session, actor: User, need: Need) -> None:
    """Say that enough people were found; nobody new is asked."""
    permissions.require_edit(actor, need.institution)
    states.move(need, Act.FILL)
    _end(session, actor, need, "need.filled")


def close(session: Session, actor: User, need: Need) -> None:
    """End a need for good."""
    permissions.require_edit(actor, need.institution)
    states.move(need, Act.CLOSE)
    _end(session, actor, need, "need.closed")


def discard(session: Session, actor: User, need: Need) -> None:
    """Delete a draft that nobody outside the institution ever read."""
    permissions.require_edit(actor, need.institution)
    if need.state != NeedState.DRAFT or need.reviewed_by_id is not None:
        raise Conflict(_("Only a draft can be deleted. Close this need instead."))
    record(session, actor, need, "need.discarded")
    session.delete(need)


def duplicate(session: Session, actor: User, need: Need) -> Need:
    """Make a new draft from a need, without its dates and its history."""
    permissions.require_edit(actor, need.institution)
    copy = create_draft(session, actor, need.institution, What(title=need.title))
    for name in COPIED:
        setattr(copy, name, getattr(need, name))
    replace_skills(
        session,
        copy,
        must_have=[skill.label for skill in need.skills if skill.importance == "must_have"],
        useful=[skill.label for skill in need.skills if skill.importance == "useful"],
    )
    replace_languages(session, copy, [(item.language, item.level) for item in need.languages])
    session.flush()
    return copy


def require_editor(actor: User, need: Need) -> None:
    permissions.require_edit(actor, need.institution)
    states.require_editable(need)


def record(session: Session, actor: User | None, need: Need, action: str) -> None:
    """Write what happened to a need into the audit trail."""
    audit.record(
        session,
        action,
        actor_id=actor.id if actor else None,
        object_kind="need",
        object_id=need.id,
        state=need.state.value,
        institution_id=need.institution_id,
    )


def _said(texts: What | Need) -> str:
    """Return what tells the language of a need: everything but names and lists."""
    return "\n".join((texts.title, texts.problem, texts.tried, texts.task, texts.deliverable))


def _copy(need: Need, values: What | How | Local) -> None:
    for item in fields(values):
        setattr(need, item.name, getattr(values, item.name))


def _saved(session: Session, actor: User, need: Need) -> None:
    session.flush()
    record(session, actor, need, "need.edited")


def _end(session: Session, actor: User, need: Need, action: str) -> None:
    need.closed_at = now()
    record(session, actor, need, action)
    changed(session, "need", need.id)


def _require_own_unit(need: Need, unit_id: int | None) -> None:
    if unit_id is not None and all(unit.id != unit_id for unit in need.institution.units):
        raise Invalid(_("Choose a unit of your institution."))
