"""What comes before its question: kept for "words", "place" and "photos", names that mean the same in every flow."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from conversations.inputs import Input, Photo, Spot, Voice
from conversations.inputs import Said as Typed
from conversations.questions import NotThis, Photos, Place, Tell
from conversations.talk import SKIPPED, Said


def keep_ahead(given: Input, document: Said, today: date) -> bool:
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
    elif isinstance(given, Typed | Voice) and answers.get("words", SKIPPED) == SKIPPED:
        with suppress(NotThis):
            answers["words"] = Tell("words", ()).take(given, today)
        return bool(answers.get("words", SKIPPED) != SKIPPED)
    elif isinstance(given, Typed) and given.text.strip() and answers.get("words", {}).get("text"):
        answers["words"] = {**answers["words"], "text": f"{answers['words']['text']}\n{given.text.strip()}"}
    else:
        return False
    return True
