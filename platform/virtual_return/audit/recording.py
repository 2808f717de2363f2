"""Write the audit trail: an operation that changes something says so here, in its transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import AuditEvent

Plain = str | int | float | bool | None


def record(
    session: Session,
    action: str,
    *,
    actor_id: int | None,
    object_kind: str = "",
    object_id: int | None = None,
    **details: Plain | list[str],
) -> AuditEvent:
    """Add one event; details hold ids and codes, never personal data."""
    event = AuditEvent(
        actor_id=actor_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        details=details,
    )
    session.add(event)
    return event
