"""the ledger of promises, where a complaint went, what staff work on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("complaints", sa.Column("passed_to", sa.Text(), nullable=False, server_default="")),
    ("complaints", sa.Column("same_as", sa.Integer(), nullable=True)),
    ("complaints", sa.Column("reason", sa.String(length=16), nullable=False, server_default="")),
    ("complaints", sa.Column("reopened", sa.Integer(), nullable=False, server_default="0")),
    ("answers", sa.Column("theme", sa.String(length=16), nullable=False, server_default="")),
    ("roles", sa.Column("neighbourhoods", sa.JSON(), nullable=False, server_default="[]")),
    ("roles", sa.Column("topics", sa.JSON(), nullable=False, server_default="[]")),
    ("residents", sa.Column("morning", sa.Boolean(), nullable=False, server_default=sa.false())),
)


def upgrade() -> None:
    """Apply."""
    for table, column in COLUMNS:
        op.add_column(table, column._copy())
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("first_due", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["residents.id"], name="fk_promises_made_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_subject", "promises", ["subject"])
    op.create_index("ix_promises_made_by", "promises", ["made_by"])
    op.create_index("ix_promises_state_due", "promises", ["state", "due"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("promises")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
