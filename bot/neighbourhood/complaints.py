"""What each step of a complaint's life does and says (the table of them: `steps.py`), and what belongs to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.neighbourhood import finding, promises, reporters, staff_rooms, steps, team
from bot.neighbourhood.guessed_theme import guessed
from bot.neighbourhood.work import STAFF, Action, Closing, Person, Work
from bot.store.tables import Chat, Complaint, Due, History, Photo, Promise, Reporter, Resident, Role
from conversations import standard
from conversations.results import ComplaintReport
from conversations.words import Text, Value, Words, _, fold, s_

UNSAFE = "unsafe"
"""The topic at whose end the number for emergencies is said, if the area has it."""


def place_folded(words: str) -> str:
    """A place's words as two reports of it are compared: as they are typed, the first hundred signs."""
    return fold(words)[:100]


async def receive(work: Work, person: Person, report: ComplaintReport) -> Closing:
    """A resident reports something."""
    resident, topic = person.resident, work.area.topic(report.topic)
    is_outside, neighbourhood = False, resident.neighbourhood
    if report.place.spot:
        found = work.area.neighbourhood_at(*report.place.spot)
        is_outside, neighbourhood = found is None, found.code if found else None
    complaint = Complaint(
        state="received",
        topic=topic.key,
        theme=topic.theme or guessed(work, report.words.text),
        words=report.words.text,
        voice=report.words.voice,
        language=person.chat.language,
        place=report.place.words,
        place_folded=place_folded(report.place.words),
        latitude=report.place.latitude,
        longitude=report.place.longitude,
        neighbourhood=neighbourhood,
        answer_by=work.answer_by(topic.key),
        came_from=resident.came_from,
        first=resident.contributions == 0,
        at=work.now,
    )
    resident.contributions += 1
    work.session.add(complaint)
    await work.session.flush()
    work.session.add(Reporter(complaint_id=complaint.id, resident_id=resident.id, at=work.now))
    add_photos(work, complaint.code, "before", report.photos)
    work.note(complaint.code, "received", resident)
    await promise_answer(work, complaint, complaint.answer_by)
    await finding.remember(work, complaint.code, complaint.words, complaint.place, is_new=True)
    await staff_rooms.announce(
        work,
        complaint.code,
        [s_("New: {code}, {topic}.", code=complaint.code, topic=topic_label(work, complaint)), complaint.words],
        [Action(s_("Open {code}", code=complaint.code), f"{complaint.code}.card")],
    )
    in_danger = [work.local(work.area.emergency.danger.words)] if topic.key == UNSAFE else []
    return Closing(
        [
            *in_danger,
            *([_("That is outside our area. We pass it on all the same.")] if is_outside else []),
            _("Thank you! A person at {organisation} reads this.", organisation=work.area_name),
            _("You hear from us no later than {day}.", day=complaint.answer_by),
            _("Your report is {code}.", code=complaint.code),
        ]
    )


async def take(work: Work, by: Person, complaint: Complaint) -> None:
    """A member of staff takes it on; what was promised is theirs to keep, and a day that was named stands."""
    team.must_work_on(by, complaint, f"{complaint.code}.take")
    if not await fits(work, complaint, "take"):
        raise await team.too_late(work, by, complaint.code, steps.STATE_NAMES[complaint.state])
    day = complaint.planned_for if complaint.state == "planned" else None
    await make_step(work, "take", by, complaint, day=day)
    complaint.handler_id = by.resident.id
    await promises.hand_to(work, [complaint.code], by.resident.id)


async def pass_on(work: Work, by: Person, complaint: Complaint, whom: str) -> None:
    """Somebody else is asked to see to it; the office still owes an answer, by a day that is named now.

    Where it was planned, that day is a broken promise, and who reported it hears so.
    """
    day, before = work.answer_by(complaint.topic), await promises.planned_day(work, complaint.code)
    await make_step(work, "pass_on", by, complaint, noted=whom, whom=whom, before=before, day=day)
    await _in_hand(work, by, complaint)
    complaint.passed_to, complaint.planned_for = whom, None
    await promises.break_(work, complaint.code, promises.DAY)
    await promises.settle(work, complaint.code)
    await promise_answer(work, complaint, day)


