"""Reporting what is broken: what, words, where, photos, send; and what comes out of the blue, which may be anything."""

from __future__ import annotations

from datetime import date

from conversations.guess import guess
from conversations.idea import hand_in_idea
from conversations.looked_up import Similar, SimilarComplaint, Whereabouts, WhereElse, WhereIs
from conversations.questions import PHOTOS_AT_MOST, At, Line, Option, Place, Tell, Told
from conversations.results import (
    ComplaintReport,
    Greeting,
    IdeaHandedIn,
    MeToo,
    Moving,
    TwoAnswers,
    WantsPerson,
    WillGoThere,
)
from conversations.talk import Talk
from conversations.told import as_said, told_or_shown
from conversations.words import Words, _, n_

FROM_THE_BLUE = (
    Option("proud", _("I'm proud of this")),
    Option("idea", _("It's an idea")),
    Option("person", _("A question for a person")),
    Option("hello", _("Just saying hello")),
)
ONLY_WHEN_GUESSED = (Option("moved", _("I have moved")),)
STANDS: dict[str, Words] = {
    "received": _("We know about it."),
    "reopened": _("We know that it isn't solved yet."),
    "taken": _("Somebody is on it."),
    "passed_on": _("Somebody is on it."),
}
OTHER = "other"
"""The topic that says nothing by itself: there a photo needs words with it."""

Report = ComplaintReport | MeToo | WillGoThere


async def report_complaint(talk: Talk) -> Report:
    """Ask for a complaint; answers that are already there are not asked again."""
    topic = await talk.choose("topic", _("What is it about?"), talk.area.topics, columns=2)
    return await _about(talk, topic)


async def out_of_the_blue(
    talk: Talk,
) -> Report | TwoAnswers | IdeaHandedIn | WantsPerson | Moving | Greeting:
    """Somebody sent words, a photo or a spot without saying what it is: ask that, and go on from there.

    What the words seem to be about is the first button; all others stand below it.
    """
    options, guessed = _with_the_guess_first(talk)
    topic = await talk.choose(
        "topic",
        [_("Thank you! I'll see that it gets to the right person."), _("What is it about?")],
        options,
        columns=2,
        alone=guessed,
    )
    match topic:
        case "proud":
            told, photos = await _told_with_photos(talk, _("What makes you proud?"))
            return TwoAnswers(proud=told, better=Told(), photos=photos)
        case "idea":
            return await hand_in_idea(talk)
        case "person":
            asked, photos = await _told_with_photos(talk, _("What do you want to ask? Type it, or speak it."))
            place = talk.brought("place")
            at = Place("place", ()).restore(place) if isinstance(place, dict) else At()
            return WantsPerson(asked, at, photos)
        case "moved":
            return Moving()
        case "hello":
            return Greeting()
        case _:
            return await _about(talk, topic, shown=bool(_brought_photos(talk)))


async def _told_with_photos(talk: Talk, prompt: Words) -> tuple[Told, list[str]]:
    """What somebody says of this, and the photos that were sent before, which may say it all."""
    photos = _brought_photos(talk)
    return told_or_shown(await talk.tell("words", prompt, photo=True, skippable=bool(photos)), photos)


def _with_the_guess_first(talk: Talk) -> tuple[list[Option], int]:
    """All that it can be, with the guess in front where there is one; and how many stand in front."""
    options = [*talk.area.topics, *FROM_THE_BLUE]
    words = talk.brought("words")
    if talk.brought("topic") is not None or not isinstance(words, dict) or not isinstance(words.get("text"), str):
        return options, 0
    key = guess(words["text"])
    found = next((option for option in (*options, *ONLY_WHEN_GUESSED) if option.key == key), None)
    if found is None or found.key == "hello":
        return options, 0
    first = Option(found.key, _("Yes: {what}", what=found.label), also=(found.label, _("Yes")))
    return [first, *(option for option in options if option.key != key)], 1


def _brought_photos(talk: Talk) -> list[str]:
    photos = talk.brought("photos")
    return photos if isinstance(photos, list) else []


