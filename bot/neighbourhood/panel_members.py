"""Who sits on the panel of residents that decides about ideas, and who chairs it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from bot.neighbourhood import team
from bot.neighbourhood.work import COORDINATORS, NotAllowed, Person, Work
from bot.store.tables import Chat, Resident, Role
from conversations.words import s_

PANEL = frozenset({"panel"})


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the panel; `chat`: None for who can't be reached by the bot."""

    number: int
    name: str | None
    chairs: bool
    chat: Chat | None


async def seats(work: Work) -> list[Seat]:
    """All who sit on the panel now."""
    query = (
        select(Resident.id, Resident.name, Role.chairs, Chat)
        .join(Role, Role.resident_id == Resident.id)
        .outerjoin(Chat, Chat.id == Resident.chat_id)
        .where(Role.role == "panel", Role.withdrawn_at.is_(None))
        .order_by(Resident.id)
    )
    found: dict[int, Seat] = {}
    for number, name, chairs, chat in await work.session.execute(query):
        before = found.get(number)
        found[number] = Seat(number, name, bool(chairs) or (before is not None and before.chairs), chat)
    return list(found.values())


async def exists(work: Work) -> bool:
    """Whether anybody sits on the panel: as long as nobody does, the office decides."""
    sits = select(Role.id).where(Role.role == "panel", Role.withdrawn_at.is_(None)).limit(1)
    return await work.session.scalar(sits) is not None


async def must_sit(work: Work, person: Person, attempt: str) -> None:
    """Raises `NotAllowed` for who doesn't sit on the panel, in words for who did; `attempt` names it for the log."""
    if person.is_one_of(PANEL):
        return
    sat = select(Role.id).where(Role.resident_id == person.resident.id, Role.role == "panel").limit(1)
    once = await work.session.scalar(sat) is not None
    raise NotAllowed(attempt, s_("You aren't on the panel any more, so this doesn't count.") if once else None)


async def make_chair(work: Work, by: Person, role_id: int) -> team.Member | None:
    """This member of the panel chairs it from now on, in place of who did. None for who isn't one.

    Raises `NotAllowed`.
    """
    member = await team.member(work, by, role_id)
    by.must_be(COORDINATORS, "/team")
    if member is None or member.role != "panel":
        return None
    await work.session.execute(update(Role).where(Role.role == "panel", Role.chairs).values(chairs=False))
    role = await work.session.get_one(Role, role_id)
    role.chairs = True
    await work.session.flush()
    work.note(f"R{role.resident_id}", "chairs", by.resident)
    for person in work.loaded:
        person.chairs = person.resident.id == role.resident_id
    return await team.member(work, by, role_id)
