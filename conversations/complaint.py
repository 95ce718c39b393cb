"""Reporting what is broken: what, words, where, photos, send."""

from __future__ import annotations

from conversations.questions import PHOTOS_AT_MOST, At, Line, Option, Told
from conversations.results import ComplaintReport, TwoAnswers
from conversations.talk import Talk
from conversations.words import Words, _, n_


async def report_complaint(talk: Talk) -> ComplaintReport:
    """Ask for a complaint; answers that are already there are not asked again."""
    topic = await talk.choose("topic", _("What is it about?"), talk.area.topics, columns=2)
    return await _about(talk, topic)


async def out_of_the_blue(talk: Talk) -> ComplaintReport | TwoAnswers:
    """Somebody sent words, a photo or a spot without saying what it is: ask that, and go on from there."""
    topic = await talk.choose(
        "topic",
        [_("Thank you! I'll see that it gets to the right person."), _("What is it about?")],
        [*talk.area.topics, Option("proud", _("I'm proud of this"))],
        columns=2,
    )
    if topic == "proud":
        told = await talk.tell("words", _("What makes you proud?"), photo=True)
        photos = talk.brought("photos")
        return TwoAnswers(proud=told, better=Told(), photos=photos if isinstance(photos, list) else [])
    return await _about(talk, topic)


async def _about(talk: Talk, topic: str) -> ComplaintReport:
    words = await talk.tell(
        "words", [_("What is going on?"), _("Type it, speak it, or send a photo. A few words are enough.")], photo=True
    )
    place = await talk.place("place", [_("Where is it?"), _("Share the spot, or type the street.")])
    more = _("Do you have another photo? Send it here.") if words.photo else _("Do you have a photo? Send it here.")
    photos = await talk.photos("photos", more, skippable=True)
    photos = [*([words.photo] if words.photo else []), *photos][:PHOTOS_AT_MOST]
    labels = {option.key: option.label for option in talk.area.topics}
    await talk.confirm(
        _("Is this right?"),
        [
            Line("topic", _("About"), labels.get(topic, topic), _("Change the subject")),
            Line("words", _("What"), _as_said(words), _("Change the words")),
            Line("place", _("Where"), _as_placed(place), _("Change the place")),
            Line("photos", _("Photos"), _photos(len(photos)), _("Change the photos")),
        ],
    )
    return ComplaintReport(topic, words, place, photos)


def _as_said(told: Told) -> Words:
    if told.text:
        return told.text
    return _("your voice message") if told.voice else _("your photo")


def _as_placed(place: At) -> Words:
    return place.words or _("the spot that you shared")


def _photos(count: int) -> Words:
    return n_("{count} photo", "{count} photos", count) if count else _("none")
