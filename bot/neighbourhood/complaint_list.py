"""The office's list of complaints: which words filter it how, and its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import finding
from bot.neighbourhood.complaints import OPEN_STATES, STATE_NAMES, is_late
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store.tables import Complaint
from conversations.words import fold

PAGE = 8


@dataclass(frozen=True, slots=True)
class Page:
    """Complaints in order, and the number of the last one when there are more behind it."""

    complaints: Sequence[Complaint]
    more_after: int | None


async def complaints_like(work: Work, person: Person, words: str, after: int | None = None) -> Page:
    """The newest first; without words those that wait for the office.

    Each word narrows: a state ("solved", "opgelost", "open", "all"), a neighbourhood, a topic, `late`, `mine`, else
    text of the complaint. Raises `NotAllowed`.
    """
    person.must_be(STAFF, "/complaints")
    query = select(Complaint).order_by(Complaint.id.desc()).limit(PAGE + 1)
    if after is not None:
        query = query.where(Complaint.id < after)
    states, others = finding.states_in(work, words, STATE_NAMES)
    conditions = [await _condition(work, person, word) for word in others]
    if states:
        conditions.append(Complaint.state.in_(states))
    if not words.strip():
        conditions = [Complaint.state.in_(OPEN_STATES)]
    found = list(await work.session.scalars(query.where(*[each for each in conditions if each is not None])))
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


async def _condition(work: Work, person: Person, word: str) -> ColumnElement[bool] | None:
    """What one word asks for; None where it asks for everything."""
    if word in ("all", "alle", "alles"):
        return None
    if word == "open":
        return Complaint.state.in_(OPEN_STATES)
    if word in ("late", "telaat", "laat"):
        return is_late(work.today)
    if word in ("mine", "mijn"):
        return Complaint.handler_id == person.resident.id
    places = [each.code for each in work.area.neighbourhoods if fold(each.name).startswith(word)]
    topics = [
        each.key
        for each in work.area.topics
        if word == each.key or any(word in fold(label).split() for label in each.label.values())
    ]
    in_words = [int(subject[1:]) for subject in await finding.subjects(work, word, "M")]
    wanted: list[ColumnElement[bool]] = [Complaint.id.in_(in_words)]
    if places:
        wanted.append(Complaint.neighbourhood.in_(places))
    if topics:
        wanted.append(Complaint.topic.in_(topics))
    return or_(*wanted)
