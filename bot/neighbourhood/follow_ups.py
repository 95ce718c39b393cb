"""What falls due: the question whether it is really solved, one reminder, closing; and those who never said yes."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy import delete, func, select, update

from bot.neighbourhood import (
    broadcasts,
    event_days,
    idea_days,
    keeping,
    mornings,
    person_talks,
    privacy,
    promise_days,
    promises,
    residents,
    room_cards,
    spoken,
    staff_rooms,
    verdicts,
    voucher_days,
)
from bot.neighbourhood.work import Action, Person, Work
from bot.outbox import rows
from bot.outbox.rows import Lane
from bot.store.database import is_away
from bot.store.tables import (
    Chat,
    Complaint,
    Conversation,
    Due,
    Message,
    Reporter,
    Resident,
)
from conversations.words import Words, _, s_

log = logging.getLogger(__name__)


class Ask(Protocol):
    """Opens (or repeats, where it is given) a follow-up about a complaint: drawn by the room that knows Telegram.

    `again`: who said that they don't know is asked a second time.
    """

    async def __call__(
        self,
        work: Work,
        person: Person,
        conversation: Conversation | None,
        complaint: Complaint,
        notes: Sequence[Words],
        *,
        again: bool = False,
    ) -> None: ...


AT_ONCE = 200
"""So many rows of a kind are done in one sweep; the next follows at once when there are more."""
BEGUN_BY = {"report": "report", "blue": "report", "idea": "idea", "questions": "questions", "walk": "walk"}
"""A conversation that was put away → the command that begins it again."""
AGAIN_AFTER = timedelta(hours=1)


async def sweep(work: Work, ask: Ask) -> bool:
    """Do what has fallen due, in this transaction; True when there is more."""
    ready = select(Due).where(Due.at <= work.now).order_by(Due.at, Due.what)
    due = list(await work.session.scalars(ready.limit(AT_ONCE)))
    for row in due:
        what, subject, occasion = row.what, row.subject, row.occasion
        try:
            async with work.in_one_piece():
                await work.session.delete(row)
                await _happen(work, ask, what, subject, occasion)
        except Exception as error:
            if is_away(error):
                raise
            log.error(  # noqa: TRY400 - the trace could hold what somebody wrote
                "%s of %s failed and is tried again later: %s", what, subject, type(error).__name__
            )
            again = (Due.what == what, Due.subject == subject, Due.occasion == occasion)
            await work.session.execute(update(Due).where(*again).values(at=work.now + AGAIN_AFTER))
    expired = await _expire(work)
    await rows.forget_expired(work.session, work.now)
    await broadcasts.keep_posted(work)
    await _report_undeliverable(work)
    await person_talks.end_silent(work, work.now - work.area.conversation.expires_after)
    await room_cards.keep_up(work)
    return len(due) == AT_ONCE or expired == AT_ONCE


async def _happen(work: Work, ask: Ask, what: str, subject: str, occasion: str) -> None:
    if what == "keep":
        await keeping.keep(work)
        return
    if what == mornings.WHAT:
        await mornings.say(work, int(subject[1:]), occasion)
        return
    if what == mornings.WEEK:
        await mornings.say_week(work)
        return
    if what == "erase":
        await privacy.erase_chat(work, int(subject[1:]))
        return
    if what == "forget":
        await residents.forget_if_unwilling(work, int(subject[1:]))
        return
    if what in voucher_days.ROWS:
        await voucher_days.fall_due(work, what, subject, occasion)
        return
    if what in event_days.ROWS:
        await event_days.fall_due(work, what, subject, occasion)
        return
    if what in idea_days.ROWS:
        await idea_days.fall_due(work, what, subject, occasion)
        return
    if what in (promises.WARN, promises.PASSED):
        await promise_days.fall_due(work, what, occasion)
        return
    complaint = await work.session.get(Complaint, int(subject[1:]))
    if what == verdicts.ASK_AGAIN:
        if complaint is not None and complaint.state == "solved":
            await _ask_again(work, ask, complaint, occasion)
        return
    if complaint is None or complaint.state != "solved" or _occasion(complaint) != occasion:
        return  # it was reopened, confirmed, or solved anew meanwhile
    follow_up = work.area.follow_up
    if what == "follow_up":
        allowed = work.allowed_at(work.now)
        if allowed > work.now:
            work.session.add(Due(what="follow_up", subject=subject, occasion=occasion, at=allowed))
            return
        for person in await _reporters(work, complaint):
            await ask(work, person, None, complaint, ())
        work.session.add(Due(what="remind", subject=subject, occasion=occasion, at=work.now + follow_up.reminder_after))
    elif what == "remind":
        for person in await _reporters(work, complaint):
            for conversation in person.conversations:
                if conversation.flow == "follow_up" and conversation.about == complaint.code:
                    await ask(work, person, conversation, complaint, [_("May I ask once more?")])
        work.session.add(Due(what="close", subject=subject, occasion=occasion, at=work.now + follow_up.close_after))
    elif what == "close":
        waits = select(func.max(Due.at)).where(Due.what == verdicts.ASK_AGAIN, Due.subject == subject)
        if (asked_at := await work.session.scalar(waits)) is not None:  # somebody is still to be asked once more
            work.session.add(Due(what=what, subject=subject, occasion=occasion, at=asked_at + follow_up.close_after))
            return
        about = (Conversation.flow == "follow_up", Conversation.about == complaint.code)
        await work.session.execute(delete(Conversation).where(*about))
        await verdicts.close_unanswered(work, complaint)


async def _ask_again(work: Work, ask: Ask, complaint: Complaint, occasion: str) -> None:
    """Who didn't know is asked once more, outside quiet hours, unless they have let go of it meanwhile."""
    allowed = work.allowed_at(work.now)
    if allowed > work.now:
        row = Due(what=verdicts.ASK_AGAIN, subject=complaint.code, occasion=occasion, at=allowed)
        work.session.add(row)
        return
    for person in await _reporters(work, complaint):
        if f"R{person.resident.id}" == occasion:
            before = _("Some time ago you didn't know. So I ask once more.")
            await ask(work, person, None, complaint, [before], again=True)


