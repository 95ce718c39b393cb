"""The first talk: what this is, what is kept and why, a clear yes, and a neighbourhood. Two taps."""

from __future__ import annotations

from conversations.questions import Option
from conversations.results import Declined, Joined
from conversations.talk import Talk
from conversations.words import _


async def welcome(talk: Talk) -> Joined | Declined:
    """Ask consent and a neighbourhood."""
    consent = await talk.choose(
        "consent",
        [
            _("Hello! This is Buurtpraat, from {organisation}.", organisation=talk.area.organisation),
            _("Tell us what you are proud of, what is broken, or what must be better. A person reads it."),
            _("We keep what you send, and your neighbourhood. That is how we can answer and get to work."),
            _("We don't get to see your name or phone number. You can always have everything erased."),
            _("Is that all right with you?"),
        ],
        [Option("yes", _("Yes, that's fine")), Option("no", _("No, thank you"))],
        languages=True,
        may_be_stopped=False,
    )
    if consent == "no":
        return Declined()
    neighbourhood = await talk.choose(
        "neighbourhood",
        _("Which neighbourhood do you live in?"),
        [*talk.area.neighbourhoods, Option("elsewhere", _("Somewhere else"))],
        columns=2,
        skippable=True,
        may_be_stopped=False,
    )
    return Joined(None if neighbourhood in ("", "elsewhere") else neighbourhood)
