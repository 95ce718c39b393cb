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
from bot.store.tables import Chat, Message

LONGEST_WAIT = 300.0
MOST_ATTEMPTS = 580
"""With waits that grow to five minutes: two days of trying."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call to make. `kind`: "message", "copy" (of a broadcast) or "post"; `key` is its row."""

    kind: str
    key: int
    chat_id: int
    sealed: bytes
    lane: int
    method: str
    content: dict[str, Any]
    attempts: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel: the number of the message that it became, or why it did not go."""

    parcel: Parcel
    message_id: int | None = None
    error: wire.SendError | None = None


async def claim(
    session: AsyncSession, now: datetime, room: int, room_for_others: int, busy: Collection[int]
) -> list[Parcel]:
    """Take what comes next: replies, notices, posts, then bulk; all but replies at most `room_for_others`."""
    parcels = await claim_messages(session, now, room, room_for_others, busy)
    busy = {*busy, *(parcel.chat_id for parcel in parcels)}
    left = min(room - len(parcels), room_for_others - sum(parcel.lane != Lane.REPLY for parcel in parcels))
    if left > 0:
        found = [_post(post, chat) for post, chat in await posts.claim(session, left, busy)]
        parcels += found
        busy |= {parcel.chat_id for parcel in found}
        left -= len(found)
    if left > 0:
        for broadcast, recipient, chat in await bulk.claim(session, now, left, busy):
            letter = broadcast.letters.get(chat.language) or next(iter(broadcast.letters.values()))
            copy = (letter["method"], letter["content"], recipient.attempts)
            parcels.append(Parcel("copy", broadcast.id, chat.id, chat.telegram_id, Lane.BULK, *copy))
    return parcels


async def claim_messages(
    session: AsyncSession, now: datetime, room: int, room_for_others: int, busy: Collection[int]
) -> list[Parcel]:
    """As `claim`, without posts and bulk."""
    if room <= 0:
        return []
    found = await rows.claim(session, now, room, busy=busy, replies_only=room_for_others <= 0)
    return [
        Parcel("message", each.id, each.chat_id, each.telegram_id, each.lane, each.method, each.content, each.attempts)
        for each in found
    ]


async def give_back_claims(session: AsyncSession) -> None:
    """Free what a sender that died had in hand; only for the process that has just taken the lease."""
    for source in (rows, posts, bulk):
        await source.give_back_claims(session)


async def settle(session: AsyncSession, seal: Seal, outcomes: Collection[Outcome], now: datetime) -> None:
    """Write down what became of parcels."""
    arrived = [outcome for outcome in outcomes if outcome.error is None]
    await rows.forget_sent(session, [each.parcel.key for each in arrived if each.parcel.kind == "message"])
    copies: dict[int, list[int]] = defaultdict(list)
    for outcome in arrived:
        if outcome.parcel.kind == "copy":
            copies[outcome.parcel.key].append(outcome.parcel.chat_id)
        elif outcome.parcel.kind == "post":
            message_id = outcome.message_id or outcome.parcel.content.get("message_id")
            await posts.shown(session, outcome.parcel.key, outcome.parcel.version, message_id, outcome.parcel.sealed)
    for broadcast_id, chats in copies.items():
        await bulk.settle(session, broadcast_id, chats, "sent")
    for outcome in outcomes:
        if outcome.error is not None:
            await _failed(session, seal, outcome.parcel, outcome.error, now)


async def _failed(session: AsyncSession, seal: Seal, parcel: Parcel, error: wire.SendError, now: datetime) -> None:
    if isinstance(error, wire.NotNow) and parcel.attempts >= MOST_ATTEMPTS:
        error = wire.Never("tried for two days")
    if isinstance(error, wire.Unreachable):
        if parcel.kind == "copy":
            await bulk.settle(session, parcel.key, [parcel.chat_id], "gone")
        await rows.hold(session, parcel.chat_id, now)
    elif isinstance(error, wire.Never):
        await _refused(session, parcel, str(error)[:300], now)
    elif isinstance(error, wire.Moved):
        await move(session, seal, parcel.chat_id, error.telegram_id)
        await _later(session, parcel, 0, parcel.attempts)
    elif isinstance(error, wire.TooFast):
        await _later(session, parcel, error.seconds, parcel.attempts)
    else:
        await _later(session, parcel, min(2.0**parcel.attempts, LONGEST_WAIT), parcel.attempts + 1)


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
    elif parcel.kind == "copy":
        await bulk.settle(session, parcel.key, [parcel.chat_id], "refused")
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


def _post(post: Any, chat: Chat) -> Parcel:
    method, content = posts.call_for(post)
    return Parcel("post", post.id, chat.id, chat.telegram_id, Lane.NOTICE, method, content, post.attempts, post.wanted)
