"""Writing down what must be sent, and handing it to the sender in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from bot.outbox.letters import Letter
from bot.store.base import Utc
from bot.store.lease import database_seconds
from bot.store.tables import Chat, Message

CLAIM_SECONDS = 120.0
"""How long a claim lasts: longer than a call to Telegram may take (60 s), so that no message is in two hands."""


class Lane(IntEnum):
    """What goes first."""

    REPLY = 0
    NOTICE = 1
    BULK = 2


QUESTION = "question "
"""Begins the subject of a conversation's question, with its number: a newer one takes its place."""


def to_send(
    chat: Chat,
    lane: Lane,
    what: Iterable[Letter],
    now: datetime,
    *,
    subject: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Letters as rows for `write`.

    `subject`: what it is about ("M12"): of what somebody unreachable missed, only the latest of each subject is kept.
    `not_before`, `expires_at`: moments on the civil clock.
    """
    return [
        {
            "chat_id": chat.id,
            "lane": int(lane),
            "method": letter.method,
            "content": letter.content,
            "subject": subject,
            "state": "held" if chat.unreachable_since else "waiting",
            "not_before": not_before,
            "expires_at": expires_at,
            "claimed_until": 0.0,
            "attempts": 0,
            "at": now,
        }
        for letter in what
    ]


async def write(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows into the outbox, in one statement; they go when the transaction has committed."""
    if rows:
        # Without this a row that leaves something out can't be in one statement with a row that doesn't.
        await session.execute(insert(Message).execution_options(render_nulls=True), rows)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that was taken, and the chat's sealed Telegram id."""

    id: int
    chat_id: int
    lane: int
    method: str
    content: dict[str, Any]
    attempts: int
    expires_at: datetime | None
    telegram_id: bytes


async def claim(
    session: AsyncSession, now: datetime, room: int, *, busy: Collection[int], others: int
) -> list[Claimed]:
    """Take the next messages to send, at most `room`: replies before notices before bulk, the first of each chat.

    `busy`: chats to which something is under way. `others`: of all but replies at most so many.
    """
    lowest = Lane.BULK if others > 0 else Lane.REPLY
    asked = {"now": now, "room": room, "busy": list(busy), "lane": int(lowest)}
    found = [Claimed(*row) for row in await session.execute(_NEXT, asked)]
    replies = sum(message.lane == Lane.REPLY for message in found)
    claimed = found[: replies + max(others, 0)]
    if claimed:
        await session.execute(_TAKE, {"ids": [message.id for message in claimed]})
    return claimed


async def give_back_claims(session: AsyncSession) -> None:
    """Free what a sender that died had in hand; only for the process that has just taken the lease."""
    await session.execute(update(Message).where(Message.claimed_until > 0).values(claimed_until=0))


async def forget_sent(session: AsyncSession, ids: Collection[int]) -> None:
    """These messages have arrived."""
    if ids:
        await session.execute(delete(Message).where(Message.id.in_(ids)).execution_options(synchronize_session=False))


async def forget_expired(session: AsyncSession, now: datetime) -> None:
    """Drop what came too late to be of use."""
    await session.execute(delete(Message).where(Message.expires_at <= now, Message.state.in_(["waiting", "held"])))


async def hold(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """The chat can't be reached: keep only the latest message of each subject, for when its person comes back."""
    await session.execute(
        update(Chat).where(Chat.id == chat_id, Chat.unreachable_since.is_(None)).values(unreachable_since=now)
    )
    waiting = (Message.chat_id == chat_id, Message.state.in_(["waiting", "held"]))
    of_a_matter = (Message.subject.is_not(None), Message.subject.not_like(f"{QUESTION}%"))
    latest = select(func.max(Message.id)).where(*waiting, *of_a_matter).group_by(Message.subject)
    await session.execute(
        delete(Message).where(*waiting, Message.id.not_in(latest)).execution_options(synchronize_session=False)
    )
    await session.execute(update(Message).where(*waiting).values(state="held", claimed_until=0))


async def waiting_replies(session: AsyncSession, chat_id: int) -> int:
    """How many replies this chat is still to get."""
    waiting = (Message.chat_id == chat_id, Message.state == "waiting", Message.lane == Lane.REPLY)
    return await session.scalar(select(func.count()).where(*waiting)) or 0


async def ask_once(session: AsyncSession, chat_id: int) -> None:
    """Of questions that pile up for this chat keep the newest of each conversation: it says all that they said."""
    waiting = (
        Message.chat_id == chat_id,
        Message.state == "waiting",
        Message.lane == Lane.REPLY,
        Message.subject.like(f"{QUESTION}%"),
        Message.claimed_until == 0,
    )
    latest = select(func.max(Message.id)).where(*waiting).group_by(Message.subject)
    await session.execute(
        delete(Message).where(*waiting, Message.id.not_in(latest)).execution_options(synchronize_session=False)
    )


async def release(session: AsyncSession, chat: Chat, now: datetime) -> None:
    """The person is back: send the latest of each subject."""
    chat.unreachable_since = None
    held = (Message.chat_id == chat.id, Message.state == "held")
    latest = select(func.max(Message.id)).where(*held, Message.subject.is_not(None)).group_by(Message.subject)
    await session.execute(delete(Message).where(*held, Message.id.not_in(latest)))
    await session.execute(update(Message).where(*held).values(state="waiting", claimed_until=0, not_before=now))


def _ready(message: type[Message]) -> ColumnElement[bool]:
    now = bindparam("now", type_=Utc())
    return (
        (message.state == "waiting")
        & or_(message.not_before.is_(None), message.not_before <= now)
        & or_(message.expires_at.is_(None), message.expires_at > now)
    )


def _next() -> Select[Any]:
    before = aliased(Message)
    earlier = (
        select(before.id)
        .where(
            before.chat_id == Message.chat_id,
            _ready(before),
            or_(before.lane < Message.lane, (before.lane == Message.lane) & (before.id < Message.id)),
        )
        .exists()
    )
    what = (Message.id, Message.chat_id, Message.lane, Message.method, Message.content, Message.attempts)
    return (
        select(*what, Message.expires_at, Chat.telegram_id)
        .join(Chat, Chat.id == Message.chat_id)
        .where(
            _ready(Message),
            Message.claimed_until <= database_seconds(),
            Message.lane <= bindparam("lane"),
            Message.chat_id.not_in(bindparam("busy", expanding=True)),
            ~earlier,
        )
        .order_by(Message.lane, Message.id)
        .limit(bindparam("room"))
    )


# Built once: the sender asks many times a second.
_NEXT = _next()
_TAKE = (
    update(Message)
    .where(Message.id.in_(bindparam("ids", expanding=True)))
    .values(claimed_until=database_seconds() + CLAIM_SECONDS)
    .execution_options(synchronize_session=False)
)
