"""joining by domain, partners, needs hosted together

Revision: 0007
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("institution", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("relation", sa.String(length=40), nullable=False, server_default="host")
        )
    op.execute("UPDATE institution SET relation = 'partner' WHERE kind = 'partner'")
    _invitations()
    _joining()
    _co_hosting()
    _ask_those_who_were_named()


def downgrade() -> None:
    op.drop_table("partner_figures")
    op.drop_table("co_hosting")
    op.drop_table("join_request")
    op.drop_table("joining_rule")
    op.drop_table("invitation")
    with op.batch_alter_table("institution", schema=None) as batch_op:
        batch_op.drop_column("relation")


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("invited_by_id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _to("invitation", "institution_id", "institution"),
        _to("invitation", "invited_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sa.UniqueConstraint(
            "institution_id", "email", name=op.f("uq_invitation_institution_id_email")
        ),
    )
    for name in ("email", "expires_at", "invited_by_id"):
        op.create_index(op.f(f"ix_invitation_{name}"), "invitation", [name])


def _joining() -> None:
    op.create_table(
        "joining_rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _to("joining_rule", "institution_id", "institution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_rule")),
        sa.UniqueConstraint("institution_id", name=op.f("uq_joining_rule_institution_id")),
    )
    op.create_table(
        "join_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _to("join_request", "user_id", "user"),
        _to("join_request", "institution_id", "institution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_join_request_public_id")),
        sa.UniqueConstraint(
            "user_id", "institution_id", name=op.f("uq_join_request_user_id_institution_id")
        ),
    )
    for name in ("institution_id", "state_since"):
        op.create_index(op.f(f"ix_join_request_{name}"), "join_request", [name])


def _co_hosting() -> None:
    op.create_table(
        "co_hosting",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("need_id", KEY, nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _to("co_hosting", "need_id", "need"),
        _to("co_hosting", "institution_id", "institution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_hosting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_co_hosting_public_id")),
        sa.UniqueConstraint(
            "need_id", "institution_id", name=op.f("uq_co_hosting_need_id_institution_id")
        ),
    )
    op.create_index(op.f("ix_co_hosting_institution_id"), "co_hosting", ["institution_id"])
    op.create_index(op.f("ix_co_hosting_state_state_since"), "co_hosting", ["state", "state_since"])
    op.create_table(
        "partner_figures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("institution_id", KEY, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _to("partner_figures", "institution_id", "institution"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_figures")),
        sa.UniqueConstraint(
            "institution_id", "month", name=op.f("uq_partner_figures_institution_id_month")
        ),
    )


def _ask_those_who_were_named() -> None:
    """Partners that a need named without asking them become proposals that wait for an answer."""
    need = sa.table("need", sa.column("id"), sa.column("partner_institution_id"))
    target = sa.table(
        "co_hosting",
        *(
            sa.column(name)
            for name in (
                "public_id", "need_id", "institution_id", "proposed_by", "state", "message",
            )
        ),
        sa.column("state_since", sa.DateTime(timezone=True)),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    connection = op.get_bind()
    named = connection.execute(
        sa.select(need.c.id, need.c.partner_institution_id).where(
            need.c.partner_institution_id.is_not(None)
        )
    ).all()
    moment = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {
            "public_id": secrets.token_urlsafe(9),
            "need_id": need_id,
            "institution_id": partner_id,
            "proposed_by": "host",
            "state": "proposed",
            "message": "",
            "state_since": moment,
            "created_at": moment,
        }
        for need_id, partner_id in named
    ]
    if rows:
        connection.execute(target.insert(), rows)
        connection.execute(sa.update(need).values(partner_institution_id=None))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE",
    )
