"""The life of a complaint: its states, who may change them, what each change says to whom. In this one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import finding, residents
from bot.neighbourhood.work import STAFF, Action, Closing, Person, TooLate, Work
from bot.outbox.letters import pictures, voice
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, Due, Photo, Reporter, Resident
from conversations.questions import Told
from conversations.results import ComplaintReport
from conversations.words import Text, Words, _, s_

SHORT = 40
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
    near = work.area.nearest_neighbourhood(*report.place.spot).code if report.place.spot else resident.neighbourhood
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
        neighbourhood=near,
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
    for chat in await residents.coordinators(work.session):
        work.tell(
            chat,
            [
                s_("New: {code}, {topic}.", code=complaint.code, topic=topic_label(work, complaint)),
                complaint.words,
            ],
            Lane.NOTICE,
            actions=[Action(s_("Open {code}", code=complaint.code), f"{complaint.code}.card")],
            subject=complaint.code,
        )
    in_danger = [work.local(work.area.emergency.danger.words)] if topic.key == UNSAFE else []
    return Closing(
        [
            *in_danger,
            _("Thank you! A person at {organisation} reads this.", organisation=work.area_name),
            _("You hear from us no later than {day}.", day=complaint.answer_by),
            _("Your report is {code}.", code=complaint.code),
        ]
    )


async def take(work: Work, by: Person, complaint: Complaint) -> None:
    """A member of staff takes it on."""
    _move(work, complaint, "take", by)
    complaint.handler_id = by.resident.id
    await _tell_reporters(work, complaint, [_("{code}: somebody is on it now.", code=named(complaint))])


async def plan(work: Work, by: Person, complaint: Complaint, day: date, words: str) -> None:
    """A day is promised."""
    _move(work, complaint, "plan", by, f"{day.isoformat()} {words}".strip())
    complaint.planned_for = day
    complaint.handler_id = complaint.handler_id or by.resident.id
    await _tell_reporters(work, complaint, [_("{code}: planned for {day}.", code=named(complaint), day=day), words])


async def solve(work: Work, by: Person, complaint: Complaint, words: str, photos: Sequence[str] = ()) -> None:
    """It is solved, says staff; days later the reporters are asked."""
    _move(work, complaint, "solve", by, words)
    complaint.handler_id = complaint.handler_id or by.resident.id
    complaint.solved_at = work.now
    complaint.result = words
    await finding.remember(work, complaint.code, complaint.words, complaint.place, words)
    add_photos(work, complaint.code, "after", photos)
    at = work.now + work.area.follow_up.after
    work.session.add(Due(what="follow_up", subject=complaint.code, occasion=work.now.isoformat(), at=at))
    ask_on = at.astimezone(work.area.time_zone).date()
    said: list[Words] = [
        _("{code}: this has been done.", code=named(complaint)),
        words,
        _("On {day} I ask you whether it's really solved.", day=ask_on),
    ]
    await _tell_reporters(work, complaint, said, photos)


async def cannot(work: Work, by: Person, complaint: Complaint, words: str) -> None:
    """It can't be done, with the reason."""
    _move(work, complaint, "cannot", by, words)
    complaint.handler_id = complaint.handler_id or by.resident.id
    said: list[Words] = [
        _("{code}: sorry, this can't be done.", code=named(complaint)),
        words,
        _("Do you see it differently? Just write to us here."),
    ]
    await _tell_reporters(work, complaint, said)


def confirm(work: Work, by: Person, complaint: Complaint) -> Closing:
    """A reporter says that it is really solved."""
    _move(work, complaint, "confirm", by)
    return Closing([_("Good to hear! Thank you for looking. {code} is done.", code=complaint.code)])


