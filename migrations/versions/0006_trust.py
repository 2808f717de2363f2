"""evidence of institutions, decisions by two

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("institution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE institution SET submitted_at = updated_at WHERE state = 'submitted'")
    _create_evidence()
    _create_approvals()


def _create_evidence() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "institution_evidence",
        sa.Column("id", key, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("institution_id", key, nullable=False),
        sa.Column("created_by_id", key, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("challenge", sa.String(length=80), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("checked_at", moment, nullable=True),
        sa.Column("next_check_at", moment, nullable=True),
        sa.Column("proved_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user.id"],
            name=op.f("fk_institution_evidence_created_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_institution_evidence_institution_id_institution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_institution_evidence_public_id")),
    )
    with op.batch_alter_table("institution_evidence", schema=None) as batch_op:
        for columns in (["institution_id"], ["created_by_id"], ["state", "next_check_at"]):
            name = f"ix_institution_evidence_{'_'.join(columns)}"
            batch_op.create_index(batch_op.f(name), columns, unique=False)


def _create_approvals() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "verification_approval",
        sa.Column("id", key, nullable=False),
        sa.Column("institution_id", key, nullable=False),
        sa.Column("user_id", key, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_verification_approval_institution_id_institution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_verification_approval_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_approval")),
        sa.UniqueConstraint(
            "institution_id",
            "user_id",
            name=op.f("uq_verification_approval_institution_id_user_id"),
        ),
    )
    with op.batch_alter_table("verification_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verification_approval_user_id"), ["user_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("verification_approval")
    op.drop_table("institution_evidence")
    # An older programme does not know the state: it was verified, and is.
    op.execute("UPDATE institution SET state = 'approved' WHERE state = 'reverification_due'")
    with op.batch_alter_table("institution", schema=None) as batch_op:
        batch_op.drop_column("submitted_at")
