"""Who may do what: roles are given by a link that works once and for a day, limited, and withdrawn at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.neighbourhood import staff_rooms
from bot.neighbourhood.work import COORDINATORS, ROLES, STAFF, NotAllowed, Person, Scope, TooLate, Work
from bot.outbox import posts
from bot.outbox.letters import letters
from bot.store.tables import Chat, Complaint, Event, History, Idea, JoinLink, Promise, Resident, Role
from conversations.words import Local, Text, Words, s_

LINK_LASTS = timedelta(days=1)
ROLE_NAMES: dict[str, Text] = {
    "panel": s_("panel"),
    "staff": s_("staff"),
    "coordinator": s_("coordinator"),
}
OF_REPORTERS = ("received", "me too", "confirm", "reopen", "still wrong", "told")
"""Lines of the history that are no step of the office's, and what may be done twice."""
LOG_PAGE = 15
IDEAS_ARE = "other"
"""Ideas have no topic; who is limited to topics works on ideas where this one is among them."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role."""

    role_id: int
    resident_id: int
    role: str
    since: datetime
    name: str | None = None
    scope: Scope = field(default_factory=Scope)
    chairs: bool = False


def may_work_on(person: Person, about: Complaint | Idea | Event) -> bool:
    """Whether somebody of the office works on this complaint, idea or event, announced it, or works on everything."""
    if isinstance(about, Event) and about.made_by == person.resident.id:
        return person.is_staff
    topic = about.topic if isinstance(about, Complaint) else IDEAS_ARE
    scope = person.scope
    here = not scope.neighbourhoods or about.neighbourhood in scope.neighbourhoods
    return person.is_staff and here and (not scope.topics or topic in scope.topics)


def must_work_on(person: Person, about: Complaint | Idea | Event, attempt: str) -> None:
    """Raises `NotAllowed` for who doesn't work for the office, or not on this; `attempt` names it for the log."""
    person.must_be(STAFF, attempt)
    if not may_work_on(person, about):
        words = s_("{code} is for colleagues: you work on another neighbourhood or topic.", code=about.code)
        raise NotAllowed(attempt, words)


def described(work: Work, scope: Scope) -> Words:
    """What somebody works on, in words."""
    area = work.area
    places: list[Words] = [each.name for each in area.neighbourhoods if each.code in scope.neighbourhoods]
    topics: list[Words] = [Local(each.label) for each in area.topics if each.key in scope.topics]
    if not places and not topics:
        return s_("everything")
    languages = work.catalogues.languages
    joined = {each: "; ".join(work.render(part, each) for part in (*places, *topics)) for each in languages}
    return Local(joined)


async def too_late(work: Work, person: Person | None, code: str, state: Words) -> TooLate:
    """What to raise for who comes too late: with the colleague who was first, by first name, and when."""
    await work.write_down()
    query = (
        select(History.by, History.at, Resident.name)
        .join(Resident, Resident.id == History.by)
        .join(Role, Role.resident_id == Resident.id)
        .where(History.subject == code, History.what.not_in(OF_REPORTERS), Role.role.in_(sorted(STAFF)))
        .order_by(History.id.desc())
        .limit(1)
    )
    found = (await work.session.execute(query)).first()
    if found is None or person is None or found.by == person.resident.id:
        return TooLate(code, state)
    return TooLate(code, state, found.name or s_("a colleague"), found.at)


async def make_link(work: Work, by: Person, role: str) -> str:
    """A deep link's payload that gives this role, once, within a day. Raises `NotAllowed`, ValueError for no role."""
    by.must_be(COORDINATORS, "/join_link")
    if role not in ROLES:
        raise ValueError(role)
    token = secrets.token_urlsafe(24)
    work.session.add(
        JoinLink(fingerprint=_fingerprint(token), role=role, made_by=by.resident.id, expires_at=work.now + LINK_LASTS)
    )
    work.note(f"R{by.resident.id}", "join link", by.resident, role)
    return f"join-{token}"


