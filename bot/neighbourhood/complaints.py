"""The life of a complaint: its states, who may change them, what each change says to whom. In this one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import finding, reporters, residents, staff_rooms
from bot.neighbourhood.work import STAFF, Action, Closing, Person, TooLate, Work
from bot.outbox.letters import voice
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, Due, Photo, Reporter, Resident
from conversations import standard
from conversations.questions import Told
from conversations.results import ComplaintReport
from conversations.words import Text, Words, _, s_

DIFFERENTLY = _("Do you see it differently? Just write to us here.")
UNSAFE = "unsafe"
"""The topic at whose end the number for emergencies is said, if the area has it."""
OPEN_STATES = frozenset({"received", "taken", "planned", "reopened"})
STATE_NAMES: dict[str, Text] = {
    "received": _("received"),
    "taken": _("somebody is on it"),
    "planned": _("planned"),
    "solved": _("solved, still to be checked"),
    "confirmed": _("solved"),
    "reopened": _("not solved yet"),
    "cannot": _("can't be done"),
    "closed": _("closed without an answer"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state: from where, to where, and whether only staff may make it."""

    before: frozenset[str]
    after: str
    by_staff: bool = True


STEPS: dict[str, Step] = {
    "take": Step(frozenset({"received", "reopened", "planned"}), "taken"),
    "plan": Step(OPEN_STATES, "planned"),
    "solve": Step(OPEN_STATES, "solved"),
    "cannot": Step(OPEN_STATES, "cannot"),
    "confirm": Step(frozenset({"solved", "closed"}), "confirmed", by_staff=False),
    "reopen": Step(frozenset({"solved", "confirmed", "closed"}), "reopened", by_staff=False),
    "close": Step(frozenset({"solved"}), "closed", by_staff=False),
}


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
        theme=topic.theme or "",
        words=report.words.text,
        voice=report.words.voice,
        language=person.chat.language,
        place=report.place.words,
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
    """A member of staff takes it on."""
    _move(work, complaint, "take", by)
    complaint.handler_id = by.resident.id
    await reporters.tell(work, complaint, lambda name: [_("{code}: somebody is on it now.", code=name)])


async def plan(work: Work, by: Person, complaint: Complaint, day: date, words: str) -> None:
    """A day is promised."""
    _move(work, complaint, "plan", by, f"{day.isoformat()} {words}".strip())
    complaint.planned_for = day
    complaint.handler_id = complaint.handler_id or by.resident.id
    await reporters.tell(work, complaint, lambda name: [_("{code}: planned for {day}.", code=name, day=day), words])


async def solve(work: Work, by: Person, complaint: Complaint, words: str, photos: Sequence[str] = ()) -> None:
    """It is solved, says staff; days later the reporters are asked."""
    _move(work, complaint, "solve", by, words)
    complaint.handler_id = complaint.handler_id or by.resident.id
    complaint.solved_at = work.now
    complaint.result = words
    await finding.remember(work, complaint.code, complaint.words, complaint.heard, complaint.place, words)
    add_photos(work, complaint.code, "after", photos)
    at = work.now + work.area.follow_up.after
    work.session.add(Due(what="follow_up", subject=complaint.code, occasion=work.now.isoformat(), at=at))
    ask_on = at.astimezone(work.area.time_zone).date()

    def say(name: str) -> list[Words]:
        ask = _("On {day} I ask you whether it's really solved.", day=ask_on)
        return [_("{code}: this has been done.", code=name), words, ask]

    await reporters.tell(work, complaint, say, photos)


async def cannot(work: Work, by: Person, complaint: Complaint, words: str, reason: str = "") -> None:
    """It can't be done: a standard reason (`conversations/standard.py`), the office's own words, or both."""
    _move(work, complaint, "cannot", by, _noted(work, standard.REASONS, reason, words))
    complaint.handler_id = complaint.handler_id or by.resident.id

    def say(name: str) -> list[Words]:
        why = standard.sentence(standard.REASONS, reason)
        return [_("{code}: sorry, this can't be done.", code=name), *why, words, DIFFERENTLY]

    await reporters.tell(work, complaint, say)


async def tell(work: Work, by: Person, complaint: Complaint, words: str, answer: str = "") -> None:
    """The office says something, and the complaint stays as it is. Raises `NotAllowed`."""
    by.must_be(STAFF, "tell")
    work.note(complaint.code, "told", by.resident, _noted(work, standard.ANSWERS, answer, words))

    def say(name: str) -> list[Words]:
        return [_("{code}: a message from us.", code=name), *standard.sentence(standard.ANSWERS, answer), words]

    await reporters.tell(work, complaint, say)


def _noted(work: Work, kind: dict[str, tuple[Text, Text]], key: str, words: str) -> str:
    """For the history, in the language of the house: what was tapped, and what was said with it."""
    tapped = work.render(kind[key][0], work.catalogues.languages[0]) if key in kind else ""
    return ". ".join(each for each in (tapped, words) if each)


