"""A walk through the neighbourhood, to show what is wrong: a resident proposes it, staff say yes, or not now."""

from __future__ import annotations

from conversations.event import invitation
from conversations.event_said import WalkAccepted, WalkDeclined, WalkMoved, WalkNow, WalkProposed
from conversations.questions import Confirmation, Line, Option
from conversations.talk import Talk
from conversations.words import _, s_, sn_

WORDS_AT_MOST = 500


async def propose_walk(talk: Talk) -> WalkProposed:
    """What is to be seen, when, and where people meet."""
    words = await talk.tell(
        "words",
        [_("We walk through your neighbourhood with you."), _("What do you want to show us?")],
        up_to=WORDS_AT_MOST,
    )
    starts = await talk.moment("starts", _("When shall we walk? Type a day and a time."))
    place = await talk.place("place", _("Where do we meet? Share the spot, or type the street."))
    await talk.confirm(
        _("This is your walk. Shall I send it?"),
        [
            Line("words", _("To see"), words.text, _("Change the words")),
            Line("starts", _("When"), starts.strftime("%d-%m-%Y %H:%M"), _("Change the time")),
            Line("place", _("Where"), place.words or _("the spot you shared"), _("Change the place")),
        ],
    )
    return WalkProposed(words.text, starts, place)


async def accept_walk(talk: Talk) -> WalkAccepted:
    """Yes: with neighbours, or only with who proposed it. What goes out is shown before it goes."""
    number = talk.given("event")
    walk = await talk.look_up("walk", WalkNow(number))
    invites = await talk.choose(
        "invites",
        s_("E{number}: shall the neighbourhood come along?", number=str(number)),
        [
            Option("yes", sn_("Invite {count} person", "Invite {count} people", walk.invited)),
            Option("no", s_("Only who proposed it")),
        ],
    )
    preview = invitation(walk.title, walk.starts, walk.place, walk.words)
    who = s_("This goes to {place}:", place=walk.neighbourhood)
    if invites == "no":
        preview, who = preview[:-1], s_("Only who proposed it hears that it goes on:")
    lines = [Line("invites", s_("Invite"), s_("yes") if invites == "yes" else s_("no"), s_("Change who comes"))]
    await talk.ask(Confirmation("confirm", [who, *preview], lines, s_("Say yes")))
    return WalkAccepted(number, invites == "yes")


async def move_walk(talk: Talk) -> WalkMoved:
    """Another time; who proposed it hears."""
    number = talk.given("event")
    prompt = s_("E{number}: which day and time? Who proposed it hears.", number=str(number))
    return WalkMoved(number, await talk.moment("starts", prompt))


async def decline_walk(talk: Talk) -> WalkDeclined:
    """Not now, and why."""
    number = talk.given("event")
    prompt = [
        s_("E{number}: why not now? And what can be done?", number=str(number)),
        s_("Who proposed it reads it as you type it."),
    ]
    reason = await talk.tell("reason", prompt, up_to=WORDS_AT_MOST)
    return WalkDeclined(number, reason.text)
