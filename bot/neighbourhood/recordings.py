"""Questions that somebody of the office has read aloud, one voice message a language."""

from __future__ import annotations

from bot.neighbourhood.work import STAFF, Closing, Person, Work
from bot.store.tables import Recording
from conversations.office_said import Recorded
from conversations.recording import READ_ALOUD
from conversations.results import Refused
from conversations.words import _, s_

SAME_AS = {"blue": "report", "at_event": "questions"}
"""Conversations whose questions are those of another."""


async def keep(work: Work, by: Person, recorded: Recorded) -> Closing | Refused:
    """Keep a recording; the one before goes. Raises `NotAllowed`."""
    by.must_be(STAFF, "/record")
    if recorded.voice is None:
        return Refused(s_("That wasn't a voice message. Hold the microphone and speak."), "spoken")
    row = await work.session.get(Recording, (recorded.question, recorded.language))
    if row is None:
        row = Recording(question=recorded.question, language=recorded.language)
        work.session.add(row)
    row.voice, row.made_by, row.at = recorded.voice, by.resident.id, work.now
    work.note("recording", "recorded", by.resident, f"{recorded.question} {recorded.language}")
    return Closing([s_("Thank you! Who wants to listen hears it from now on.")])


async def voice_of(work: Work, flow: str, question: str, language: str) -> str | None:
    """The voice message (the messenger's file id) that reads this question in this language, if there is one."""
    key = f"{SAME_AS.get(flow, flow)}:{question}"
    if key not in READ_ALOUD:
        return None
    row = await work.session.get(Recording, (key, language))
    return row.voice if row is not None else None


def read_aloud(work: Work, person: Person) -> Closing:
    """Somebody would rather listen, or rather not any more."""
    resident = person.resident
    resident.reads_aloud = not resident.reads_aloud
    if not resident.reads_aloud:
        return Closing([_("Good. From now on you get text alone.")])
    return Closing([_("Good. I read to you what has been recorded. You can answer by speaking, too.")])
