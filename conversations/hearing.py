"""What an input does to a conversation: an answer, back, change, cancel, a photo more, a button that is too old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from conversations.ahead import ONE_VOICE, keep_ahead, keep_caption
from conversations.amounts import Amount
from conversations.inputs import Input, Photo, Said, Tapped
from conversations.questions import (
    CHANGE,
    DONE,
    PHOTOS_AT_MOST,
    Changes,
    Confirmation,
    NotThis,
    Photos,
    Question,
    Several,
    Tell,
    labelled,
)
from conversations.talk import SKIPPED, Asks
from conversations.talk import Said as Document
from conversations.words import Words, _, n_, units


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of an input.

    `accepted`: the conversation moved, so its turn is raised and older buttons grow stale. `notes`: words to say before
    the question that is open now. `quiet`: nothing needs to be said. `cancelled`: the person stops this conversation.
    `stuck`: it was no answer to this question; perhaps a person can help.
    """

    accepted: bool = False
    notes: Sequence[Words] = ()
    quiet: bool = False
    cancelled: bool = False
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class Ear:
    """What hearing needs to know: the conversation's turn, the local date, how labels are spelled.

    `keeps_ahead`: a spot, a photo or words before their question ("place", "photos", "words") are kept for it.
    """

    turn: int
    today: date
    spell: Callable[[Words], frozenset[str]]
    keeps_ahead: bool = False


def hear(given: Input, document: Document, asks: Asks, ear: Ear) -> Heard:
    """Let an input act on what was said; `asks` is where the conversation stands."""
    if isinstance(given, Photo) and (more := _one_photo_more(given, document, asks)):
        return _with_caption(given, document, asks, more) if ear.keeps_ahead else more
    if isinstance(given, Tapped):
        return _tap(given, document, asks, ear)
    if isinstance(given, Said) and (key := labelled(asks.question, given.text, ear.spell)):
        return _option(key, document, asks, ear)
    try:
        answer = asks.question.take(given, ear.today)
    except NotThis as refusal:
        if ear.keeps_ahead and (said := keep_ahead(given, document, ear.today)):
            return Heard(notes=[said], stuck=said == ONE_VOICE)
        if isinstance(asks.question, Amount):
            document.chosen[asks.question.name] = list(refusal.offers)
        return Heard(notes=[refusal.words], stuck=not refusal.offers)
    if isinstance(given, Photo) and given.album:
        document.albums[given.album] = asks.question.name
    return _answer(document, asks.question, answer)


def hear_on(given: Said, document: Document, question: Question[Any]) -> bool:
    """Add words to the answer just given, when they came before the next question could be seen.

    People type one thought in several messages; the second isn't an answer to a question that they haven't read.
    """
    answer = document.answers.get(question.name)
    if not isinstance(question, Tell) or not isinstance(answer, dict) or not answer.get("text"):
        return False
    together = f"{answer['text']}\n{given.text.strip()}"
    if question.up_to and units(together) > question.up_to:
        return False
    document.answers[question.name] = {**answer, "text": together}
    return True


def drop(document: Document, name: str) -> None:
    """Take an answer back, so that its question is asked again; the final confirmation always goes along."""
    document.answers.pop(name, None)
    document.answers.pop("confirm", None)


def _tap(tap: Tapped, document: Document, asks: Asks, ear: Ear) -> Heard:
    if tap.turn != ear.turn:
        if document.last_tap == [tap.turn, tap.option]:
            return Heard(quiet=True)  # a thumb that taps twice
        return Heard(notes=[_("That button is from earlier. We are here now:")])
    heard = _option(tap.option, document, asks, ear)
    if heard.accepted:
        document.last_tap = [tap.turn, tap.option]
    return heard


def _option(key: str, document: Document, asks: Asks, ear: Ear) -> Heard:
    question = asks.question
    if key == "cancel":
        return Heard(cancelled=True)
    if key == "back":
        return _back(document, asks)
    if key == "skip" and question.skippable:
        return _answer(document, question, dict(SKIPPED))
    if key not in [option.key for option in question.options()]:
        return Heard(notes=[_("That button doesn't work here. We are here now:")])
    if isinstance(question, Confirmation | Changes) and (changed := key.removeprefix(CHANGE)) != key:
        return _change(document, question, changed)
    if isinstance(question, Several) and key != DONE.key:
        document.chosen[question.name] = question.toggled(key)
        return Heard(accepted=True)
    return _answer(document, question, question.pick(key, ear.today))


def _change(document: Document, question: Confirmation | Changes, name: str) -> Heard:
    lines = question.lines if isinstance(question, Confirmation) else ()
    along = [other for line in lines if line.question == name for other in line.along]
    document.put_by = {each: document.answers.get(each) for each in (name, *along)}
    for each in document.put_by:
        drop(document, each)
    return Heard(accepted=True)


def _answer(document: Document, question: Question[Any], answer: Any) -> Heard:
    document.answers[question.name] = answer
    document.put_by = {}
    if isinstance(question, Amount):
        document.chosen.pop(question.name, None)
    return Heard(accepted=True)


def _back(document: Document, asks: Asks) -> Heard:
    if asks.question.name in document.put_by:  # it was to be changed: leave it as it was
        kept = {name: answer for name, answer in document.put_by.items() if answer is not None}
        document.answers.update(kept)
        document.put_by = {}
        return Heard(accepted=True)
    before = [question.name for question in asks.trail[:-1] if question.name in document.answers]
    if not before:
        return Heard(notes=[_("This is the first question.")])
    drop(document, before[-1])
    return Heard(accepted=True)


def _one_photo_more(photo: Photo, document: Document, asks: Asks) -> Heard | None:
    """A photo after the first one belongs to the photos that were given, whatever is being asked by now."""
    behind_us = [question.name for question in asks.trail[:-1] if isinstance(question, Photos)]
    given_at_once = [name for name, answer in document.answers.items() if isinstance(answer, list)]
    takes_it = isinstance(asks.question, Photos) or (isinstance(asks.question, Tell) and asks.question.photo)
    if takes_it and not (photo.album in document.albums or given_at_once):
        return None
    # the first one may have answered something else: the others wait for their own question
    waits = ["photos"] if photo.album in document.albums else []
    if (name := next(iter([*behind_us, *given_at_once, *waits]), None)) is None:
        return None
    kept = document.answers.get(name)
    photos = [*(kept if isinstance(kept, list) else []), photo.file_id]
    same_album = photo.album is not None and photo.album in document.albums
    if len(photos) > PHOTOS_AT_MOST:
        return Heard(notes=[_("We keep the first {count} photos.", count=PHOTOS_AT_MOST)])
    document.answers[name] = photos
    if photo.album:
        document.albums[photo.album] = name
    added = n_("Added: that makes {count} photo.", "Added: that makes {count} photos.", len(photos))
    return Heard(quiet=True) if same_album else Heard(notes=[added])


def _with_caption(photo: Photo, document: Document, asks: Asks, heard: Heard) -> Heard:
    """What stands under one photo more is kept with the words; where those are being asked for, it is the answer."""
    answers = keep_caption(photo, document) and asks.question.name == "words"
    return replace(heard, accepted=True, quiet=False) if answers else heard
