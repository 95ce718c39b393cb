"""Somebody comes to an event: with how many, what they bring, under which name; each a question of its own."""

from __future__ import annotations

from conversations.event_said import BringsAlong, ComesWith, NameForList
from conversations.talk import Talk
from conversations.words import _

MOST = 50
"""People in one answer; more than these better call."""
BRINGS_AT_MOST = 100
NAME_AT_MOST = 40


async def how_many(talk: Talk) -> ComesWith:
    """With how many, themselves included, to the event `event` (a number; what it is called: `title`)."""
    prompt = [talk.given("title"), _("How many of you are coming, you included? Type a number.")]
    people = await talk.number("people", prompt, 1, MOST)
    return ComesWith(talk.given("event"), people)


async def what_you_bring(talk: Talk) -> BringsAlong:
    """What somebody brings to the event `event`."""
    prompt = [talk.given("title"), _("What will you bring? Type it, for example: a salad.")]
    words = await talk.tell("words", prompt, up_to=BRINGS_AT_MOST)
    return BringsAlong(talk.given("event"), words.text)


async def name_for_list(talk: Talk) -> NameForList:
    """The name under which somebody wants to stand on the list of the event `event`."""
    prompt = [
        talk.given("title"),
        _("Only people of the office see the list."),
        _("Which name shall we put on it? A first name is enough."),
    ]
    name = await talk.tell("name", prompt, up_to=NAME_AT_MOST)
    return NameForList(talk.given("event"), name.text)
