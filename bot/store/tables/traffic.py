"""What keeps the service going: what came in, what must be sent, what falls due, who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

_BEHIND = text("wanted > shown")


class Lock(Base):
    """One row that proves which secret key this database is locked with."""

    __tablename__ = "lock"
    id: Mapped[int] = mapped_column(primary_key=True)
    proof: Mapped[bytes]


class Lease(Base):
    """Which process works for a bot. `until` is seconds of the database's own clock."""

    __tablename__ = "leases"
    bot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(128))
    until: Mapped[float]


class Update(Base):
    """An update of Telegram's: that it acted, or why it did not. Telegram repeats what was not confirmed.

    state: "noted" (about to act, first poll after a start), "done", "aside" (it failed; kept encrypted).
    """

    __tablename__ = "updates"
    bot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes | None]
    error: Mapped[str | None] = mapped_column(String(300))


class History(Base):
    """Who did what to which subject, and when. Only ever added to, but for the words of who is forgotten."""

    __tablename__ = "history"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    what: Mapped[str] = mapped_column(String(24))
    words: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Due(Base):
    """Something that is to happen when its time has come. Unique on what, about whom or which, and the occasion."""

    __tablename__ = "due"
    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Message(Base):
    """A message that must be sent: the outbox. Rows go when they are sent.

    lane: 0 reply, 1 notice, 2 bulk. state: "waiting" (a sender has it while `claimed_until`, seconds of the database's
    clock, lies ahead), "held" (the chat is unreachable; the latest of each subject waits for its return), "dead"
    (Telegram refuses it), "told" (dead, and coordinators heard of it).
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    lane: Mapped[int]
    method: Mapped[str] = mapped_column(String(32))
    content: Mapped[dict[str, Any]]
    subject: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    claimed_until: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_outbox_state_lane_id", "state", "lane", "id"),
        Index("ix_outbox_chat_id_state_lane_id", "chat_id", "state", "lane", "id"),
    )


class Broadcast(Base):
    """One message to many, B<id>: a letter in each language, and counts that the sender keeps.

    state: "proving" (sent to who made it first), "asked" (waits for a second coordinator's yes), "planned" (for its
    time; who gets it is fixed when it starts), "running" (from `not_before` on), "paused", "stopped", "done".
    `letters`: language → method and content. lane: 2 bulk, or 1 for what people must know (a change, a reminder).
    `audience`: for whom it was meant, as it was chosen. `edits`: the number of the broadcast whose messages this one
    changes. `never_twice`: what was in hand when the process died is not sent again, and counted in `unknown`.
    """

    __tablename__ = "broadcasts"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    lane: Mapped[int] = mapped_column(default=2)
    letters: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    edits: Mapped[int | None]
    never_twice: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    unreachable: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    approved_by: Mapped[int | None]
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What people call it: B7."""
        return f"B{self.id}"

    @property
    def waiting(self) -> int:
        """How many have not been tried to the end."""
        return self.total - self.sent - self.unreachable - self.refused - self.unknown


class Recipient(Base):
    """One who gets a broadcast. state: "waiting", "sent", "gone" (unreachable, or wants it no more), "refused",
    "unknown".

    `message_id`: the message that was sent; of a broadcast that edits: the one that is to be changed. `claimed_until`:
    a sender has it in hand; `not_before`: what did not go is tried again from then on; seconds of the database's clock.
    """

    __tablename__ = "recipients"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    message_id: Mapped[int | None]
    claimed_until: Mapped[float] = mapped_column(default=0.0)
    not_before: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_recipients_broadcast_id_state", "broadcast_id", "state", "chat_id"),)


class Post(Base):
    """A message that keeps itself up to date: what it should say by now (`wanted`), and what it says (`shown`)."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    method: Mapped[str] = mapped_column(String(32), default="sendMessage")
    content: Mapped[dict[str, Any]]
    wanted: Mapped[int] = mapped_column(default=1)
    shown: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[int | None]
    claimed_until: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    # The sender looks twice a second, and nearly all posts say what they should.
    __table_args__ = (Index("ix_posts_behind", "chat_id", sqlite_where=_BEHIND, postgresql_where=_BEHIND),)


class Job(Base):
    """Heavy work for a child process: an export, a picture of figures, somebody's own data. Rows go when it is done.

    kind: "export", "stats", "mydata", "poster", "slip", "card" (for a neighbour), "voucher", "budget", "opinions".
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    asked: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    at: Mapped[datetime]
