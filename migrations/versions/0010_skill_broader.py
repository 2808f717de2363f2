"""which concept stands above which in the taxonomy

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "skill_broader",
        sa.Column("skill_id", key, nullable=False),
        sa.Column("broader_id", key, nullable=False),
        sa.ForeignKeyConstraint(
            ["broader_id"],
            ["skill.id"],
            name=op.f("fk_skill_broader_broader_id_skill"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"],
            ["skill.id"],
            name=op.f("fk_skill_broader_skill_id_skill"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("skill_id", "broader_id", name=op.f("pk_skill_broader")),
    )
    with op.batch_alter_table("skill_broader", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skill_broader_broader_id"), ["broader_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("skill_broader")
