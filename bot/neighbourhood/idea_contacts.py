"""The one of the office whom the owner of an idea deals with: chosen when it comes in, by who has the fewest."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.neighbourhood import contacts, promises, residents, team
from bot.neighbourhood.idea_steps import ALIVE
from bot.neighbourhood.work import STAFF, Action, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Idea, Resident, Role
from conversations.words import Words, _, s_

BUTTONS = 6
"""So many ideas that somebody takes over get a button."""


async def choose(work: Work, idea: Idea, owner: Resident) -> Person | None:
    """The owner's own contact where they work on it; else who does, can be called by name and has the fewest ideas."""
    own = await contacts.contact_of(work, owner)
    if own is not None and own.resident.name and team.may_work_on(own, idea):
        return own
    named = (
        select(Resident.id)
        .join(Role, Role.resident_id == Resident.id)
        .join(Chat, Chat.id == Resident.chat_id)
        .where(
            Role.role.in_(sorted(STAFF)),
            Role.withdrawn_at.is_(None),
            Resident.name.is_not(None),
            Chat.unreachable_since.is_(None),
        )
        .distinct()
    )
    has = select(Idea.contact_id, func.count()).where(Idea.state.in_(sorted(ALIVE))).group_by(Idea.contact_id)
    busy = {row[0]: row[1] for row in await work.session.execute(has)}
    numbers = list(await work.session.scalars(named))
    for number in sorted(numbers, key=lambda each: (busy.get(each, 0), each)):
        person = await residents.person_of(work, number)
        if person is not None and team.may_work_on(person, idea):
            return person
    return None


async def contact_of(work: Work, idea: Idea) -> Person | None:
    """Whom its owner deals with, as long as they work for the office."""
    found = await residents.person_of(work, idea.contact_id) if idea.contact_id is not None else None
    return found if found is not None and found.is_staff else None


async def leaves(work: Work, resident: Resident) -> None:
    """Who was there for owners of ideas left the office: others are from now on, and those owners hear who."""
    await work.session.flush()
    mine = (Idea.contact_id == resident.id, Idea.state.in_(sorted(ALIVE)))
    handed: dict[int, tuple[Person, list[str]]] = {}
    for idea in list(await work.session.scalars(select(Idea).where(*mine).order_by(Idea.id))):
        owner = await work.session.get(Resident, idea.resident_id) if idea.resident_id is not None else None
        new = await choose(work, idea, owner) if owner is not None else None
        idea.contact_id = new.resident.id if new is not None else None
        await work.session.flush()  # whoever has the fewest is counted anew
        if new is not None:
            handed.setdefault(new.resident.id, (new, []))[1].append(idea.code)
        if owner is not None:
            await _tell_who_is_there(work, idea, owner, new)
    for new, codes in handed.values():
        await promises.hand_to(work, codes, new.resident.id)
        said = s_("From now on you are there for who had: {codes}", codes=", ".join(codes))
        actions = [Action(s_("Open {code}", code=code), f"{code}.card") for code in codes[:BUTTONS]]
        work.tell(new.chat, [said], Lane.NOTICE, actions=actions, subject=f"R{new.resident.id} takes over")


async def _tell_who_is_there(work: Work, idea: Idea, owner: Resident, new: Person | None) -> None:
    chat = await work.session.get(Chat, owner.chat_id) if owner.chat_id is not None else None
    if chat is None:
        return
    if new is not None:
        said = _("{code}: {name} is there for you from now on.", code=idea.code, name=new.resident.name or "")
    else:
        said = _("{code}: who was there for you left. You can always write to us here.", code=idea.code)
    work.tell(chat, [said], Lane.NOTICE, subject=idea.code)


async def name_of(work: Work, idea: Idea) -> str | None:
    """The first name of whom its owner deals with."""
    contact = await contact_of(work, idea)
    return contact.resident.name if contact is not None else None


async def who_hear(work: Work, idea: Idea) -> list[Chat]:
    """The chat of the contact; without one those of the coordinators."""
    contact = await contact_of(work, idea)
    return [contact.chat] if contact is not None else await residents.coordinators(work.session)


async def hear(work: Work, idea: Idea, said: list[Words]) -> None:
    """Tell the contact what its owner did; without one the coordinators."""
    open_it = [Action(s_("Open {code}", code=idea.code), f"{idea.code}.card")]
    for chat in await who_hear(work, idea):
        work.tell(chat, said, Lane.NOTICE, actions=open_it, subject=idea.code)
