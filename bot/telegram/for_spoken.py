"""For people without a phone, and for neighbours of neighbours: who isn't here is brought in by who is."""

from __future__ import annotations

from bot.neighbourhood.work import STAFF
from bot.telegram.command import Command
from conversations.words import _, s_

COMMANDS: tuple[Command, ...] = (
    Command("spoken", "gesproken", s_("write down what somebody without a phone says"), flow="spoken", roles=STAFF),
)
FOR_RESIDENTS: tuple[Command, ...] = (Command("neighbour", "buur", _("bring a neighbour"), flow="bring"),)