async def plan(work: Work, by: Person, complaint: Complaint, day: date, words: str) -> None:
    """A day is promised; where there was another, that one is said too."""
    promised = await promises.planned_day(work, complaint.code)
    before = promised if promised != day else None
    noted = f"{day.isoformat()} {words}".strip()
    await make_step(work, "plan", by, complaint, noted=noted, day=day, before=before, words=words)
    complaint.planned_for = day
    await _in_hand(work, by, complaint)
    await promises.settle(work, complaint.code, but=promises.DAY)
    await promises.promise(work, complaint.code, promises.DAY, day, complaint.handler_id, _who_does_it(work, complaint))


async def solve(work: Work, by: Person, complaint: Complaint, words: str, photos: Sequence[str] = ()) -> None:
    """It is solved, says staff; days later the reporters are asked."""
    at = work.now + work.area.follow_up.after
    ask_on = at.astimezone(work.area.time_zone).date()
    await make_step(work, "solve", by, complaint, noted=words, photos=photos, words=words, day=ask_on)
    await _in_hand(work, by, complaint)
    complaint.solved_at = work.now
    complaint.result = words
    await promises.settle(work, complaint.code)
    await finding.remember_all(work, complaint)
    add_photos(work, complaint.code, "after", photos)
    work.session.add(Due(what="follow_up", subject=complaint.code, occasion=work.now.isoformat(), at=at))


async def cannot(work: Work, by: Person, complaint: Complaint, words: str, reason: str = "") -> None:
    """It can't be done: a standard reason (`conversations/standard.py`), the office's own words, or both."""
    noted = _noted(work, standard.REASONS, reason, words)
    why = standard.REASONS[reason][1] if reason in standard.REASONS else None
    await make_step(work, "cannot", by, complaint, noted=noted, why=why, words=words)
    await _in_hand(work, by, complaint)
    complaint.reason = reason if reason in standard.REASONS else standard.OTHER
    await promises.break_(work, complaint.code, promises.DAY)
    await promises.settle(work, complaint.code)


async def not_ours(work: Work, by: Person, complaint: Complaint, where: str) -> None:
    """It isn't the office's to do: where its reporters can go."""
    await make_step(work, "not_ours", by, complaint, noted=where, where=where)
    await _in_hand(work, by, complaint)
    complaint.passed_to = where
    await promises.settle(work, complaint.code, but=promises.DAY)
    await promises.drop(work, complaint.code)


async def tell(work: Work, by: Person, complaint: Complaint, words: str, answer: str = "") -> None:
    """The office says something, and the complaint stays as it is. Raises `NotAllowed`."""
    team.must_work_on(by, complaint, f"{complaint.code}.tell")
    work.note(complaint.code, "told", by.resident, _noted(work, standard.ANSWERS, answer, words))

    def say(name: str) -> list[Words]:
        return [_("{code}: a message from us.", code=name), *standard.sentence(standard.ANSWERS, answer), words]

    await reporters.tell(work, complaint, say)


def _noted(work: Work, kind: dict[str, tuple[Text, Text]], key: str, words: str) -> str:
    """For the history, in the language of the house: what was tapped, and what was said with it."""
    tapped = work.render(kind[key][0], work.catalogues.languages[0]) if key in kind else ""
    return ". ".join(each for each in (tapped, words) if each)


async def fits(work: Work, complaint: Complaint, name: str) -> bool:
    """Whether a step can be made as it stands: what somebody of the office took on, nobody takes from them."""
    is_right = complaint.state in steps.STEPS[name].before
    return is_right and not (name == "take" and await _was_taken(work, complaint))


async def who_has(work: Work, complaint: Complaint) -> Resident | None:
    """Who has it in hand; None where nobody has, or who had works here no more."""
    works_here = (Role.role.in_(sorted(STAFF)), Role.withdrawn_at.is_(None))
    query = select(Resident).join(Role, Role.resident_id == Resident.id).where(*works_here)
    return await work.session.scalar(query.where(Resident.id == complaint.handler_id).limit(1))


async def handler_of(work: Work, complaint: Complaint) -> Chat | None:
    """The chat of who has it in hand; None where nobody has, or who had works here no more or can't be reached."""
    handler = await who_has(work, complaint)
    chat = await work.session.get(Chat, handler.chat_id) if handler is not None and handler.chat_id else None
    return chat if chat is not None and chat.unreachable_since is None else None


