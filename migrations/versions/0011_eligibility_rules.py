"""published rules of a programme

Revision: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "eligibility_rule",
        sa.Column("id", key, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("standings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ties_to", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("residence_in", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_eligibility_rule_public_id")),
    )
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rule_id", key, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_need_rule_id_eligibility_rule"), "eligibility_rule", ["rule_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_need_rule_id"), ["rule_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_rule_id"))
        batch_op.drop_constraint(batch_op.f("fk_need_rule_id_eligibility_rule"), type_="foreignkey")
        batch_op.drop_column("rule_id")
    op.drop_table("eligibility_rule")
