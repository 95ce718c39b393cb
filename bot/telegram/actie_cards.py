"""The buttons of the ACTIE list."""

from __future__ import annotations

from bot.neighbourhood import actie
from bot.store.tables import Idea
from bot.telegram.dialogues import Dialogues

PREFIX = "actie"


def knows(what: str) -> bool:
    """Whether this is one of these buttons."""
    return what == PREFIX or (what.startswith(f"{PREFIX}.") and what.removeprefix(f"{PREFIX}.") in actie.POINTS)


async def step(talk: Dialogues, idea: Idea, what: str) -> bool:
    """A tap: opens the list, or ticks a point. Raises `NotAllowed`."""
    point = what.partition(".")[2]
    if point:
        await actie.toggle(talk.work, talk.person, idea, point)
    else:
        await actie.show(talk.work, talk.person, idea)
    return True