async def miss(work: Work, complaint: Complaint, missed: Promise) -> date:
    """What was promised for a day wasn't done or said: its reporters hear so, with a new day, which this gives."""
    new = work.answer_by(complaint.topic)
    noted = missed.due.isoformat()
    if complaint.state == "planned":
        await make_step(work, "miss", None, complaint, noted=noted, before=missed.due, day=new)
        complaint.planned_for = None
    else:
        work.note(complaint.code, "late", None, noted)
        facts = {"before": missed.due, "day": new}
        await reporters.tell(work, complaint, lambda code: steps.say(steps.LATE, code, facts))
    complaint.answer_by = new
    partner = _who_does_it(work, complaint)
    await promises.promise(
        work, complaint.code, promises.AGAIN, new, complaint.handler_id, partner, first=missed.first_due
    )
    return new


async def promise_answer(work: Work, complaint: Complaint, day: date) -> None:
    """An answer is promised by this day."""
    complaint.answer_by = day
    partner = _who_does_it(work, complaint)
    await promises.promise(work, complaint.code, promises.ANSWER, day, complaint.handler_id, partner)


async def make_step(
    work: Work,
    name: str,
    by: Person | None,
    complaint: Complaint,
    *,
    noted: str = "",
    photos: Sequence[str] = (),
    **facts: Value | None,
) -> None:
    """Make a step and tell each reporter but the one who made it. Raises as `steps.move` does."""
    step = await steps.move(work, complaint, name, by, noted, facts)
    but = by.chat if by is not None and step.who is steps.Who.REPORTER else None
    await reporters.tell(work, complaint, lambda code: steps.say(step.says, code, facts), photos, but=but)


async def _in_hand(work: Work, by: Person, complaint: Complaint) -> None:
    """Who does something about what nobody had in hand has it now, and what was promised with it."""
    if await who_has(work, complaint) is None:
        complaint.handler_id = by.resident.id
        await promises.hand_to(work, [complaint.code], by.resident.id)


async def _was_taken(work: Work, complaint: Complaint) -> bool:
    """Whether somebody who works here took it on; who only named a day for it left it to who wants it."""
    if complaint.state not in ("taken", "planned") or await who_has(work, complaint) is None:
        return False
    if complaint.state == "taken":
        return True
    await work.write_down()
    here = (History.subject == complaint.code, History.what.in_(["take", "plan"]))
    last = await work.session.scalar(select(History.what).where(*here).order_by(History.id.desc()).limit(1))
    return last == "take"


def _who_does_it(work: Work, complaint: Complaint) -> str:
    return complaint.passed_to or work.area.topic(complaint.topic).handled_by


def add_photos(work: Work, subject: str, part: str, file_ids: Sequence[str], *, joined_by: int | None = None) -> None:
    """Keep the photos' file ids; a worker downloads them. `joined_by`: who joined a complaint with them, a resident."""
    about = {"subject": subject, "part": part, "joined_by": joined_by}
    work.session.add_all(
        Photo(**about, file_id=file_id, state="new", next_at=work.now, at=work.now) for file_id in file_ids
    )


async def photos_of(work: Work, subject: str, part: str | None = None) -> list[str]:
    """File ids of a subject's photos that are pictures, in the order in which they came."""
    query = select(Photo.file_id).where(Photo.subject == subject, Photo.state.in_(["new", "kept"])).order_by(Photo.id)
    return list(await work.session.scalars(query if part is None else query.where(Photo.part == part)))


async def is_reporter(work: Work, person: Person, complaint: Complaint) -> bool:
    """Whether this person reported it."""
    return await reporters.of(work, person, complaint) is not None


async def who_hears(work: Work, complaint: Complaint) -> Words:
    """For staff, after a step: whether somebody gets a message of it."""
    if await reporters.reached(work, complaint):
        return s_("Done. Who reported it gets a message. ({code})", code=complaint.code)
    return s_("Done. Nobody gets a message: who reported it isn't here. ({code})", code=complaint.code)


def topic_label(work: Work, complaint: Complaint) -> Words:
    """What the topic is called."""
    return work.local(work.area.topic(complaint.topic).label)
