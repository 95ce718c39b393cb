"""What comes in faster than a group may be written to: beyond fifteen cards that wait, one message names them all."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood.work import Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, letters
from bot.store.tables import Chat, Complaint, Idea, Post
from conversations.words import Local, Words, s_

MOST = 15
"""So many new cards may wait for their turn in a room."""
CARD = re.compile(r"[MI]\d+")
DIGEST = "new "
"""Begins the subject of a digest; the moment since which it counts follows."""
LOOKED_AT = 2000
"""So many of the newest complaints and ideas are looked at: no digest holds as many."""


async def takes(work: Work, chat: Chat, subject: str) -> bool:
    """Whether a new card is not to be shown by itself, and stands in a digest now."""
    if not CARD.fullmatch(subject) or await posts.is_there(work.session, chat.id, subject):
        return False
    waiting = await _waiting(work, chat)
    digest = next((each for each in waiting if each.subject.startswith(DIGEST)), None)
    cards = [each for each in waiting if CARD.fullmatch(each.subject)]
    if digest is None and len(cards) < MOST:
        return False
    for post in cards:
        await work.session.delete(post)
    since = min(each.at for each in (*cards, *([digest] if digest is not None else [])))
    about = digest.subject if digest is not None else f"{DIGEST}{int(since.timestamp())}"
    await work.session.flush()
    await show(work, chat, about, since)
    return True


async def by_number(work: Work, chat: Chat, number: str) -> Post | None:
    """The digest in this room that its button names so."""
    about = (Post.chat_id == chat.id, Post.subject == f"{DIGEST}{number}")
    return await work.session.scalar(select(Post).where(*about).limit(1))


async def without_card(work: Work, chat: Chat, since: datetime) -> list[str]:
    """The codes of what has come in since then, is nobody's yet, and has no card of its own in this chat."""
    found: list[tuple[datetime, str]] = []
    tables: tuple[tuple[type[Complaint | Idea], str], ...] = ((Complaint, "M"), (Idea, "I"))
    for table, letter in tables:
        query = select(table.at, table.id).where(*_without_card(table, letter, chat, since))
        found += [(at, f"{letter}{number}") for at, number in await work.session.execute(query.order_by(table.id))]
    return [code for _at, code in sorted(found, key=lambda each: each[0])]


async def _waiting(work: Work, chat: Chat) -> list[Post]:
    """Posts that nobody has seen, and that are not on their way."""
    found = await work.session.scalars(
        select(Post).where(Post.chat_id == chat.id, Post.message_id.is_(None), Post.shown == 0, Post.claimed_until == 0)
    )
    return list(found)


async def show(work: Work, chat: Chat, subject: str, since: datetime) -> None:
    """Say in the digest with this subject what has come in since then and has no card of its own in this chat."""
    topics: Counter[str] = Counter()
    query = select(Complaint.topic, func.count()).where(*_without_card(Complaint, "M", chat, since))
    for topic, count in await work.session.execute(query.group_by(Complaint.topic)):
        topics[topic] = count
    ideas = await work.session.scalar(select(func.count(Idea.id)).where(*_without_card(Idea, "I", chat, since))) or 0
    lines: list[Words] = [
        s_("{topic}: {count}", topic=Local(work.area.topic(key).label), count=count)
        for key, count in topics.most_common()
    ]
    lines += [s_("Ideas: {count}", count=ideas)] if ideas else []
    total = topics.total() + ideas
    head = s_("{count} new at once, so here they are together.", count=total)
    head = head if total else s_("All of these have a card of their own now.")
    language = chat.language
    shown = "\n".join(work.render(each, language) for each in lines)
    cards = Button(work.render(s_("Show the cards"), language), f"room.cards.{subject.removeprefix(DIGEST)}")
    buttons = [[cards]] if total else []
    buttons += [[Button(work.render(s_("Open the list"), language), "room.list")]] if topics else []
    buttons += [[Button(work.render(s_("Open the ideas"), language), "room.ideas")]] if ideas else []
    (letter,) = letters([Bold(work.render(head, language)), shown], buttons)
    await posts.put(work.session, chat.id, subject, letter, since)


def _without_card(
    table: type[Complaint | Idea], letter: str, chat: Chat, since: datetime
) -> tuple[ColumnElement[bool], ...]:
    card = select(Post.id).where(Post.chat_id == chat.id, Post.subject == literal(letter) + cast(table.id, String))
    newest = select(func.max(table.id)).scalar_subquery()
    is_new = table.state == "received"
    return (table.id > newest - LOOKED_AT, table.at >= since, is_new, ~card.exists())
