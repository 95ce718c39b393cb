"""Who may do what: roles are given by a link that works once and for a day, and withdrawn at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.neighbourhood.work import COORDINATORS, ROLES, Person, Work
from bot.store.tables import History, JoinLink, Resident, Role
from conversations.words import Text, s_

LINK_LASTS = timedelta(days=1)
ROLE_NAMES: dict[str, Text] = {
    "panel": s_("panel"),
    "staff": s_("staff"),
    "coordinator": s_("coordinator"),
}
LOG_PAGE = 15


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role."""

    role_id: int
    resident_id: int
    role: str
    since: datetime


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
    found = await work.session.scalars(select(Role).where(Role.withdrawn_at.is_(None)).order_by(Role.id))
    return [Member(each.id, each.resident_id, each.role, each.given_at) for each in found]


async def withdraw(work: Work, by: Person, role_id: int) -> Member | None:
    """Take a role away, from this second on; None when it is gone already. Raises `NotAllowed`.

    Nobody takes their own role of coordinator away, so that one always remains.
    """
    by.must_be(COORDINATORS, "/team")
    role = await work.session.get(Role, role_id)
    if role is None or role.withdrawn_at is not None or role.resident_id == by.resident.id:
        return None
    role.withdrawn_at = work.now
    work.note(f"R{role.resident_id}", "role withdrawn", by.resident, role.role)
    return Member(role.id, role.resident_id, role.role, role.given_at)


async def resident_with(work: Work, member: Member) -> Resident | None:
    """The person behind a role."""
    return await work.session.get(Resident, member.resident_id)


async def log(work: Work, by: Person, before: int | None = None) -> list[History]:
    """Who did what, the newest first: a page and one more. Raises `NotAllowed`."""
    by.must_be(COORDINATORS, "/log")
    await work.write_down()
    query = select(History).order_by(History.id.desc()).limit(LOG_PAGE + 1)
    return list(await work.session.scalars(query if before is None else query.where(History.id < before)))


def _fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
