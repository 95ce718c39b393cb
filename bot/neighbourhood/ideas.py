"""Ideas for the neighbourhood: handed in by residents, answered by the office, each step told to the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from bot.neighbourhood import finding, promises, residents, staff_rooms, team
from bot.neighbourhood.complaints import add_photos
from bot.neighbourhood.work import PANEL_TOO, Action, Closing, Person, Work
from bot.outbox.letters import Letter
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Idea, Promise, Resident
from conversations.results import IdeaAnswered, IdeaHandedIn
from conversations.words import Money, Text, Words, _, fold, s_

STATE_NAMES: dict[str, Text] = {
    "received": _("handed in"),
    "answered": _("answered"),
    "awarded": _("yes, go ahead"),
    "not_now": _("not now"),
}
WISH_NAMES: dict[str, Text] = {
    "money": s_("money"),
    "place": s_("a place"),
    "advice": s_("advice"),
    "know": s_("only that we know"),
}
ANSWERS_TO = {"answer": "answered", "award": "awarded", "not_now": "not_now"}
MAY_BE_ANSWERED = frozenset({"received", "answered", "not_now"})
ANSWER_TOPIC = "other"
"""Ideas are answered in as many working days as the area file gives for the topic "other"."""


async def hand_in(work: Work, person: Person, idea: IdeaHandedIn) -> Closing:
    """A resident hands in an idea; a date for the answer is promised at once."""
    resident = person.resident
    row = Idea(
        resident_id=resident.id,
        state="received",
        words=idea.words.text,
        voice=idea.words.voice,
        language=person.chat.language,
        whom=idea.whom,
        together=idea.together,
        amount=idea.amount,
        wish=idea.wish,
        neighbourhood=resident.neighbourhood,
        answer_by=work.answer_by(ANSWER_TOPIC),
        came_from=resident.came_from,
        first=resident.contributions == 0,
        at=work.now,
    )
    resident.contributions += 1
    work.session.add(row)
    await work.session.flush()
    await finding.remember(work, row.code, row.words, row.whom, row.together, is_new=True)
    add_photos(work, row.code, "before", idea.photos)
    work.note(row.code, "handed in", resident)
    await promises.promise(work, row.code, promises.ANSWER, row.answer_by, None)
    said: list[Words] = [s_("New idea: {code}.", code=row.code), row.words or s_("(voice message)")]
    open_it = Action(s_("Open {code}", code=row.code), f"{row.code}.card")
    await staff_rooms.announce(work, row.code, said, [open_it])
    return Closing(
        [
            _("Thank you for thinking along! A person reads your idea."),
            _("You hear from us no later than {day}.", day=row.answer_by),
            _("Your idea is {code}.", code=row.code),
        ]
    )


async def answer(work: Work, by: Person, answered: IdeaAnswered) -> Closing:
    """Staff answer an idea; its owner hears it. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, answered.idea)
    team.must_work_on(by, idea, f"{idea.code}.{answered.what}")
    if idea.state not in MAY_BE_ANSWERED:
        raise await team.too_late(work, by, idea.code, STATE_NAMES[idea.state])
    idea.state = ANSWERS_TO[answered.what]
    idea.answer = answered.words
    if answered.what == "award":
        idea.awarded_cents = answered.cents
    work.note(idea.code, answered.what, by.resident, answered.words)
    await promises.hand_to(work, [idea.code], by.resident.id)
    await promises.settle(work, idea.code)
    await finding.remember(work, idea.code, idea.words, idea.heard, idea.whom, idea.together, idea.answer)
    owner = await work.session.get(Resident, idea.resident_id) if idea.resident_id else None
    chat = await work.session.get(Chat, owner.chat_id) if owner and owner.chat_id else None
    if chat is None:
        return Closing([s_("Noted. Nobody gets a message: its owner isn't here. ({code})", code=idea.code)])
    work.tell(chat, _to_owner(idea, answered), Lane.NOTICE, subject=idea.code)
    return Closing([s_("Done. Its owner gets a message. ({code})", code=idea.code)])


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


async def ideas_of(work: Work, person: Person, limit: int = 20) -> list[Idea]:
    """Somebody's own ideas, the newest first."""
    mine = select(Idea).where(Idea.resident_id == person.resident.id).order_by(Idea.id.desc()).limit(limit)
    return list(await work.session.scalars(mine))


async def awarded_near(work: Work, person: Person, limit: int = 8) -> list[Idea]:
    """What was awarded, in the person's own neighbourhood first."""
    here = (Idea.neighbourhood == person.resident.neighbourhood).desc()
    query = select(Idea).where(Idea.state == "awarded").order_by(here, Idea.id.desc()).limit(limit)
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


def _to_owner(idea: Idea, answered: IdeaAnswered) -> list[Words]:
    match answered.what:
        case "award" if idea.awarded_cents:
            amount = Money(idea.awarded_cents)
            first = _("{code}: yes! There is {amount} for your idea.", code=idea.code, amount=amount)
        case "award":
            first = _("{code}: yes, go ahead with your idea!", code=idea.code)
        case "not_now":
            first = _("{code}: sorry, not now. This is why:", code=idea.code)
        case _:
            first = _("{code}: an answer to your idea.", code=idea.code)
    return [first, answered.words, _("Do you want to say something about it? Just write to us here.")]
