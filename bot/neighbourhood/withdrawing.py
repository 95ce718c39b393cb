"""A resident says that their report is no longer needed: it ends, or goes on for the others who reported it."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from bot.neighbourhood import complaints, finding, promises, reporters, residents, same
from bot.neighbourhood.steps import OPEN_STATES, STATE_NAMES
from bot.neighbourhood.work import Action, Closing, NotAllowed, Person, TooLate, Work
from bot.outbox.rows import Lane
from bot.store import search
from bot.store.tables import Complaint, History, Message, Photo, Reporter
from conversations.words import _, s_


async def withdraw(work: Work, by: Person, complaint: Complaint, *, erase: bool = False) -> Closing:
    """It is no longer needed, says who reported it; `erase`: and what they told of it goes, but for the counting.

    What others reported too stays for them. Raises `NotAllowed`, `TooLate`.
    """
    if complaint.state == "same" and complaint.same_as is not None:
        complaint = await work.session.get_one(Complaint, complaint.same_as)
    if not await _is_alone(work, complaint):
        return await _leave(work, by, complaint, erase=erase)
    await complaints.make_step(work, "withdraw", by, complaint)
    await promises.drop(work, complaint.code)
    joined = await _let_go_of_joined(work, by, complaint)
    await _forget_questions(work, by, complaint)
    for each in (complaint, *joined) if erase else ():
        await _erase(work, each)
    said = s_("{code} is no longer needed, says who reported it.", code=complaint.code)
    if (handler := await complaints.handler_of(work, complaint)) is not None:
        chats = [handler]
    else:
        chats = await residents.coordinators(work.session)
    for chat in chats:
        open_it = Action(s_("Open {code}", code=complaint.code), f"{complaint.code}.card")
        work.tell(chat, [said], Lane.NOTICE, actions=[open_it], subject=complaint.code)
    stops = _("Good, that's noted. We stop with {code}. Thank you for saying so.", code=complaint.code)
    return Closing([stops, *([_("What you told us about it is erased.")] if erase else [])])


async def _leave(work: Work, by: Person, complaint: Complaint, *, erase: bool) -> Closing:
    """Others reported it too: it goes on, without this one."""
    if await reporters.of(work, by, complaint) is None:
        raise NotAllowed(f"{complaint.code}.withdraw")
    if complaint.state not in OPEN_STATES:
        raise TooLate(complaint.code, STATE_NAMES[complaint.state])
    await _let_go_of_joined(work, by, complaint)
    await _remove(work, by, complaint)
    work.note(complaint.code, "left", by.resident)
    return Closing(
        [
            _("Good, that's noted. You hear no more about {code}.", code=complaint.code),
            _("Others told us about it too, so we go on with it."),
            *([_("A report that neighbours made too stays for them, without you.")] if erase else []),
        ]
    )


async def _let_go_of_joined(work: Work, by: Person, complaint: Complaint) -> list[Complaint]:
    """What of theirs had been joined to it ends too; where others reported that as well, it stays without them.

    Gives what has ended.
    """
    ended = []
    for each in await same.joined_to(work, complaint):
        if await reporters.of(work, by, each) is None:
            continue
        if await _is_alone(work, each):
            await complaints.make_step(work, "withdraw", by, each)
            ended.append(each)
        else:
            await _remove(work, by, each)
    return ended


async def _erase(work: Work, complaint: Complaint) -> None:
    """Empty what was told of it: words, voice, photos, the spot. That there was a report, and where about, stays."""
    complaint.words = complaint.heard = complaint.place = complaint.place_folded = complaint.result = ""
    complaint.voice = complaint.latitude = complaint.longitude = None
    gone = {"state": "gone", "file_id": "", "joined_by": None, "next_at": work.now}
    await work.session.execute(update(Photo).where(Photo.subject == complaint.code).values(gone))
    await search.forget(work.session, complaint.code)
    await work.write_down()
    await work.session.execute(update(History).where(History.subject == complaint.code).values(words=""))
    about = or_(Message.subject == complaint.code, Message.subject.like(f"{complaint.code} %"))
    await work.session.execute(delete(Message).where(about))


async def _remove(work: Work, by: Person, complaint: Complaint) -> None:
    reporter = await reporters.of(work, by, complaint)
    if reporter is None:
        return
    if not reporters.joined(complaint, reporter):
        complaint.voice = None  # a voice tells who somebody is
    await _forget_questions(work, by, complaint)
    await work.session.delete(reporter)
    await work.session.flush()
    await finding.remember_all(work, complaint)


async def _forget_questions(work: Work, by: Person, complaint: Complaint) -> None:
    """Whether it is solved is asked no more."""
    for each in [one for one in by.conversations if one.flow == "follow_up" and one.about == complaint.code]:
        by.conversations.remove(each)
        await work.session.delete(each)


async def _is_alone(work: Work, complaint: Complaint) -> bool:
    query = select(Reporter.resident_id).where(Reporter.complaint_id == complaint.id).limit(2)
    return len(list(await work.session.scalars(query))) < 2
