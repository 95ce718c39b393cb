"""Who is who: chats, residents, roles, and the conversations that go on with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

_WARNED = text("warned_at IS NOT NULL")


class Chat(Base):
    """Where somebody can be reached. The Telegram id is encrypted; `fingerprint` (keyed) finds it."""

    __tablename__ = "chats"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    telegram_id: Mapped[bytes]
    language: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime]
    heard_at: Mapped[datetime] = mapped_column(index=True)
    unreachable_since: Mapped[datetime | None]


class Resident(Base):
    """A person who talks with the bot; staff see the number, the neighbourhood, and a name only if one was given.

    `name`: the first name that somebody chose; of staff it is what residents read. `contact_id`: the one member of
    staff whom this resident deals with. `brought_by`: the neighbour whose link was used, where both agreed to keep it.
    `warned_at`: told that they are forgotten soon: after a long silence, or after a no to a new text of the consent.
    """

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
    name: Mapped[str | None] = mapped_column(String(40))
    contact_id: Mapped[int | None] = mapped_column(index=True)
    brought_by: Mapped[int | None] = mapped_column(index=True)
    reads_aloud: Mapped[bool] = mapped_column(default=False)
    morning: Mapped[bool] = mapped_column(default=False)
    weekly: Mapped[bool] = mapped_column(default=True)
    warned_at: Mapped[datetime | None]
    # Nearly nobody is warned: SQLite would rather go through all the others than by when they were heard last.
    __table_args__ = (Index("ix_residents_warned_at", "warned_at", sqlite_where=_WARNED, postgresql_where=_WARNED),)


class Role(Base):
    """What somebody may do beyond a resident: "panel", "staff" or "coordinator"; a withdrawn role stays as a row.

    `neighbourhoods`, `topics`: what staff work on, where that is not everything. `chairs`: of the panel, who enters
    what its meeting decided.
    """

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    neighbourhoods: Mapped[list[Any]] = mapped_column(default=list)
    topics: Mapped[list[Any]] = mapped_column(default=list)
    chairs: Mapped[bool] = mapped_column(default=False)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class JoinLink(Base):
    """A one-time deep link that gives a role; only the hash of its token is kept."""

    __tablename__ = "join_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


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


class StaffRoom(Base):
    """A group in which the office sees what comes in, and answers by replying to it."""

    __tablename__ = "staff_rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class PersonTalk(Base):
    """A resident and the office talking, person to person. state: "open", "ended"."""

    __tablename__ = "person_talks"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class PersonTalkLine(Base):
    """What one of the two said: typed, spoken or shown (file ids of the messenger).

    `written_by`: who of the office it was.
    """

    __tablename__ = "person_talk_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("person_talks.id", ondelete="CASCADE"), index=True)
    by_staff: Mapped[bool]
    written_by: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    voice: Mapped[str | None] = mapped_column(String(200))
    photo: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
