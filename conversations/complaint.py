"""Reporting what is broken: what, words, where, photos, send."""

from __future__ import annotations

from conversations.questions import At, Line, Option, Told
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
        [_("Thank you! What is it about?"), _("Then I know who should see it.")],
        [*talk.area.topics, Option("proud", _("I'm proud of this"))],
        columns=2,
    )
    if topic == "proud":
        told = await talk.tell("words", _("What makes you proud?"), photo=True)
        photos = talk.brought("photos")
        return TwoAnswers(proud=told, better=Told(), photos=photos if isinstance(photos, list) else [])
    return await _about(talk, topic)


async def _about(talk: Talk, topic: str) -> ComplaintReport:
    words = await talk.tell("words", [_("What is going on?"), _("One sentence is enough. Speaking is fine too.")])
    place = await talk.place("place", [_("Where is it?"), _("Share the spot, or type the street.")])
    photos = await talk.photos("photos", _("Do you have a photo? Send it here."), skippable=True)
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
    return told.text or _("your voice message")


def _as_placed(place: At) -> Words:
    return place.words or _("the spot that you shared")


def _photos(count: int) -> Words:
    return n_("{count} photo", "{count} photos", count) if count else _("none")
