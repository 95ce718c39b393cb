"""Through what people come: the code at an event, a poster at a place, a neighbour's link; and who came through it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot.neighbourhood import events, residents
from bot.neighbourhood.residents import MENU
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.outbox.rows import Lane
from bot.store.identity import Seal, SecretError
from bot.store.tables import Answer, Event, EventAnswer, Job, Resident
from conversations.results import Brings, Brought, Joined, Lives
from conversations.words import _

VIA = "via"
"""Where somebody came from, of who came through a neighbour; who that was, is kept apart and only with both's yes."""
OPENS_BEFORE = timedelta(hours=3)
"""So long before it begins a scan of its code means that somebody is there; earlier they read its poster somewhere."""
COUNTED = _("I've counted you in.")
NOBODY = 0
"""Stands in the link of somebody who doesn't want it kept."""


async def event_of(work: Work, payload: str) -> Event | None:
    """The event that a deep link names; None for another payload, and for one that is made up or only proposed."""
    found = re.fullmatch(r"e([1-9]\d{0,8})", payload)
    event = await work.session.get(Event, int(found[1])) if found else None
    return event if event is not None and event.state in ("on", "cancelled") else None


def is_on(work: Work, event: Event) -> bool:
    """Whether its code leads to its two questions: until the end of the day after it; never where it is cancelled."""
    last = events.ends(event).astimezone(work.area.time_zone).date() + timedelta(days=1)
    return event.state == "on" and work.today <= last


def is_there(work: Work, event: Event) -> bool:
    """Whether who scans its code now is at the event: from some hours before it begins, as long as its code works."""
    return is_on(work, event) and work.now >= event.starts_at - OPENS_BEFORE


def as_told(work: Work, event: Event) -> dict[str, Any]:
    """An event as a conversation keeps it: `title` by language, `begins` is None for who is at it."""
    begins = None if is_there(work, event) else event.starts_at.astimezone(work.area.time_zone).isoformat()
    title = {each: events.words_in(event, each)[0] for each in work.catalogues.languages}
    return {"code": f"e{event.id}", "title": title if event.said_in else event.title, "begins": begins}


async def check_in(work: Work, person: Person, event: Event) -> bool:
    """Note that somebody is at the event; True the first time, False when it was noted before, or can't be now."""
    if not is_there(work, event):
        return False
    row = await work.session.get(EventAnswer, (event.id, person.resident.id))
    if row is None:
        row = EventAnswer(
            event_id=event.id, resident_id=person.resident.id, answer="", people=1, brings="", helps=False, name="",
            at=work.now,
        )  # fmt: skip
        work.session.add(row)
    if row.came_at is not None:
        return False
    row.came_at = work.now
    await work.session.flush()
    return True


async def said_at(work: Work, event: Event) -> dict[str, int]:
    """Answers that were given through an event's code, by question, and residents who came through it."""
    came_from = f"e{event.id}"
    by_question = select(Answer.question, func.count()).where(Answer.came_from == came_from).group_by(Answer.question)
    answers = dict((await work.session.execute(by_question)).all())
    came = select(func.count()).where(Resident.came_from == came_from, Resident.consent_at.is_not(None))
    newcomers = await work.session.scalar(came) or 0
    return {"proud": answers.get("proud", 0), "better": answers.get("better", 0), "newcomers": newcomers}


async def join(work: Work, person: Person, joined: Joined) -> Closing:
    """Somebody says yes: at an event on to its two questions; through a neighbour, whether that neighbour may know."""
    done = residents.join(work, person, joined)
    if joined.event:
        event = await event_of(work, joined.event)
        counted = [COUNTED] if event is not None and await check_in(work, person, event) else []
        opened_with = {"came_from": joined.event, "asks_home": True}
        return Closing([*done.words[:1], *counted], begins=("questions", opened_with))
    return Closing(done.words[:1], begins=("brought", {"token": joined.token})) if joined.token else done


async def settle(work: Work, person: Person, lives: Lives) -> Closing:
    """Where somebody lives, said after their answers: these get it too."""
    resident = person.resident
    if lives.neighbourhood is not None:
        resident.neighbourhood = lives.neighbourhood
        mine = (Answer.resident_id == resident.id, Answer.neighbourhood.is_(None))
        await work.session.execute(update(Answer).where(*mine).values(neighbourhood=lives.neighbourhood))
    if lives.better is None:
        return Closing([_("Thank you. Just write whenever there is something. Or choose:")], MENU)
    return Closing(
        [_("Thank you!"), _("Should somebody look into what must be better? Then make it a report.")],
        [Action(_("Make it a report"), f"A{lives.better}.report"), *MENU],
    )


def bring(work: Work, person: Person, brings: Brings) -> Closing:
    """A resident gets a link for a neighbour, and a picture of it to be scanned."""
    link = (
        f"https://t.me/{work.bot_name}?start=via-{token_of(work.seal, person.resident.id if brings.kept else NOBODY)}"
    )
    title = work.render(_("Scan me and talk with us"), person.chat.language)
    asked = {"link": link, "title": title, "footer": f"Buurtpraat · {work.area.name}"}
    work.session.add(Job(kind="card", chat_id=person.chat.id, asked=asked, next_at=work.now, at=work.now))
    return Closing([_("Send this link to your neighbour. The picture comes in a moment."), link])


async def brought(work: Work, person: Person, brought: Brought) -> Closing:
    """Who came through a neighbour's link says whether that neighbour may know."""
    bringer = bringer_in(work.seal, brought.token)
    there = await residents.person_of(work, bringer) if brought.agrees and bringer else None
    if there is None or bringer == person.resident.id:
        return Closing([_("That's fine, then we say nothing.")], MENU)
    person.resident.brought_by = bringer
    work.tell(there.chat, [_("Somebody came through your link. Thank you for that!")], Lane.NOTICE)
    return Closing([_("Thank you. Your neighbour hears that somebody came.")], MENU)


def token_of(seal: Seal, resident_id: int) -> str:
    """What a neighbour's link holds: always the same for the same resident, and says nothing without our secret."""
    sealed = seal.close_steadily(resident_id.to_bytes(5, "big"), b"via")
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def bringer_in(seal: Seal, token: str) -> int | None:
    """The resident behind a token of ours, or `NOBODY`; None for one that was made up."""
    try:
        return int.from_bytes(seal.open(urlsafe_b64decode(token + "=" * (-len(token) % 4)), b"via"), "big")
    except (SecretError, ValueError):
        return None
