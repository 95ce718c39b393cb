"""A resident says that what they reported is no longer needed: asked once. Opened with `complaint` given."""

from __future__ import annotations

from conversations.questions import Option
from conversations.results import Stays, Withdrawn
from conversations.talk import Talk
from conversations.words import _


async def withdraw(talk: Talk) -> Withdrawn | Stays:
    """Ask whether they are sure."""
    number = talk.given("complaint")
    sure = await talk.choose(
        "sure",
        [
            _("M{number}: is it no longer needed?", number=str(number)),
            _("Then you hear nothing more about it."),
            _("We keep what you told us, unless you erase it."),
        ],
        [
            Option("yes", _("Yes, it's no longer needed")),
            Option("erase", _("Yes, and erase my words")),
            Option("no", _("No, go on with it")),
        ],
        may_be_stopped=False,
    )
    return Stays() if sure == "no" else Withdrawn(number, erase=sure == "erase")
