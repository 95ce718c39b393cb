"""Ideas for the neighbourhood: handed in by residents, led on by the office, each step told to the owner.

What the panel does with them: `panel.py`; the table of their steps: `idea_steps.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import (
    consultations,
    finding,
    idea_contacts,
    idea_days,
    idea_friends,
    idea_rules,
    idea_steps,
    money,
    panel,
    panel_posts,
    promises,
    residents,
    staff_rooms,
    team,
)
from bot.neighbourhood.area import SATURDAY
from bot.neighbourhood.complaints import add_photos
from bot.neighbourhood.idea_steps import DECISIONS, GRANTED, STATE_NAMES
from bot.neighbourhood.panel_posts import WISH_NAMES
from bot.neighbourhood.work import PANEL_TOO, Action, Closing, Person, Work
from bot.outbox.letters import Letter, voice
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Idea, Promise, Resident
from conversations.amounts import read_amount
from conversations.idea_said import IdeaSupplied
from conversations.office_said import IdeaAnswered
from conversations.results import IdeaHandedIn, Refused
from conversations.words import Value, Words, _, fold, n_, s_

__all__ = ["DECISIONS", "STATE_NAMES", "WISH_NAMES"]
ANSWER_TOPIC = "other"
"""What the panel doesn't judge is answered in as many working days as the area file gives for the topic "other"."""


async def hand_in(work: Work, person: Person, idea: IdeaHandedIn) -> Closing:
    """A resident hands in an idea; a date for the answer is promised at once, and somebody is there for it by name."""
    resident = person.resident
    row = Idea(
        resident_id=resident.id,
        state="received",
        words=idea.words.text,
        voice=idea.words.voice,
        language=person.chat.language,
        whom=idea.whom,
        together=idea.together,
        behind=idea.behind,
        neighbours=idea.neighbours,
        spoken=dict(idea.spoken),
        amount=idea.amount,
        amount_cents=idea.cents or read_amount(idea.amount).cents,
        wish=idea.wish,
        neighbourhood=resident.neighbourhood,
        rules_version=idea_rules.version_today(work),
        answer_by=work.answer_by(ANSWER_TOPIC),
        came_from=resident.came_from,
        first=resident.contributions == 0,
        at=work.now,
    )
    for_panel = await idea_steps.is_for_panel(work, row)
    row.answer_by = answer_day(work, for_panel=for_panel)
    resident.contributions += 1
    work.session.add(row)
    await work.session.flush()
    contact = await idea_contacts.choose(work, row, resident)
    row.contact_id = contact.resident.id if contact else None
    await finding.remember(work, row.code, row.words, row.whom, row.together, row.behind, row.neighbours, is_new=True)
    add_photos(work, row.code, "before", idea.photos)
    work.note(row.code, "handed in", resident)
    await promises.promise(work, row.code, promises.ANSWER, row.answer_by, row.contact_id)
    await _announce(work, row, contact)
    if for_panel:
        await panel.welcome(work, row)
    name = contact.resident.name if contact else None
    first = _("Thank you for thinking along! A person reads your idea.")
    return Closing(
        [
            _("Thank you for thinking along! A panel of neighbours looks at your idea.") if for_panel else first,
            *([_("{name} from the office is there for you.", name=name)] if name else []),
            _("You hear from us no later than {day}.", day=row.answer_by),
            _("Your idea is {code}.", code=row.code),
        ]
    )


def answer_day(work: Work, *, for_panel: bool) -> date:
    """By when an idea that comes in now gets its answer."""
    if for_panel:
        return work.area.working_days_after(work.now, work.area.ideas.working_days, work.free_days)
    return work.answer_by(ANSWER_TOPIC)


