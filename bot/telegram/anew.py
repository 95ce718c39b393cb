"""The text that residents agree to has changed: asked anew at their next word; what they did waits for the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple
from typing import Any, get_args

from bot.store.tables import Conversation
from bot.telegram import commands
from bot.telegram.dialogues import Dialogues
from bot.telegram.draw import read_button
from bot.telegram.newcomers import welcome
from bot.telegram.read import Command, Incoming, ReplyTo
from conversations.hearing import Ear, hear
from conversations.inputs import Input, Photo, Said, Tapped
from conversations.talk import Asks
from conversations.words import Words, _

HELD_AT_MOST = 60
"""So many things done before the answer wait for it."""
KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Input)}


async def may_act(talk: Dialogues, incoming: Incoming) -> list[Incoming]:
    """What may act now: what came in; nothing while it waits for a yes; with the yes all that has waited, in order."""
    if not talk.person.asked_anew or _acts_without(talk, incoming):
        return [incoming]
    asking = next((each for each in talk.person.conversations if each.flow == "consent"), None)
    if asking is not None and (answer := await _answer_in(talk, asking, incoming)):
        waited = _read(asking)
        await talk.hear(asking, answer)
        return await _what_waited(talk, waited, incoming)
    if asking is None:
        asking = await talk.open("consent")
    waited = _read(asking)
    is_more_of_an_album = isinstance(incoming.given, Photo) and incoming.given.album in _albums(waited)
    notes: list[Words] = []
    if len(waited) < HELD_AT_MOST:
        talk.put(asking, "waits", {"all": [*waited, _stored(incoming)]})
        notes = [_("Thank you, I keep that for you. First this:")] if incoming.given else []
    if not is_more_of_an_album:
        await welcome(talk, notes)
    return []


async def _what_waited(talk: Dialogues, waited: list[dict[str, Any]], now: Incoming) -> list[Incoming]:
    """After an answer: with a yes what has waited; else, and where nothing has, what was going on."""
    person = talk.person
    if person.consents and waited:
        return [_restored(each, now) for each in waited]
    if not person.asked_anew:
        await talk.go_on()
    return []


def _acts_without(talk: Dialogues, incoming: Incoming) -> bool:
    """Whether this needs no yes: /privacy and its like, another language, being forgotten."""
    if incoming.membership is not None or incoming.edited:
        return True
    if incoming.command is not None:
        return _needs_no_yes(incoming.command.name)
    if incoming.button is not None:
        subject, _dot, what = incoming.button.partition(".")
        if button := read_button(incoming.button):
            conversation = talk.by_id(button[0])
            return conversation is None or conversation.flow == "forget"
        return subject == "l" or (subject == "do" and _needs_no_yes(what))
    return talk.front is not None and talk.front.flow == "forget"


def _needs_no_yes(name: str) -> bool:
    found = commands.BY_NAME.get(name)
    return found is None or found.without_consent


async def _answer_in(talk: Dialogues, asking: Conversation, incoming: Incoming) -> Input | None:
    """The answer to the question whether it is all right, tapped or typed; None for anything else."""
    if button := read_button(incoming.button or ""):
        return Tapped(button[2], button[1]) if button[0] == asking.id else None
    if not isinstance(incoming.given, Said):
        return None
    asks, document = await talk.peek(asking)
    ear = Ear(asking.turn, talk.work.today, talk.work.catalogues.spellings)
    accepts = isinstance(asks, Asks) and hear(incoming.given, document, asks, ear).accepted
    return incoming.given if accepts else None


def _read(asking: Conversation) -> list[dict[str, Any]]:
    return list(asking.said["answers"].get("waits", {}).get("all", []))


def _albums(waited: list[dict[str, Any]]) -> set[str]:
    return {album for each in waited if (album := (each["given"] or {}).get("album"))}


def _stored(incoming: Incoming) -> dict[str, Any]:
    """What came in as JSON can hold it."""
    given, command = incoming.given, incoming.command
    return {
        "given": {"is": type(given).__name__, **asdict(given)} if given is not None else None,
        "command": [command.name, command.words] if command else None,
        "button": incoming.button,
        "reply_to": [*astuple(incoming.reply_to)] if incoming.reply_to else None,
        "message_id": incoming.message_id,
    }


def _restored(stored: dict[str, Any], now: Incoming) -> Incoming:
    given: Input | None = None
    if stored["given"] is not None and stored["given"]["is"] in KINDS:
        values = {name: value for name, value in stored["given"].items() if name != "is"}
        given = KINDS[stored["given"]["is"]](**values)
    return Incoming(
        now.update_id,
        now.chat_id,
        now.language_code,
        now.is_private,
        now.sender_id,
        stored.get("message_id"),
        ReplyTo(*reply_to) if (reply_to := stored.get("reply_to")) else None,
        given=given,
        command=Command(*stored["command"]) if stored["command"] else None,
        button=stored["button"],
    )
