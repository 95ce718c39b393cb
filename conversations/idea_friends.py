"""Who wants to help with an idea of somebody else, and what its owner says to that; and when the panel has met."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.questions import Option
from conversations.talk import Talk
from conversations.words import _, s_

WORDS_AT_MOST = 300
MEMBERS_AT_MOST = 50
DAYS_AT_MOST = 90


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """Somebody wants to help with an idea; `words`: what they can do, empty where they skipped it."""

    idea: int
    words: str


@dataclass(frozen=True, slots=True)
class HelpWelcome:
    """The owner of an idea says yes to who wants to help (the number of a resident), with words for them or none."""

    idea: int
    helper: int
    words: str


@dataclass(frozen=True, slots=True)
class PanelMet:
    """The panel met so many days ago: how many members were there, and how many had been active here before."""

    days_ago: int
    members: int
    active_before: int


async def offer_help(talk: Talk) -> HelpOffered:
    """What somebody can do for the idea `idea`."""
    prompt = [
        _("I{number}: how nice! What can you do, or what do you have?", number=str(talk.given("idea"))),
        _("Who had the idea reads it as you type it. Want to be called back? Then type how."),
    ]
    told = await talk.tell("words", prompt, up_to=WORDS_AT_MOST, skippable=True)
    return HelpOffered(talk.given("idea"), told.text)


async def welcome_help(talk: Talk) -> HelpWelcome:
    """What its owner tells who may help with the idea `idea`."""
    prompt = [
        _("What shall we tell them? For example when and where you meet."),
        _("They read it as you type it, without your name."),
    ]
    told = await talk.tell("words", prompt, up_to=WORDS_AT_MOST, skippable=True)
    return HelpWelcome(talk.given("idea"), talk.given("helper"), told.text)


async def panel_met(talk: Talk) -> PanelMet:
    """When the panel met, and who was there."""
    when = await talk.choose(
        "when",
        s_("When did the panel meet?"),
        [Option("0", s_("Today")), Option("1", s_("Yesterday")), Option("earlier", s_("Earlier"))],
    )
    ago = int(when) if when in ("0", "1") else await talk.number("ago", s_("How many days ago?"), 2, DAYS_AT_MOST)
    members = await talk.number("members", s_("How many members were there?"), 1, MEMBERS_AT_MOST)
    active = await talk.number(
        "active", s_("How many of them were active in the neighbourhood before the panel?"), 0, members
    )
    return PanelMet(ago, members, active)
