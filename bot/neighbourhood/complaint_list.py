"""The office's list of complaints: which words filter it how, and its pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import finding
from bot.neighbourhood.narrowing import Narrowing, narrowing
from bot.neighbourhood.promises import is_late, late_numbers
from bot.neighbourhood.steps import OPEN_STATES, STATE_NAMES
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store.tables import Complaint

PAGE = 8
SHORT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Page:
    """Complaints in order, and what to go on after when there are more behind them.

    `meant`: names that mistyped words may stand for, each with all the words as they would then be.
    """

    complaints: Sequence[Complaint]
    more_after: int | None
    meant: Sequence[tuple[str, str]] = field(default=())


async def complaints_like(work: Work, person: Person, words: str, after: int | None = None) -> Page:
    """The newest first; without words those that wait for the office.

    Words narrow: a state ("solved", "opgelost", "open", "all"), a neighbourhood, a topic, a theme, `late`, `mine`, a
    period (`30d`), else text of the complaint; in any language. Raises `NotAllowed`.
    """
    person.must_be(STAFF, "/complaints")
    asked = narrowing(work, words, ("late", "mine", "open", "all"), topics=True, states=STATE_NAMES)
    states = _states(asked, words)
    conditions = [*_conditions(person, asked), *await _lately(work, asked.since)]
    found: list[Any]
    text = " ".join(asked.text)
    if text and not (states and states <= OPEN_STATES and finding.looks_at_each(work)):
        query = finding.holding(work, text, "M", Complaint, after)
        conditions += [is_late(work.today)] if asked.says("late") else []
        query = query.where(*conditions, *([Complaint.state.in_(states)] if states else [])).limit(PAGE + 1)
        found = list(await work.session.execute(query))
    else:
        conditions += [] if after is None else [Complaint.id < after]
        conditions += [finding.says(text, "M", Complaint)] if text else []
        query = _late(work, conditions) if asked.says("late") else _newest(asked, conditions, states)
        found = [(complaint, complaint.id) for complaint in await work.session.scalars(query)]
    more = found[PAGE - 1][1] if len(found) > PAGE else None
    return Page([complaint for complaint, _place in found[:PAGE]], more, asked.corrected(words))


def _states(asked: Narrowing, words: str) -> frozenset[str]:
    """The states that are wanted; empty for all."""
    states = frozenset(asked.keys("state"))
    waits = asked.says("open") or asked.says("late") or not words.strip()
    return states | OPEN_STATES if waits else states


def _conditions(person: Person, asked: Narrowing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, kind in ((Complaint.neighbourhood, "place"), (Complaint.topic, "topic"), (Complaint.theme, "theme")):
        if keys := asked.keys(kind):
            conditions.append(column.in_(keys))
    if asked.says("mine"):
        conditions.append(Complaint.handler_id == person.resident.id)
    return conditions


async def _lately(work: Work, since: datetime | None) -> list[ColumnElement[bool]]:
    """What came since a moment; of a short while the first number too, for no walk back is to go on to the first."""
    if since is None:
        return []
    came = Complaint.at >= since
    if work.now - since > SHORT:
        return [came]
    first = await work.session.scalar(select(func.min(Complaint.id + 0)).where(came))  # "+ 0": by the index of moments
    return [came, Complaint.id >= first]


def _late(work: Work, conditions: Sequence[ColumnElement[bool]]) -> Select[Complaint]:
    """The newest of those that are late; found by their promises, for few complaints are."""
    return _these([each.limit(PAGE + 1) for each in late_numbers(work.today, *conditions)])


def _newest(asked: Narrowing, conditions: Sequence[ColumnElement[bool]], states: Collection[str]) -> Select[Complaint]:
    """The newest of each state by itself, and of these the newest: no database walks an index of states in order.

    Of one member of staff there are many, in order within each state.
    """
    if not (states or asked.says("mine")):
        return select(Complaint).where(*conditions).order_by(Complaint.id.desc()).limit(PAGE + 1)
    newest = select(Complaint.id).where(*conditions).order_by(Complaint.id.desc()).limit(PAGE + 1)
    return _these([newest.where(Complaint.state == state) for state in sorted(states or STATE_NAMES)])


def _these(parts: Sequence[Select[int]]) -> Select[Complaint]:
    """The newest of some whose numbers are selected part by part."""
    numbers = union_all(*[select(part.subquery()) for part in parts])
    return select(Complaint).where(Complaint.id.in_(numbers)).order_by(Complaint.id.desc()).limit(PAGE + 1)
