"""How the panel is made up: who sits on it, when it last met, and how many of them were active before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.neighbourhood import panel_members
from bot.neighbourhood.work import COORDINATORS, Closing, NotAllowed, Person, Work
from bot.store.tables import PanelMeeting
from conversations.idea_friends import PanelMet
from conversations.words import Words, s_, sn_


def may_enter(by: Person) -> bool:
    """Whether this person enters that the panel has met: its chair, and coordinators."""
    return by.is_one_of(COORDINATORS) or (by.chairs and by.is_one_of(panel_members.PANEL))


async def enter(work: Work, by: Person, met: PanelMet) -> Closing:
    """The panel has met. Raises `NotAllowed`."""
    if not may_enter(by):
        raise NotAllowed("panel met")
    meeting = PanelMeeting(
        met_on=work.today - timedelta(days=met.days_ago),
        members=met.members,
        active_before=met.active_before,
        entered_by=by.resident.id,
        at=work.now,
    )
    work.session.add(meeting)
    await work.session.flush()
    work.note(f"R{by.resident.id}", "panel met", by.resident, meeting.met_on.isoformat())
    return Closing([s_("Noted, thank you."), *await made_up(work)])


async def made_up(work: Work) -> list[Words]:
    """How many sit on it, when it last met, and how many of those were active before."""
    seats = await panel_members.seats(work)
    if not seats:
        return [s_("Nobody sits on the panel yet.")]
    said: list[Words] = [sn_("{count} resident sits on the panel.", "{count} residents sit on the panel.", len(seats))]
    if not any(seat.chairs for seat in seats):
        said.append(s_("Nobody chairs it."))
    query = select(PanelMeeting).order_by(PanelMeeting.met_on.desc(), PanelMeeting.id.desc()).limit(1)
    last = await work.session.scalar(query)
    if last is None:
        return [*said, s_("It hasn't met yet, as far as we know.")]
    met = s_(
        "It last met on {day}: {members} there, of whom {active} were active before.",
        day=last.met_on,
        members=last.members,
        active=last.active_before,
    )
    return [*said, met]
