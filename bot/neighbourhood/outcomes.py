"""What became of an idea, for the neighbours who said what they think of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, select

from bot.neighbourhood import opinions, panel_members, staff_rooms
from bot.neighbourhood.work import Work
from bot.outbox import bulk
from bot.outbox.letters import letters
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, Consultation, Idea, Opinion, Resident
from conversations.words import Text, Words, _

KEPT = timedelta(days=7)
"""So long it still goes out, where sending stood still."""
OF_A_LINE = 120
OUTCOMES: dict[str, Text] = {
    "award": _("It is a yes: it may go ahead."),
    "not_now": _("It is a no, for now."),
    "cannot": _("It is a no: it can't be done."),
}
STATES = {"awarded": "award", "not_now": "not_now", "cannot": "cannot"}


async def tell(work: Work, idea: Idea, why: Sequence[Words]) -> None:
    """Tell them the outcome, as the idea stands now, and why; the panel and the owner hear it in their own way."""
    asked = await opinions.latest(work, idea)
    if asked is None:
        return
    to = await _who_took_part(work, idea, asked)
    if await work.session.scalar(to.limit(1)) is None:
        return
    said = about(idea, _("{code}: you said what you think of it. This is the outcome:", code=idea.code))
    said += [OUTCOMES[STATES[idea.state]], *why]
    broadcast = Broadcast(
        subject=idea.code,
        state="running",
        lane=int(Lane.NOTICE),
        audience={"about": "outcome"},
        not_before=work.allowed_at(work.now),
        expires_at=work.allowed_at(work.now) + KEPT,
        at=work.now,
    )
    each_language = {
        language: letters([work.render(each, language) for each in said if each])[0]
        for language in work.catalogues.languages
    }
    await bulk.begin(work.session, broadcast, each_language, to)


def about(idea: Idea, head: Words) -> list[Words]:
    """The first lines of what neighbours read about an idea: they may not know it by its code."""
    words = staff_rooms.short(" ".join((idea.words or idea.heard).split()), OF_A_LINE)
    return [head, *([_("It's about: {words}", words=words)] if words else [])]


async def _who_took_part(work: Work, idea: Idea, asked: Consultation) -> Select[int]:
    took_part = select(Opinion.resident_id).where(Opinion.consultation_id == asked.id)
    others = [*(seat.number for seat in await panel_members.seats(work)), idea.resident_id or 0]
    found = select(Chat.id).join(Resident, Resident.chat_id == Chat.id)
    return found.where(Resident.id.in_(took_part), Resident.id.not_in(others), Chat.unreachable_since.is_(None))
