"""The first talk: something to begin with, what this is, what is kept and why, a yes, a neighbourhood. Two taps."""

from __future__ import annotations

from conversations.at_event import at_event
from conversations.looked_up import Something, SomethingForYou
from conversations.questions import ChoiceOfNames, Option
from conversations.results import AgreedAnew, Declined, DeclinedAnew, Joined
from conversations.talk import Talk
from conversations.words import Words, _, n_

ANSWERS = (Option("yes", _("Yes, that's fine")), Option("no", _("No, thank you")))
ASIDES = (Option("privacy", _("What do you keep?")), Option("readaloud", _("Read it to me")))
WHAT_IS_KEPT = (
    _("We keep what you send, and your neighbourhood, to answer you. It can always be erased."),
    _("If you are not sixteen yet, ask a parent too."),
    _("Is that all right with you?"),
)
AGAIN = _("May we keep what you send, to answer you?")


async def welcome(talk: Talk) -> Joined | Declined:
    """Give something, and ask consent and a neighbourhood; who came through an event's code gets its own welcome."""
    if isinstance(event := talk.brought("event"), dict):
        return await at_event(talk, event, WHAT_IS_KEPT, AGAIN, ASIDES)
    something = await talk.look_up("something", SomethingForYou())
    consent = await talk.choose(
        "consent",
        [
            _("Hello! This is Buurtpraat, from {organisation}.", organisation=talk.area.organisation),
            *_to_begin_with(something),
            _("Tell us what is good here, or what must be better: a person reads it."),
            *WHAT_IS_KEPT,
        ],
        ANSWERS,
        languages=True,
        may_be_stopped=False,
        again=AGAIN,
        asides=ASIDES,
    )
    if consent == "no":
        return Declined()
    neighbourhood = await talk.ask(
        ChoiceOfNames(
            "neighbourhood",
            _("Which neighbourhood do you live in?"),
            [*talk.area.neighbourhoods, Option("elsewhere", _("Somewhere else"))],
            columns=2,
            skippable=True,
            may_be_stopped=False,
        )
    )
    lives = None if neighbourhood in ("", "elsewhere") else neighbourhood
    return Joined(lives, token=talk.brought("token") or "")


async def consent_anew(talk: Talk) -> AgreedAnew | DeclinedAnew:
    """Ask consent of who gave it for an older text: what has changed, and one tap."""
    consent = await talk.choose(
        "consent",
        [_("What we keep of you has changed."), talk.area.changed, _("Is that all right with you?")],
        ANSWERS,
        languages=True,
        may_be_stopped=False,
        again=_("One tap first: is what has changed all right with you?"),
        asides=ASIDES,
    )
    return AgreedAnew() if consent == "yes" else DeclinedAnew()


def _to_begin_with(something: Something) -> list[Words]:
    title, place = something.title, something.place
    if something.starts is not None and place:
        return [_("Soon here: {title}, {moment}. Where: {place}.", title=title, moment=something.starts, place=place)]
    if something.starts is not None:
        return [_("Soon here: {title}, {moment}.", title=title, moment=something.starts)]
    if something.mended:
        return [
            n_(
                "This month {count} thing was mended after a neighbour told us about it.",
                "This month {count} things were mended after neighbours told us about them.",
                something.mended,
            )
        ]
    return []
