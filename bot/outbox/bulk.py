"""Broadcasts: one letter a language, and a slim table of who gets it. Fixed at the start, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.letters import Letter
from bot.store.lease import database_seconds
from bot.store.tables import Broadcast, Chat, Recipient

CLAIM_SECONDS = 120.0


async def begin(
    session: AsyncSession,
    broadcast: Broadcast,
    letters: Mapping[str, Letter],
    to: Select[int],
) -> None:
    """Fix who gets it (`to` selects ids of chats) and let it go; nothing is rendered any more."""
    broadcast.letters = {
        language: {"method": each.method, "content": each.content} for language, each in letters.items()
    }
    session.add(broadcast)
    await session.flush()
    chats = to.subquery()
    rows = select(literal(broadcast.id), chats.c[0], literal("waiting"), literal(0.0), literal(0))
    columns = ["broadcast_id", "chat_id", "state", "claimed_until", "attempts"]
    done = await session.execute(insert(Recipient).from_select(columns, rows))
    broadcast.total = int(getattr(done, "rowcount", 0))


async def claim(
    session: AsyncSession, now: datetime, room: int, busy: Collection[int]
) -> Sequence[tuple[Broadcast, Recipient, Chat]]:
    """Take the next recipients of the broadcasts that run, the oldest broadcast first."""
    running = await session.scalars(
        select(Broadcast)
        .where(
            Broadcast.state == "running",
            Broadcast.not_before <= now,
            or_(Broadcast.expires_at.is_(None), Broadcast.expires_at > now),
        )
        .order_by(Broadcast.id)
    )
    claimed: list[tuple[Broadcast, Recipient, Chat]] = []
    for broadcast in running:
        if room <= len(claimed):
            break
        found = await session.execute(
            select(Recipient, Chat)
            .join(Chat, Chat.id == Recipient.chat_id)
            .where(
                Recipient.broadcast_id == broadcast.id,
                Recipient.state == "waiting",
                Recipient.claimed_until <= database_seconds(),
                Recipient.chat_id.not_in([*busy, *(chat.id for _b, _r, chat in claimed)]),
            )
            .order_by(Recipient.chat_id)
            .limit(room - len(claimed))
        )
        chosen = [(broadcast, recipient, chat) for recipient, chat in found]
        if chosen:
            await _update(
                session,
                broadcast.id,
                [chat.id for _b, _r, chat in chosen],
                claimed_until=database_seconds() + CLAIM_SECONDS,
            )
        claimed += chosen
    return claimed


async def settle(session: AsyncSession, broadcast_id: int, chats: Sequence[int], state: str) -> None:
    """These recipients have come to an end: "sent", "gone" or "refused"."""
    await _update(session, broadcast_id, chats, state=state, claimed_until=0.0)
    column = {"sent": Broadcast.sent, "gone": Broadcast.unreachable, "refused": Broadcast.refused}[state]
    await session.execute(
        update(Broadcast)
        .where(Broadcast.id == broadcast_id)
        .values({column: column + len(chats)})
        .execution_options(synchronize_session=False)
    )


async def later(session: AsyncSession, broadcast_id: int, chat_id: int, seconds: float, attempts: int) -> None:
    """Try this recipient again after so many seconds."""
    await _update(session, broadcast_id, [chat_id], claimed_until=database_seconds() + seconds, attempts=attempts)


async def give_back_claims(session: AsyncSession) -> None:
    """Free what a sender that died had in hand; only for the process that has just taken the lease."""
    await session.execute(
        update(Recipient).where(Recipient.state == "waiting", Recipient.claimed_until > 0).values(claimed_until=0)
    )


async def _update(session: AsyncSession, broadcast_id: int, chats: Sequence[int], **values: Any) -> None:
    await session.execute(
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.chat_id.in_(chats), Recipient.state == "waiting")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
