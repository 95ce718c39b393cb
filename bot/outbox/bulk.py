"""Broadcasts: one letter a language, and a slim table of who gets it. Fixed at the start, in one statement.

The sender asks many times a second while one goes out, so its statements are built once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Integer, Select, bindparam, func, insert, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from bot.outbox import posts
from bot.outbox.letters import Letter
from bot.store.base import Utc
from bot.store.lease import database_seconds
from bot.store.tables import Broadcast, Chat, Recipient

CLAIM_SECONDS = 120.0
End = Literal["sent", "gone", "refused", "unknown"]
"""How it ends for a recipient; "gone": who can't be reached, or wants it no more."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's copy of a broadcast, that was taken to be sent."""

    broadcast_id: int
    chat_id: int
    telegram_id: bytes
    lane: int
    method: str
    content: dict[str, Any]
    attempts: int
    expires_at: datetime | None
    never_twice: bool


async def begin(session: AsyncSession, broadcast: Broadcast, letters: Mapping[str, Letter], to: Select[Any]) -> None:
    """Fix who gets it, and let it go as its state says; nothing is rendered any more.

    `to` selects ids of chats; for a broadcast that edits, besides each the number of the message that is to be changed.
    Raises ValueError where a letter is of a kind that can't be changed.
    """
    if broadcast.edits is not None and any(each.method not in posts.CHANGED_BY for each in letters.values()):
        raise ValueError("what was sent so can't be changed")
    broadcast.letters = {
        language: {"method": each.method, "content": each.content} for language, each in letters.items()
    }
    session.add(broadcast)
    await session.flush()
    if broadcast.edits is not None:  # an older edit that is tried again would undo this one
        older = (Broadcast.edits == broadcast.edits, Broadcast.id != broadcast.id)
        goes = Broadcast.state.in_(["running", "paused"])
        await session.execute(update(Broadcast).where(*older, goes).values(state="stopped"))
    chats = to.subquery()
    message = chats.c[1] if broadcast.edits is not None else null()
    rows = select(literal(broadcast.id), chats.c[0], message, literal("waiting"), *[literal(0)] * 3)
    columns = ["broadcast_id", "chat_id", "message_id", "state", "claimed_until", "not_before", "attempts"]
    done = await session.execute(insert(Recipient).from_select(columns, rows))
    broadcast.total = int(getattr(done, "rowcount", 0))


def reached(broadcast_id: int) -> Select[int, int | None]:
    """Those who got a broadcast, with the number of the message: for `begin` of what corrects it.

    Those to whom it is under way are among them: what comes behind it waits for it.
    """
    got = or_(Recipient.state == "sent", (Recipient.state == "waiting") & (Recipient.claimed_until > 0))
    return select(Recipient.chat_id, Recipient.message_id).where(Recipient.broadcast_id == broadcast_id, got)


async def claim(session: AsyncSession, now: datetime, room: int, busy: Collection[int]) -> list[Copy]:
    """Take the next recipients of the broadcasts that run: notices first, then the oldest broadcast."""
    claimed: list[Copy] = []
    busy = set(busy)
    for broadcast in (await session.execute(_RUNNING, {"now": now})).all():
        asked = {"broadcast": broadcast.id, "edits": broadcast.edits, "busy": busy, "room": room - len(claimed)}
        found = (await session.execute(_NEXT, asked)).all()
        if broadcast.edits is not None:
            if nothing := [row.chat_id for row in found if row.message_id is None]:  # it did not arrive after all
                await settle(session, broadcast.id, nothing, "refused")
            found = [row for row in found if row.message_id is not None]
        if found:
            chats = [chat_id for chat_id, *_rest in found]
            await session.execute(_TAKE, {"broadcast": broadcast.id, "chats": chats})
            if broadcast.started_at is None:
                await session.execute(_START, {"broadcast": broadcast.id, "now": now})
            busy.update(chats)
            claimed += [_copy(broadcast, *row) for row in found]
        if len(claimed) >= room:
            break
    return claimed


def _copy(
    broadcast: Any, chat_id: int, telegram_id: bytes, language: str, message_id: int | None, attempts: int
) -> Copy:
    letter = broadcast.letters.get(language) or next(iter(broadcast.letters.values()))
    method, content = letter["method"], letter["content"]
    if broadcast.edits is not None:
        method, content = posts.change_of(method, content, message_id)
    how = (broadcast.expires_at, broadcast.never_twice)
    return Copy(broadcast.id, chat_id, telegram_id, broadcast.lane, method, content, attempts, *how)


async def settle(
    session: AsyncSession,
    broadcast_id: int,
    chats: Collection[int],
    end: End,
    messages: Mapping[int, int] | None = None,
) -> None:
    """For these recipients it has come to an end; who had one already keeps that. `messages`: chat → what was sent."""
    asked = {"broadcast": broadcast_id, "chats": list(chats)}
    done = await session.execute(_END, {**asked, "end": end})
    if messages:
        numbers = [{"broadcast": broadcast_id, "chat": chat, "message": each} for chat, each in messages.items()]
        await (await session.connection()).execute(_NUMBER, numbers)
    await session.execute(_COUNT[end], {"broadcast": broadcast_id, "more": int(getattr(done, "rowcount", 0))})


async def leave_out(session: AsyncSession, chat_id: int, *which: ColumnElement[bool]) -> None:
    """Send this chat nothing more of the broadcasts that are still to go out. `which`: only of these."""
    waits = (Recipient.chat_id == chat_id, Recipient.state == "waiting", Broadcast.state.in_(["running", "paused"]))
    found = select(Broadcast.id).join(Recipient, Recipient.broadcast_id == Broadcast.id).where(*waits, *which)
    for broadcast_id in list(await session.scalars(found)):
        await settle(session, broadcast_id, [chat_id], "gone")


async def later(session: AsyncSession, broadcast_id: int, chat_id: int, seconds: float, attempts: int) -> None:
    """It did not go: try this recipient again after so many seconds."""
    await session.execute(
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.chat_id == chat_id, Recipient.state == "waiting")
        .values(claimed_until=0.0, not_before=database_seconds() + seconds, attempts=attempts)
        .execution_options(synchronize_session=False)
    )


async def give_back_claims(session: AsyncSession) -> None:
    """Free what a sender that died had in hand; only for the process that has just taken the lease.

    Of a broadcast that must never go twice nobody knows whether it went: that is its end.
    """
    in_hand = await session.execute(
        select(Recipient.broadcast_id, Recipient.chat_id)
        .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
        .where(*_IN_HAND, Broadcast.never_twice)
    )
    for broadcast_id, chat_id in in_hand.all():
        await settle(session, broadcast_id, [chat_id], "unknown")
    await release(session, ())


async def release(session: AsyncSession, but: Collection[int]) -> None:
    """Free what was claimed and surely never tried: all `but` what is in hand for these chats."""
    await session.execute(
        update(Recipient)
        .where(*_IN_HAND, Recipient.chat_id.not_in(list(but)))
        .values(claimed_until=0)
        .execution_options(synchronize_session=False)
    )


# The index begins with the broadcast.
_IN_HAND = (
    Recipient.broadcast_id.in_(select(Broadcast.id)),
    Recipient.state == "waiting",
    Recipient.claimed_until > 0,
)
_NOW = bindparam("now", type_=Utc())
_RUNNING = (
    select(
        Broadcast.id,
        Broadcast.lane,
        Broadcast.letters,
        Broadcast.edits,
        Broadcast.never_twice,
        Broadcast.expires_at,
        Broadcast.started_at,
    )
    .where(
        Broadcast.state == "running",
        Broadcast.not_before <= _NOW,
        or_(Broadcast.expires_at.is_(None), Broadcast.expires_at > _NOW),
    )
    .order_by(Broadcast.lane, Broadcast.id)
)
_earlier = aliased(Recipient)
_to_be_changed = (
    select(_earlier.message_id)
    .where(_earlier.broadcast_id == bindparam("edits", type_=Integer()), _earlier.chat_id == Recipient.chat_id)
    .scalar_subquery()  # of what was under way when the edits began
)
_NEXT = (
    select(
        Recipient.chat_id,
        Chat.telegram_id,
        Chat.language,
        func.coalesce(Recipient.message_id, _to_be_changed).label("message_id"),
        Recipient.attempts,
    )
    .join(Chat, Chat.id == Recipient.chat_id)
    .where(
        Recipient.broadcast_id == bindparam("broadcast"),
        Recipient.state == "waiting",
        Recipient.claimed_until <= database_seconds(),
        Recipient.not_before <= database_seconds(),
        Recipient.chat_id.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(Recipient.chat_id)
    .limit(bindparam("room"))
)
_THESE = (
    Recipient.broadcast_id == bindparam("broadcast"),
    Recipient.chat_id.in_(bindparam("chats", expanding=True)),
    Recipient.state == "waiting",
)
_QUIETLY = {"synchronize_session": False}
_TAKE = (
    update(Recipient)
    .where(*_THESE)
    .values(claimed_until=database_seconds() + CLAIM_SECONDS)
    .execution_options(**_QUIETLY)
)
_END = update(Recipient).where(*_THESE).values(state=bindparam("end"), claimed_until=0.0).execution_options(**_QUIETLY)
_NUMBER = (
    update(Recipient)
    .where(Recipient.broadcast_id == bindparam("broadcast"), Recipient.chat_id == bindparam("chat"))
    .values(message_id=bindparam("message"))
)
_START = update(Broadcast).where(Broadcast.id == bindparam("broadcast")).values(started_at=_NOW)
_COUNT = {
    end: update(Broadcast)
    .where(Broadcast.id == bindparam("broadcast"))
    .values({column: column + bindparam("more")})
    .execution_options(**_QUIETLY)
    for end, column in {
        "sent": Broadcast.sent,
        "gone": Broadcast.unreachable,
        "refused": Broadcast.refused,
        "unknown": Broadcast.unknown,
    }.items()
}
