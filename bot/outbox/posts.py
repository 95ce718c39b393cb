"""Posts: messages that keep themselves up to date. The newest version is shown; those between are never sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.letters import Letter
from bot.store.lease import database_seconds
from bot.store.tables import Chat, Post

CLAIM_SECONDS = 120.0


async def put(session: AsyncSession, chat_id: int, subject: str, letter: Letter, now: datetime) -> None:
    """What the post about this subject in this chat should say by now; it is made when there is none yet."""
    found = await session.scalar(select(Post).where(Post.chat_id == chat_id, Post.subject == subject))
    if found is None:
        session.add(Post(chat_id=chat_id, subject=subject, content=letter.content, at=now))
    elif found.content != letter.content:
        found.content = letter.content
        found.wanted += 1


async def claim(session: AsyncSession, room: int, busy: Collection[int]) -> Sequence[tuple[Post, Chat]]:
    """Take posts that say something else than they should, the oldest first, one a chat."""
    found = await session.execute(
        select(Post, Chat)
        .join(Chat, Chat.id == Post.chat_id)
        .where(
            Post.wanted > Post.shown,
            Post.claimed_until <= database_seconds(),
            Post.chat_id.not_in(busy),
            Chat.unreachable_since.is_(None),
        )
        .order_by(Post.id)
        .limit(room)
    )
    one_a_chat = {chat.id: (post, chat) for post, chat in reversed(found.all())}
    claimed = list(one_a_chat.values())
    if claimed:
        await session.execute(
            update(Post)
            .where(Post.id.in_([post.id for post, _chat in claimed]))
            .values(claimed_until=database_seconds() + CLAIM_SECONDS)
            .execution_options(synchronize_session=False)
        )
    return claimed


async def shown(session: AsyncSession, post_id: int, version: int, message_id: int | None) -> None:
    """The post now says this version; `message_id` None: it is to be sent anew."""
    await session.execute(
        update(Post)
        .where(Post.id == post_id)
        .values(shown=version, message_id=message_id, claimed_until=0.0, attempts=0)
        .execution_options(synchronize_session=False)
    )


async def later(session: AsyncSession, post_id: int, seconds: float, attempts: int) -> None:
    """Try again after so many seconds."""
    await session.execute(
        update(Post)
        .where(Post.id == post_id)
        .values(claimed_until=database_seconds() + seconds, attempts=attempts)
        .execution_options(synchronize_session=False)
    )


async def give_back_claims(session: AsyncSession) -> None:
    """Free what a sender that died had in hand; only for the process that has just taken the lease."""
    await session.execute(update(Post).where(Post.claimed_until > 0).values(claimed_until=0))
