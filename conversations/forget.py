"""Being forgotten: what goes, what stays and why; asked once, then done."""

from __future__ import annotations

from conversations.questions import Option
from conversations.results import ForgetMe, Stays
from conversations.talk import Talk
from conversations.words import _


async def forget_me(talk: Talk) -> ForgetMe | Stays:
    """Say what being forgotten means, and ask."""
    sure = await talk.choose(
        "sure",
        [
            _("Do you want us to forget you?"),
            _("This goes: your words, photos, places and name. So do talks with us, and how to reach you."),
            _("A report that neighbours made too stays for them, without you."),
            _("To count, we keep that there was a report, answer or idea. Nobody can see whose."),
            _("We can't bring it back. You won't hear about your reports any more."),
        ],
        [Option("yes", _("Yes, forget me")), Option("no", _("No, keep it"))],
        may_be_stopped=False,
    )
    return ForgetMe() if sure == "yes" else Stays()