async def confirm(work: Work, by: Person, complaint: Complaint) -> Closing:
    """A reporter says that it is really solved; the others hear it, and may still say that it isn't."""
    _move(work, complaint, "confirm", by)

    def say(name: str) -> list[Words]:
        return [_("{code}: we heard that it's really solved.", code=name), DIFFERENTLY]

    await reporters.tell(work, complaint, say, but=by.chat)
    return Closing([_("Good to hear! Thank you for looking. {code} is done.", code=complaint.code)])


async def reopen(work: Work, by: Person, complaint: Complaint, wrong: Told) -> Closing:
    """A reporter says that it isn't solved: the office hears it, and owes an answer again."""
    _move(work, complaint, "reopen", by, wrong.text)
    complaint.answer_by = work.answer_by(complaint.topic)
    await _office_hears(work, complaint, s_("{code} is not solved, says who reported it.", code=complaint.code), wrong)

    def say(name: str) -> list[Words]:
        we_go_on = _("{code}: it isn't really solved yet, we heard. We go on with it.", code=name)
        return [we_go_on, _("You hear from us no later than {day}.", day=complaint.answer_by)]

    await reporters.tell(work, complaint, say, but=by.chat)
    return Closing(
        [
            _("Thank you for saying so. We go on with it."),
            _("You hear from us no later than {day}. ({code})", day=complaint.answer_by, code=complaint.code),
        ]
    )


async def still_wrong(work: Work, complaint: Complaint, wrong: Told) -> None:
    """A reporter says so when another has said it already: the office hears this one too."""
    said = s_("{code}: somebody else says too that it is not solved.", code=complaint.code)
    await _office_hears(work, complaint, said, wrong)


async def _office_hears(work: Work, complaint: Complaint, said: Words, wrong: Told) -> None:
    """Coordinators, and who has it in hand, hear what is still wrong."""
    handler = await work.session.get(Resident, complaint.handler_id) if complaint.handler_id else None
    told = {chat.id: chat for chat in await residents.coordinators(work.session)}
    if handler is not None and handler.chat_id is not None and (chat := await work.session.get(Chat, handler.chat_id)):
        told[chat.id] = chat
    for chat in told.values():
        if wrong.voice:
            work.send(chat, [voice(wrong.voice)], Lane.NOTICE, subject=f"{complaint.code} voice")
        work.tell(
            chat,
            [said, wrong.text],
            Lane.NOTICE,
            actions=[Action(s_("Open {code}", code=complaint.code), f"{complaint.code}.card")],
            subject=complaint.code,
        )


async def close_unanswered(work: Work, complaint: Complaint) -> None:
    """Nobody said whether it is solved: close it, without claiming that it is."""
    _move(work, complaint, "close", None)

    def say(name: str) -> list[Words]:
        closed = _("{code}: we don't know whether it's solved, so we close it.", code=name)
        return [closed, _("Is something still wrong? Just write to us here.")]

    await reporters.tell(work, complaint, say)


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


def is_late(today: date) -> ColumnElement[bool]:
    """Complaints whose promise has passed: the promised day where there is one, else the day of the answer."""
    promised = case((Complaint.state == "planned", Complaint.planned_for), else_=Complaint.answer_by)
    return Complaint.state.in_(OPEN_STATES) & (promised < today)


def topic_label(work: Work, complaint: Complaint) -> Words:
    """What the topic is called."""
    return work.local(work.area.topic(complaint.topic).label)


def _move(work: Work, complaint: Complaint, name: str, by: Person | None, words: str = "") -> None:
    step = STEPS[name]
    if step.by_staff and by is not None:
        by.must_be(STAFF, name)
    if complaint.state not in step.before:
        raise TooLate(complaint.code, STATE_NAMES[complaint.state])
    complaint.state = step.after
    work.note(complaint.code, name, by.resident if by else None, words)


async def photo_was_bad(work: Work, photo: Photo) -> None:
    """A photo turned out to be none: tell those who sent it."""
    if not photo.subject.startswith("M"):
        return
    complaint = await work.session.get_one(Complaint, int(photo.subject[1:]))
    found = await work.session.execute(
        select(Chat, Reporter)
        .join(Resident, Resident.chat_id == Chat.id)
        .join(Reporter, Reporter.resident_id == Resident.id)
        .where(Reporter.complaint_id == complaint.id)
    )
    for chat, reporter in found if photo.part == "before" else []:
        if photo.joined_by != (reporter.resident_id if reporters.joined(complaint, reporter) else None):
            continue
        said = [
            _("I couldn't open a photo with {code}.", code=complaint.code),
            _("The rest has arrived, so we can go on without it."),
        ]
        work.tell(chat, said, Lane.NOTICE, subject=f"{complaint.code} photo")
