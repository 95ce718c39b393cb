"""What is old goes by itself: people who were silent for long, talks with a person, photos, what served its time.

One row of `due` brings it about, once an hour; a batch at a time, and the next at once when there is more.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Integer, case, cast, delete, func, or_, select, update

from bot.neighbourhood import audience, person_talks, privacy, residents
from bot.neighbourhood.work import Action, Work
from bot.outbox.rows import Lane
from bot.store.tables import (
    Broadcast,
    Chat,
    Complaint,
    Due,
    JoinLink,
    Message,
    Photo,
    Recipient,
    Resident,
    Role,
    Update,
)
from conversations.words import _

EVERY = timedelta(hours=1)
AT_ONCE = 200
"""So many rows of a kind go in one sweep."""
FORGOTTEN_AT_ONCE = 20
"""Forgetting somebody takes some thirty statements."""
UPDATES_KEPT = timedelta(days=3)
"""Telegram repeats an update for 24 hours at most."""
STAY = Action(_("I'm staying"), "do.stay")
STAYED = _("Good to hear from you. We keep everything.")
DONE = ("confirmed", "closed", "cannot", "not_ours", "same", "withdrawn")
"""States of a report after which its photos are of no more use."""


async def begin(work: Work) -> None:
    """See to it that the row is there that brings it about."""
    if await work.session.get(Due, ("keep", "all", "")) is None:
        work.session.add(Due(what="keep", subject="all", occasion="", at=work.now))


async def keep(work: Work) -> None:
    """Let go what is old, a batch of each kind, and come again: in an hour, at once when there is more."""
    full = [
        await _warn(work) == AT_ONCE,
        await _forget(work) == FORGOTTEN_AT_ONCE,
        await person_talks.forget_old_talks(work, work.now - work.area.kept.chats, AT_ONCE) == AT_ONCE,
        await _end_of_photos(work) == AT_ONCE,
    ]
    await _end_of_leftovers(work)
    more = any(full)
    work.session.add(Due(what="keep", subject="all", occasion="", at=work.now if more else work.now + EVERY))


async def _warn(work: Work) -> int:
    """Tell those who were silent for long that they are forgotten soon, unless they say a word."""
    kept = work.area.kept
    found = await work.session.execute(
        select(Chat, Resident)
        .join(Resident, Resident.chat_id == Chat.id)
        .where(
            Chat.heard_at <= work.now - kept.silent,
            Chat.unreachable_since.is_(None),
            Resident.consent_at.is_not(None),
            Resident.warned_at.is_(None),
            ~_has_role(),
        )
        .order_by(Chat.heard_at)
        .limit(AT_ONCE)
    )
    warned = found.all()
    for chat, resident in warned:
        resident.warned_at = work.now
        work.note(f"R{resident.id}", "warned", None)
        said = [
            _("We haven't heard from you for {time}.", time=kept.silent),
            _("In {time} we forget you: your words, your photos and how to reach you.", time=kept.warned),
            _("Want to stay? Tap the button, or just write something."),
        ]
        work.tell(chat, said, Lane.NOTICE, actions=[STAY], subject="stay")
    return len(warned)


async def _forget(work: Work) -> int:
    """Make those anonymous who said nothing after the warning, and those who could not be warned."""
    kept = work.area.kept
    silent = (
        Resident.warned_at <= work.now - kept.warned,
        (Chat.heard_at <= work.now - kept.silent - kept.warned)
        & Chat.unreachable_since.is_not(None)
        & Resident.consent_at.is_not(None),
    )
    numbers: set[int] = set()
    for condition in silent:  # each by an index of its own
        query = select(Resident.id).join(Chat, Chat.id == Resident.chat_id).where(condition, ~_has_role())
        numbers |= set(await work.session.scalars(query.order_by(Resident.id).limit(FORGOTTEN_AT_ONCE)))
    chosen = sorted(numbers)[:FORGOTTEN_AT_ONCE]
    for number in chosen:
        person = await residents.person_of(work, number)
        if person is not None:
            await privacy.forget(work, person)
    return len(chosen)


def _has_role() -> ColumnElement[bool]:
    return select(Role.id).where(Role.resident_id == Resident.id, Role.withdrawn_at.is_(None)).exists()


async def _end_of_photos(work: Work) -> int:
    """Photos of what was done long ago; the worker removes the files."""
    long_ago = work.now - work.area.kept.photos
    of_report = case((Photo.subject.like("M%"), cast(func.substr(Photo.subject, 2), Integer)))
    old = (
        select(Photo.id)
        .join(Complaint, Complaint.id == of_report)
        .where(
            Photo.at <= long_ago,
            Photo.state != "gone",
            Complaint.state.in_(DONE),
            or_(Complaint.solved_at.is_(None), Complaint.solved_at <= long_ago),
        )
        .limit(AT_ONCE)
    )
    numbers = list(await work.session.scalars(old))
    gone = update(Photo).where(Photo.id.in_(numbers)).values(state="gone", file_id="", next_at=work.now)
    await work.session.execute(gone)
    return len(numbers)


async def _end_of_leftovers(work: Work) -> None:
    """What served its time."""
    handled, old = work.now - UPDATES_KEPT, work.now - work.area.kept.leftovers
    counted = min(old, work.now - audience.MONTH)  # who was invited how often is looked up that far back
    gone = select(Broadcast.id).where(Broadcast.state.in_(["done", "stopped"]), Broadcast.at < counted)
    for query in (
        delete(Update).where(Update.state != "aside", Update.at < handled),
        delete(Update).where(Update.state == "aside", Update.at < old),
        delete(Message).where(Message.state == "told", Message.at < old),
        delete(JoinLink).where(JoinLink.expires_at < old),
        delete(Recipient).where(Recipient.broadcast_id.in_(gone)),
    ):
        await work.session.execute(query)
