"""An idea for the neighbourhood, in five turns: what and for whom, with whom, what for, how much, and a last look.

Whatever is asked may be typed or spoken. Three more questions wait behind a button of the last look.
"""

from __future__ import annotations

from conversations.idea_said import IdeaSupplied, IdeaWithdrawn
from conversations.questions import PHOTOS_AT_MOST, SEND, Confirmation, Line, Option, Told
from conversations.results import IdeaHandedIn, Stays
from conversations.talk import Talk
from conversations.told import as_said, told_or_shown
from conversations.words import Money, Words, _

WISHES = (
    Option("money", _("Some money")),
    Option("place", _("A place")),
    Option("advice", _("Somebody to think along")),
    Option("know", _("Just so you know")),
)
TAKES_ON_DUTIES = frozenset({"money", "place"})
"""Who wants this gets something to carry out an idea with, and reads the duties that come with it."""


async def hand_in_idea(talk: Talk) -> IdeaHandedIn:
    """Ask for an idea; only what it is must be said, and a photo that was sent before says that too."""
    brought = talk.brought("photos")
    photos = brought if isinstance(brought, list) else []
    words = await talk.tell(
        "words",
        [
            _("What is your idea, where, and for whom?"),
            _("A few words are enough. Speaking is fine too, or a photo."),
            _("Neighbours may read it too, without your name."),
        ],
        photo=True,
        skippable=bool(photos),
    )
    words, photos = told_or_shown(words, photos)
    together = await talk.tell("together", _("Who is joining in?"), skippable=True)
    wish = await talk.choose("wish", _("What would you like from us?"), WISHES, skippable=True)
    wants_money = wish == "money"
    cents = await talk.amount("cents", _("Roughly how much will it cost?"), skippable=True) if wants_money else 0
    more = talk.is_wanted("behind") or talk.brought("behind") is not None
    behind = neighbours = whom = Told()
    if more:
        behind = await talk.tell("behind", _("Who is behind the idea?"), skippable=True)
        neighbours = await talk.tell("neighbours", _("What do neighbours think of it?"), skippable=True)
    if more or talk.brought("whom") is not None:
        whom = await talk.tell("whom", _("Who is it for most of all?"), skippable=True)
    labels = {option.key: option.label for option in WISHES}
    lines = [
        Line("words", _("Your idea"), as_said(words), _("Change the idea")),
        Line("together", _("Who joins in"), as_said(together), _("Change who joins in")),
        Line("wish", _("You'd like from us"), labels.get(wish) or _("not said yet"), _("Change what you'd like")),
        *([Line("cents", _("It costs"), _as_amount(cents), _("Change the amount"))] if wants_money else []),
    ]
    said = [
        Line("behind", _("Who is behind it"), as_said(behind), _("Change the rest"), ("neighbours", "whom")),
        Line("neighbours", _("What neighbours think"), as_said(neighbours)),
        Line("whom", _("For whom"), as_said(whom)),
    ]
    duties = [_("If it's a yes, this is what you take on:"), talk.area.duties]
    prompt = [*(duties if wish in TAKES_ON_DUTIES and talk.area.duties else []), _("Is this right?")]
    further = [] if more else [Option("behind", _("Tell more"))]
    last_look = Confirmation("confirm", prompt, [*lines, *(said if more else [])], SEND, more=further)
    await talk.ask(last_look)
    photos = [*([words.photo] if words.photo else []), *photos]
    extra = {"together": together, "behind": behind, "neighbours": neighbours, "whom": whom}
    spoken = {name: told.voice for name, told in extra.items() if told.voice}
    return IdeaHandedIn(
        words,
        whom.text,
        together.text,
        "",
        wish,
        photos[:PHOTOS_AT_MOST],
        behind.text,
        neighbours.text,
        spoken,
        cents or None,
    )


async def supply_idea(talk: Talk) -> IdeaSupplied:
    """The owner answers the question that was asked about an idea."""
    number = talk.given("idea")
    told = await talk.tell("told", str(talk.given("question")), photo=True)
    return IdeaSupplied(number, told)


async def withdraw_idea(talk: Talk) -> IdeaWithdrawn | Stays:
    """Stop an idea, after being sure."""
    number = talk.given("idea")
    sure = await talk.choose(
        "sure",
        _("I{number}: do you want to stop with it?", number=str(number)),
        [Option("yes", _("Yes, stop it")), Option("no", _("No, go on with it"))],
    )
    return IdeaWithdrawn(number) if sure == "yes" else Stays()


def _as_amount(cents: int) -> Words:
    return _("about {amount}", amount=Money(cents)) if cents else _("not said yet")
