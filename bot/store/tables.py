"""The tables. `docs/architecture.md` tells of each what it is for, who writes it and how long its rows stay.

Moments are UTC. Amounts of time are seconds. Texts of residents are theirs: no code changes them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column


class Utc(TypeDecorator[datetime]):
    """A moment in UTC, time-zone aware on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, aware."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: Utc(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        bytes: LargeBinary(),
        float: Float(),
    }


@event.listens_for(Base, "instrument_class", propagate=True)
def _numbers_are_never_given_twice(mapper: Mapper[Any], _class: type) -> None:
    """SQLite gives the newest row's number to the next one as soon as it is gone, unless it is told not to.

    Buttons, codes, file names and what the sender has in hand bear numbers of rows: a number means one row for ever.
    """
    table = mapper.local_table
    if isinstance(table, Table) and [type(column.type) for column in table.primary_key] == [Integer]:
        table.dialect_options["sqlite"]["autoincrement"] = True


class Lock(Base):
    """One row that proves which secret key this database was made with."""

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


class Chat(Base):
    """Where somebody can be reached. The Telegram id is encrypted; `fingerprint` (keyed) finds it."""

    __tablename__ = "chats"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    telegram_id: Mapped[bytes]
    language: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime]
    heard_at: Mapped[datetime]
    unreachable_since: Mapped[datetime | None]


class Resident(Base):
    """A person who talks with the bot; staff see the number, the neighbourhood, and a name only if one was given."""

    __tablename__ = "residents"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="SET NULL"), unique=True)
    neighbourhood: Mapped[str | None] = mapped_column(String(16), index=True)
    consent_version: Mapped[str | None] = mapped_column(String(16))
    consent_at: Mapped[datetime | None]
    came_from: Mapped[str] = mapped_column(String(64), default="telegram")
    came_at: Mapped[datetime] = mapped_column(index=True)
    invites: Mapped[bool] = mapped_column(default=True)
    contributions: Mapped[int] = mapped_column(default=0)


class Role(Base):
    """What somebody may do beyond a resident: "panel", "staff" or "coordinator"; a withdrawn role stays as a row."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    given_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Conversation(Base):
    """A conversation that is going on: what was said so far (`said`), in a flow (`flow`).

    `about`: what the bot opened it for ("M12"). `front_since`: the newest is the one that typed words go to; None where
    the bot opened it and nobody tapped yet.
    """

    __tablename__ = "conversations"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    flow: Mapped[str] = mapped_column(String(32))
    said: Mapped[dict[str, Any]]
    turn: Mapped[int] = mapped_column(default=0)
    about: Mapped[str | None] = mapped_column(String(16), index=True)
    front_since: Mapped[datetime | None]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Answer(Base):
    """An answer to one of the two questions: "proud" or "better"."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    question: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(String(200))
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    came_from: Mapped[str] = mapped_column(String(64))
    first: Mapped[bool]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_answers_question_at", "question", "at"),)


class Complaint(Base):
    """Something to be mended, M<id> to everybody. States and who may change them: `bot/neighbourhood/complaints.py`."""

    __tablename__ = "complaints"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str] = mapped_column(String(24))
    theme: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    neighbourhood: Mapped[str | None] = mapped_column(String(16), index=True)
    answer_by: Mapped[date]
    planned_for: Mapped[date | None]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    result: Mapped[str] = mapped_column(Text, default="")
    came_from: Mapped[str] = mapped_column(String(64))
    first: Mapped[bool]
    at: Mapped[datetime]
    solved_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_complaints_state_answer_by", "state", "answer_by"),)

    @property
    def code(self) -> str:
        """What people call it: M12."""
        return f"M{self.id}"


class Reporter(Base):
    """Somebody who reported a complaint, alone or together with others."""

    __tablename__ = "reporters"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class Photo(Base):
    """A photo of a subject like "M12" or "A3"; `part` is "before" or "after".

    state: "new" (to be downloaded), "kept" (in `file`, below the data folder), "bad" (no picture), "gone" (erased by
    its owner: the worker removes file and row).
    """

    __tablename__ = "photos"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    part: Mapped[str] = mapped_column(String(8))
    file_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8), index=True)
    file: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    at: Mapped[datetime]


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


class JoinLink(Base):
    """A one-time deep link that gives a role; only the hash of its token is kept."""

    __tablename__ = "join_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Idea(Base):
    """A resident's idea for a voucher, I<id> to everybody. state: "received", "answered", "awarded", "not_now"."""

    __tablename__ = "ideas"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    words: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    whom: Mapped[str] = mapped_column(Text, default="")
    together: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[str] = mapped_column(Text, default="")
    wish: Mapped[str] = mapped_column(String(16), default="")
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    answer_by: Mapped[date]
    answer: Mapped[str] = mapped_column(Text, default="")
    awarded_cents: Mapped[int | None]
    came_from: Mapped[str] = mapped_column(String(64))
    first: Mapped[bool]
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What people call it: I3."""
        return f"I{self.id}"


class Event(Base):
    """Something that people are invited to, E<id> to everybody. `starts_at` is when it begins."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    photo: Mapped[str | None] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What people call it: E5."""
        return f"E{self.id}"


class EventAnswer(Base):
    """Who comes: "yes", "maybe" or "no"; the newest answer counts."""

    __tablename__ = "event_answers"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    answer: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]


class Broadcast(Base):
    """One message to many, B<id>: a letter in each language, and counts that the sender keeps.

    state: "running", "done". `letters`: language → method and content.
    """

    __tablename__ = "broadcasts"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    letters: Mapped[dict[str, Any]]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    unreachable: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What people call it: B7."""
        return f"B{self.id}"

    @property
    def waiting(self) -> int:
        """How many have not been tried to the end."""
        return self.total - self.sent - self.unreachable - self.refused


class Recipient(Base):
    """One who gets a broadcast. state: "waiting", "sent", "gone" (unreachable), "refused"."""

    __tablename__ = "recipients"
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    claimed_until: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_recipients_broadcast_id_state", "broadcast_id", "state", "chat_id"),)


class Post(Base):
    """A message that keeps itself up to date: what it should say by now (`wanted`), and what it says (`shown`)."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    content: Mapped[dict[str, Any]]
    wanted: Mapped[int] = mapped_column(default=1)
    shown: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[int | None]
    claimed_until: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class Job(Base):
    """Heavy work for a child process: an export, a picture of figures, somebody's own data. Rows go when it is done.

    kind: "export", "stats", "mydata".
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    asked: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    at: Mapped[datetime]


class Found(Base):
    """The words of a subject ("M12", "A3", "I3", "E5") as they are searched: folded. See `bot/store/search.py`."""

    __tablename__ = "found"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), unique=True)
    words: Mapped[str] = mapped_column(Text)
