"""The rules that an idea is judged by: those of the day on which it was handed in; and telling when they change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import panel_members, residents
from bot.neighbourhood.area.ideas import Rule
from bot.neighbourhood.work import Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, History, Idea
from conversations.words import Words, s_

SUBJECT, ANNOUNCED = "rules", "rules announced"
"""The line of the history that tells that a version was announced."""


def rules_of(work: Work, idea: Idea) -> Sequence[Rule]:
    """What this idea is held against; today's rules where the file has lost its version."""
    ideas = work.area.ideas
    version = ideas.version(idea.rules_version) or ideas.on(work.today)
    return version.rules if version else ()


def version_today(work: Work) -> str:
    """The version by which an idea is judged that comes in today; empty where there are no rules."""
    version = work.area.ideas.on(work.today)
    return version.version if version else ""


async def begin(work: Work) -> None:
    """Tell the panel and the coordinators of rules that are new, once; as long as there was no idea, none are new."""
    newest = next(reversed(work.area.ideas.versions), None)
    if newest is None or not await _is_new(work, newest.version):
        return
    said: list[Words] = [
        s_("There are new rules for ideas, from {day} on:", day=newest.valid_from),
        *(work.local(rule.words) for rule in newest.rules),
        s_("An idea that was handed in before is judged by the rules of that day."),
    ]
    chats: dict[int, Chat] = {chat.id: chat for chat in await residents.coordinators(work.session)}
    chats |= {seat.chat.id: seat.chat for seat in await panel_members.seats(work) if seat.chat is not None}
    for chat in chats.values():
        work.tell(chat, said, Lane.NOTICE, subject=SUBJECT)
    work.note(SUBJECT, ANNOUNCED, None, newest.version)


async def _is_new(work: Work, version: str) -> bool:
    told = (History.subject == SUBJECT, History.what == ANNOUNCED, History.words == version)
    if await work.session.scalar(select(History.id).where(*told).limit(1)) is not None:
        return False
    older = select(Idea.id).where(Idea.rules_version.not_in(["", version])).limit(1)
    return await work.session.scalar(older) is not None
