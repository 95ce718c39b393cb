"""Somebody has moved house: one tap on where they live now."""

from __future__ import annotations

from conversations.questions import ChoiceOfNames, Option
from conversations.results import Moved
from conversations.talk import Talk
from conversations.words import _

ELSEWHERE = Option("elsewhere", _("Somewhere else"))


async def move_house(talk: Talk) -> Moved:
    """Ask where somebody lives now."""
    neighbourhood = await talk.ask(
        ChoiceOfNames(
            "neighbourhood",
            _("Where do you live now?"),
            [*talk.area.neighbourhoods, ELSEWHERE],
            columns=2,
        )
    )
    return Moved(None if neighbourhood == ELSEWHERE.key else neighbourhood)
