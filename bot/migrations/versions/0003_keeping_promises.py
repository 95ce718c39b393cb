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
    ("complaints", sa.Column("place_folded", sa.String(length=100), nullable=False, server_default="")),
    ("complaints", sa.Column("passed_to", sa.Text(), nullable=False, server_default="")),
    ("complaints", sa.Column("same_as", sa.Integer(), nullable=True)),
    ("complaints", sa.Column("reason", sa.String(length=16), nullable=False, server_default="")),
    ("complaints", sa.Column("reopened", sa.Integer(), nullable=False, server_default="0")),
    ("reporters", sa.Column("came_with", sa.Integer(), nullable=True)),
    ("answers", sa.Column("theme", sa.String(length=16), nullable=False, server_default="")),
    ("roles", sa.Column("neighbourhoods", sa.JSON(), nullable=False, server_default="[]")),
    ("roles", sa.Column("topics", sa.JSON(), nullable=False, server_default="[]")),
    ("person_talk_lines", sa.Column("written_by", sa.Integer(), nullable=True)),
    ("residents", sa.Column("morning", sa.Boolean(), nullable=False, server_default=sa.false())),
)

IN_ORDER = ("state", "topic", "neighbourhood")
"""What the office's list is narrowed by, with the order in which it is shown."""

PROMISED_BEFORE = (
    """INSERT INTO promises (subject, kind, state, first_due, due, made_by, partner, made_at)
    SELECT 'M' || id, CASE WHEN state = 'planned' THEN 'day' ELSE 'answer' END, 'open',
        CASE WHEN state = 'planned' THEN coalesce(planned_for, answer_by) ELSE answer_by END,
        CASE WHEN state = 'planned' THEN coalesce(planned_for, answer_by) ELSE answer_by END, handler_id, '', at
    FROM complaints WHERE state IN ('received', 'taken', 'planned', 'reopened')""",
    """INSERT INTO promises (subject, kind, state, first_due, due, made_by, partner, made_at)
    SELECT 'I' || id, 'answer', 'open', answer_by, answer_by, NULL, '', at FROM ideas WHERE state = 'received'""",
)
"""What was promised before there was a ledger; `bot/neighbourhood/promise_days.py` goes on with it."""


def upgrade() -> None:
    """Apply."""
    for table, column in COLUMNS:
        op.add_column(table, column._copy())
    op.create_index("ix_complaints_topic_place_folded", "complaints", ["topic", "place_folded"])
    op.drop_index("ix_complaints_neighbourhood", "complaints")
    for name in IN_ORDER:
        op.create_index(f"ix_complaints_{name}_id", "complaints", [name, "id"])
    op.create_index("ix_complaints_at", "complaints", ["at"])
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
    for statement in PROMISED_BEFORE:
        op.execute(statement)
    behind = sa.text("wanted > shown")
    op.create_index("ix_posts_behind", "posts", ["chat_id"], sqlite_where=behind, postgresql_where=behind)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_posts_behind", "posts")
    op.drop_table("promises")
    op.drop_index("ix_complaints_at", "complaints")
    for name in IN_ORDER:
        op.drop_index(f"ix_complaints_{name}_id", "complaints")
    op.create_index("ix_complaints_neighbourhood", "complaints", ["neighbourhood"])
    op.drop_index("ix_complaints_topic_place_folded", "complaints")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
