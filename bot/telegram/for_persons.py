"""Talking person to person, in private chats: what a resident sends, what staff answer there, and its buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.neighbourhood import person_talks
from bot.neighbourhood.residents import MENU, person_of
from bot.neighbourhood.talk_cards import talk_of
from bot.neighbourhood.work import COORDINATORS, STAFF, Action, Work
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from bot.telegram.read import Incoming
from conversations.inputs import Input, Said
from conversations.words import Words, _, fold, s_

NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’.-](?=[^\W\d_])){0,23}")
"""A first name: letters, with a space, a hyphen or an apostrophe between them."""
TALK = re.compile(r"T(\d{1,9})")
"""What the buttons of a talk begin with."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A message of staff that is on its way to a resident: it gets a sign; where that fails, these words are said."""

    telegram_id: int
    message_id: int
    chat_id: int
    words: Words


async def hears(talk: Dialogues, given: Input) -> bool:
    """Whether what somebody sent belongs to their talk with a person, and was passed on."""
    going_on = talk.person.open_talk
    if going_on is None or talk.front is not None:
        return False
    stop = talk.work.catalogues.spellings(person_talks.STOP)
    if isinstance(given, Said) and fold(given.text) in stop:
        await _stop(talk, going_on.id)
    elif remark := await person_talks.say(talk.work, talk.person, going_on, given):
        talk.say(remark, [person_talks.stop_action(going_on)])
    return True


async def answers(talk: Dialogues, incoming: Incoming, bot: int) -> Mark | bool | None:
    """A reply to a card, in the private chat of somebody of the office: the mark that it earns, None where words were
    said, False where it is no reply to a card. Raises `NotAllowed`.
    """
    reply, chat = incoming.reply_to, talk.person.chat
    if reply is None or reply.author != bot or incoming.given is None:
        return False
    number = await talk_of(talk.work, chat.id, reply.message_id, reply.begins)
    if number is None:
        return False
    words = await person_talks.answer(talk.work, talk.person, number, incoming.given)
    if words is not None:
        talk.say([words])
        return None
    return mark(incoming, chat.id, number)


def mark(incoming: Incoming, chat_id: int, talk_id: int) -> Mark:
    """The sign for an answer that is on its way."""
    said = s_("T{number}: your answer is on its way.", number=str(talk_id))
    return Mark(incoming.chat_id, incoming.message_id or 0, chat_id, said)


def where_we_are(talk: Dialogues) -> bool:
    """Say that somebody is talking with a person, and bring that to the front; False where they aren't."""
    going_on = talk.person.open_talk
    if going_on is None:
        return False
    person_talks.come_in_front(talk.person, going_on)
    said = _("You are talking with a person. What you send goes to the office.")
    talk.say([said], [person_talks.stop_action(going_on)])
    return True


def stop_or_menu(talk: Dialogues) -> Sequence[Action]:
    """What one can do where no conversation is in front: end the talk, or begin something."""
    going_on = talk.person.open_talk
    return MENU if going_on is None else [person_talks.stop_action(going_on)]


async def cancel(talk: Dialogues) -> bool:
    """End the talk as /cancel does, when nothing else is going on; False where there is none."""
    going_on = talk.person.open_talk
    return going_on is not None and talk.front is None and await _stop(talk, going_on.id)


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap on a button of a talk; False where there is no such button, or it is another's. Raises `NotAllowed`."""
    if not (found := TALK.fullmatch(subject)):
        return False
    number = int(found[1])
    match what:
        case "stop":
            return await _stop(talk, number)
        case "front":
            going_on = talk.person.open_talk
            return going_on is not None and going_on.id == number and where_we_are(talk)
        case "contact" | "end" | "card":
            return await by_staff(talk, number, what)
        case _:
            return False


async def by_staff(talk: Dialogues, number: int, what: str) -> bool:
    """What staff do with a talk by tapping on its card; False where there is no such talk. Raises `NotAllowed`."""
    work, by = talk.work, talk.person
    if what == "contact":
        said = await person_talks.stay_contact(work, by, number)
        if said is not None:
            talk.say([said])
        return said is not None
    if what == "card":
        return await person_talks.show_to(work, by, number)
    resident = await person_talks.end(work, by, number)
    if resident is None:
        talk.say([s_("The talk {code} has ended already.", code=f"T{number}")])
    else:
        await go_on_with(work, resident.id)
    return True


async def go_on_with(work: Work, resident_id: int) -> None:
    """Take up what waited behind a talk that staff ended."""
    person = await person_of(work, resident_id)
    if person is not None and person.consents:
        await Dialogues(work, person).go_on()


async def name(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/name Sanne`: the first name that residents read."""
    work, resident = talk.work, talk.person.resident
    chosen = " ".join(words.split())
    if not NAME.fullmatch(chosen):
        said: list[Words] = [s_("Residents see: {name}.", name=resident.name)] if resident.name else []
        talk.say([*said, s_("Type only your first name, like this: {example}", example=person_talks.NAME_EXAMPLE)])
        return
    resident.name = chosen
    work.note(f"R{resident.id}", "name chosen", resident)
    talk.say([s_("From now on residents see: {name}.", name=chosen)])


async def _stop(talk: Dialogues, number: int) -> bool:
    if not await person_talks.stop(talk.work, talk.person, number):
        return False
    waits = talk.front is not None
    talk.say([_("The talk has ended. Now you talk with the bot again.")], () if waits else MENU)
    await talk.go_on()
    return True


async def staffroom(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/staffroom` outside a group."""
    talk.say([s_("Type /staffroom in the group itself. What comes in is shown there then.")])


COMMANDS: tuple[Command, ...] = (Command("person", "mens", _("talk to a person"), flow="person"),)
FOR_STAFF: tuple[Command, ...] = (
    Command("name", "naam", s_("choose the first name that residents see"), name, roles=STAFF),
    Command("staffroom", "staffroom", s_("make a group the staff room"), staffroom, roles=COORDINATORS),
)
