"""The invitations to an event, kept true: those that wait, and those that people have already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import announcing, audience
from bot.neighbourhood.broadcasts import LIVE
from bot.neighbourhood.work import Person, Work
from bot.outbox import bulk
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Event


async def say_anew(work: Work, by: Person, event: Event) -> None:
    """Invitations that wait carry the words of today; those that people have change into them, without a sound."""
    every = await _all(work, event)
    for broadcast in every:
        if broadcast.state in LIVE and _invites(broadcast):
            broadcast.expires_at = event.starts_at
            broadcast.letters = {
                language: {"method": letter.method, "content": letter.content}
                for language, letter in announcing.invitations(work, event).items()
            }
    await _edit_sent(work, by, event, every)


async def withdraw(work: Work, by: Person, event: Event) -> None:
    """Nobody is invited any more; the invitations that people have say that it is cancelled."""
    every = await _all(work, event)
    for broadcast in every:
        if broadcast.state in LIVE and (_invites(broadcast) or _corrects(broadcast)):
            broadcast.state = "stopped"
    await _edit_sent(work, by, event, every)


async def _edit_sent(work: Work, by: Person, event: Event, every: Sequence[Broadcast]) -> None:
    for broadcast in every:
        if broadcast.edits is not None and broadcast.state in LIVE:
            broadcast.state = "stopped"  # it would bring words that are not true any more
    for first in every:
        if not _invites(first) or first.started_at is None:
            continue
        meant = {"to": audience.GOT, "which": [str(first.id)]}
        edits = Broadcast(
            subject=event.code,
            state="running",
            lane=int(Lane.BULK),
            audience={**meant, "urgent": True},
            edits=first.id,
            not_before=work.now,
            expires_at=event.starts_at,
            made_by=by.resident.id,
            at=work.now,
        )
        await bulk.begin(work.session, edits, announcing.invitations(work, event), audience.reached(work, meant, None))
        if not edits.total:
            await work.session.delete(edits)


def _invites(broadcast: Broadcast) -> bool:
    """Whether this is the invitation itself, and not what corrects it."""
    return broadcast.lane == Lane.BULK and not _corrects(broadcast)


def _corrects(broadcast: Broadcast) -> bool:
    return broadcast.edits is not None or broadcast.audience.get("to") == audience.GOT


async def _all(work: Work, event: Event) -> Sequence[Broadcast]:
    await work.session.flush()
    ours = select(Broadcast).where(Broadcast.subject == event.code).order_by(Broadcast.id)
    return list(await work.session.scalars(ours))
