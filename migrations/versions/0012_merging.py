"""two own accounts become one

Revision: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "merge_request",
        sa.Column("id", key, nullable=False),
        sa.Column("user_id", key, nullable=False),
        sa.Column("other_id", key, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("proved_at", moment, nullable=True),
        sa.Column("second_factor_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["user.id"],
            name=op.f("fk_merge_request_other_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_merge_request_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_merge_request_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_merge_request_user_id")),
    )
    op.create_index(op.f("ix_merge_request_expires_at"), "merge_request", ["expires_at"])
    op.create_index(op.f("ix_merge_request_other_id"), "merge_request", ["other_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_merge_request_other_id"), table_name="merge_request")
    op.drop_index(op.f("ix_merge_request_expires_at"), table_name="merge_request")
    op.drop_table("merge_request")
