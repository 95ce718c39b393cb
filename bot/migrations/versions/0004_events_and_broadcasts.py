"""events that fill up, change and are proposed by residents; broadcasts that are paused, corrected and approved."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("residents", sa.Column("weekly", sa.Boolean(), nullable=False, server_default=sa.true())),
    ("events", sa.Column("kind", sa.String(length=8), nullable=False, server_default="event")),
    ("events", sa.Column("state", sa.String(length=12), nullable=False, server_default="on")),
    ("events", sa.Column("language", sa.String(length=8), nullable=False, server_default="")),
    ("events", sa.Column("said_in", sa.JSON(), nullable=False, server_default="{}")),
    ("events", sa.Column("neighbourhood", sa.String(length=16), nullable=True)),
    ("events", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True)),
    ("events", sa.Column("places", sa.Integer(), nullable=True)),
    ("events", sa.Column("version", sa.Integer(), nullable=False, server_default="1")),
    ("events", sa.Column("reason", sa.Text(), nullable=False, server_default="")),
    ("events", sa.Column("proposed_by", sa.Integer(), nullable=True)),
    ("event_answers", sa.Column("people", sa.Integer(), nullable=False, server_default="1")),
    ("event_answers", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True)),
    ("event_answers", sa.Column("brings", sa.Text(), nullable=False, server_default="")),
    ("event_answers", sa.Column("helps", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("event_answers", sa.Column("name", sa.Text(), nullable=False, server_default="")),
    ("event_answers", sa.Column("came_at", sa.DateTime(timezone=True), nullable=True)),
    ("broadcasts", sa.Column("lane", sa.Integer(), nullable=False, server_default="2")),
    ("broadcasts", sa.Column("audience", sa.JSON(), nullable=False, server_default="{}")),
    ("broadcasts", sa.Column("edits", sa.Integer(), nullable=True)),
    ("broadcasts", sa.Column("never_twice", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("broadcasts", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True)),
    ("broadcasts", sa.Column("unknown", sa.Integer(), nullable=False, server_default="0")),
    ("broadcasts", sa.Column("approved_by", sa.Integer(), nullable=True)),
    ("recipients", sa.Column("message_id", sa.Integer(), nullable=True)),
    ("recipients", sa.Column("not_before", sa.Float(), nullable=False, server_default="0")),
)


def upgrade() -> None:
    """Apply."""
    for table, column in COLUMNS:
        op.add_column(table, column._copy())


def downgrade() -> None:
    """Take back."""
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
