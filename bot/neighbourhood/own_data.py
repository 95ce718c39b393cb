"""Everything that is kept of somebody, for themselves: what /mydata hands out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from bot.neighbourhood import person_talks, reporters, vouchers
from bot.neighbourhood.work import Work
from bot.store.tables import (
    Answer,
    Broadcast,
    Chat,
    Complaint,
    Consultation,
    Conversation,
    Event,
    EventAnswer,
    History,
    Idea,
    IdeaFriend,
    Opinion,
    Photo,
    Recipient,
    Reporter,
    Resident,
    Role,
    RuleCheck,
    Spending,
    Vote,
    Voucher,
)

Row = dict[str, Any]
OWN_PHOTOS = ("before", "receipt")
"""Parts of photos that residents send: of what they tell, and of what they spent."""


async def kept_of(work: Work, resident: Resident) -> Row:
    """Everything that is kept of somebody, as JSON can hold it; what others said is left out."""
    chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    contact = await work.session.get(Resident, resident.contact_id) if resident.contact_id else None
    reports, joined = await _reports(work, resident)
    answers = await _rows(work, select(Answer).where(Answer.resident_id == resident.id).order_by(Answer.id), *_ANSWER)
    ideas = await _rows(work, select(Idea).where(Idea.resident_id == resident.id).order_by(Idea.id), *_IDEA)
    spent = await _spendings(work, resident)
    subjects = [each["code"] for each in (*reports, *answers, *ideas, *spent)]
    mine = select(Event).where(Event.proposed_by == resident.id).order_by(Event.id)
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
        "morning": resident.morning,
        "weekly": resident.weekly,
        "warned": _plain(resident.warned_at),
        "contributions": resident.contributions,
        "roles": await _rows(work, select(Role).where(Role.resident_id == resident.id).order_by(Role.id), *_ROLE),
        "reports": reports,
        "joined": joined,
        "answers": answers,
        "ideas": ideas,
        "vouchers": await _vouchers(work, resident),
        "spendings": spent,
        "events": await _events(work, resident),
        "opinions": await _opinions(work, resident),
        "friends": await _friends(work, resident),
        "votes": await _in_the_panel(work, select(Vote).where(Vote.member == resident.id), "vote"),
        "rule_checks": await _in_the_panel(
            work, select(RuleCheck).where(RuleCheck.member == resident.id), "rule", "verdict"
        ),
        "walks": await _rows(work, mine, "code", *_WALK),
        "invited": await _invited(work, resident),
        "talks": await person_talks.kept_of(work, resident),
        "unfinished": await _unfinished(work, resident),
        "photos": await _photos(work, resident, subjects, [each["code"] for each in joined]),
        "log": await _log(work, resident, [*subjects, *(each["code"] for each in joined)]),
    }


_ANSWER = ("code", "question", "words", "voice", "heard", "neighbourhood", "language", "came_from", "first", "at")
_IDEA = (
    *("code", "state", "words", "voice", "heard", "whom", "together", "behind", "neighbours", "spoken", "amount"),
    *("amount_cents", "wish", "neighbourhood", "language", "missing", "waits_since", "rules_version"),
    *("answer", "answer_by", "awarded_cents", "done", "difference", "story_shown", "came_from", "first", "at"),
)
_REPORT = (
    *("code", "state", "topic", "theme", "words", "voice", "heard", "place", "latitude", "longitude", "neighbourhood"),
    *("language", "answer_by", "planned_for", "passed_to", "reason", "same_as", "reopened", "result", "solved_at"),
    *("came_from", "first", "at"),
)
_JOINED = ("code", "state", "topic", "answer_by", "planned_for", "passed_to", "reason", "result", "solved_at")
_WALK = ("state", "title", "words", "place", "latitude", "longitude", "starts_at", "reason", "at")
_VOUCHER = ("state", "cents", "balance", "valid_until", "at")
_SPENDING = ("kind", "state", "cents", "words", "why", "at")
_ROLE = ("role", "neighbourhoods", "topics", "chairs", "given_at", "withdrawn_at")


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


async def _vouchers(work: Work, resident: Resident) -> list[Row]:
    mine = select(Voucher).join(Idea, Idea.id == Voucher.idea_id).where(Idea.resident_id == resident.id)
    found = await work.session.scalars(mine.order_by(Voucher.idea_id))
    return [{"code": vouchers.shown(each), "idea": f"I{each.idea_id}", **_row(each, *_VOUCHER)} for each in found]


async def _spendings(work: Work, resident: Resident) -> list[Row]:
    mine = select(Spending).join(Idea, Idea.id == Spending.idea_id).where(Idea.resident_id == resident.id)
    found = await work.session.scalars(mine.order_by(Spending.id))
    return [{"code": each.code, "idea": f"I{each.idea_id}", **_row(each, *_SPENDING)} for each in found]


async def _events(work: Work, resident: Resident) -> list[Row]:
    found = await work.session.execute(
        select(Event, EventAnswer)
        .join(EventAnswer, EventAnswer.event_id == Event.id)
        .where(EventAnswer.resident_id == resident.id)
        .order_by(Event.id)
    )
    return [
        {
            **_row(event, "code", "title", "starts_at"),
            **_row(said, "answer", "people", "brings", "helps", "name"),
            "waiting_at": _plain(said.waiting_since),
            "there_at": _plain(said.came_at),
            "at": _plain(said.at),
        }
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


async def _opinions(work: Work, resident: Resident) -> list[Row]:
    """What they think of ideas that their neighbourhood was asked about."""
    query = select(Consultation.idea_id, Opinion).join(Consultation, Consultation.id == Opinion.consultation_id)
    found = await work.session.execute(query.where(Opinion.resident_id == resident.id).order_by(Consultation.id))
    return [
        {"code": f"I{idea}", **_row(each, "opinion", "neighbourhood", "at"), "because": each.why}
        for idea, each in found
    ]


async def _in_the_panel(work: Work, query: Any, *names: str) -> list[Row]:
    """What they said of ideas as a member of the panel, the oldest first."""
    found = await work.session.scalars(query)
    return [{"code": f"I{each.idea_id}", **_row(each, *names, "at")} for each in sorted(found, key=lambda row: row.at)]


async def _friends(work: Work, resident: Resident) -> list[Row]:
    """Ideas of others that they like, or offered help with."""
    query = (
        select(IdeaFriend).where(IdeaFriend.resident_id == resident.id).order_by(IdeaFriend.idea_id, IdeaFriend.kind)
    )
    found = await work.session.scalars(query)
    return [
        {"code": f"I{each.idea_id}", "friend": each.kind, **_row(each, "words", "accepted", "at")} for each in found
    ]


async def _photos(work: Work, resident: Resident, subjects: list[str], joined: list[str]) -> list[Row]:
    """Their own photos; not those of who joined them, nor the office's of the result."""
    came_along = Photo.subject.in_(subjects) & Photo.joined_by.is_(None)
    theirs = came_along | (Photo.subject.in_(joined) & (Photo.joined_by == resident.id))
    of_a_story = Photo.subject.like("I%") & (Photo.part == "after")
    own = Photo.part.in_(OWN_PHOTOS) | of_a_story
    query = select(Photo).where(theirs, own, Photo.state.in_(["new", "kept"]))
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
