"""recovery of an account by the word of an owner

Revision: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "account_recovery",
        sa.Column("id", key, nullable=False),
        sa.Column("user_id", key, nullable=False),
        sa.Column("institution_id", key, nullable=False),
        sa.Column("vouched_by_id", key, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("opens_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_account_recovery_institution_id_institution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_account_recovery_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vouched_by_id"],
            ["user.id"],
            name=op.f("fk_account_recovery_vouched_by_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_recovery")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_account_recovery_stop_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_recovery_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_account_recovery_user_id")),
    )
    for column in ("expires_at", "institution_id", "vouched_by_id"):
        op.create_index(op.f(f"ix_account_recovery_{column}"), "account_recovery", [column])


def downgrade() -> None:
    for column in ("vouched_by_id", "institution_id", "expires_at"):
        op.drop_index(op.f(f"ix_account_recovery_{column}"), table_name="account_recovery")
    op.drop_table("account_recovery")
