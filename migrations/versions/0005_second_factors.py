"""passkeys, one-time codes, what a session proved

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_tables()
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("way", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("authenticated_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("second_factor_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("identity_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("provider_sid", sa.String(length=255), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_in_session_identity_id_identity"),
            "identity",
            ["identity_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(
            batch_op.f("ix_sign_in_session_identity_id"), ["identity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sign_in_session_provider_sid"), ["provider_sid"], unique=False
        )
    # Whoever is signed in proved it when the session began, and with one factor.
    op.execute("UPDATE sign_in_session SET authenticated_at = created_at")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.alter_column("authenticated_at", existing_type=MOMENT, nullable=False)


def _owned(name: str, *columns: sa.schema.SchemaItem) -> None:
    """Create a table whose rows go with an account."""
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f(f"fk_{name}_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _index(name: str, column: str) -> None:
    with op.batch_alter_table(name, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{name}_{column}"), [column], unique=False)


def _create_tables() -> None:
    _owned(
        "passkey",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("user_handle", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkey_public_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    _index("passkey", "user_id")
    _owned(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.UniqueConstraint("challenge_hash", name=op.f("uq_passkey_challenge_challenge_hash")),
    )
    _index("passkey_challenge", "user_id")
    _index("passkey_challenge", "expires_at")
    _owned(
        "one_time_code",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
    )
    _index("one_time_code", "user_id")
    _owned(
        "recovery_code",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")
        ),
    )
    _owned(
        "factor_guard",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.UniqueConstraint("user_id", name=op.f("uq_factor_guard_user_id")),
    )
    _owned(
        "factor_reset",
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("vouched_by_id", KEY, nullable=True),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["vouched_by_id"],
            ["user.id"],
            name=op.f("fk_factor_reset_vouched_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_factor_reset_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_factor_reset_user_id")),
    )


def downgrade() -> None:
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_provider_sid"))
        batch_op.drop_index(batch_op.f("ix_sign_in_session_identity_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_sign_in_session_identity_id_identity"), type_="foreignkey"
        )
        for column in (
            "provider_sid",
            "identity_id",
            "second_factor_at",
            "authenticated_at",
            "way",
            "is_shared",
        ):
            batch_op.drop_column(column)
    for table in (
        "factor_reset",
        "factor_guard",
        "recovery_code",
        "one_time_code",
        "passkey_challenge",
        "passkey",
    ):
        op.drop_table(table)
