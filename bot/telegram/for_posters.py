"""Posters: made at the desk, for an event by a button on its card or by its code, for a place by a name."""

from __future__ import annotations

from bot.neighbourhood.work import STAFF
from bot.reports.poster import EXAMPLE, NoPoster, content, link_of
from bot.store.tables import Job
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from conversations.inputs import Input
from conversations.words import s_


async def poster(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/poster p-library`, `/poster e5`."""
    if not words.strip():
        talk.say([s_("A poster for what? For example: {example}", example=f"/poster {EXAMPLE}")])
        return
    await make_poster(talk, words.strip())


async def make_poster(talk: Dialogues, payload: str) -> None:
    """Ask the desk for the poster of this payload, or say what is wrong with it. Raises `NotAllowed`."""
    work = talk.work
    talk.person.must_be(STAFF, f"/poster {payload[:20]}")
    payload = payload.lower() if payload[:1] in "Ee" else payload
    try:
        asked = await content(work.session, work.catalogues, work.area, payload)
    except NoPoster as none:
        talk.say([none.words])
        return
    asked["link"] = link_of(work.bot_name, payload)
    work.session.add(Job(kind="poster", chat_id=talk.person.chat.id, asked=asked, next_at=work.now, at=work.now))
    talk.say([s_("I'm making the poster. You get it here in a moment.")])


COMMANDS: tuple[Command, ...] = (
    Command("poster", "poster", s_("make a poster with a code to scan"), poster, roles=STAFF),
)
