"""ACTIE: the five points by which staff guide an idea, each ticked or not, on a card that changes where it stands."""

from __future__ import annotations

from sqlalchemy import select

from bot.neighbourhood import team
from bot.neighbourhood.work import Person, Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, letters
from bot.store.tables import Chat, Idea, Post
from conversations.words import Words, s_

POINTS: dict[str, Words] = {
    "animo": s_("Animo: they want to do it"),
    "contact": s_("Contact: they know who helps"),
    "toerusting": s_("Toerusting: they can do it"),
    "inbedding": s_("Inbedding: others know of it"),
    "empathie": s_("Empathie: we feel with them"),
}
"""Keys as `Idea.checklist` has them."""


def subject(idea: Idea) -> str:
    """What the post with the list is called."""
    return f"{idea.code} actie"


async def show(work: Work, by: Person, idea: Idea) -> None:
    """Show the list below all that was said since. Raises `NotAllowed`."""
    team.must_work_on(by, idea, f"{idea.code}.actie")
    await posts.put(work.session, by.chat.id, subject(idea), _card(work, idea, by.chat.language), work.now, anew=True)


async def toggle(work: Work, by: Person, idea: Idea, point: str) -> None:
    """Tick a point, or take the tick away; each list shows it. Raises `NotAllowed`; KeyError for no such point."""
    team.must_work_on(by, idea, f"{idea.code}.actie")
    if point not in POINTS:
        raise KeyError(point)
    await work.session.flush()
    await work.session.refresh(idea, with_for_update=True)
    ticked = not idea.checklist.get(point)
    idea.checklist = {**idea.checklist, point: ticked}
    work.note(idea.code, "actie", by.resident, f"{point} {'+' if ticked else '-'}")
    shown = select(Chat).join(Post, Post.chat_id == Chat.id).where(Post.subject == subject(idea))
    for chat in await work.session.scalars(shown):
        await posts.put(work.session, chat.id, subject(idea), _card(work, idea, chat.language), work.now)


def _card(work: Work, idea: Idea, language: str) -> Letter:
    done = sum(bool(idea.checklist.get(each)) for each in POINTS)
    head = s_("{code}: {count} of {all} points of ACTIE.", code=idea.code, count=done, all=len(POINTS))
    more = s_("What is still missing? Tap to tick, tap again to take it away.")
    buttons = [
        [Button(_label(work, label, language, ticked=bool(idea.checklist.get(key))), f"{idea.code}.actie.{key}")]
        for key, label in POINTS.items()
    ]
    return letters([Bold(work.render(head, language)), work.render(more, language)], buttons)[0]


def _label(work: Work, label: Words, language: str, *, ticked: bool) -> str:
    return work.render(s_("✓ {label}", label=label) if ticked else label, language)
