"""Who reported a complaint, alone or together: each reads their own words of it, and nobody sees who the others are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood.work import Person, Work
from bot.outbox.letters import pictures
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, Photo, Reporter, Resident
from conversations.words import Words

SHORT = 40
ALBUM = 10
"""So many photos Telegram shows in one album."""
LATER = timedelta(microseconds=1)
"""Who joins comes after who was first, in the same moment too."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A reporter who can be reached, with what they themselves said of it."""

    chat: Chat
    words: str


async def reached(work: Work, complaint: Complaint) -> list[Reached]:
    """The reporters who can be reached."""
    found = await work.session.execute(
        select(Chat, Reporter)
        .join(Resident, Resident.chat_id == Chat.id)
        .join(Reporter, Reporter.resident_id == Resident.id)
        .where(Reporter.complaint_id == complaint.id)
        .order_by(Chat.id)
    )
    return [Reached(chat, own_words(complaint, reporter)) for chat, reporter in found]


async def of(work: Work, person: Person, complaint: Complaint) -> Reporter | None:
    """This person as a reporter of it; None for who is none."""
    return await work.session.get(Reporter, (complaint.id, person.resident.id))


def joined(complaint: Complaint, reporter: Reporter) -> bool:
    """Whether somebody joined what another had reported."""
    return reporter.at > complaint.at


async def who_joined(work: Work, complaint: Complaint) -> list[Reporter]:
    """Those who joined it with words or a voice message of their own, for the office."""
    query = select(Reporter).where(Reporter.complaint_id == complaint.id, Reporter.at > complaint.at)
    found = await work.session.scalars(query.order_by(Reporter.at))
    return [each for each in found if each.words or each.voice]


def own_words(complaint: Complaint, reporter: Reporter) -> str:
    """What this reporter said of it."""
    return reporter.words if joined(complaint, reporter) else complaint.words


async def seen_by(work: Work, complaint: Complaint, resident_id: int | None) -> dict[str, Any]:
    """A complaint as its reporter sees it (None: as the one did who was first): photos before it was done, and after.

    After: those of the last time that it was done. Who joined with a spot of their own is told no other place, and
    without a photo of their own sees the one that was shown when they joined.
    """
    key = (complaint.id, resident_id)
    reporter = await work.session.get(Reporter, key) if resident_id is not None else None
    theirs = await work.session.get(Complaint, reporter.came_with) if reporter and reporter.came_with else complaint
    place, before = complaint.place, await _own_photos(work, complaint, None)
    if reporter is not None and joined(complaint, reporter):
        own = await work.session.get(Reporter, (theirs.id, resident_id)) if theirs is not None else None
        if theirs is None or own is None or own.came_with is not None:  # gone meanwhile
            theirs, own = complaint, reporter
        was_first = not joined(theirs, own)
        place = theirs.place if was_first or complaint.latitude is None else ""
        before = await _own_photos(work, theirs, None if was_first else resident_id)
        before = before or await shown_to_neighbours(work, complaint)
    lately = [Photo.at >= complaint.solved_at] if complaint.solved_at is not None else []
    after = await _photos(work, complaint, Photo.part == "after", *lately)
    before = before[: ALBUM - min(len(after), ALBUM // 2)]
    return {
        "code": complaint.code,
        "words": own_words(complaint, reporter) if reporter is not None else complaint.words,
        "place": place,
        "result": complaint.result,
        "photos": [*before, *after][:ALBUM],
        "before": len(before),
    }


async def shown_to_neighbours(work: Work, complaint: Complaint) -> list[str]:
    """What others may see of it: the first of its photos that was downloaded and turned out to be one."""
    if work.area.topic(complaint.topic).private:
        return []
    return (await _photos(work, complaint, Photo.part == "before", Photo.state == "kept"))[:1]


async def _own_photos(work: Work, complaint: Complaint, joined_by: int | None) -> list[str]:
    """The photos that came with the complaint, or of who joined it."""
    return await _photos(work, complaint, Photo.part == "before", Photo.joined_by.is_not_distinct_from(joined_by))


async def _photos(work: Work, complaint: Complaint, *which: ColumnElement[bool]) -> list[str]:
    """File ids of photos that are pictures, in the order in which they came."""
    is_picture = (Photo.subject == complaint.code, Photo.state.in_(["new", "kept"]))
    return list(await work.session.scalars(select(Photo.file_id).where(*is_picture, *which).order_by(Photo.id)))


def named(complaint: Complaint, words: str) -> str:
    """The code with the first of the reporter's own words, so that one knows which it is: M12 (Losse tegel…)."""
    one_line = " ".join(words.split())
    short = one_line if len(one_line) <= SHORT else f"{one_line[: SHORT - 1].rstrip()}…"
    return f"{complaint.code} ({short})" if short else complaint.code


async def tell(
    work: Work,
    complaint: Complaint,
    say: Callable[[str], Sequence[Words]],
    photos: Sequence[str] = (),
    *,
    but: Chat | None = None,
) -> None:
    """Tell each reporter what `say` makes of the complaint's name, as it is to them; all `but` the one who did it."""
    for each in await reached(work, complaint):
        if but is not None and each.chat.id == but.id:
            continue
        if photos:
            work.send(each.chat, pictures(photos), Lane.NOTICE, subject=f"{complaint.code} photos")
        work.tell(each.chat, say(named(complaint, each.words)), Lane.NOTICE, subject=complaint.code)