async def act(work: Work, by: Person, answered: IdeaAnswered) -> Closing | Refused:
    """Staff, or who decides, do something with an idea; its owner hears it. Raises `NotAllowed`, `TooLate`."""
    if answered.what in DECISIONS:
        return await panel.decide(work, by, answered)
    idea = await work.session.get_one(Idea, answered.idea)
    facts: dict[str, Value | None] = {"words": answered.words}
    if answered.what == "refer":
        facts = {"where": answered.words}
    elif answered.what == "more":
        facts["day"] = (work.now + work.area.ideas.remind_after).astimezone(work.area.time_zone).date()
    made = await idea_steps.make_step(work, answered.what, by, idea, **facts)
    if answered.what == "more":
        idea.missing = answered.words
    else:
        idea.answer = answered.words
        await promises.hand_to(work, [idea.code], by.resident.id)
        await finding.remember_all(work, idea)
    await panel_posts.refresh(work, idea)
    if made.heard:
        return Closing([s_("Done. Its owner gets a message. ({code})", code=idea.code)])
    return Closing([s_("Noted. Nobody gets a message: its owner isn't here. ({code})", code=idea.code)])


async def supply(work: Work, by: Person, said: IdeaSupplied) -> Closing:
    """Its owner answers what was asked: it goes on, and so does the clock. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, said.idea)
    await idea_steps.must_be_ready(work, "supply", by, idea)
    waited = idea_days.waited(work, idea)
    day = max(_working_day(work, idea.answer_by + waited), promises.working_day_after(work.today, work.free_days))
    later = n_("It waited {count} day for you. The answer comes that much later.",
               "It waited {count} days for you. The answer comes that much later.", waited.days)  # fmt: skip
    facts: dict[str, Value | None] = {"day": day, "waited": later if waited else None, "note": said.told.text}
    made = await idea_steps.make_step(work, "supply", by, idea, **facts)
    if said.told.text:
        idea.words = "\n".join(filter(None, [idea.words, said.told.text]))
    if said.told.voice:
        idea.spoken = {**idea.spoken, f"more_{len(idea.spoken)}": said.told.voice}
        contact = await idea_contacts.contact_of(work, idea)
        if contact is not None:
            work.send(contact.chat, [voice(said.told.voice)], Lane.NOTICE, subject=f"{idea.code} voice")
    add_photos(work, idea.code, "before", [said.told.photo] if said.told.photo else [])
    idea.missing = ""
    await finding.remember_all(work, idea)
    work.raised.add(idea.code)
    heard: list[Words] = [s_("{code}: its owner answered.", code=idea.code)]
    await idea_contacts.hear(work, idea, [*heard, said.told.text] if said.told.text else heard)
    if await idea_steps.is_for_panel(work, idea):
        await panel.settle(work, idea)
    await panel_posts.refresh(work, idea)
    return Closing(made.said, made.actions)


async def step_of_owner(work: Work, by: Person, idea: Idea, name: str) -> Closing:
    """Its owner accepts it, begins with it, or stops it. Raises `NotAllowed`, `TooLate`."""
    contact = await idea_contacts.name_of(work, idea)
    helper = _("Do you need a hand? Just write here: {name} is there for you.", name=contact) if contact else None
    made = await idea_steps.make_step(work, name, by, idea, helper=helper)
    if name == "withdraw":
        await consultations.stop(work, idea)
        await idea_friends.stopped(work, idea)
        await money.close(work, by, idea)
    state = s_("{code}: {state}.", code=idea.code, state=STATE_NAMES[idea.state])
    await idea_contacts.hear(work, idea, [s_("News from its owner."), state])
    await panel_posts.refresh(work, idea)
    return Closing(made.said, made.actions)


async def finish(work: Work, by: Person, idea: Idea) -> Closing:
    """The office has looked at what was done: what is left of the money goes back. Raises `NotAllowed`, `TooLate`."""
    made = await idea_steps.make_step(work, "finish", by, idea)
    await money.close(work, by, idea)
    await panel_posts.refresh(work, idea)
    if made.heard:
        return Closing([s_("Done. Its owner gets a message. ({code})", code=idea.code)])
    return Closing([s_("Noted. Nobody gets a message: its owner isn't here. ({code})", code=idea.code)])


async def tell(work: Work, by: Person, idea: Idea, words: str, sent: Sequence[Letter] = ()) -> bool:
    """The office says something to the idea's owner, and it stays as it is; False where nobody can hear it.

    `sent`: photos or voice messages that go first. Raises `NotAllowed`.
    """
    team.must_work_on(by, idea, f"{idea.code}.tell")
    owner = await work.session.get(Resident, idea.resident_id) if idea.resident_id else None
    chat = await work.session.get(Chat, owner.chat_id) if owner and owner.chat_id else None
    if chat is None:
        return False
    work.note(idea.code, "told", by.resident, words)
    work.send(chat, sent, Lane.NOTICE, subject=f"{idea.code} sent")
    work.tell(chat, [_("{code}: a message from us.", code=idea.code), words], Lane.NOTICE, subject=idea.code)
    return True


async def miss(work: Work, idea: Idea, missed: Promise) -> date:
    """The day for an answer has passed: its owner hears so, with a new day, which this gives."""
    new = work.answer_by(ANSWER_TOPIC)
    work.note(idea.code, "late", None, missed.due.isoformat())
    code, owner = idea.code, await residents.person_of(work, idea.resident_id) if idea.resident_id else None
    if owner is not None:
        said = [
            _("{code}: we promised an answer by {before}. It isn't there yet. Sorry.", code=code, before=missed.due),
            _("You hear from us no later than {day}.", day=new),
        ]
        work.tell(owner.chat, said, Lane.NOTICE, subject=idea.code)
    idea.answer_by = new
    await promises.promise(work, idea.code, promises.AGAIN, new, missed.made_by, first=missed.first_due)
    return new


def was_granted() -> ColumnElement[bool]:
    """Ideas that got a yes, however far they are with it."""
    return or_(Idea.state.in_(sorted(GRANTED)), and_(Idea.state == "finished", Idea.awarded_cents.is_not(None)))


async def ideas_of(work: Work, person: Person, limit: int = 20) -> list[Idea]:
    """Somebody's own ideas, the newest first."""
    mine = select(Idea).where(Idea.resident_id == person.resident.id).order_by(Idea.id.desc()).limit(limit)
    return list(await work.session.scalars(mine))


