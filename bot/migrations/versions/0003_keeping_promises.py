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

IN_ORDER: dict[str, list[str]] = {
    "ix_complaints_state_id": ["state", "id", "neighbourhood", "topic", "theme", "handler_id"],
    "ix_complaints_topic_id": ["topic", "id"],
    "ix_complaints_neighbourhood_id": ["neighbourhood", "id"],
    "ix_complaints_theme_id": ["theme", "id"],
    "ix_complaints_handler_id_state": ["handler_id", "state", "id"],
    "ix_complaints_at_id": ["at", "id"],
}
"""What the office's list is narrowed by, with the order in which it is shown."""

PROMISED_BEFORE = (
    """INSERT INTO promises (subject, number, kind, state, first_due, due, made_by, partner, made_at)
    SELECT 'M' || id, id, CASE WHEN state = 'planned' THEN 'day' ELSE 'answer' END, 'open',
        CASE WHEN state = 'planned' THEN coalesce(planned_for, answer_by) ELSE answer_by END,
        CASE WHEN state = 'planned' THEN coalesce(planned_for, answer_by) ELSE answer_by END, handler_id, '', at
    FROM complaints WHERE state IN ('received', 'taken', 'planned', 'reopened')""",
    """INSERT INTO promises (subject, number, kind, state, first_due, due, made_by, partner, made_at)
    SELECT 'I' || id, id, 'answer', 'open', answer_by, answer_by, NULL, '', at FROM ideas WHERE state = 'received'""",
)
"""What was promised before there was a ledger; `bot/neighbourhood/promise_days.py` goes on with it."""


def upgrade() -> None:
    """Apply."""
    for table, column in COLUMNS:
        op.add_column(table, column._copy())
    op.create_index("ix_complaints_topic_place_folded", "complaints", ["topic", "place_folded"])
    for name in ("neighbourhood", "handler_id"):
        op.drop_index(f"ix_complaints_{name}", "complaints")
    for name, columns in IN_ORDER.items():
        op.create_index(name, "complaints", columns)
    op.create_index("ix_complaints_same_as", "complaints", ["same_as"], **_only("same_as IS NOT NULL"))
    op.drop_index("ix_residents_warned_at", "residents")
    op.create_index("ix_residents_warned_at", "residents", ["warned_at"], **_only("warned_at IS NOT NULL"))
    op.create_index("ix_person_talks_state", "person_talks", ["state"])
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
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
    op.create_index("ix_promises_subject_state", "promises", ["subject", "state"])
    op.create_index("ix_promises_made_by", "promises", ["made_by"])
    with_all = ["state", "due", "id", "kind", "subject", "number", "made_by", "partner"]
    op.create_index("ix_promises_state_due", "promises", with_all)
    op.create_index("ix_promises_state_kind", "promises", ["state", "kind", "number", "subject"])
    op.create_index("ix_promises_state_settled_at", "promises", ["state", "settled_at"])
    for statement in PROMISED_BEFORE:
        op.execute(statement)
    op.create_index("ix_posts_behind", "posts", ["chat_id"], **_only("wanted > shown"))
    _index_words(", prefix='2 3'")  # a short beginning is that of very many words


def downgrade() -> None:
    """Take back."""
    _index_words("")
    op.drop_index("ix_posts_behind", "posts")
    op.drop_table("promises")
    op.drop_index("ix_person_talks_state", "person_talks")
    op.drop_index("ix_residents_warned_at", "residents")
    op.create_index("ix_residents_warned_at", "residents", ["warned_at"])
    op.drop_index("ix_complaints_same_as", "complaints")
    for name in IN_ORDER:
        op.drop_index(name, "complaints")
    for column in ("neighbourhood", "handler_id"):
        op.create_index(f"ix_complaints_{column}", "complaints", [column])
    op.drop_index("ix_complaints_topic_place_folded", "complaints")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)


def _index_words(how: str) -> None:
    """Make SQLite's index of words anew; PostgreSQL's stays as it is."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE found_index")
        op.execute(f"CREATE VIRTUAL TABLE found_index USING fts5 (words, content='found', content_rowid='id'{how})")
        op.execute("INSERT INTO found_index (found_index) VALUES ('rebuild')")


def _only(rows: str) -> dict[str, Any]:
    """An index over some rows alone."""
    return {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)}
