"""Broadcasts, from the yes of who made it to the last copy. Each change of their state stands in this file.

"proving": the very letters go to who made it, for what Telegram refuses it refuses there. "asked": a second coordinator
has the word. "planned": it waits for its time. Then who gets it is fixed, in one statement, and it is "running" until
it is "done"; or "paused", or "stopped".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.neighbourhood import (
    audience,
    event_notices,
    event_words,
    events,
    progress,
    proofs,
    reminders,
    second_yes,
    team,
)
from bot.neighbourhood.in_languages import language_name
from bot.neighbourhood.work import STAFF, NotAllowed, Person, Work
from bot.outbox import bulk
from bot.outbox.letters import Letter
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, History, Recipient, Resident
from conversations.announced import Sending
from conversations.words import Words, s_

LIVE = ("proving", "asked", "planned", "running", "paused")
DAY = timedelta(days=1)
ANSWERED_WITHIN = timedelta(days=7)
"""So long a second coordinator has for a message that is no event."""


def made(
    work: Work,
    by: Person,
    subject: str,
    sending: Sending,
    *,
    expires_at: datetime | None = None,
    audience: Mapping[str, Any],
    lane: Lane = Lane.BULK,
) -> Broadcast:
    """A broadcast as staff want it, in no state yet: `launch` it."""
    at = sending.at.replace(tzinfo=work.area.time_zone).astimezone(UTC) if sending.at else work.now
    wanted = max(at, work.now)
    return Broadcast(
        subject=subject,
        state="proving",
        lane=int(lane),
        letters={},
        audience={**audience, "urgent": sending.urgent},
        never_twice=sending.never_twice,
        not_before=wanted if sending.urgent else work.allowed_at(wanted),
        expires_at=expires_at,
        made_by=by.resident.id,
        total=0,
        sent=0,
        unreachable=0,
        refused=0,
        unknown=0,
        at=work.now,
    )


async def launch(
    work: Work,
    by: Person,
    broadcast: Broadcast,
    each_language: Mapping[str, Letter],
    found: audience.Found | None = None,
) -> list[Words]:
    """Write it down, and send each letter that somebody will read to who made it; gives what that person is told.

    It goes on by itself when Telegram has taken all of them. `found`: those whom it is for, where they were counted
    just now. Raises `NotAllowed`.
    """
    by.must_be(STAFF, "/broadcast")
    found = found or await audience.count(work, broadcast.audience, by.resident.id)
    broadcast.letters = {
        language: {"method": letter.method, "content": letter.content} for language, letter in each_language.items()
    }
    broadcast.total = found.people
    work.session.add(broadcast)
    await work.session.flush()
    proofs.send(work, broadcast, by.chat, each_language, found.languages or [by.chat.language])
    await progress.post_progress(work, broadcast, by.chat)
    if second_yes.is_needed(work, broadcast):
        above = work.area.invites.asks_second_above
        return [s_("It goes to more than {count} people, so another coordinator must say yes first.", count=above or 0)]
    if broadcast.not_before > work.now:
        quiet = s_("It's quiet time now. Invitations go out from {moment}.", moment=broadcast.not_before)
        return [
            quiet
            if work.allowed_at(work.now) > work.now
            else s_("It goes out from {moment}.", moment=broadcast.not_before)
        ]
    return []


async def keep_posted(work: Work) -> None:
    """Let each broadcast that is not over come to its next state; bring the messages about them up to date."""
    just_over = and_(Broadcast.state.in_(["stopped", "done"]), Broadcast.not_before > work.now - DAY)
    query = select(Broadcast).where(or_(Broadcast.state.in_(LIVE), just_over)).order_by(Broadcast.id)
    found = list(await work.session.scalars(query))
    for broadcast in found:
        await _advance(work, broadcast)
    if found:
        await progress.keep_posted(work, found)


async def pause(work: Work, by: Person, broadcast: Broadcast) -> None:
    """Nobody gets it for now, but for the few to whom it is under way. Raises `NotAllowed`, `TooLate`."""
    await check_step(work, by, broadcast, "pause")
    _change(work, by, broadcast, "paused", "paused")


async def go_on(work: Work, by: Person, broadcast: Broadcast) -> None:
    """Those who didn't get it yet get it. Raises `NotAllowed`, `TooLate`."""
    await check_step(work, by, broadcast, "go_on")
    begun = select(Recipient.chat_id).where(Recipient.broadcast_id == broadcast.id).limit(1)
    if await work.session.scalar(begun) is None:
        work.note(broadcast.code, "went on", by.resident)
        await _go(work, broadcast)
        return
    if broadcast.started_at is not None:  # how fast it goes is reckoned without the pause
        await work.write_down()
        paused = select(func.max(History.at)).where(History.subject == broadcast.code, History.what == "paused")
        broadcast.started_at += work.now - (await work.session.scalar(paused) or work.now)
    _wait_for_morning(work, broadcast)
    _change(work, by, broadcast, "running", "went on")


