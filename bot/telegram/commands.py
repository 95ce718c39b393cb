"""All commands, with the few that steer a conversation or explain the others."""

from __future__ import annotations

from bot.neighbourhood.residents import MENU
from bot.neighbourhood.work import Action
from bot.telegram import (
    for_announcing,
    for_coordinators,
    for_money,
    for_office,
    for_persons,
    for_posters,
    for_promises,
    for_residents,
    for_spoken,
    for_team,
)
from bot.telegram.command import UNKNOWN, Command
from bot.telegram.dialogues import Dialogues
from conversations.inputs import Input
from conversations.words import Words, _


async def help_(talk: Dialogues, words: str, given: Input | None) -> None:
    """What one can do here, as far as one's role goes."""
    language = talk.person.chat.language
    lines: list[Words] = [
        _("/{name}: {what}", name=each.called(language), what=each.what)
        for each in COMMANDS
        if not each.roles or talk.person.is_one_of(each.roles)
    ]
    text = "\n".join(talk.work.render(line, language) for line in lines)
    moved = [Action(_("I have moved"), "do.moved")] if talk.person.consents else []
    talk.say([_("Just send a message, a photo or a spot. Or use one of these:"), text], moved)


async def back(talk: Dialogues, words: str, given: Input | None) -> None:
    """One question back."""
    if not await talk.steer("back"):
        talk.say([_("There is nothing to go back to.")], MENU)


async def cancel(talk: Dialogues, words: str, given: Input | None) -> None:
    """Stop the conversation in front."""
    if not await talk.steer("cancel") and not await for_persons.cancel(talk):
        talk.say([_("There is nothing to stop.")], MENU)


COMMANDS: tuple[Command, ...] = (
    *for_residents.COMMANDS,
    *for_persons.COMMANDS,
    *for_spoken.FOR_RESIDENTS,
    Command("help", "hulp", _("see what I can do"), help_, without_consent=True),
    Command("back", "terug", _("go back one question"), back, interrupts=False, without_consent=True),
    Command("cancel", "annuleer", _("stop this conversation"), cancel, interrupts=False, without_consent=True),
    *for_office.COMMANDS,
    *for_promises.COMMANDS,
    *for_persons.FOR_STAFF,
    *for_spoken.COMMANDS,
    *for_announcing.COMMANDS,
    *for_coordinators.COMMANDS,
    *for_money.COMMANDS,
    *for_posters.COMMANDS,
    *for_team.COMMANDS,
)
BY_NAME: dict[str, Command] = {
    name: each for each in (*COMMANDS, *for_residents.HIDDEN) for name in (each.name, each.dutch)
}

__all__ = ["BY_NAME", "COMMANDS", "UNKNOWN"]