async def _about(talk: Talk, topic: str, *, shown: bool = False) -> Report:
    words = await _what(talk, topic, shown=shown)
    if (elsewhere := await talk.look_up("elsewhere", WhereElse(topic, words.text))) is not None:
        way = await talk.choose(
            f"way_{elsewhere.key}",
            [elsewhere.words, *([elsewhere.link] if elsewhere.link else []), _("Or shall we pass it on for you?")],
            [Option("pass", _("Pass it on for me")), Option("self", _("I'll do it myself"))],
        )
        if way == "self":
            return WillGoThere(elsewhere.key)
    place = await talk.place("place", [_("Where is it?"), _("Share the spot, or type the street.")])
    around: Whereabouts = await talk.look_up("around", WhereIs(*place.spot)) if place.spot else Whereabouts()
    if elsewhere is None and (
        similar := await talk.look_up("similar", SimilarComplaint(topic, place.words, place.latitude, place.longitude))
    ):
        it_is = await talk.choose(
            f"same_{similar.number}",
            _is_it_this(similar),
            [Option("yes", _("Yes, me too"), (_("Yes"),)), Option("no", _("No, another one"), (_("No"),))],
            pictures=similar.photos,
        )
        if it_is == "yes":
            return MeToo(
                similar.number, ComplaintReport(topic, words, place, _all_photos(words, _brought_photos(talk)))
            )
    more = _("Do you have another photo? Send it here.") if words.photo else _("Do you have a photo? Send it here.")
    photos = _all_photos(words, await talk.photos("photos", more, skippable=True))
    labels = {option.key: option.label for option in talk.area.topics}
    await talk.confirm(
        _("Is this right?") if words else _("Is this right? If you want to say more, type it now."),
        [
            Line("topic", _("About"), labels.get(topic, topic), _("Change the subject")),
            Line("words", _("What"), as_said(words) if words else _("your photo"), _("Change the words")),
            Line("place", _("Where"), _as_placed(place, around), _("Change the place")),
            Line("photos", _("Photos"), _photos(len(photos)), _("Change the photos")),
        ],
    )
    return ComplaintReport(topic, words, place, photos)


async def _what(talk: Talk, topic: str, *, shown: bool) -> Told:
    """What is going on; a photo that was sent before says that too, unless nobody could know of what it is.

    `shown`: it began with photos, so that it isn't even asked.
    """
    photos = _brought_photos(talk)
    if photos and topic == OTHER:
        return await talk.tell("words", [_("What is going on?"), _("Please type it, or record a voice message.")])
    how = _("Type it, speak it, or send a photo. A few words are enough.")
    question = Tell("words", [_("What is going on?"), how], photo=True, skippable=bool(photos))
    return await (talk.if_wanted(question) if shown else talk.ask(question))


def _is_it_this(similar: Similar) -> list[Words]:
    """How another's report is shown: where, since when, how it stands. Nothing of what they said, or who they are."""
    if similar.metres is None:
        where = _("This was reported at the same place:")
    elif similar.metres:
        where = n_(
            "This was reported {count} metre from there:",
            "This was reported {count} metres from there:",
            similar.metres,
        )
    else:
        where = _("This was reported at that spot:")
    day = _("Reported on {day}.", day=date.fromisoformat(similar.day))
    planned = _("It is planned for {day}.", day=date.fromisoformat(similar.planned)) if similar.planned else ""
    return [where, similar.topic, day, planned or STANDS.get(similar.state, ""), _("Is it this one?")]


def _all_photos(words: Told, photos: list[str]) -> list[str]:
    return [*([words.photo] if words.photo else []), *photos][:PHOTOS_AT_MOST]


def _as_placed(place: At, around: Whereabouts) -> Words:
    if place.words:
        return place.words
    if around.neighbourhood:
        return _("the spot that you shared, in {neighbourhood}", neighbourhood=around.neighbourhood)
    return _("the spot that you shared")


def _photos(count: int) -> Words:
    return n_("{count} photo", "{count} photos", count) if count else _("none")
