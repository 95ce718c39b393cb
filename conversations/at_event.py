"""Somebody scans the code at an event: a yes in one tap, two questions at once, the neighbourhood last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from conversations.questions import ChoiceOfNames, Option
from conversations.results import Declined, Joined, Lives
from conversations.talk import Talk
from conversations.words import Local, Text, Words, _


async def at_event(
    talk: Talk, event: Mapping[str, Any], what_is_kept: Sequence[Words], again: Words, asides: Sequence[Option]
) -> Joined | Declined:
    """The welcome to who comes through an event (`code`, `title`, `begins`: a moment, or None once it is on).

    What is kept is said in the same words as to anybody: there is one text to agree to.
    """
    consent = await talk.choose(
        "consent",
        [
            arrived(event),
            _(
                "This is Buurtpraat, from {organisation}. I have two short questions.",
                organisation=talk.area.organisation,
            ),
            *what_is_kept,
        ],
        [Option("yes", _("Yes, go on")), Option("no", _("No, thank you"))],
        languages=True,
        may_be_stopped=False,
        again=again,
        asides=asides,
    )
    return Joined(None, event["code"]) if consent == "yes" else Declined()


async def where_you_live(talk: Talk) -> Lives:
    """The neighbourhood, after what had to be said; `better` is the number of the answer to what must be better."""
    neighbourhood = await talk.ask(
        ChoiceOfNames(
            "neighbourhood",
            _("Which neighbourhood do you live in?"),
            [*talk.area.neighbourhoods, Option("elsewhere", _("Somewhere else"))],
            columns=2,
            skippable=True,
            may_be_stopped=False,
        )
    )
    return Lives(None if neighbourhood in ("", "elsewhere") else neighbourhood, talk.brought("better"))


def arrived(event: Mapping[str, Any]) -> Text:
    """Where somebody is, or when it begins for who reads its poster beforehand."""
    title = Local(event["title"]) if isinstance(event["title"], dict) else str(event["title"])
    if event["begins"] is None:
        return _("You are at: {title}. Nice!", title=title)
    begins = datetime.fromisoformat(event["begins"])
    return _("{title} is on {moment}. Come along!", title=title, moment=begins)