async def use_link(work: Work, person: Person, payload: str) -> str | None:
    """The role that the payload gave this person; None for a payload that was made up, used up or is too old."""
    if not re.fullmatch(r"join-[A-Za-z0-9_-]{10,59}", payload):
        return None
    used = await work.session.execute(
        update(JoinLink)
        .where(
            JoinLink.fingerprint == _fingerprint(payload.removeprefix("join-")),
            JoinLink.used_at.is_(None),
            JoinLink.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(JoinLink.role, JoinLink.made_by)
    )
    found = used.first()
    if found is None:
        return None
    role, made_by = found
    if role not in person.roles:
        work.session.add(Role(resident_id=person.resident.id, role=role, given_by=made_by, given_at=work.now))
        person.roles |= {role}
    work.note(f"R{person.resident.id}", "role given", person.resident, role)
    return str(role)


async def members(work: Work, by: Person) -> list[Member]:
    """Everybody who has a role now. Raises `NotAllowed`."""
    by.must_be(COORDINATORS, "/team")
    query = select(Role, Resident.name).join(Resident, Resident.id == Role.resident_id)
    found = await work.session.execute(query.where(Role.withdrawn_at.is_(None)).order_by(Role.id))
    return [_member(role, name) for role, name in found]


async def member(work: Work, by: Person, role_id: int) -> Member | None:
    """Somebody with a role, by its number; None where it was withdrawn, or never given. Raises `NotAllowed`."""
    return next((each for each in await members(work, by) if each.role_id == role_id), None)


async def limit(work: Work, by: Person, role_id: int, scope: Scope) -> Member | None:
    """Limit a member of staff to neighbourhoods and topics, from this second on; all where there are none.

    None where there is no such member, or one who works on everything (a coordinator). Raises `NotAllowed`; ValueError
    for a neighbourhood or topic that the area doesn't have.
    """
    by.must_be(COORDINATORS, "/team")
    known = {each.code for each in work.area.neighbourhoods}, {each.key for each in work.area.topics}
    if not (scope.neighbourhoods <= known[0] and scope.topics <= known[1]):
        raise ValueError(scope)
    role = await work.session.get(Role, role_id)
    if role is None or role.withdrawn_at is not None or role.role != "staff":
        return None
    role.neighbourhoods, role.topics = sorted(scope.neighbourhoods), sorted(scope.topics)
    limited = ", ".join([*role.neighbourhoods, *role.topics])
    work.note(f"R{role.resident_id}", "limited", by.resident, limited)
    for person in work.loaded:
        if person.resident.id == role.resident_id and "coordinator" not in person.roles:
            person.scope = scope
    resident = await work.session.get_one(Resident, role.resident_id)
    await _tell_scope(work, resident, scope)
    return _member(role, resident.name)


async def withdraw(work: Work, by: Person, role_id: int) -> Member | None:
    """Take a role away, from this second on; None when it is gone already. Raises `NotAllowed`.

    Nobody takes their own role of coordinator away, so that one always remains. Who works for the office no more is
    taken out of the staff rooms.
    """
    by.must_be(COORDINATORS, "/team")
    role = await work.session.get(Role, role_id)
    if role is None or role.withdrawn_at is not None or role.resident_id == by.resident.id:
        return None
    role.withdrawn_at, role.chairs = work.now, False
    work.note(f"R{role.resident_id}", "role withdrawn", by.resident, role.role)
    left = await _roles_of(work, role.resident_id)
    for person in work.loaded:
        if person.resident.id == role.resident_id:
            person.roles &= {each.role for each in left}
            person.chairs = person.chairs and "panel" in person.roles
            limited = [each for each in left if each.role == "staff"] if "coordinator" not in person.roles else []
            for each in limited:
                person.scope = Scope(frozenset(each.neighbourhoods), frozenset(each.topics))
    resident = await work.session.get_one(Resident, role.resident_id)
    if role.role in STAFF and not any(each.role in STAFF for each in left):
        theirs = select(Promise.subject).where(Promise.state == "open", Promise.made_by == resident.id)
        work.changed.update(await work.session.scalars(theirs))  # cards that say that they have it
        chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
        if chat is not None:
            await staff_rooms.put_out(work, chat, resident.id)
    return _member(role, resident.name)


async def who_left(work: Work) -> list[int]:
    """Who worked for the office and does so no more: their numbers. What they had in hand is nobody's."""
    of_office = select(Role.resident_id).where(Role.role.in_(sorted(STAFF)))
    here = of_office.where(Role.withdrawn_at.is_(None))
    gone = of_office.where(Role.withdrawn_at.is_not(None), Role.resident_id.not_in(here)).distinct()
    return list(await work.session.scalars(gone.order_by(Role.resident_id)))


async def log(work: Work, by: Person, before: int | None = None) -> list[History]:
    """Who did what, the newest first: a page and one more. Raises `NotAllowed`."""
    by.must_be(COORDINATORS, "/log")
    await work.write_down()
    query = select(History).order_by(History.id.desc()).limit(LOG_PAGE + 1)
    return list(await work.session.scalars(query if before is None else query.where(History.id < before)))


async def _tell_scope(work: Work, resident: Resident, scope: Scope) -> None:
    """Whoever it is about reads it, in one message a day that changes with each tap of the coordinator's."""
    chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    if chat is not None:
        said = work.render(s_("From now on you work on: {what}", what=described(work, scope)), chat.language)
        (letter,) = letters([said])
        await posts.put(work.session, chat.id, f"scope {work.today:%Y%m%d}", letter, work.now)


async def _roles_of(work: Work, resident_id: int) -> list[Role]:
    query = select(Role).where(Role.resident_id == resident_id, Role.withdrawn_at.is_(None))
    return list(await work.session.scalars(query))


def _member(role: Role, name: str | None) -> Member:
    scope = Scope(frozenset(role.neighbourhoods), frozenset(role.topics))
    return Member(role.id, role.resident_id, role.role, role.given_at, name, scope, role.chairs)


def _fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
