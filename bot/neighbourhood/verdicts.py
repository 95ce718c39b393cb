"""Is it really solved? What reporters say of that, and what comes of it; closing where nobody says anything."""

from __future__ import annotations

from sqlalchemy import delete

from bot.neighbourhood import complaints, residents, staff_rooms
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.outbox.letters import voice
from bot.outbox.rows import Lane
from bot.store.tables import Complaint, Due
from conversations.questions import Told
from conversations.words import Words, _, s_

ASK_AGAIN = "ask_again"
"""The row of `due` that asks somebody once more who didn't know whether it is solved."""


async def confirm(work: Work, by: Person, complaint: Complaint) -> Closing:
    """A reporter says that it is really solved; the others hear it, and may still say that it isn't."""
    await complaints.make_step(work, "confirm", by, complaint)
    return Closing([_("Good to hear! Thank you for looking. {code} is done.", code=complaint.code)])


async def reopen(work: Work, by: Person, complaint: Complaint, wrong: Told) -> Closing:
    """A reporter says that it isn't solved: the office hears it, and owes an answer again.

    The first time who has it in hand hears it; from the second time on the coordinators do too.
    """
    day = work.answer_by(complaint.topic)
    await complaints.make_step(work, "reopen", by, complaint, noted=wrong.text, day=day)
    complaint.reopened += 1
    work.raised.add(complaint.code)
    complaint.answer_by = day
    await complaints.promise_answer(work, complaint, day)
    await work.session.execute(delete(Due).where(Due.what == ASK_AGAIN, Due.subject == complaint.code))
    if complaint.reopened == 1:
        said = s_("{code} is not solved, says who reported it.", code=complaint.code)
    else:
        said = s_("{code} is not solved, and that was said before. Please look at it together.", code=complaint.code)
    await _office_hears(work, complaint, said, wrong, coordinators_too=complaint.reopened > 1)
    return Closing(
        [
            _("Thank you for saying so. We go on with it."),
            _("You hear from us no later than {day}. ({code})", day=day, code=complaint.code),
        ]
    )


async def ask_again(work: Work, by: Person, complaint: Complaint) -> Closing:
    """A reporter doesn't know whether it is solved: they are asked once more, later."""
    at = work.now + work.area.follow_up.ask_again_after
    row = Due(what=ASK_AGAIN, subject=complaint.code, occasion=f"R{by.resident.id}", at=at)
    await work.session.merge(row)
    day = at.astimezone(work.area.time_zone).date()
    return Closing([_("That's fine. On {day} I ask you once more. ({code})", day=day, code=complaint.code)])


async def still_wrong(work: Work, complaint: Complaint, wrong: Told) -> None:
    """A reporter says so when another has said it already: the office hears this one too."""
    said = s_("{code}: somebody else says too that it is not solved.", code=complaint.code)
    work.raised.add(complaint.code)
    await _office_hears(work, complaint, said, wrong)


async def _office_hears(
    work: Work, complaint: Complaint, said: Words, wrong: Told, *, coordinators_too: bool = False
) -> None:
    """Who has it in hand hears what is still wrong; so do the coordinators, where nobody has or it concerns them."""
    handler = await complaints.handler_of(work, complaint)
    told = {handler.id: handler} if handler is not None else {}
    if handler is None or coordinators_too:
        told |= {chat.id: chat for chat in await residents.coordinators(work.session)}
    for room in await staff_rooms.rooms(work) if wrong.voice else []:
        spoken = voice(wrong.voice or "", [work.render(said, room.language)])
        work.send(room, [spoken], Lane.NOTICE, subject=f"{complaint.code} voice")
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
    await complaints.make_step(work, "close", None, complaint)
