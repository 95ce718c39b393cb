"""What an input does to a conversation: an answer, back, change, cancel, a photo more, a button that is too old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from conversations.inputs import Input, Photo, Said, Spot, Tapped, Voice
from conversations.questions import PHOTOS_AT_MOST, Confirmation, NotThis, Photos, Place, Question, Tell, labelled
from conversations.talk import SKIPPED, Asks
from conversations.talk import Said as Document
from conversations.words import Words, _, n_


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of an input.

    `accepted`: the conversation moved, so its turn is raised and older buttons grow stale. `notes`: words to say before
    the question that is open now. `quiet`: nothing needs to be said. `cancelled`: the person stops this conversation.
    """

    accepted: bool = False
    notes: Sequence[Words] = ()
    quiet: bool = False
    cancelled: bool = False


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
        return more
    if isinstance(given, Tapped):
        return _tap(given, document, asks, ear)
    if isinstance(given, Said) and (key := labelled(asks.question, given.text, ear.spell)):
        return _option(key, document, asks, ear)
    try:
        answer = asks.question.take(given, ear.today)
    except NotThis as refusal:
        if ear.keeps_ahead and _keep_ahead(given, document, ear.today):
            return Heard(notes=[_("I keep that too.")])
        return Heard(notes=[refusal.words])
    _remember(document, asks.question, answer)
    if isinstance(given, Photo) and given.album:
        document.albums[given.album] = asks.question.name
    return Heard(accepted=True)


def hear_on(given: Said, document: Document, question: Question[Any]) -> bool:
    """Add words to the answer just given, when they came before the next question could be seen.

    People type one thought in several messages; the second isn't an answer to a question that they haven't read.
    """
    answer = document.answers.get(question.name)
    if not isinstance(question, Tell) or not isinstance(answer, dict) or not answer.get("text"):
        return False
    document.answers[question.name] = {**answer, "text": f"{answer['text']}\n{given.text.strip()}"}
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
        document.answers[question.name] = dict(SKIPPED)
        return Heard(accepted=True)
    if key not in [option.key for option in question.options()]:
        return Heard(notes=[_("That button doesn't work here. We are here now:")])
    if isinstance(question, Confirmation) and key.startswith("change:"):
        drop(document, key.removeprefix("change:"))
        return Heard(accepted=True)
    _remember(document, question, question.pick(key, ear.today))
    return Heard(accepted=True)


def _back(document: Document, asks: Asks) -> Heard:
    before = [question.name for question in asks.trail[:-1] if question.name in document.answers]
    if not before:
        return Heard(notes=[_("This is the first question.")])
    drop(document, before[-1])
    return Heard(accepted=True)


def _remember(document: Document, question: Question[Any], answer: Any) -> None:
    document.answers[question.name] = answer


def _one_photo_more(photo: Photo, document: Document, asks: Asks) -> Heard | None:
    """A photo after the first one belongs to the photos that were given, whatever is being asked by now."""
    behind_us = [question.name for question in asks.trail[:-1] if isinstance(question, Photos)]
    given_at_once = [name for name, answer in document.answers.items() if isinstance(answer, list)]
    name = next(iter([*behind_us, *given_at_once]), None)
    takes_it = isinstance(asks.question, Photos) or (isinstance(asks.question, Tell) and asks.question.photo)
    if takes_it and not (photo.album in document.albums or given_at_once):
        return None
    if name is None and photo.album in document.albums:
        name = "photos"  # the first one answered something else: the others wait for their own question
    if name is None:
        return None
    kept = document.answers.get(name)
    photos = [*(kept if isinstance(kept, list) else []), photo.file_id]
    same_album = photo.album is not None and photo.album in document.albums
    if len(photos) > PHOTOS_AT_MOST:
        return Heard(notes=[_("We keep the first {count} photos.", count=PHOTOS_AT_MOST)])
    document.answers[name] = photos
    if photo.album:
        document.albums[photo.album] = name
    return (
        Heard(quiet=True)
        if same_album
        else Heard(notes=[n_("Added: that makes {count} photo.", "Added: that makes {count} photos.", len(photos))])
    )


def _keep_ahead(given: Input, document: Document, today: date) -> bool:
    """Keep what answers a question that is still to come, or adds to what was said; False where it does neither."""
    answers = document.answers
    if isinstance(given, Spot) and "place" not in answers:
        answers["place"] = Place("place", ()).take(given, today)
    elif isinstance(given, Photo) and "photos" not in answers:
        answers["photos"] = Photos("photos", ()).take(given, today)
        if given.album:
            document.albums[given.album] = "photos"
        if given.caption.strip() and "words" not in answers:
            answers["words"] = {"text": given.caption.strip()}
    elif isinstance(given, Said | Voice) and "words" not in answers:
        with suppress(NotThis):
            answers["words"] = Tell("words", ()).take(given, today)
        return "words" in answers
    elif isinstance(given, Said) and given.text.strip() and answers.get("words", {}).get("text"):
        answers["words"] = {**answers["words"], "text": f"{answers['words']['text']}\n{given.text.strip()}"}
    else:
        return False
    return True
