"""What residents may ask about themselves: everything that is kept of them, and to be forgotten."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from bot.neighbourhood.work import Closing, Person, Work
from bot.store import search
from bot.store.tables import (
    Answer,
    Chat,
    Complaint,
    Conversation,
    Due,
    EventAnswer,
    History,
    Idea,
    Message,
    Photo,
    Reporter,
    Resident,
    Role,
)
from conversations.words import _

GONE_AFTER = timedelta(minutes=10)
"""The way to reach somebody goes when the last message has had the time to arrive."""


async def kept_of(work: Work, resident: Resident) -> dict[str, Any]:
    """Everything that is kept of somebody, as JSON can hold it."""

    async def rows(query: Any, *names: str) -> list[dict[str, Any]]:
        found = await work.session.scalars(query)
        return [{name: _plain(getattr(each, name)) for name in names} for each in found]

    mine = select(Complaint).join(Reporter, Reporter.complaint_id == Complaint.id)
    mine = mine.where(Reporter.resident_id == resident.id).order_by(Complaint.id)
    answers = select(Answer).where(Answer.resident_id == resident.id).order_by(Answer.id)
    ideas = select(Idea).where(Idea.resident_id == resident.id).order_by(Idea.id)
    events = select(EventAnswer).where(EventAnswer.resident_id == resident.id)
    chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    return {
        "number": resident.id,
        "neighbourhood": resident.neighbourhood,
        "language": chat.language if chat else None,
        "agreed": _plain(resident.consent_at),
        "agreed_to_version": resident.consent_version,
        "came_from": resident.came_from,
        "invitations": resident.invites,
        "reports": await rows(
            mine, "code", "state", "topic", "words", "place", "latitude", "longitude", "result", "at"
        ),
        "answers": await rows(answers, "question", "words", "at"),
        "ideas": await rows(ideas, "code", "state", "words", "whom", "together", "amount", "answer", "at"),
        "events": await rows(events, "event_id", "answer", "at"),
    }


async def forget(work: Work, person: Person) -> Closing:
    """Forget somebody: their words, photos and places at once, the way to reach them after the last message."""
    await work.write_down()
    resident, chat = person.resident, person.chat
    subjects = await _erase_contributions(work, resident)
    await work.session.execute(
        update(Photo).where(Photo.subject.in_(subjects)).values(state="gone", file_id="", next_at=work.now)
    )
    for subject in subjects:
        await search.forget(work.session, subject)
    await work.session.execute(
        update(History).where(History.subject.in_([*subjects, f"R{resident.id}"])).values(words="", by=None)
    )
    others = (Conversation.chat_id == chat.id, Conversation.flow != "forget")
    await work.session.execute(delete(Conversation).where(*others))
    person.conversations[:] = [each for each in person.conversations if each.flow == "forget"]
    await work.session.execute(delete(Role).where(Role.resident_id == resident.id))
    await work.session.execute(delete(EventAnswer).where(EventAnswer.resident_id == resident.id))
    about = (Message.chat_id == chat.id) | Message.subject.in_(subjects)
    await work.session.execute(delete(Message).where(about))
    chat.fingerprint = secrets.token_bytes(32)  # who writes again is somebody new
    resident.chat_id = None
    resident.neighbourhood = None
    resident.consent_at = resident.consent_version = None
    resident.invites = False
    resident.came_from = "telegram"
    work.session.add(Due(what="erase", subject=f"C{chat.id}", occasion="forget", at=work.now + GONE_AFTER))
    work.note(f"R{resident.id}", "forgotten", None)
    return Closing(
        [_("Done. We have forgotten you."), _("Thank you for talking with us. You can come back with /start.")]
    )


async def erase_chat(work: Work, chat_id: int) -> None:
    """Remove the way to reach somebody, whatever is still to be sent."""
    await work.session.execute(delete(Message).where(Message.chat_id == chat_id))
    await work.session.execute(delete(Chat).where(Chat.id == chat_id))


async def _erase_contributions(work: Work, resident: Resident) -> list[str]:
    """Empty what somebody said; gives the subjects that it was about. What others reported too stays theirs."""
    complaints = list(
        await work.session.scalars(
            select(Complaint)
            .join(Reporter, Reporter.complaint_id == Complaint.id)
            .where(Reporter.resident_id == resident.id)
        )
    )
    await work.session.execute(delete(Reporter).where(Reporter.resident_id == resident.id))
    emptied = []
    for complaint in complaints:
        shared = await work.session.scalar(
            select(Reporter.resident_id).where(Reporter.complaint_id == complaint.id).limit(1)
        )
        if shared is None:
            complaint.words = complaint.place = complaint.result = ""
            complaint.voice = complaint.latitude = complaint.longitude = None
            emptied.append(complaint.code)
    answers = list(await work.session.scalars(select(Answer).where(Answer.resident_id == resident.id)))
    for answer in answers:
        answer.words, answer.voice, answer.resident_id = "", None, None
    ideas = list(await work.session.scalars(select(Idea).where(Idea.resident_id == resident.id)))
    for idea in ideas:
        idea.words = idea.whom = idea.together = idea.amount = idea.answer = ""
        idea.voice = idea.resident_id = None
    return [*emptied, *(f"A{answer.id}" for answer in answers), *(idea.code for idea in ideas)]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
