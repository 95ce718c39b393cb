"""Posts: messages that keep themselves up to date. The newest version is shown; those between are never sent.

A post may be a text, a photo, a voice message or a spot. Of the last three only the words and the buttons change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.letters import Letter
from bot.store.lease import database_seconds
from bot.store.tables import Chat, Message, Post

CLAIM_SECONDS = 120.0
OF_A_TALK = "T"
"""Begins the subject of a post about a talk with a person: somebody waits for an answer."""

CHANGED_BY = {
    "sendMessage": "editMessageText",
    "sendPhoto": "editMessageCaption",
    "sendVoice": "editMessageCaption",
    "sendLocation": "editMessageReplyMarkup",
}
"""By which method a post of each kind is changed."""
_SENT_ONCE = frozenset({"photo", "voice", "latitude", "longitude", "disable_notification"})
"""What an edit leaves as it is."""


async def put(
    session: AsyncSession, chat_id: int, subject: str, letter: Letter, now: datetime, *, anew: bool = False
) -> None:
    """What the post about this subject in this chat should say by now; it is made when there is none yet.

    `anew`: it is to be a new message, below all that was said since.
    """
    found = await session.scalar(select(Post).where(Post.chat_id == chat_id, Post.subject == subject))
    if found is None:
        session.add(Post(chat_id=chat_id, subject=subject, method=letter.method, content=letter.content, at=now))
        await session.flush()
    elif _changing(found.content) != _changing(letter.content):
        found.content = letter.content
        found.wanted += 1
    if found is not None and anew:
        await show_again(session, found)


async def is_there(session: AsyncSession, chat_id: int, subject: str) -> bool:
    """Whether there is a post about this subject in this chat, shown or still to be."""
    found = select(Post.id).where(Post.chat_id == chat_id, Post.subject == subject)
    return await session.scalar(found.limit(1)) is not None


def call_for(post: Post) -> tuple[str, dict[str, Any]]:
    """The method and content that make the chat show what the post should say."""
    if post.message_id is None:
        return post.method, post.content
    return change_of(post.method, post.content, post.message_id)


def change_of(method: str, content: dict[str, Any], message_id: int | None) -> tuple[str, dict[str, Any]]:
    """The method and content that make a message that was sent so before say this."""
    return CHANGED_BY[method], {**_changing(content), "message_id": message_id}


async def subject_of(session: AsyncSession, chat_id: int, message_id: int) -> str | None:
    """What a message of the bot's in that chat is about; None for one that is no post."""
    found = await session.scalars(select(Post.subject).where(Post.chat_id == chat_id, Post.message_id == message_id))
    return found.first()


async def moved(session: AsyncSession, chat_id: int) -> None:
    """The group has another id, in which messages are numbered anew: no old number means anything there."""
    await session.execute(update(Post).where(Post.chat_id == chat_id).values(message_id=None, claimed_until=0.0))


async def show_again(session: AsyncSession, post: Post) -> None:
    """Send it anew, as a message of its own."""
    post.message_id = None
    post.wanted += 1


def _changing(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _SENT_ONCE}


async def claim(session: AsyncSession, room: int, busy: Collection[int]) -> Sequence[tuple[Post, Chat]]:
    """Take posts that say something else than they should, one a chat.

    What is new of talks with persons goes first, then what else is new, then edits; of each the oldest first.
    """
    found = await session.execute(_BEHIND, {"busy": list(busy), "room": room})
    claimed = [(post, chat) for post, chat in found]
    if claimed:
        await session.execute(
            update(Post)
            .where(Post.id.in_([post.id for post, _chat in claimed]))
            .values(claimed_until=database_seconds() + CLAIM_SECONDS)
            .execution_options(synchronize_session=False)
        )
    return claimed


async def shown(session: AsyncSession, post_id: int, version: int, message_id: int | None, sealed: bytes) -> None:
    """The post now says this version; `message_id` None: it is to be sent anew.

    `sealed`: where it was sent. When the group has moved meanwhile it counts as not sent.
    """
    still_there = select(Chat.id).where(Chat.telegram_id == sealed)
    await session.execute(
        update(Post)
        .where(Post.id == post_id, Post.chat_id.in_(still_there))
        .values(shown=version, message_id=message_id, claimed_until=0.0, attempts=0)
        .execution_options(synchronize_session=False)
    )


async def put_aside(session: AsyncSession, post_id: int, why: str, now: datetime) -> None:
    """Telegram refuses it: leave it among the refused messages, of which coordinators hear."""
    post = await session.get(Post, post_id)
    if post is not None:
        refused = {"state": "dead", "error": why, "at": now, "lane": 1}
        said = {"chat_id": post.chat_id, "method": post.method, "content": post.content, "subject": post.subject}
        session.add(Message(**said, **refused))


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


def _behind() -> Select[Post, Chat]:
    is_new = Post.message_id.is_(None)
    rank = case((is_new & Post.subject.like(f"{OF_A_TALK}%"), 0), (is_new, 1), else_=2)
    behind = (
        select(
            Post.id,
            rank.label("rank"),
            func.row_number().over(partition_by=Post.chat_id, order_by=(rank, Post.id)).label("place"),
        )
        .where(
            Post.wanted > Post.shown,
            Post.claimed_until <= database_seconds(),
            Post.chat_id.not_in(bindparam("busy", expanding=True)),
        )
        .subquery()
    )
    return (
        select(Post, Chat)
        .join(behind, behind.c.id == Post.id)
        .join(Chat, Chat.id == Post.chat_id)
        .where(behind.c.place == 1, Chat.unreachable_since.is_(None))
        .order_by(behind.c.rank, Post.id)
        .limit(bindparam("room"))
    )


# Built once: the sender asks many times a second while there is much to send.
_BEHIND = _behind()