async def reopen(work: Work, by: Person, complaint: Complaint, wrong: Told) -> Closing:
    """A reporter says that it isn't solved: the office hears it, and owes an answer again."""
    _move(work, complaint, "reopen", by, wrong.text)
    complaint.answer_by = work.answer_by(complaint.topic)
    handler = await work.session.get(Resident, complaint.handler_id) if complaint.handler_id else None
    told = {chat.id: chat for chat in await residents.coordinators(work.session)}
    if handler is not None and handler.chat_id is not None and (chat := await work.session.get(Chat, handler.chat_id)):
        told[chat.id] = chat
    for chat in told.values():
        if wrong.voice:
            work.send(chat, [voice(wrong.voice)], Lane.NOTICE, subject=f"{complaint.code} voice")
        work.tell(
            chat,
            [s_("{code} is not solved, says who reported it.", code=complaint.code), wrong.text],
            Lane.NOTICE,
            actions=[Action(s_("Open {code}", code=complaint.code), f"{complaint.code}.card")],
            subject=complaint.code,
        )
    return Closing(
        [
            _("Thank you for saying so. We go on with it."),
            _("You hear from us no later than {day}. ({code})", day=complaint.answer_by, code=complaint.code),
        ]
    )


async def close_unanswered(work: Work, complaint: Complaint) -> None:
    """Nobody said whether it is solved: close it, without claiming that it is."""
    _move(work, complaint, "close", None)
    said: list[Words] = [
        _("{code}: we don't know whether it's solved, so we close it.", code=named(complaint)),
        _("Is something still wrong? Just write to us here."),
    ]
    await _tell_reporters(work, complaint, said)


def add_photos(work: Work, subject: str, part: str, file_ids: Sequence[str]) -> None:
    """Keep the photos' file ids; a worker downloads them."""
    work.session.add_all(
        Photo(subject=subject, part=part, file_id=file_id, state="new", next_at=work.now, at=work.now)
        for file_id in file_ids
    )


async def photos_of(work: Work, subject: str, part: str | None = None) -> list[str]:
    """File ids of a subject's photos that are pictures, in the order in which they came."""
    query = select(Photo.file_id).where(Photo.subject == subject, Photo.state.in_(["new", "kept"])).order_by(Photo.id)
    return list(await work.session.scalars(query if part is None else query.where(Photo.part == part)))


async def reporter_chats(work: Work, complaint: Complaint) -> list[Chat]:
    """Where the reporters can be reached."""
    return list(
        await work.session.scalars(
            select(Chat)
            .join(Resident, Resident.chat_id == Chat.id)
            .join(Reporter, Reporter.resident_id == Resident.id)
            .where(Reporter.complaint_id == complaint.id)
            .order_by(Chat.id)
        )
    )


async def is_reporter(work: Work, person: Person, complaint: Complaint) -> bool:
    """Whether this person reported it."""
    return await work.session.get(Reporter, (complaint.id, person.resident.id)) is not None


def is_late(today: date) -> ColumnElement[bool]:
    """Complaints whose promise has passed: the promised day where there is one, else the day of the answer."""
    promised = case((Complaint.state == "planned", Complaint.planned_for), else_=Complaint.answer_by)
    return Complaint.state.in_(OPEN_STATES) & (promised < today)


def named(complaint: Complaint) -> str:
    """The code with the first of the reporter's own words, so that one knows which it is: M12 (Losse tegel…)."""
    words = " ".join(complaint.words.split())
    short = words if len(words) <= SHORT else f"{words[: SHORT - 1].rstrip()}…"
    return f"{complaint.code} ({short})" if short else complaint.code


def topic_label(work: Work, complaint: Complaint) -> Words:
    """What the topic is called."""
    return work.local(work.area.topic(complaint.topic).label)


async def _tell_reporters(work: Work, complaint: Complaint, words: Sequence[Words], photos: Sequence[str] = ()) -> None:
    for chat in await reporter_chats(work, complaint):
        if photos:
            work.send(chat, pictures(photos), Lane.NOTICE, subject=f"{complaint.code} photos")
        work.tell(chat, words, Lane.NOTICE, subject=complaint.code)


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
    for chat in await reporter_chats(work, complaint) if photo.part == "before" else []:
        said = [
            _("I couldn't open a photo with {code}.", code=complaint.code),
            _("The rest has arrived, so we can go on without it."),
        ]
        work.tell(chat, said, Lane.NOTICE, subject=f"{complaint.code} photo")
