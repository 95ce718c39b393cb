"""talking with a person, reading aloud, what a voice message says, who brought whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


LOOKED_UP_BY = (
    ("residents", "contact_id"),
    ("residents", "brought_by"),
    ("residents", "warned_at"),
    ("chats", "heard_at"),
    ("complaints", "solved_at"),
    ("photos", "at"),
)


def upgrade() -> None:
    """Apply."""

    op.create_table(
        "person_talks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name="fk_person_talks_resident_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["residents.id"], name="fk_person_talks_staff_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_person_talks"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("person_talks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_talks_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_talks_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "recordings",
        sa.Column("question", sa.String(length=48), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("voice", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["residents.id"], name="fk_recordings_made_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("question", "language", name="pk_recordings"),
    )
    op.create_table(
        "staff_rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_staff_rooms_chat_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["residents.id"], name="fk_staff_rooms_made_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_rooms"),
        sa.UniqueConstraint("chat_id", name="uq_staff_rooms_chat_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "person_talk_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("voice", sa.String(length=200), nullable=True),
        sa.Column("photo", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["person_talks.id"], name="fk_person_talk_lines_talk_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person_talk_lines"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("person_talk_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_talk_lines_talk_id"), ["talk_id"], unique=False)

    for table in ("answers", "complaints", "ideas"):
        op.add_column(table, sa.Column("heard", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_complaints_topic_latitude", "complaints", ["topic", "latitude", "longitude"])
    op.add_column("posts", sa.Column("method", sa.String(length=32), nullable=False, server_default="sendMessage"))
    op.add_column("residents", sa.Column("name", sa.String(length=40), nullable=True))
    for name in ("contact_id", "brought_by"):
        op.add_column("residents", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("residents", sa.Column("reads_aloud", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("residents", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reporters", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.add_column("reporters", sa.Column("voice", sa.String(length=200), nullable=True))
    op.add_column("photos", sa.Column("joined_by", sa.Integer(), nullable=True))
    for table, column in LOOKED_UP_BY:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Take back."""
    for table, column in LOOKED_UP_BY:
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_column("photos", "joined_by")
    for name in ("voice", "words"):
        op.drop_column("reporters", name)
    for name in ("warned_at", "reads_aloud", "brought_by", "contact_id", "name"):
        op.drop_column("residents", name)
    op.drop_column("posts", "method")
    op.drop_index("ix_complaints_topic_latitude", "complaints")
    for table in ("answers", "complaints", "ideas"):
        op.drop_column(table, "heard")
    for table in ("person_talk_lines", "person_talks", "staff_rooms", "recordings"):
        op.drop_table(table)
