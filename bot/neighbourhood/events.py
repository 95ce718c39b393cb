"""Events: what is coming, near whom, in which words, and how one is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.neighbourhood import in_languages
from bot.neighbourhood.work import Action, Person, Work
from bot.outbox.letters import CAPTION_LIMIT, MESSAGE_LIMIT, Bold, Button, Letter, captioned, length, letters, pictures
from bot.store.tables import Complaint, Event
from conversations.event import invitation
from conversations.words import Local, Text, Words, _, s_

ANSWER_LABELS: dict[str, Text] = {"yes": _("I'm coming"), "maybe": _("Maybe"), "no": _("I'm not coming")}
MONTH = timedelta(days=30)
LASTS = timedelta(hours=2)
"""How long an event is taken to last where nobody said when it ends."""
ASKED = "asked"
"""The state of an event whose announcement waits for a second coordinator's yes: until then it is no resident's."""
LOOKED_AT = 200
"""So many of the events to come are put in order of nearness."""
PLACE_AT_MOST = 200
"""Signs of a place that are shown, as Telegram counts them."""


def words_in(event: Event, language: str) -> tuple[str, str]:
    """Title and words of an event for a reader of that language; where nobody wrote them in it, the original."""
    said = event.said_in.get(language) or {}
    return said.get("title") or event.title, said.get("words") or event.words


def title_of(work: Work, event: Event) -> Words:
    """An event's title, as words that each reader gets in their own language."""
    if not event.said_in:
        return event.title
    return Local({each: words_in(event, each)[0] for each in work.catalogues.languages})


def ends(event: Event) -> datetime:
    """When an event ends, or is taken to."""
    return event.ends_at or event.starts_at + LASTS


def closed_for(work: Work, event: Event) -> list[Words]:
    """Why nobody can answer any more, in words; empty where they can."""
    title = title_of(work, event)
    if event.state == "cancelled":
        return [_("{title} is cancelled. Sorry!", title=title), event.reason]
    if event.state != "on":
        return [s_("Nobody was invited to {code}, so nobody can answer.", code=event.code)]
    if ends(event) <= work.now:
        return [_("{title} is over.", title=title)]
    if event.starts_at <= work.now:
        return [_("{title} has begun, so answers can't change any more.", title=title)]
    return []


async def coming(work: Work, limit: int = 8) -> list[Event]:
    """Events that go on and haven't begun yet, the next one first."""
    query = select(Event).where(Event.starts_at > work.now, Event.state == "on")
    return list(await work.session.scalars(query.order_by(Event.starts_at, Event.id).limit(limit)))


async def near(work: Work, person: Person) -> list[Event]:
    """What is to come, cancelled or not: in one's own neighbourhood first, then by its distance, then by date."""
    query = select(Event).where(Event.starts_at > work.now, Event.state.in_(["on", "cancelled"]))
    found = list(await work.session.scalars(query.order_by(Event.starts_at, Event.id).limit(LOOKED_AT)))
    return sorted(found, key=lambda event: _away(work, event, person.resident.neighbourhood))


def _away(work: Work, event: Event, home: str | None) -> tuple[int, float]:
    """How far an event is from home: its own neighbourhood, the whole area, then kilometres between the centres."""
    here = work.area.neighbourhood(home) if home else None
    there = work.area.neighbourhood(event.neighbourhood) if event.neighbourhood else None
    spot = (there.latitude, there.longitude) if there else (event.latitude, event.longitude)
    if here is None or here is there:
        return 0, 0.0
    if spot[0] is None or spot[1] is None:
        return 1, 0.0
    return 2, round(work.area.distance_km(here.latitude, here.longitude, spot[0], spot[1]), 1)


async def something(work: Work) -> dict[str, Any]:
    """What to begin with for a newcomer, as JSON: the next event, else how much was mended lately, else nothing."""
    if found := await coming(work, limit=1):
        event = found[0]
        words = title_of(work, event)
        title = dict(words.by_language) if isinstance(words, Local) else words
        return {"title": title, "starts": event.starts_at.isoformat(), "place": _cut(event.place, PLACE_AT_MOST)}
    mended = select(func.count()).where(
        Complaint.solved_at >= work.now - MONTH, Complaint.state.in_(["solved", "confirmed"])
    )
    return {"mended": await work.session.scalar(mended)}


def shown(
    work: Work,
    event: Event,
    language: str,
    *,
    says: Sequence[Words] = (),
    actions: Sequence[Action] | None = None,
) -> list[Letter]:
    """An event as residents see it, as one letter; words that are too long for that are cut short.

    Only where a long reason stands under a photo besides, the photo goes by itself.
    `says`: more lines, after which nobody is asked whether they come. `actions`: other buttons than those to answer.
    """
    title, words = words_in(event, language)
    note = in_languages.note(work, event.language, event.said_in, language)
    place, zone = _cut(event.place, PLACE_AT_MOST), work.area.time_zone
    over = event.ends_at.astimezone(zone) if event.ends_at else None
    is_invitation = not says and actions is None and event.state != "cancelled"
    fit = event.places if is_invitation else None
    lines = invitation(title, event.starts_at.astimezone(zone), place, words, note=note, ends=over, fit=fit)
    if event.state == "cancelled":
        lines[0], says, actions = _("Cancelled: {title}", title=title), [*says, event.reason], ()
    if not is_invitation:
        lines = [*lines[:-1], *says]
    paragraphs = [work.render(each, language) for each in lines if each]
    most = CAPTION_LIMIT if event.photo else MESSAGE_LIMIT
    if words and (too_long := length("\n\n".join(paragraphs)) - most) > 0:
        paragraphs[paragraphs.index(words)] = _cut(words, max(1, length(words) - too_long))
    paragraphs[0] = Bold(paragraphs[0])
    actions = answers_to(event) if actions is None else actions
    buttons = [[Button(work.render(each.label, language), each.does)] for each in (*actions, *_where(event))]
    if event.photo and length("\n\n".join(paragraphs)) <= CAPTION_LIMIT:
        return [captioned(event.photo, paragraphs, buttons)]
    return [*(pictures([event.photo]) if event.photo else []), *letters(paragraphs, buttons)]


def answers_to(event: Event) -> list[Action]:
    """The buttons with which one answers."""
    return [Action(label, f"{event.code}.{what}") for what, label in ANSWER_LABELS.items()]


def _where(event: Event) -> list[Action]:
    has_spot = event.latitude is not None and event.longitude is not None and event.state != "cancelled"
    return [Action(_("Show the place"), f"{event.code}.place")] if has_spot else []


def _cut(text: str, most: int) -> str:
    """The text, or as much of it as fits in so many signs, as Telegram counts them."""
    if length(text) <= most:
        return text
    kept = text[:most]
    while length(kept) >= most:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
