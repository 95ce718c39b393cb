"""What somebody without a phone says, written down by staff: it goes the way of everything else, and is marked."""

from __future__ import annotations

from sqlalchemy import select

from bot.neighbourhood.work import STAFF, Action, Closing, Person, Work
from bot.store.tables import History, Idea, Job, Reporter, Resident
from conversations.words import s_

SPOKEN = "spoken"
"""Where it came from, of a resident and of all that they said; and what the history calls it."""


async def teller(work: Work, by: Person, neighbourhood: str | None) -> Person:
    """Who said it: a resident like others, whom nobody can write to; what they would be told is told to staff.

    Whether it is the first thing that they ever said, nobody knows, so it counts as none. Raises `NotAllowed`.
    """
    by.must_be(STAFF, "/spoken")
    resident = Resident(neighbourhood=neighbourhood, came_from=SPOKEN, came_at=work.now, invites=False, contributions=1)
    work.session.add(resident)
    await work.session.flush()
    return Person(by.chat, resident, frozenset(), [])


async def written_down(work: Work, by: Person, said_by: Person) -> Closing:
    """What is said to staff at the end: the code, and the slip to hand over where there is something to ask after."""
    number = said_by.resident.id
    said_by.resident.contributions -= 1
    complaint = await work.session.scalar(select(Reporter.complaint_id).where(Reporter.resident_id == number))
    idea = await work.session.scalar(select(Idea.id).where(Idea.resident_id == number))
    again = Action(s_("Write down one more"), "do.spoken")
    if complaint is None and idea is None:
        work.note(f"R{number}", SPOKEN, by.resident)
        return Closing([s_("Done. Thank you for writing it down.")], [again])
    code = f"M{complaint}" if complaint is not None else f"I{idea}"
    work.note(code, SPOKEN, by.resident)
    make_slip(work, by, code)
    return Closing(
        [
            s_("Written down: {code}. A slip to print comes in a moment.", code=code),
            s_("Who told you can call with that code. Then type {code}, and you see how it stands.", code=code),
        ],
        [again],
    )


def make_slip(work: Work, by: Person, code: str) -> None:
    """Ask the desk for the slip that goes with a code. Raises `NotAllowed`."""
    by.must_be(STAFF, f"{code}.slip")
    work.session.add(Job(kind="slip", chat_id=by.chat.id, asked={"name": code}, next_at=work.now, at=work.now))


async def writers(work: Work, code: str) -> list[int]:
    """The members of staff who wrote something down under this code."""
    await work.write_down()
    found = select(History.by).where(History.subject == code, History.what == SPOKEN, History.by.is_not(None))
    return list(dict.fromkeys(await work.session.scalars(found.order_by(History.id))))
