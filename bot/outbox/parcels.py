"""What the sender carries: a message, a recipient's copy of a broadcast, or a post; taken and settled alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox import bulk, posts, rows, wire
from bot.outbox.rows import Lane
from bot.store.identity import Seal
from bot.store.lease import database_seconds
from bot.store.tables import Broadcast, Chat, Message

LONGEST_WAIT = 300.0
MOST_ATTEMPTS = 580
"""With waits that grow to five minutes: two days of trying."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call to make. `kind`: "message", "copy" (of a broadcast) or "post"; `key` is its row.

    After `expires_at` it is not sent any more. `never_twice`: where it may have arrived it is not tried again.
    """

    kind: str
    key: int
    chat_id: int
    sealed: bytes
    lane: int
    method: str
    content: dict[str, Any]
    attempts: int
    version: int = 0
    expires_at: datetime | None = None
    never_twice: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel: the number of the message that it became, or why it did not go."""

    parcel: Parcel
    message_id: int | None = None
    error: wire.SendError | None = None


async def claim(
    session: AsyncSession, now: datetime, room: int, room_for_others: int, copies: int, busy: Collection[int]
) -> list[Parcel]:
    """Take what comes next: replies, notices, posts, then at most so many copies of broadcasts.

    All but replies at most `room_for_others`.
    """
    parcels = await claim_messages(session, now, room, room_for_others, busy)
    busy = {*busy, *(parcel.chat_id for parcel in parcels)}
    left = min(room - len(parcels), room_for_others - sum(parcel.lane != Lane.REPLY for parcel in parcels))
    if left > 0:
        found = [_post(post, chat) for post, chat in await posts.claim(session, left, busy)]
        parcels += found
        busy |= {parcel.chat_id for parcel in found}
        left = min(left - len(found), copies)
    if left > 0:
        parcels += [_copy(each) for each in await bulk.claim(session, now, left, busy)]
    return parcels


async def claim_messages(
    session: AsyncSession, now: datetime, room: int, room_for_others: int, busy: Collection[int]
) -> list[Parcel]:
    """As `claim`, without posts and bulk."""
    if room <= 0:
        return []
    found = await rows.claim(session, now, room, busy=busy, others=room_for_others)
    return [_message(each) for each in found]


async def give_back_claims(session: AsyncSession) -> None:
    """Free what a sender that died had in hand; only for the process that has just taken the lease."""
    for source in (rows, posts, bulk):
        await source.give_back_claims(session)


async def release(session: AsyncSession, in_hand: Collection[int]) -> None:
    """Free what was claimed without our hearing of it. `in_hand`: chats to which something is under way."""
    await rows.give_back_claims(session)
    await posts.give_back_claims(session)
    await bulk.release(session, in_hand)


async def settle(session: AsyncSession, seal: Seal, outcomes: Collection[Outcome], now: datetime) -> None:
    """Write down what became of parcels."""
    arrived = [outcome for outcome in outcomes if outcome.error is None]
    await rows.forget_sent(session, [each.parcel.key for each in arrived if each.parcel.kind == "message"])
    for outcome in arrived:
        if outcome.parcel.kind == "post":
            message_id = outcome.message_id or outcome.parcel.content.get("message_id")
            await posts.shown(session, outcome.parcel.key, outcome.parcel.version, message_id, outcome.parcel.sealed)
    ended: dict[tuple[int, bulk.End], dict[int, int | None]] = defaultdict(dict)
    for outcome in outcomes:
        end = _end(outcome)
        if end is not None:
            ended[outcome.parcel.key, end][outcome.parcel.chat_id] = outcome.message_id
        if outcome.error is not None:
            await _failed(session, seal, outcome.parcel, outcome.error, now, over=end is not None)
    for (broadcast_id, end), chats in ended.items():
        messages = {chat: number for chat, number in chats.items() if number is not None}
        await bulk.settle(session, broadcast_id, chats, end, messages)


def _end(outcome: Outcome) -> bulk.End | None:
    """How a broadcast has ended for a recipient; None: not yet, or it is no copy of one."""
    parcel, error = outcome.parcel, outcome.error
    if parcel.kind != "copy":
        return None
    if error is None:
        return "sent"
    if isinstance(error, wire.Unreachable):
        return "gone"
    if isinstance(error, wire.NotNow) and not isinstance(error, wire.Unheard) and parcel.never_twice:
        return "unknown"
    return "refused" if isinstance(error, wire.Never) or _in_vain(parcel, error) else None