async def awarded_near(work: Work, person: Person, limit: int = 8) -> list[Idea]:
    """What was awarded, in the person's own neighbourhood first."""
    here = (Idea.neighbourhood == person.resident.neighbourhood).desc()
    query = select(Idea).where(was_granted()).order_by(here, Idea.id.desc()).limit(limit)
    return list(await work.session.scalars(query))


async def ideas_like(work: Work, person: Person, words: str, after: int | None, limit: int) -> list[Idea]:
    """For the office and the panel: ideas by state or by their words, the newest first. Raises `NotAllowed`."""
    person.must_be(PANEL_TOO, "/ideas")
    query = select(Idea).order_by(Idea.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Idea.id < after)
    states, others = finding.states_in(work, words, STATE_NAMES)
    if states:
        query = query.where(Idea.state.in_(states))
    for word in others:
        places = [each.code for each in work.area.neighbourhoods if fold(each.name).startswith(word)]
        in_words = [int(subject[1:]) for subject in await finding.subjects(work, word, "I")]
        query = query.where(or_(Idea.id.in_(in_words), Idea.neighbourhood.in_(places)))
    return list(await work.session.scalars(query))


async def _announce(work: Work, idea: Idea, contact: Person | None) -> None:
    """Tell the office, and whose idea it is now to be there for."""
    what = idea.words or (s_("(voice message)") if idea.voice else s_("(photo)"))
    said: list[Words] = [s_("New idea: {code}.", code=idea.code), what]
    open_it = [Action(s_("Open {code}", code=idea.code), f"{idea.code}.card")]
    await staff_rooms.announce(work, idea.code, said, open_it)
    if contact is not None and (await staff_rooms.rooms(work) or "coordinator" not in contact.roles):
        yours = s_("{code} is a new idea, and you are there for its owner.", code=idea.code)
        work.tell(contact.chat, [yours, said[1]], Lane.NOTICE, actions=open_it, subject=idea.code)


def _working_day(work: Work, day: date) -> date:
    """The day, or the first working day after it."""
    while day.weekday() >= SATURDAY or day in work.free_days:
        day += timedelta(days=1)
    return day
