"""Where a spot is, whether something belongs elsewhere, whether a neighbour reported it already, and joining that."""

from __future__ import annotations

from math import cos, radians
from typing import Any

from sqlalchemy import select

from bot.neighbourhood import complaints, finding, promises, reporters, staff_rooms, steps
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.store.tables import Complaint, Reporter
from conversations.looked_up import SimilarComplaint, WhereElse, WhereIs
from conversations.results import MeToo, Moved
from conversations.stems import folded, stems
from conversations.words import Words, _, s_

LOOKED_AT = 100
"""So many rows are measured, the newest first; an index finds them."""
METRES_TO_A_DEGREE = 111_000
"""Of latitude; a little less than it is, so that the box around a spot is rather too wide."""


def where_is(work: Work, request: WhereIs) -> str:
    """The name of the neighbourhood that a spot is in; empty outside the area."""
    found = work.area.neighbourhood_at(request.latitude, request.longitude)
    return found.name if found else ""


def where_else(work: Work, request: WhereElse) -> dict[str, Any] | None:
    """Where something belongs that is not the office's, by its topic or else by what was said."""
    said = folded(request.words)
    by_topic = (each for each in work.area.elsewhere if request.topic in each.topics)
    by_words = (each for each in work.area.elsewhere if stems(*each.stems).found_in(said))
    found = next(by_topic, None) or next(by_words, None)
    return {"key": found.key, "words": dict(found.words), "link": found.link or ""} if found else None


async def similar(work: Work, request: SimilarComplaint) -> dict[str, Any] | None:
    """A report on the same topic that is open, recent, and near or at the same words; the nearest one.

    Only what tells nothing of who reported it: when, how far, how it stands, and a photo that was found to be one.
    """
    topic = work.area.topic(request.topic)
    if topic.private:
        return None
    found: tuple[Complaint, int | None] | None
    if request.latitude is not None and request.longitude is not None:
        found = await _near(work, request.topic, request.latitude, request.longitude)
    else:
        found = await _in_the_same_words(work, request)
    if found is None:
        return None
    complaint, metres = found
    photos = await reporters.shown_to_neighbours(work, complaint)
    if metres is None and not photos and not any(sign.isdecimal() for sign in complaint.place):
        return None  # a street alone, and nothing to see: nobody could say whether it is the same
    return {
        "number": complaint.id,
        "topic": dict(topic.label),
        "metres": metres,
        "day": complaint.at.astimezone(work.area.time_zone).date().isoformat(),
        "state": complaint.state,
        "planned": complaint.planned_for.isoformat() if complaint.state == "planned" and complaint.planned_for else "",
        "photos": photos,
    }


async def _near(work: Work, topic: str, latitude: float, longitude: float) -> tuple[Complaint, int] | None:
    within = work.area.nearby.metres
    north = within / METRES_TO_A_DEGREE
    east = north / cos(radians(latitude))
    query = _open_ones(work, topic).where(
        Complaint.latitude.between(latitude - north, latitude + north),
        Complaint.longitude.between(longitude - east, longitude + east),
    )
    measured = []
    for each in await work.session.scalars(query):
        if each.latitude is not None and each.longitude is not None:
            away = work.area.distance_km(latitude, longitude, each.latitude, each.longitude)
            measured.append((1000 * away, each.id, each))
    metres, _number, nearest = min(measured, default=(within + 1.0, 0, None))
    return (nearest, 5 * round(metres / 5)) if nearest is not None and metres <= within else None


async def _in_the_same_words(work: Work, request: SimilarComplaint) -> tuple[Complaint, None] | None:
    typed = complaints.place_folded(request.place)
    if not typed:
        return None
    query = _open_ones(work, request.topic).where(Complaint.place_folded == typed, Complaint.latitude.is_(None))
    same = await work.session.scalar(query.limit(1))
    return (same, None) if same is not None else None


def _open_ones(work: Work, topic: str) -> Any:
    since = work.now - work.area.nearby.age
    is_open = (Complaint.topic == topic, Complaint.state.in_(steps.OPEN_STATES), Complaint.at >= since)
    return select(Complaint).where(*is_open).order_by(Complaint.id.desc()).limit(LOOKED_AT)


async def join(work: Work, person: Person, me_too: MeToo) -> Closing:
    """Somebody reports what another reported, and is told everything about it; done meanwhile, it is one of its own."""
    complaint = await work.session.get_one(Complaint, me_too.complaint)
    state = steps.STATE_NAMES[complaint.state]
    if await reporters.of(work, person, complaint) is not None:
        stands = _("You told us this before. It stands at: {state}. ({code})", state=state, code=complaint.code)
        return Closing([stands])
    if complaint.state not in steps.OPEN_STATES:
        closing = await complaints.receive(work, person, me_too.report)
        before = _("The other one stands at: {state}. So this is a report of its own.", state=state)
        return Closing([before, *closing.words], closing.actions)
    await _add_reporter(work, person, complaint, me_too)
    return Closing(
        [
            _("Thank you! You join the report of a neighbour."),
            _("This is how it stands: {state}.", state=state),
            await _by_when(work, complaint),
            _("You hear everything about it too. Its number is {code}.", code=complaint.code),
        ]
    )


async def _add_reporter(work: Work, person: Person, complaint: Complaint, me_too: MeToo) -> None:
    """What they said of it stands on the card; in the room it could not be erased."""
    told, resident = me_too.report.words, person.resident
    after = max(work.now, complaint.at + reporters.LATER)
    work.session.add(
        Reporter(complaint_id=complaint.id, resident_id=resident.id, words=told.text, voice=told.voice, at=after)
    )
    resident.contributions += 1
    complaints.add_photos(work, complaint.code, "before", me_too.report.photos, joined_by=resident.id)
    work.note(complaint.code, "me too", resident)
    await work.session.flush()
    await finding.remember_all(work, complaint)
    promised = await promises.open_about(work, complaint.code)
    late = [each.first_due for each in promised if promises.is_broken(work, each)]
    await staff_rooms.announce(
        work,
        f"{complaint.code} too {resident.id}",
        [
            s_("{code}: somebody else reports it too.", code=complaint.code),
            *([s_("It is late: it was promised for {day}.", day=min(late))] if late else []),
        ],
        [Action(s_("Open {code}", code=complaint.code), f"{complaint.code}.card")],
    )


async def _by_when(work: Work, complaint: Complaint) -> Words:
    if complaint.state == "planned" and complaint.planned_for is not None:
        return _("It is planned for {day}.", day=complaint.planned_for)
    promised = [each.due for each in await promises.open_about(work, complaint.code)]
    day = min(promised, default=complaint.answer_by)
    if day >= work.today:
        return _("You hear from us no later than {day}.", day=day)
    return _("An answer was promised for {day}. I tell the office that you wait too.", day=day)


def move(work: Work, person: Person, moved: Moved) -> Closing:
    """A resident has moved house."""
    person.resident.neighbourhood = moved.neighbourhood
    work.note(f"R{person.resident.id}", "moved", person.resident)
    found = work.area.neighbourhood(moved.neighbourhood) if moved.neighbourhood else None
    if found is None:
        return Closing([_("Good, that's noted. You can still tell us anything here.")])
    return Closing([_("Good, that's noted. From now on you live in {neighbourhood}.", neighbourhood=found.name)])
