"""An idea without its owner: what they said is erased, nothing more comes of it, and its money goes back."""

from __future__ import annotations

from bot.neighbourhood import consultations, idea_friends, money, promises
from bot.neighbourhood.idea_steps import ALIVE
from bot.neighbourhood.work import Work
from bot.store.tables import Idea


async def forget(work: Work, idea: Idea) -> None:
    """Its owner was forgotten. That there was an idea, and how the panel voted on it, stays."""
    idea.words = idea.heard = idea.whom = idea.together = idea.behind = idea.neighbours = ""
    idea.amount = idea.answer = idea.missing = idea.done = idea.difference = ""
    idea.voice = idea.resident_id = idea.waits_since = None
    idea.spoken = {}
    idea.story_shown = False
    await consultations.forget_idea(work, idea)
    if idea.state in ALIVE:
        idea.state = "withdrawn"
        await idea_friends.stopped(work, idea)
        await promises.drop(work, idea.code)
        await money.close(work, None, idea)
