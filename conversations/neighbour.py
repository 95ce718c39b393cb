"""A neighbour brings a neighbour. Who brought whom is kept only where both say yes."""

from __future__ import annotations

from conversations.questions import Option
from conversations.results import Brings, Brought
from conversations.talk import Talk
from conversations.words import _


async def bring(talk: Talk) -> Brings:
    """Ask who wants to bring somebody whether that may be kept."""
    kept = await talk.choose(
        "kept",
        [
            _("Nice! You get a link, and a picture that your neighbour can scan."),
            _("If your neighbour agrees, I tell you that they came. Then we also keep that you brought them."),
            _("Is that all right with you?"),
        ],
        [Option("yes", _("Yes, keep that")), Option("no", _("No, don't keep that"))],
    )
    return Brings(kept == "yes")


async def brought(talk: Talk) -> Brought:
    """Ask who came through a neighbour's link (its `token`) whether that neighbour may know."""
    token = talk.given("token")
    tell = await talk.choose(
        "tell",
        [
            _("Your neighbour doesn't know that you came. If you like, I tell them, without your name."),
            _("Then we also keep who brought you."),
            _("May your neighbour hear that you came?"),
        ],
        [Option("yes", _("Yes, say it")), Option("no", _("No, say nothing"))],
        skippable=True,
        may_be_stopped=False,
    )
    return Brought(token, agrees=tell == "yes")
