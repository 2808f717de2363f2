"""a chain through the audit trail

What happened until now is chained in the order of its numbers. From here on the database refuses
to change or delete events and links. On SQLite a trigger goes when its table is copied, as Alembic
does to alter one: whoever alters these tables writes the triggers anew.

Revision: 0008
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROOT_HASH = "0" * 64
REFUSAL = "The audit trail cannot be changed."
FIXED_TABLES = ("audit_event", "audit_link")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_link",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("event_id", key, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_audit_link_event_id_audit_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_link_event_id")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("position", key, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    _chain_what_happened()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # Triggers go with their tables; those of `audit_event`, which stays, go one by one.
    for trigger in ("no_update", "no_delete") if is_sqlite else ("fixed", "kept"):
        where = "" if is_sqlite else " ON audit_event"
        op.execute(f"DROP TRIGGER audit_event_{trigger}{where}")
    op.drop_table("audit_head")
    op.drop_table("audit_link")
    if not is_sqlite:
        op.execute("DROP FUNCTION audit_refuse()")


def _guard_sqlite() -> None:
    for table in (*FIXED_TABLES, "audit_head"):
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    for table in FIXED_TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    op.execute(
        "CREATE TRIGGER audit_head_no_update BEFORE UPDATE ON audit_head "
        "WHEN NEW.id <> OLD.id OR NEW.position <= OLD.position "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in FIXED_TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
    op.execute(
        "CREATE TRIGGER audit_head_fixed BEFORE UPDATE ON audit_head FOR EACH ROW "
        "WHEN (NEW.id <> OLD.id OR NEW.position <= OLD.position) "
        "EXECUTE FUNCTION audit_refuse()"
    )
    op.execute(
        "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
    )
    for table in (*FIXED_TABLES, "audit_head"):
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def _chain_what_happened() -> None:
    key = sa.BigInteger()
    event = sa.table(
        "audit_event",
        sa.column("id", key),
        sa.column("actor_id", key),
        sa.column("action", sa.String()),
        sa.column("object_kind", sa.String()),
        sa.column("object_id", key),
        sa.column("details", sa.JSON()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    link = sa.table(
        "audit_link",
        sa.column("id", key),
        sa.column("event_id", key),
        sa.column("hash", sa.String()),
    )
    head = sa.table(
        "audit_head",
        sa.column("id", key),
        sa.column("position", key),
        sa.column("hash", sa.String()),
    )
    bind = op.get_bind()
    position, previous, last = 0, ROOT_HASH, -1
    while rows := bind.execute(
        sa.select(event).where(event.c.id > last).order_by(event.c.id).limit(2_000)
    ).all():
        links = []
        for row in rows:
            position, previous, last = position + 1, _digest(previous, row), row.id
            links.append({"id": position, "event_id": row.id, "hash": previous})
        bind.execute(sa.insert(link), links)
    bind.execute(sa.insert(head).values(id=1, position=position, hash=previous))


def _digest(previous: str, row: Any) -> str:
    """Hash as virtual_return.audit.chain does; a test holds both together."""
    moment: datetime = row.created_at
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    document = {
        "action": row.action,
        "actor_id": row.actor_id,
        "created_at": moment.isoformat(timespec="microseconds"),
        "details": row.details,
        "id": row.id,
        "object_id": row.object_id,
        "object_kind": row.object_kind,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
