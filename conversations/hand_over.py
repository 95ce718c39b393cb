"""Handing over all of one member's open work to a colleague, when it was begun by a button: to whom, with a note."""

from __future__ import annotations

from conversations.office import WORDS
from conversations.office_said import Colleagues, HandedOver
from conversations.questions import Line, Option
from conversations.talk import Talk
from conversations.words import s_


async def hand_over(talk: Talk) -> HandedOver:
    """Opened with the number of whose work it is ("giver")."""
    giver = talk.given("giver")
    colleagues = await talk.look_up("colleagues", Colleagues(giver))
    to = await talk.choose(
        "to",
        s_("Who takes over the open work of resident {number}?", number=str(giver)),
        [Option(str(number), s_("{name} ({number})", name=name, number=str(number))) for number, name in colleagues],
    )
    words = await talk.tell("words", s_("What should they know? Only they read it."), skippable=True, up_to=WORDS)
    chosen = next((name for number, name in colleagues if str(number) == to), to)
    await talk.confirm(
        s_("Shall I hand it over? Residents hear who is there for them now."),
        [
            Line("to", s_("To"), chosen, s_("Change who")),
            *([Line("words", s_("Your note"), words.text, s_("Change the note"))] if words else []),
        ],
        s_("Hand it over"),
    )
    return HandedOver(giver, int(to), words.text)
