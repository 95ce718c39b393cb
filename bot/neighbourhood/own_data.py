"""Everything that is kept of somebody, for themselves: what /mydata hands out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from bot.neighbourhood import person_talks, reporters
from bot.neighbourhood.work import Work
from bot.store.tables import (
    Answer,
    Broadcast,
    Chat,
    Complaint,
    Conversation,
    Event,
    EventAnswer,
    History,
    Idea,
    Photo,
    Recipient,
    Reporter,
    Resident,
    Role,
)

Row = dict[str, Any]


async def kept_of(work: Work, resident: Resident) -> Row:
    """Everything that is kept of somebody, as JSON can hold it; what others said is left out."""
    chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    contact = await work.session.get(Resident, resident.contact_id) if resident.contact_id else None
    reports, joined = await _reports(work, resident)
    answers = await _rows(work, select(Answer).where(Answer.resident_id == resident.id).order_by(Answer.id), *_ANSWER)
    ideas = await _rows(work, select(Idea).where(Idea.resident_id == resident.id).order_by(Idea.id), *_IDEA)
    subjects = [*(each["code"] for each in reports), *(each["code"] for each in (*answers, *ideas))]
    return {
        "number": resident.id,
        "name": resident.name,
        "neighbourhood": resident.neighbourhood,
        "language": chat.language if chat else None,
        "came_at": _plain(resident.came_at),
        "heard_last": _plain(chat.heard_at) if chat else None,
        "agreed": _plain(resident.consent_at),
        "agreed_to_version": resident.consent_version,
        "came_from": resident.came_from,
        "brought_by_a_neighbour": resident.brought_by is not None,
        "contact": contact.name if contact else None,
        "invitations": resident.invites,
        "read_aloud": resident.reads_aloud,
        "warned": _plain(resident.warned_at),
        "contributions": resident.contributions,
        "roles": await _rows(work, select(Role).where(Role.resident_id == resident.id).order_by(Role.id), *_ROLE),
        "reports": reports,
        "joined": joined,
        "answers": answers,
        "ideas": ideas,
        "events": await _events(work, resident),
        "invited": await _invited(work, resident),
        "talks": await person_talks.kept_of(work, resident),
        "unfinished": await _unfinished(work, resident),
        "photos": await _photos(work, resident, subjects, [each["code"] for each in joined]),
        "log": await _log(work, resident, [*subjects, *(each["code"] for each in joined)]),
    }


_ANSWER = ("code", "question", "words", "voice", "heard", "neighbourhood", "language", "came_from", "first", "at")
_IDEA = (
    *("code", "state", "words", "voice", "heard", "whom", "together", "amount", "wish", "neighbourhood", "language"),
    *("answer", "answer_by", "awarded_cents", "came_from", "first", "at"),
)
_REPORT = (
    *("code", "state", "topic", "theme", "words", "voice", "heard", "place", "latitude", "longitude", "neighbourhood"),
    *("language", "answer_by", "planned_for", "passed_to", "reason", "same_as", "reopened", "result", "solved_at"),
    *("came_from", "first", "at"),
)
_JOINED = ("code", "state", "topic", "answer_by", "planned_for", "passed_to", "reason", "result", "solved_at")
_ROLE = ("role", "given_at", "withdrawn_at")


async def _rows(work: Work, query: Any, *names: str) -> list[Row]:
    return [_row(each, *names) for each in await work.session.scalars(query)]


def _row(each: Any, *names: str) -> Row:
    row = {name: _plain(getattr(each, name)) for name in names if name != "code"}
    if "code" in names:
        row = {"code": f"A{each.id}" if isinstance(each, Answer) else each.code, **row}
    return row


async def _reports(work: Work, resident: Resident) -> tuple[list[Row], list[Row]]:
    """What they reported themselves; and what a neighbour reported and they joined, without the neighbour's words."""
    found = await work.session.execute(
        select(Complaint, Reporter)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.resident_id == resident.id)
        .order_by(Complaint.id)
    )
    own: list[Row] = []
    joined: list[Row] = []
    for complaint, reporter in found:
        if reporters.joined(complaint, reporter):
            joined.append({**_row(complaint, *_JOINED), **_row(reporter, "words", "voice", "at")})
        else:
            own.append(_row(complaint, *_REPORT))
    return own, joined


async def _events(work: Work, resident: Resident) -> list[Row]:
    found = await work.session.execute(
        select(Event, EventAnswer)
        .join(EventAnswer, EventAnswer.event_id == Event.id)
        .where(EventAnswer.resident_id == resident.id)
        .order_by(Event.id)
    )
    return [
        {**_row(event, "code", "title", "starts_at"), "answer": said.answer, "at": _plain(said.at)}
        for event, said in found
    ]


async def _invited(work: Work, resident: Resident) -> list[Row]:
    found = await work.session.execute(
        select(Broadcast, Recipient.state)
        .join(Recipient, Recipient.broadcast_id == Broadcast.id)
        .where(Recipient.chat_id == resident.chat_id)
        .order_by(Broadcast.id)
    )
    return [{"code": broadcast.subject, "state": state, "at": _plain(broadcast.at)} for broadcast, state in found]


async def _unfinished(work: Work, resident: Resident) -> list[Row]:
    query = select(Conversation).where(Conversation.chat_id == resident.chat_id).order_by(Conversation.id)
    return [
        {
            "conversation": each.flow,
            "about": each.about,
            "said": each.said.get("answers", {}),
            "at": _plain(each.started_at),
            "goes_at": _plain(each.expires_at),
        }
        for each in await work.session.scalars(query)
        if each.flow != "forget"
    ]


async def _photos(work: Work, resident: Resident, subjects: list[str], joined: list[str]) -> list[Row]:
    """Their own photos; not those of who joined them, nor the office's of the result."""
    came_along = Photo.subject.in_(subjects) & Photo.joined_by.is_(None)
    theirs = came_along | (Photo.subject.in_(joined) & (Photo.joined_by == resident.id))
    query = select(Photo).where(theirs, Photo.part == "before", Photo.state.in_(["new", "kept"]))
    return [
        {"code": each.subject, "state": each.state, "file": each.file, "at": _plain(each.at)}
        for each in await work.session.scalars(query.order_by(Photo.id))
    ]


async def _log(work: Work, resident: Resident, subjects: list[str]) -> list[Row]:
    """What stands in the history about them, and what they did to what is theirs."""
    theirs = History.subject.in_(subjects) & (History.by == resident.id)
    query = select(History).where(or_(History.subject == f"R{resident.id}", theirs)).order_by(History.id)
    return await _rows(work, query, "subject", "what", "words", "at")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
