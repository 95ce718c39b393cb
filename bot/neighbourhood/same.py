"""Complaints that are the same: who reported the one moves along to the other, and back when that was wrong."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.neighbourhood import complaints, promises, reporters, team
from bot.neighbourhood.steps import OPEN_STATES, STATE_NAMES
from bot.neighbourhood.work import Person, Work
from bot.store.tables import Complaint, Reporter
from conversations.words import Words, s_


async def why_not(work: Work, by: Person, complaint: Complaint, number: int) -> Words | None:
    """Why this can't go on with the complaint of that number; None where it can. Raises `NotAllowed`."""
    team.must_work_on(by, complaint, f"{complaint.code}.same")
    other = await work.session.get(Complaint, number)
    if other is None:
        return s_("There is no {code}. The list: /complaints", code=f"M{number}")
    team.must_work_on(by, other, f"{complaint.code}.same")
    if other.id == complaint.id:
        return s_("That is {code} itself. Which other one is the same?", code=complaint.code)
    if other.state == "same":
        return s_("{code} itself goes on with {other}. Name that one.", code=other.code, other=f"M{other.same_as}")
    if other.state not in OPEN_STATES:
        state = STATE_NAMES[other.state]
        return s_("{code} stands at: {state}. Name one that is still open.", code=other.code, state=state)
    return None


async def go_on_with(work: Work, by: Person, complaint: Complaint, other: Complaint) -> None:
    """It goes on with another that `why_not` has nothing against; what had been joined to it comes along."""
    state = STATE_NAMES[other.state]
    await complaints.make_step(work, "same", by, complaint, noted=other.code, other=other.code, state=state)
    complaint.same_as = other.id
    work.note(other.code, "came along", by.resident, complaint.code)
    await promises.drop(work, complaint.code)
    for each in await joined_to(work, complaint):
        each.same_as = other.id
    await _gather(work, complaint)
    await _gather(work, other)


async def go_apart(work: Work, by: Person, complaint: Complaint) -> None:
    """It was another one after all: its reporters hear of their own again, by a new day."""
    other, day = f"M{complaint.same_as}", work.answer_by(complaint.topic)
    await complaints.make_step(work, "apart", by, complaint, noted=other, other=other, day=day)
    number, complaint.same_as = complaint.same_as, None
    await complaints.promise_answer(work, complaint, day)
    if number is not None and (together := await work.session.get(Complaint, number)) is not None:
        work.note(together.code, "went apart", by.resident, complaint.code)
        await _gather(work, together)


async def joined_to(work: Work, complaint: Complaint) -> list[Complaint]:
    """What goes on with this one."""
    query = select(Complaint).where(Complaint.same_as == complaint.id, Complaint.state == "same")
    return list(await work.session.scalars(query.order_by(Complaint.id)))


async def _gather(work: Work, complaint: Complaint) -> None:
    """Who came along with what is joined to it now, and nobody else; with what they said of theirs."""
    here = (Reporter.complaint_id == complaint.id, Reporter.came_with.is_not(None))
    await work.session.flush()
    await work.session.execute(delete(Reporter).where(*here))
    known = set(await work.session.scalars(select(Reporter.resident_id).where(Reporter.complaint_id == complaint.id)))
    after = max(work.now, complaint.at + reporters.LATER)
    for each in await joined_to(work, complaint):
        found = select(Reporter).where(Reporter.complaint_id == each.id, Reporter.came_with.is_(None))
        for one in await work.session.scalars(found.order_by(Reporter.at)):
            if one.resident_id in known:
                continue
            known.add(one.resident_id)
            spoken = one.voice if reporters.joined(each, one) else each.voice
            along = Reporter(complaint_id=complaint.id, resident_id=one.resident_id, came_with=each.id, at=after)
            along.words, along.voice = reporters.own_words(each, one), spoken
            work.session.add(along)
    await work.session.flush()
