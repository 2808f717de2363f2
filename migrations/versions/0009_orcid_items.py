"""what a record elsewhere proposes, in review

Revision: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "record_import",
        sa.Column("id", key, nullable=False),
        sa.Column("expert_id", key, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["expert.id"],
            name=op.f("fk_record_import_expert_id_expert"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_import")),
        sa.UniqueConstraint("expert_id", "source", name=op.f("uq_record_import_expert_id_source")),
    )
    op.create_table(
        "proposed_item",
        sa.Column("id", key, nullable=False),
        sa.Column("expert_id", key, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.String(length=120), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("start_year", sa.Integer(), nullable=True),
        sa.Column("end_year", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("evidence_id", key, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence_item.id"],
            name=op.f("fk_proposed_item_evidence_id_evidence_item"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"],
            ["expert.id"],
            name=op.f("fk_proposed_item_expert_id_expert"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_item")),
        sa.UniqueConstraint(
            "expert_id",
            "source",
            "source_key",
            name=op.f("uq_proposed_item_expert_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("proposed_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposed_item_evidence_id"), ["evidence_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("proposed_item")
    op.drop_table("record_import")
