"""An idea for the neighbourhood, that a voucher may pay for. Only the first question must be answered."""

from __future__ import annotations

from conversations.questions import Option
from conversations.results import IdeaHandedIn
from conversations.talk import Talk
from conversations.words import _

TYPED_AT_MOST = 500
"""Characters, for the questions that follow the idea itself; the idea may be spoken, and be as long as it likes."""
WISHES = (
    Option("money", _("Some money")),
    Option("place", _("A place")),
    Option("advice", _("Somebody to think along")),
    Option("know", _("Just so you know")),
)


async def hand_in_idea(talk: Talk) -> IdeaHandedIn:
    """Ask for an idea: what, for whom, with whom, how much, and what somebody wants from the office."""
    words = await talk.tell(
        "words",
        [
            _("What is your idea, and where?"),
            _("A few words are enough. Speaking is fine too."),
            _("If it gets a yes, neighbours can read it too, without your name."),
        ],
    )
    whom = await talk.tell("whom", _("Who is it for?"), skippable=True, up_to=TYPED_AT_MOST)
    together = await talk.tell("together", _("Who is joining in?"), skippable=True, up_to=TYPED_AT_MOST)
    amount = await talk.tell("amount", _("Roughly how much will it cost?"), skippable=True, up_to=TYPED_AT_MOST)
    wish = await talk.choose("wish", _("What would you like from us?"), WISHES, skippable=True)
    photos = talk.brought("photos")
    return IdeaHandedIn(words, whom.text, together.text, amount.text, wish, photos if isinstance(photos, list) else [])
