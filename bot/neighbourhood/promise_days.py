"""Mornings on which promises are told of: the office before their day, everybody when it has passed unkept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.neighbourhood import complaints, idea_contacts, ideas, residents, walks
from bot.neighbourhood.idea_steps import OWED
from bot.neighbourhood.promises import EVERY, PASSED, WARN, working_day_after
from bot.neighbourhood.steps import OPEN_STATES
from bot.neighbourhood.work import Action, Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, Due, Event, Idea, Promise
from conversations.words import Words, s_, sn_

AT_ONCE = 100
"""So many promises are told of in one sweep as having passed; the next follows at once when there are more."""
NAMED = 8
"""So many are named in one message to staff, with a button each; the rest are counted."""
LOOKED_UP = 500
"""So many complaints are looked up with one statement."""
TABLES: dict[str, Any] = {"M": Complaint, "I": Idea, "E": Event}
"""What promises are about, by the letter of its code."""

Told = tuple[str, date, date | None]
"""A subject ("M12"), the day that was promised, and the new one."""


async def fall_due(work: Work, what: str, occasion: str) -> None:
    """Do what one of the two rows of `due` says."""
    if what == WARN:
        await _warn(work)
    elif what == PASSED:
        await _pass(work, occasion)


async def _warn(work: Work) -> None:
    """Who is to keep what is promised for before the office works again after today, reads so: one message each."""
    until = working_day_after(work.today, work.free_days)
    query = select(Promise).where(Promise.state == "open", Promise.due > work.today, Promise.due <= until)
    soon = list(await work.session.scalars(query.order_by(Promise.due, Promise.id)))
    head = s_("Promised, and soon due:")
    await _tell_staff(work, head, [(each.subject, each.due, None) for each in soon])


async def _pass(work: Work, occasion: str) -> None:
    """What was promised for a day before today is broken: who waits for it hears so, with a new day; staff too."""
    query = select(Promise).where(Promise.state == "open", Promise.due < work.today)
    passed = list(await work.session.scalars(query.order_by(Promise.due, Promise.id).limit(AT_ONCE)))
    told: list[Told] = []
    over: list[Told] = []
    for each in passed:
        each.state, each.settled_at = "broken", work.now
        await work.session.flush()
        row: Any = await work.session.get(TABLES[each.subject[0]], int(each.subject[1:]))
        if isinstance(row, Complaint) and row.state in OPEN_STATES:
            told.append((each.subject, each.due, await complaints.miss(work, row, each)))
        elif isinstance(row, Idea) and row.state in OWED:
            told.append((each.subject, each.due, await ideas.miss(work, row, each)))
        elif isinstance(row, Event) and row.state == walks.PROPOSED:
            new = await walks.miss(work, row, each)
            (told if new else over).append((each.subject, each.due, new))
    await _tell_staff(work, s_("Promised, but not kept. Who waits for it was told a new day:"), told)
    await _tell_staff(work, s_("Not answered before the walk, so it is off. Who proposed it was told:"), over)
    if len(passed) == AT_ONCE:
        work.session.add(Due(what=PASSED, subject=EVERY, occasion=occasion, at=work.now))


async def _tell_staff(work: Work, head: Words, told: Sequence[Told]) -> None:
    """Each of those who are to keep them reads theirs; what is nobody's, the coordinators; ideas: their contact too."""
    chats: dict[int, Chat] = {}
    theirs: dict[int, list[Told]] = {}
    coordinators = await residents.coordinators(work.session)
    who_hears: dict[int | None, list[Chat]] = {None: coordinators}
    handlers = await _handlers(work, [each[0] for each in told])
    contacts = await _contacts(work, [each[0] for each in told])
    for each in told:
        number = handlers.get(each[0])
        if number not in who_hears:
            handler = await complaints.handler_of(work, await work.session.get_one(Complaint, int(each[0][1:])))
            who_hears[number] = [handler] if handler is not None else coordinators
        for chat in {chat.id: chat for chat in (*who_hears[number], *contacts.get(each[0], []))}.values():
            chats[chat.id] = chat
            theirs.setdefault(chat.id, []).append(each)
    for chat_id, chat in chats.items():
        lines, actions = await _named(work, theirs[chat_id][:NAMED])
        left = len(theirs[chat_id]) - NAMED
        more = [sn_("And {count} more: /promises", "And {count} more: /promises", left)] if left > 0 else []
        work.tell(chat, [head, *lines, *more], Lane.NOTICE, actions=actions, subject="promises")


async def _handlers(work: Work, subjects: Sequence[str]) -> dict[str, int | None]:
    """Who has each of these in hand: of the complaints among them."""
    numbers = sorted({int(subject[1:]) for subject in subjects if subject.startswith("M")})
    found: dict[str, int | None] = {}
    for start in range(0, len(numbers), LOOKED_UP):
        some = Complaint.id.in_(numbers[start : start + LOOKED_UP])
        rows = await work.session.execute(select(Complaint.id, Complaint.handler_id).where(some))
        found |= {f"M{number}": handler for number, handler in rows}
    return found


async def _contacts(work: Work, subjects: Sequence[str]) -> dict[str, list[Chat]]:
    """Whom the owner of each of these deals with: of the ideas among them."""
    chats: dict[int | None, list[Chat]] = {}
    found: dict[str, list[Chat]] = {}
    for subject in subjects:
        idea = await work.session.get(Idea, int(subject[1:])) if subject.startswith("I") else None
        if idea is None:
            continue
        if idea.contact_id not in chats:
            contact = await idea_contacts.contact_of(work, idea)
            there = contact is not None and contact.chat.unreachable_since is None
            chats[idea.contact_id] = [contact.chat] if contact is not None and there else []
        found[subject] = chats[idea.contact_id]
    return found


async def _named(work: Work, told: Sequence[Told]) -> tuple[list[Words], list[Action]]:
    lines: list[Words] = []
    for subject, day, new in told:
        row = await work.session.get(Complaint, int(subject[1:])) if subject.startswith("M") else None
        other = s_("a walk") if subject.startswith("E") else s_("an idea")
        about: Words = complaints.topic_label(work, row) if row is not None else other
        if new is None:
            lines.append(s_("{code}, {topic}: {day}.", code=subject, topic=about, day=day))
        else:
            lines.append(s_("{code}, {topic}: {before}. Now: {day}.", code=subject, topic=about, before=day, day=new))
    codes = dict.fromkeys(subject for subject, _day, _new in told)
    return lines, [Action(s_("Open {code}", code=code), f"{code}.card") for code in codes]