async def _reporters(work: Work, complaint: Complaint) -> list[Person]:
    """Who is asked: each reporter; for one without a phone, who of the office wrote it down, or works on it now."""
    found = await work.session.scalars(select(Reporter.resident_id).where(Reporter.complaint_id == complaint.id))
    people = [await residents.person_of(work, number) for number in found]
    asked = [person for person in people if person is not None and person.agreed_once]
    if writers := await spoken.writers(work, complaint.code):
        known = {person.resident.id for person in asked}
        staff = [await residents.person_of(work, each) for each in (*writers, complaint.handler_id) if each is not None]
        asked += [each for each in staff if each is not None and each.is_staff and each.resident.id not in known][:1]
    return asked


def _occasion(complaint: Complaint) -> str:
    return complaint.solved_at.isoformat() if complaint.solved_at else ""


async def _expire(work: Work) -> int:
    """Put away conversations in which nothing was said for long; tell those who had agreed to being told."""
    found = await work.session.execute(
        select(Conversation, Chat, Resident)
        .join(Chat, Chat.id == Conversation.chat_id)
        .join(Resident, Resident.chat_id == Chat.id)
        .where(Conversation.expires_at <= work.now)
        .limit(AT_ONCE)
    )
    expired = found.all()
    for conversation, chat, resident in expired:
        if conversation.front_since is not None and resident.consent_at is not None:
            said = [
                _("You were telling us something. That was a while ago, so I have erased it."),
                _("Just write when it matters again."),
            ]
            again = (
                [Action(_("Start again"), f"do.{BEGUN_BY[conversation.flow]}")] if conversation.flow in BEGUN_BY else []
            )
            work.tell(chat, said, Lane.NOTICE, actions=again)
        await work.session.delete(conversation)
    return len(expired)


async def _report_undeliverable(work: Work) -> None:
    """Telegram refused messages: coordinators hear which, once."""
    dead = list(await work.session.scalars(select(Message).where(Message.state == "dead").limit(AT_ONCE)))
    dead = await staff_rooms.tell_refused(work, dead)
    if not dead:
        return
    for chat in await residents.coordinators(work.session):
        for message in dead[:5]:
            said = s_(
                "A message could not be delivered: {subject}. Telegram said: {error}",
                subject=message.subject or "-",
                error=message.error or "-",
            )
            code = re.split(r"[ .]", message.subject or "")[0]
            actions = [Action(s_("Open {code}", code=code), f"{code}.card")] if code[:1] in ("M", "T") else []
            if chat.id != message.chat_id:
                work.tell(chat, [said], Lane.NOTICE, actions=actions)
    for message in dead:
        message.state = "told"
