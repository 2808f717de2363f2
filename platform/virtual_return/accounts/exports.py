"""Everything that we keep about somebody, in a form that programs can read.

Capabilities above accounts register their part at start: `register("profile", collect)` with
`collect(session, user)` returning plain lists, dictionaries, texts, numbers, dates. They return
what the person gave or may see, and nothing that another person wrote in confidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    EmailChange,
    Identity,
    MailMessage,
    Membership,
    SignInSession,
    User,
    now,
)

FORMAT = "virtual-return-export"
VERSION = 1
# JSON: nothing stricter can be said of what a capability hands over.
Collector = Callable[[Session, User], Any]
_collectors: dict[str, Collector] = {}


def register(name: str, collect: Collector) -> None:
    """Add a part of the export under a name."""
    _collectors[name] = collect


def collect(session: Session, user: User) -> dict[str, Any]:
    """Return the whole export."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now(),
        "account": _account(user),
        "email_change": _email_change(session, user),
        "identities": _identities(session, user),
        "sessions": _sessions(session, user),
        "memberships": _memberships(session, user),
        "mail": _mail(session, user),
        "history": _history(session, user),
        **{name: part(session, user) for name, part in sorted(_collectors.items())},
    }


def to_json(document: dict[str, Any]) -> str:
    """Return the export as a file: readable by people too, in their own script."""
    return json.dumps(document, default=_plain, ensure_ascii=False, indent=2) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _account(user: User) -> dict[str, Any]:
    return {
        "public_id": user.public_id,
        "email": user.email,
        "name": user.name,
        "locale": user.locale,
        "time_zone": user.time_zone,
        "is_coordinator": user.is_coordinator,
        "created_at": user.created_at,
        "last_seen_at": user.last_seen_at,
        "paused_at": user.paused_at,
        "erase_at": user.erase_at,
        "email_changed_at": user.email_changed_at,
    }


def _email_change(session: Session, user: User) -> dict[str, Any] | None:
    row = session.scalar(select(EmailChange).where(EmailChange.user_id == user.id))
    if row is None:
        return None
    return {
        "new_email": row.new_email,
        "asked_at": row.created_at,
        "old_confirmed_at": row.old_confirmed_at,
        "new_confirmed_at": row.new_confirmed_at,
        "ends_at": row.expires_at,
    }


def _identities(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Identity).where(Identity.user_id == user.id).order_by(Identity.id)
    )
    return [
        {
            "issuer": row.issuer,
            "subject": row.subject,
            "linked_at": row.created_at,
            "last_used_at": row.last_used_at,
        }
        for row in rows
    ]


def _sessions(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(SignInSession).where(SignInSession.user_id == user.id).order_by(SignInSession.id)
    )
    return [
        {
            "device": row.device,
            "signed_in_at": row.created_at,
            "last_used_at": row.last_used_at,
            "ends_at": row.expires_at,
            "way": row.way,
            "is_shared": row.is_shared,
            "second_factor_at": row.second_factor_at,
        }
        for row in rows
    ]


def _memberships(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Membership).where(Membership.user_id == user.id).order_by(Membership.id)
    )
    return [
        {
            "institution": row.institution.name,
            "institution_id": row.institution.public_id,
            "role": row.role.value,
            "since": row.created_at,
        }
        for row in rows
    ]


def _mail(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(MailMessage).where(MailMessage.user_id == user.id).order_by(MailMessage.id)
    )
    return [
        {
            "kind": row.kind,
            "recipient": row.recipient,
            "subject": row.subject,
            "state": row.state.value,
            "written_at": row.created_at,
            "sent_at": row.sent_at,
        }
        for row in rows
    ]


def _history(session: Session, user: User) -> list[dict[str, Any]]:
    """What this person did; what programme staff did is theirs to account for."""
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.actor_id == user.id).order_by(AuditEvent.id)
    )
    return [{"action": row.action, "object": row.object_kind, "at": row.created_at} for row in rows]
