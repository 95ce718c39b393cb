"""Whom a broadcast goes to, and who is left out of it and why; counted and selected in one statement each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood.work import Person, Work
from bot.outbox import bulk
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, Event, EventAnswer, Idea, Recipient, Reporter, Resident
from conversations.announced import Sending

MONTH = timedelta(days=30)
SAID = "said"
"""The subject of a broadcast that invites to nothing, but tells people what came of what they said."""
GOT = "got"
"""Those who got another broadcast: `which` holds its number."""
INVITES = (Broadcast.subject != SAID, Broadcast.lane == int(Lane.BULK), Broadcast.edits.is_(None))
"""Broadcasts that only those get who want invitations."""
_CODE = re.compile(r"([MIE])(\d{1,9})")


def as_kept(by: Person, sending: Sending) -> dict[str, Any]:
    """For whom it is meant, as a broadcast's `audience` keeps it; `within`: all that this member of staff may reach.

    Beside it may stand `unanswered`: the number of an event; who answered to that is not meant.
    """
    return {"to": sending.to, "which": list(sending.which), "within": sorted(by.scope.neighbourhoods)}


def reached(work: Work, meant: Mapping[str, Any], but: int | None) -> Select[Any]:
    """Selects the chats of those who get it. `meant`: as `as_kept` gives; `but`: the resident who made it."""
    if meant["to"] == GOT:
        got: Any = bulk.reached(int(meant["which"][0]))
        return got  # type: ignore[no-any-return]
    found = select(Chat.id).join(Resident, Resident.chat_id == Chat.id)
    return found.where(*_meant(meant, but), _why_not(work) == "")


@dataclass(frozen=True, slots=True)
class Found:
    """How many get it, in which languages; and how many of those it is meant for don't, by the reason."""

    people: int
    languages: list[str]
    left_out: dict[str, int]


async def count(work: Work, meant: Mapping[str, Any], but: int | None) -> Found:
    """Count those whom it is for, in one statement. `meant`, `but`: as of `reached`."""
    if meant["to"] == GOT:
        got = reached(work, meant, but).subquery()
        each = select(literal("").label("why"), Chat.language).join(got, got.c[0] == Chat.id)
    else:
        each = select(_why_not(work).label("why"), Chat.language).join(Resident, Resident.chat_id == Chat.id)
        each = each.where(*_meant(meant, but))
    whys = each.subquery()
    of_each = select(whys.c.why, whys.c.language, func.count()).group_by(whys.c.why, whys.c.language)
    people, languages, left_out = 0, set(), Counter[str]()
    for why, language, number in (await work.session.execute(of_each)).all():
        if why:
            left_out[why] += number
        else:
            people += number
            languages.add(language)
    return Found(people, sorted(languages & set(work.catalogues.languages)), dict(sorted(left_out.items())))


def had_enough(work: Work) -> ColumnElement[bool]:
    """Whether a chat was sent as many invitations in the last 30 days as the area file allows, or is to get them."""
    most = work.area.invites.a_month
    of_this_month = select(Broadcast.id).where(Broadcast.at > work.now - MONTH, *INVITES)
    lately = (
        select(Recipient.chat_id)
        .where(Recipient.broadcast_id.in_(of_this_month), Recipient.state.in_(["sent", "waiting"]))
        .group_by(Recipient.chat_id)
        .having(func.count() >= most)
    )
    # where so few went out at all, nobody's are counted
    went_out = select(func.count()).select_from(of_this_month.subquery()).scalar_subquery()
    return and_(went_out >= most, Chat.id.in_(lately))


async def invite_no_more(work: Work, person: Person) -> None:
    """Somebody wants no invitations any more, also none of those that are on their way to others already."""
    person.resident.invites = False
    await bulk.leave_out(work.session, person.chat.id, *INVITES)


def _why_not(work: Work) -> ColumnElement[str]:
    """Why somebody is left out; empty for who is not. The keys are those of `conversations.announcing.LEFT_OUT`."""
    return case(
        (Chat.unreachable_since.is_not(None), "unreachable"),
        (Resident.consent_at.is_(None), "quiet"),
        (~Resident.invites, "stopped"),
        (had_enough(work), "enough"),
        else_="",
    )


def _meant(meant: Mapping[str, Any], but: int | None) -> list[ColumnElement[bool]]:
    """Conditions on residents: whom it is meant for, whether they get it or not."""
    which: Sequence[str] = meant.get("which", ())
    conditions: list[ColumnElement[bool]] = [Resident.id != but] if but is not None else []
    if within := meant.get("within"):
        conditions.append(Resident.neighbourhood.in_(within))
    if event := meant.get("unanswered"):
        conditions.append(Resident.id.not_in(select(EventAnswer.resident_id).where(EventAnswer.event_id == event)))
    match meant["to"]:
        case "places":
            conditions.append(Resident.neighbourhood.in_(which))
        case "languages":
            conditions.append(Chat.language.in_(which))
        case "event":
            conditions.append(_were_at(_numbers(which, "E")))
        case "helped":
            conditions.append(Resident.id.in_(select(EventAnswer.resident_id).where(EventAnswer.helps)))
        case "codes":
            conditions.append(_behind(which))
    return conditions


def _were_at(events: Sequence[int]) -> ColumnElement[bool]:
    came = select(EventAnswer.resident_id).where(EventAnswer.event_id.in_(events), EventAnswer.came_at.is_not(None))
    return or_(Resident.id.in_(came), Resident.came_from.in_([f"e{number}" for number in events]))


def _behind(codes: Sequence[str]) -> ColumnElement[bool]:
    """Who reported a complaint, whose idea it is, who comes to an event, or made it known."""
    reported = select(Reporter.resident_id).where(Reporter.complaint_id.in_(_numbers(codes, "M")))
    thought_of = select(Idea.resident_id).where(Idea.id.in_(_numbers(codes, "I")), Idea.resident_id.is_not(None))
    numbers = _numbers(codes, "E")
    come = select(EventAnswer.resident_id).where(EventAnswer.event_id.in_(numbers), EventAnswer.answer == "yes")
    proposed = select(Event.proposed_by).where(Event.id.in_(numbers), Event.proposed_by.is_not(None))
    return or_(*(Resident.id.in_(each) for each in (reported, thought_of, come, proposed)))


def _numbers(codes: Sequence[str], kind: str) -> list[int]:
    found = [_CODE.fullmatch(each) for each in codes]
    return [int(each[2]) for each in found if each and each[1] == kind]
