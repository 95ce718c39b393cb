"""A role that comes or goes, and what follows for ideas: cards for who judges them, counting without who left."""

from __future__ import annotations

from sqlalchemy import select

from bot.neighbourhood import hand_over, idea_contacts, panel, panel_members, panel_posts, panel_votes, residents, team
from bot.neighbourhood.panel_members import PANEL
from bot.neighbourhood.work import STAFF, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Idea, Resident, Vote
from conversations.idea import TAKES_ON_DUTIES
from conversations.words import Words, s_

JUDGED = frozenset({"received", "more", "checked", "consulting"})
"""Where the panel still has something to say of an idea."""


async def use_link(work: Work, person: Person, payload: str) -> str | None:
    """As `team.use_link`; a new member of the panel gets the cards of what it judges now."""
    sat = person.is_one_of(PANEL)
    role = await team.use_link(work, person, payload)
    if role == "panel" and not sat:
        await _joins_panel(work, person)
    return role


async def withdraw(work: Work, by: Person, role_id: int) -> team.Member | None:
    """As `team.withdraw`; what waited for them goes on without them. Raises `NotAllowed`."""
    member = await team.withdraw(work, by, role_id)
    if member is not None:
        resident = await work.session.get_one(Resident, member.resident_id)
        left = await residents.person_of(work, member.resident_id)
        now: frozenset[str] = left.roles if left is not None else frozenset()
        await gone(work, resident, now | {member.role}, now)
    return member


async def gone(work: Work, resident: Resident, before: frozenset[str], now: frozenset[str]) -> None:
    """Somebody has fewer roles now: others are there for owners of ideas, and the panel counts without them."""
    if before & STAFF and not now & STAFF:
        await idea_contacts.leaves(work, resident)
    if "panel" in before - now:
        await _left_panel(work)


async def _joins_panel(work: Work, person: Person) -> None:
    await work.session.flush()
    seats = await panel_members.seats(work)
    mine = next(seat for seat in seats if seat.number == person.resident.id)
    ideas = await _judged(work)
    for idea in ideas:
        if idea.resident_id == person.resident.id:
            own = Vote(idea_id=idea.id, member=person.resident.id, vote=panel_votes.INVOLVED, at=work.now)
            await work.session.merge(own)
        await panel_posts.put(work, idea, mine, person.chat)
    if len(seats) == 1:
        said = s_("There is a panel now. It judges from now on: {codes}", codes=_codes(ideas))
        await _tell_coordinators(work, ideas, said)


async def _left_panel(work: Work) -> None:
    """What waited for who left goes on; where nobody is left, the office decides again."""
    await work.session.flush()
    ideas = await _judged(work)
    if not await panel_members.exists(work):
        said = s_("Nobody sits on the panel any more. You decide now about: {codes}", codes=_codes(ideas))
        await _tell_coordinators(work, ideas, said)
        return
    for idea in ideas:
        before = idea.state, idea.advice
        await (panel.settle if idea.state == "received" else panel.count)(work, idea)
        if (idea.state, idea.advice) != before:
            await panel_posts.refresh(work, idea)


async def _judged(work: Work) -> list[Idea]:
    theirs = (Idea.state.in_(sorted(JUDGED)), Idea.wish.in_(sorted(TAKES_ON_DUTIES)))
    return list(await work.session.scalars(select(Idea).where(*theirs).order_by(Idea.id)))


def _codes(ideas: list[Idea]) -> Words:
    return hand_over.codes_in_short([idea.code for idea in ideas])


async def _tell_coordinators(work: Work, ideas: list[Idea], said: Words) -> None:
    for chat in await residents.coordinators(work.session) if ideas else []:
        if chat.unreachable_since is None:
            work.tell(chat, [said], Lane.NOTICE, subject="panel")
