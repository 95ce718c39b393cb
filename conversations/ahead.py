"""What comes before its question: kept for "words", "place" and "photos", names that mean the same in every flow."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from conversations.inputs import Input, Photo, Spot, Voice
from conversations.inputs import Said as Typed
from conversations.questions import Json, NotThis, Photos, Place, Tell
from conversations.talk import Said
from conversations.told import joined
from conversations.words import Words, _

KEPT = _("I keep that too.")
ONE_VOICE = _("I can keep one voice message here. Please type the rest.")


def keep_ahead(given: Input, document: Said, today: date) -> Words | None:
    """Keep what answers a question that is still to come, or adds to what was said; None where it does neither.

    Gives what is said to it.
    """
    answers = document.answers
    if isinstance(given, Spot) and "place" not in answers:
        answers["place"] = Place("place", ()).take(given, today)
        return KEPT
    if isinstance(given, Photo) and "photos" not in answers:
        answers["photos"] = Photos("photos", ()).take(given, today)
        if given.album:
            document.albums[given.album] = "photos"
        keep_caption(given, document)
        return KEPT
    with suppress(NotThis):
        if isinstance(given, Typed | Voice):
            return KEPT if _add(document, Tell("words", ()).take(given, today)) else ONE_VOICE
    return None


def keep_caption(photo: Photo, document: Said) -> bool:
    """Add what stands under a photo to the words; False where nothing does."""
    caption = photo.caption.strip()
    return bool(caption) and _add(document, {"text": caption})


def _add(document: Said, more: Json) -> bool:
    """Add to the words; False where there is no room: then what was typed with it is added all the same."""
    told = document.answers.get("words")
    whole = joined(told, more)
    document.answers["words"] = whole or joined(told, {"text": more["text"]})
    return whole is not None
