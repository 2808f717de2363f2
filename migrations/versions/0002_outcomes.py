"""outcomes of matches

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outcome",
        sa.Column("id", key, nullable=False),
        sa.Column("need_id", key, nullable=False),
        sa.Column("expert_id", key, nullable=False),
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("generation", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["expert.id"],
            name=op.f("fk_outcome_expert_id_expert"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["need.id"], name=op.f("fk_outcome_need_id_need"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint(
            "need_id",
            "expert_id",
            "list",
            "kind",
            "day",
            name=op.f("uq_outcome_need_id_expert_id_list_kind_day"),
        ),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_expert_id"), ["expert_id"], unique=False)


def downgrade() -> None:
    op.drop_table("outcome")