def _in_vain(parcel: Parcel, error: wire.SendError) -> bool:
    return isinstance(error, wire.NotNow) and parcel.attempts >= MOST_ATTEMPTS


async def _failed(
    session: AsyncSession, seal: Seal, parcel: Parcel, error: wire.SendError, now: datetime, *, over: bool
) -> None:
    if isinstance(error, wire.Unreachable):
        await rows.hold(session, parcel.chat_id, now)
        if parcel.kind == "copy" and parcel.lane == Lane.NOTICE and "message_id" not in parcel.content:
            await _hear_when_back(session, parcel, now)
    elif over:
        pass  # of a broadcast, and counted there
    elif isinstance(error, wire.Never):
        await _refused(session, parcel, str(error)[:300], now)
    elif _in_vain(parcel, error):
        await _refused(session, parcel, "tried for two days", now)
    elif isinstance(error, wire.Moved):
        await move(session, seal, parcel.chat_id, error.telegram_id)
        await _later(session, parcel, 0, parcel.attempts)
    elif isinstance(error, wire.TooFast):
        await _later(session, parcel, error.seconds, parcel.attempts)
    elif isinstance(error, wire.NotTried):
        await _later(session, parcel, 0, parcel.attempts)
    else:
        await _later(session, parcel, min(2.0**parcel.attempts, LONGEST_WAIT), parcel.attempts + 1)


async def _hear_when_back(session: AsyncSession, parcel: Parcel, now: datetime) -> None:
    """What many must know (no edit of it) waits for who can't be reached, as any notice does."""
    subject = await session.scalar(select(Broadcast.subject).where(Broadcast.id == parcel.key))
    said = {"chat_id": parcel.chat_id, "lane": parcel.lane, "method": parcel.method, "content": parcel.content}
    session.add(Message(**said, subject=subject, state="held", expires_at=parcel.expires_at, at=now))


async def move(session: AsyncSession, seal: Seal, chat_id: int, telegram_id: int) -> None:
    """The group has another id now. One that is known by that id already gives way to it."""
    fingerprint = seal.fingerprint(telegram_id)
    if await session.scalar(select(Chat.id).where(Chat.id == chat_id, Chat.fingerprint == fingerprint)):
        return
    await session.execute(delete(Chat).where(Chat.fingerprint == fingerprint))
    moved = {"telegram_id": seal.close_id(telegram_id), "fingerprint": fingerprint}
    await session.execute(update(Chat).where(Chat.id == chat_id).values(**moved))
    await posts.moved(session, chat_id)


async def _refused(session: AsyncSession, parcel: Parcel, why: str, now: datetime) -> None:
    if parcel.method == "deleteMessage":  # it is gone already, or too old
        await rows.forget_sent(session, [parcel.key])
    elif parcel.kind == "post":  # the old message can't be changed any more: show the newest in a new one
        anew = parcel.content.get("message_id") is not None
        await posts.shown(session, parcel.key, parcel.version - anew, None, parcel.sealed)
        if not anew:  # what it says reached nobody: coordinators hear of it, as of any other message
            await posts.put_aside(session, parcel.key, why, now)
    else:
        dead = {"state": "dead", "error": why, "claimed_until": 0.0}
        await session.execute(update(Message).where(Message.id == parcel.key).values(**dead))


async def _later(session: AsyncSession, parcel: Parcel, seconds: float, attempts: int) -> None:
    if parcel.kind == "copy":
        await bulk.later(session, parcel.key, parcel.chat_id, seconds, attempts)
    elif parcel.kind == "post":
        await posts.later(session, parcel.key, seconds, attempts)
    else:
        again = {"claimed_until": database_seconds() + seconds, "attempts": attempts}
        await session.execute(
            update(Message).where(Message.id == parcel.key).values(**again).execution_options(synchronize_session=False)
        )


def _message(row: rows.Claimed) -> Parcel:
    what = (row.lane, row.method, row.content, row.attempts)
    return Parcel("message", row.id, row.chat_id, row.telegram_id, *what, expires_at=row.expires_at)


def _copy(copy: bulk.Copy) -> Parcel:
    what = (copy.lane, copy.method, copy.content, copy.attempts)
    how = (copy.expires_at, copy.never_twice)
    return Parcel("copy", copy.broadcast_id, copy.chat_id, copy.telegram_id, *what, 0, *how)


def _post(post: Any, chat: Chat) -> Parcel:
    method, content = posts.call_for(post)
    return Parcel("post", post.id, chat.id, chat.telegram_id, Lane.NOTICE, method, content, post.attempts, post.wanted)
