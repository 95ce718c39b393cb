"""vouchers: the panel's judgement, the neighbourhood's say, budgets and the ledger of money."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "budgets",
        sa.Column("neighbourhood", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.CheckConstraint("available >= 0", name="available_not_below_zero"),
        sa.PrimaryKeyConstraint("neighbourhood", "year", name=op.f("pk_budgets")),
    )
    op.create_table(
        "panel_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("active_before", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_meetings")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "consultations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("say", sa.String(length=8), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_of", sa.JSON(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_consultations_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_consultations_closes_at"), "consultations", ["closes_at"], unique=False)
    op.create_index(op.f("ix_consultations_idea_id"), "consultations", ["idea_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_entries_idea_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_entries_idea_id"), "entries", ["idea_id"], unique=False)
    op.create_index("ix_entries_neighbourhood_year", "entries", ["neighbourhood", "year"], unique=False)
    op.create_table(
        "idea_friends",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_friends_idea_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_idea_friends_resident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", "resident_id", "kind", name=op.f("pk_idea_friends")),
    )
    op.create_index(op.f("ix_idea_friends_resident_id"), "idea_friends", ["resident_id"], unique=False)
    op.create_table(
        "rule_checks",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=24), nullable=False),
        sa.Column("member", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_rule_checks_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", "rule", "member", name=op.f("pk_rule_checks")),
    )
    op.create_table(
        "spendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=200), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_spendings_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spendings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_spendings_idea_id"), "spendings", ["idea_id"], unique=False)
    op.create_table(
        "votes",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vote", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_votes_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", "member", name=op.f("pk_votes")),
    )
    op.create_table(
        "vouchers",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("balance >= 0", name="balance_not_below_zero"),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_vouchers_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code", name=op.f("uq_vouchers_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "opinions",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("neighbourhood", sa.String(length=16), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_opinions_consultation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consultation_id", "resident_id", name=op.f("pk_opinions")),
    )
    op.create_index(op.f("ix_opinions_resident_id"), "opinions", ["resident_id"], unique=False)
    op.add_column("ideas", sa.Column("behind", sa.Text(), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("neighbours", sa.Text(), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("spoken", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("ideas", sa.Column("amount_cents", sa.Integer(), nullable=True))
    op.add_column("ideas", sa.Column("rules_version", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("contact_id", sa.Integer(), nullable=True))
    op.add_column("ideas", sa.Column("missing", sa.Text(), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ideas", sa.Column("checklist", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("ideas", sa.Column("advice", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("done", sa.Text(), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("difference", sa.Text(), nullable=False, server_default=""))
    op.add_column("ideas", sa.Column("story_shown", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("roles", sa.Column("chairs", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take back."""
    op.drop_column("roles", "chairs")
    op.drop_column("ideas", "story_shown")
    op.drop_column("ideas", "difference")
    op.drop_column("ideas", "done")
    op.drop_column("ideas", "advice")
    op.drop_column("ideas", "checklist")
    op.drop_column("ideas", "waits_since")
    op.drop_column("ideas", "missing")
    op.drop_column("ideas", "contact_id")
    op.drop_column("ideas", "rules_version")
    op.drop_column("ideas", "amount_cents")
    op.drop_column("ideas", "spoken")
    op.drop_column("ideas", "neighbours")
    op.drop_column("ideas", "behind")
    op.drop_index(op.f("ix_opinions_resident_id"), table_name="opinions")
    op.drop_table("opinions")
    op.drop_table("vouchers")
    op.drop_table("votes")
    op.drop_index(op.f("ix_spendings_idea_id"), table_name="spendings")
    op.drop_table("spendings")
    op.drop_table("rule_checks")
    op.drop_index(op.f("ix_idea_friends_resident_id"), table_name="idea_friends")
    op.drop_table("idea_friends")
    op.drop_index("ix_entries_neighbourhood_year", table_name="entries")
    op.drop_index(op.f("ix_entries_idea_id"), table_name="entries")
    op.drop_table("entries")
    op.drop_index(op.f("ix_consultations_idea_id"), table_name="consultations")
    op.drop_index(op.f("ix_consultations_closes_at"), table_name="consultations")
    op.drop_table("consultations")
    op.drop_table("panel_meetings")
    op.drop_table("budgets")