async def stop(work: Work, by: Person, broadcast: Broadcast) -> None:
    """Nobody gets it any more. Raises `NotAllowed`, `TooLate`."""
    await check_step(work, by, broadcast, "stop")
    await proofs.forget(work, broadcast)
    _change(work, by, broadcast, "stopped", "stopped")
    if second_yes.is_needed(work, broadcast):
        await _never_announced(work, broadcast, "")


async def approve(work: Work, by: Person, broadcast: Broadcast) -> None:
    """A second coordinator says yes. Raises `NotAllowed`, `TooLate`."""
    await second_yes.check(work, by, broadcast, "yes")
    broadcast.approved_by = by.resident.id
    work.note(broadcast.code, "approved", by.resident)
    await _tell_maker(work, broadcast, [s_("{code}: a second coordinator said yes.", code=broadcast.code)])
    await _go(work, broadcast)


async def decline(work: Work, by: Person, broadcast: Broadcast, why: str) -> None:
    """A second coordinator says no. Raises `NotAllowed`, `TooLate`."""
    await second_yes.check(work, by, broadcast, "no")
    _change(work, by, broadcast, "stopped", "declined", why)
    await _never_announced(work, broadcast, why)
    said: list[Words] = [s_("{code}: a second coordinator said no. This is why:", code=broadcast.code), why]
    await _tell_maker(work, broadcast, said)


def may_see(by: Person, broadcast: Broadcast) -> bool:
    """Whether somebody of the office works on it: who is limited to some neighbourhoods only on their own."""
    return by.is_staff and (not by.scope.neighbourhoods or broadcast.made_by == by.resident.id)


async def _advance(work: Work, broadcast: Broadcast) -> None:
    too_late = broadcast.expires_at is not None and broadcast.expires_at <= work.now
    match broadcast.state:
        case "proving" | "planned" | "paused" if too_late:
            await proofs.forget(work, broadcast)
            broadcast.state = "done"
        case "proving":
            await _prove(work, broadcast)
        case "asked" if too_late or (broadcast.expires_at is None and broadcast.at < work.now - ANSWERED_WITHIN):
            broadcast.state = "stopped"
            work.note(broadcast.code, "stopped", None)
            said = s_("{code}: nobody gave a second yes in time, so nobody got it.", code=broadcast.code)
            await _tell_maker(work, broadcast, [said])
        case "planned" if broadcast.not_before <= work.now:
            await _go(work, broadcast)
        case "running" if broadcast.waiting == 0 or too_late:
            broadcast.state = "done"
        case "running":
            _wait_for_morning(work, broadcast)


async def _prove(work: Work, broadcast: Broadcast) -> None:
    """What Telegram refuses to who made it, it would refuse to everybody."""
    taken = await proofs.came_back(work, broadcast)
    if taken is True:
        await _go(work, broadcast)
    if isinstance(taken, bool):
        return
    await proofs.forget(work, broadcast)
    error, language = taken.error, language_name(work, taken.language)
    broadcast.state = "stopped"
    work.note(broadcast.code, "unsendable", None, error)
    await _never_announced(work, broadcast, error)
    said = [
        s_(
            "{code}: Telegram refuses the message in {language}. Nobody got it.", code=broadcast.code, language=language
        ),
        s_("Telegram says: {error}", error=error),
        s_("Please make it again, with other words or another photo."),
    ]
    await _tell_maker(work, broadcast, said)


