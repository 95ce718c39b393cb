"""The one of the office whom a resident deals with, and where the cards of a resident go."""

from __future__ import annotations

from sqlalchemy import select

from bot.neighbourhood import residents, staff_rooms
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store.tables import Chat, Resident, Role


async def contact_of(work: Work, resident: Resident) -> Person | None:
    """The one whom this resident deals with, as long as they work for the office."""
    contact = await residents.person_of(work, resident.contact_id) if resident.contact_id else None
    return contact if contact and contact.is_staff else None


async def name_of_contact(work: Work, resident: Resident) -> str | None:
    """The first name of this resident's contact, as long as they work for the office."""
    if resident.contact_id is None:
        return None
    named = select(Resident.name).join(Role, Role.resident_id == Resident.id)
    works = (Role.withdrawn_at.is_(None), Role.role.in_(sorted(STAFF)))
    return await work.session.scalar(named.where(Resident.id == resident.contact_id, *works).limit(1))


async def places_for(work: Work, resident: Resident) -> list[Chat]:
    """Where the cards of this resident go: the staff room; without one, their contact and each coordinator."""
    if rooms := await staff_rooms.rooms(work):
        return rooms
    contact = await contact_of(work, resident)
    chats = [*([contact.chat] if contact else []), *await residents.coordinators(work.session)]
    reached = {each.id: each for each in chats if each.unreachable_since is None and each.id != resident.chat_id}
    return list(reached.values())
