""" "You said, we did": staff tell all who named something, a street for instance, what came of it."""

from __future__ import annotations

from conversations.office_said import SaidAndDone, WhoMentioned
from conversations.questions import SEND, Confirmation, Line
from conversations.talk import Talk
from conversations.words import Words, _, s_, sn_

NAMED_AT_MOST = 60
WORDS_AT_MOST = 2000


async def said_and_done(talk: Talk) -> SaidAndDone:
    """Ask what people named and what was done; show how many get it, and what they read."""
    named = await talk.tell("words", s_("What did people name? For example a street."), up_to=NAMED_AT_MOST)
    people = await talk.look_up("people", WhoMentioned(named.text))
    if not people:
        return SaidAndDone(named.text, "")
    did = await talk.tell("did", s_("What did you do about it? They read it as you type it."), up_to=WORDS_AT_MOST)
    await talk.ask(
        Confirmation(
            "confirm",
            [
                sn_("This goes to {count} person who named it:", "This goes to {count} people who named it:", people),
                *what_people_get(named.text, did.text),
            ],
            [
                Line("words", s_("What they named"), named.text, s_("Change what they named")),
                Line("did", s_("What we did"), did.text, s_("Change the words")),
            ],
            SEND,
        )
    )
    return SaidAndDone(named.text, did.text)


def what_people_get(words: str, did: str) -> list[Words]:
    """What each of them reads."""
    return [
        _("You told us about “{words}”. This is what we did:", words=words),
        did,
        _("Do you want to say something about it? Just write to us here."),
    ]