async def _go(work: Work, broadcast: Broadcast) -> None:
    """Telegram takes it: a second coordinator has the word, or its time, or it starts."""
    _wait_for_morning(work, broadcast)
    if second_yes.is_needed(work, broadcast):
        await _ask_second(work, broadcast)
        return
    if (event := await event_words.of(work, broadcast)) is not None and event.state == events.ASKED:
        event.state = "on"
    if broadcast.not_before > work.now:
        broadcast.state = "planned"
    else:
        await _start(work, broadcast)


def _wait_for_morning(work: Work, broadcast: Broadcast) -> None:
    """Whenever it comes to go: in the quiet hours nobody gets what isn't urgent, or about what they said yes to."""
    if not broadcast.audience.get("urgent") and "about" not in broadcast.audience:
        broadcast.not_before = max(broadcast.not_before, work.allowed_at(work.now))


async def _start(work: Work, broadcast: Broadcast) -> None:
    """Fix who gets it, and let it go."""
    broadcast.state = "running"
    if broadcast.edits is not None and (first := await work.session.get(Broadcast, broadcast.edits)) is not None:
        first.letters = broadcast.letters  # who is still to get it gets it right at once
        await event_words.put_right(work, broadcast)
    to = audience.reached(work, broadcast.audience, broadcast.made_by)
    await bulk.begin(work.session, broadcast, proofs.letters_of(broadcast), to)


async def _ask_second(work: Work, broadcast: Broadcast) -> None:
    broadcast.state = "asked"
    if not await second_yes.ask(work, broadcast, await _maker(work, broadcast)):
        said = s_("There is no other coordinator yet. Make a link for one: {example}", example="/join_link coordinator")
        await _tell_maker(work, broadcast, [said])


async def check_step(work: Work, by: Person, broadcast: Broadcast, what: str) -> None:
    """Raises `NotAllowed` and `TooLate` where this person can't do that with it now."""
    attempt = f"{broadcast.code}.{what}"
    by.must_be(STAFF, attempt)
    if not may_see(by, broadcast):
        raise NotAllowed(attempt, s_("{code} is for colleagues.", code=broadcast.code))
    if what not in progress.steps(broadcast):
        raise await team.too_late(work, by, broadcast.code, progress.STATE_NAMES[broadcast.state])


def _change(work: Work, by: Person, broadcast: Broadcast, state: str, what: str, words: str = "") -> None:
    broadcast.state = state
    work.note(broadcast.code, what, by.resident, words)


async def _never_announced(work: Work, broadcast: Broadcast, why: str) -> None:
    """An event that nobody was invited to isn't one; who found it by themselves and answered hears that it is off."""
    if broadcast.lane != Lane.BULK or broadcast.edits is not None:
        return
    event = await event_words.of(work, broadcast)
    if event is None or event.state not in ("on", events.ASKED) or event.proposed_by is not None:
        return
    answered = event_notices.who_said(event, event_notices.INVOLVED).limit(1)
    found = await work.session.scalar(answered) is not None
    event.state, event.reason = ("cancelled", "") if found else ("declined", why)  # why is said to the office alone
    await reminders.drop(work, event)
    await event_notices.tell_off(work, event)


async def _maker(work: Work, broadcast: Broadcast) -> Chat | None:
    query = select(Chat).join(Resident, Resident.chat_id == Chat.id).where(Resident.id == broadcast.made_by)
    return await work.session.scalar(query)


async def _tell_maker(work: Work, broadcast: Broadcast, words: Sequence[Words]) -> None:
    if (chat := await _maker(work, broadcast)) is not None:
        work.tell(chat, words, Lane.NOTICE, subject=broadcast.code)
