"""What residents decide and carry out: the panel's judgement of an idea, the neighbourhood's say, the money."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class RuleCheck(Base):
    """What a member of the panel says of one rule for one idea: "yes", "no" or "unsure"; two members look at each."""

    __tablename__ = "rule_checks"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(24), primary_key=True)
    member: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]


class Vote(Base):
    """A member's vote on an idea: "for", "against", or "involved" (out of the count). Only the newest counts.

    `member`: the number of the resident; it stays on record when their role ends.
    """

    __tablename__ = "votes"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    member: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vote: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]


class PanelMeeting(Base):
    """The panel met: when, and how many members were there; of these `active_before` did something here earlier."""

    __tablename__ = "panel_meetings"
    id: Mapped[int] = mapped_column(primary_key=True)
    met_on: Mapped[date]
    members: Mapped[int]
    active_before: Mapped[int]
    entered_by: Mapped[int | None]
    at: Mapped[datetime]


class Consultation(Base):
    """The neighbourhood is asked about an idea; it goes by the idea's code.

    say: "decide", "advise" or "think" (think along). state: "open", "closed". `asked_of`: codes of neighbourhoods.
    """

    __tablename__ = "consultations"
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="open")
    say: Mapped[str] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    asked_of: Mapped[list[Any]] = mapped_column(default=list)
    closes_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[int | None]
    at: Mapped[datetime]


class Opinion(Base):
    """What a resident thinks: "for", "against" or "unknown", and why, if they said so. Each once; it can be changed.

    `resident_id`: their number; below zero where they were forgotten, so that what was counted is nobody's any more.
    """

    __tablename__ = "opinions"
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    opinion: Mapped[str] = mapped_column(String(8))
    why: Mapped[str] = mapped_column(Text, default="")
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime]


class Budget(Base):
    """What a neighbourhood may still award this year, in cents: never below zero, whatever comes at once.

    `available` is the sum of the ledger's entries of kind "budget", "award" and "return", kept in the same transaction.
    """

    __tablename__ = "budgets"
    neighbourhood: Mapped[str] = mapped_column(String(16), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    available: Mapped[int] = mapped_column(default=0)
    __table_args__ = (CheckConstraint("available >= 0", name="available_not_below_zero"),)


class Entry(Base):
    """A line of the ledger of money, in whole cents, signed. Only ever added to.

    kind: "budget" (in, +; a mistake is taken out again, −), "award" (out of the budget, −), "voucher" (onto the idea's
    voucher, +), "spend" (from the voucher, −), "back" (what is left goes off the voucher, −), "return" (and into the
    budget, +). An award is two lines, "award" and "voucher"; what is left over is two lines, "back" and "return". A
    spending that staff refuse is booked back: "spend", +. `neighbourhood`: "area" for the budget of the area as a
    whole. `words` of a spending: its code.
    """

    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    neighbourhood: Mapped[str] = mapped_column(String(16))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    cents: Mapped[int]
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="SET NULL"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[int | None]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_entries_neighbourhood_year", "neighbourhood", "year"),)


class Voucher(Base):
    """The voucher of an awarded idea; `code` is on it, with a QR code that staff scan. `balance` never goes below zero.

    state: "open" (may be spent), "closed" (accounted for, or its time is up).
    """

    __tablename__ = "vouchers"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(8), default="open")
    cents: Mapped[int]
    balance: Mapped[int]
    valid_until: Mapped[date]
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_below_zero"),)


class Spending(Base):
    """Something paid from a voucher. kind: "myself" (paid by the resident), "shop" (to be paid by us), "work".

    state: "shown" (its owner has to say whether the amount is right, or it is more than the balance), "booked",
    "refused" (staff say why), "paid" (the money went out). `photo`: the receipt. "work" is somebody's expertise.
    """

    __tablename__ = "spendings"
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="shown")
    cents: Mapped[int]
    words: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str | None] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What the office calls it: S7."""
        return f"S{self.id}"


class IdeaFriend(Base):
    """Somebody who likes an idea, or wants to help with it.

    kind: "likes", "helps". `accepted`: what the idea's owner said to the help; None: nothing yet.
    """

    __tablename__ = "idea_friends"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")
    accepted: Mapped[bool | None]
    at: Mapped[datetime]
