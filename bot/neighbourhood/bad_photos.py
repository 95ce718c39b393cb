"""A photo turned out to be none: who sent it hears so, whatever it was sent with."""

from __future__ import annotations

from sqlalchemy import select

from bot.neighbourhood import reporters, residents
from bot.neighbourhood.work import Work
from bot.outbox.rows import Lane
from bot.store.tables import Answer, Chat, Complaint, History, Idea, Photo, Reporter, Resident
from conversations.words import Words, _, s_


async def tell_sender(work: Work, photo: Photo) -> None:
    """Tell those who sent this photo with a complaint, with its result, with an answer or with an idea."""
    match photo.subject[0], photo.part:
        case "M", "before":
            await _tell_reporters(work, photo)
        case "M", _:
            await _tell_staff(work, photo)
        case "A" | "I" as letter, _:
            await _tell_owner(work, photo, Answer if letter == "A" else Idea)


async def _tell_reporters(work: Work, photo: Photo) -> None:
    complaint = await work.session.get_one(Complaint, int(photo.subject[1:]))
    found = await work.session.execute(
        select(Chat, Reporter)
        .join(Resident, Resident.chat_id == Chat.id)
        .join(Reporter, Reporter.resident_id == Resident.id)
        .where(Reporter.complaint_id == complaint.id)
    )
    for chat, reporter in found:
        if photo.joined_by != (reporter.resident_id if reporters.joined(complaint, reporter) else None):
            continue
        said = [
            _("I couldn't open a photo with {code}.", code=complaint.code),
            _("The rest has arrived, so we can go on without it."),
        ]
        work.tell(chat, said, Lane.NOTICE, subject=f"{complaint.code} photo")


async def _tell_staff(work: Work, photo: Photo) -> None:
    """Of a photo of the result: who said last that it is solved sent it."""
    solved = select(History.by).where(History.subject == photo.subject, History.what == "solve")
    number = await work.session.scalar(solved.order_by(History.id.desc()).limit(1))
    person = await residents.person_of(work, number) if number is not None else None
    if person is not None and person.is_staff:
        said = s_("I couldn't open the photo of the result. {code} stays solved without it.", code=photo.subject)
        work.tell(person.chat, [said], Lane.NOTICE, subject=f"{photo.subject} photo")


async def _tell_owner(work: Work, photo: Photo, table: type[Answer] | type[Idea]) -> None:
    row: Answer | Idea | None = await work.session.get(table, int(photo.subject[1:]))
    owner = await residents.person_of(work, row.resident_id) if row is not None and row.resident_id else None
    if row is None or owner is None:
        return
    with_what: Words = _("I couldn't open the photo with your answer.")
    if isinstance(row, Idea):
        with_what = _("I couldn't open a photo with {code}.", code=photo.subject)
    rest = _("The rest has arrived, so we can go on without it.")
    again = _("Please send it again, or tell it in words.")
    work.tell(
        owner.chat,
        [with_what, rest if row.words or row.voice else again],
        Lane.NOTICE,
        subject=f"{photo.subject} photo",
    )
