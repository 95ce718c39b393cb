"""The office's list of complaints: which words filter it how, and its pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import finding
from bot.neighbourhood.narrowing import Narrowing, narrowing
from bot.neighbourhood.promises import is_late
from bot.neighbourhood.steps import OPEN_STATES, STATE_NAMES
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store.tables import Complaint

PAGE = 8


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
    conditions = _conditions(work, person, asked)
    found: list[Any]
    if asked.text:
        query = finding.holding(work, " ".join(asked.text), "M", Complaint, after)
        query = query.where(*conditions, *([Complaint.state.in_(states)] if states else [])).limit(PAGE + 1)
        found = list(await work.session.execute(query))
    else:
        if after is not None:
            conditions.append(Complaint.id < after)
        each = await work.session.scalars(_newest(conditions, states))
        found = [(complaint, complaint.id) for complaint in each]
    more = found[PAGE - 1][1] if len(found) > PAGE else None
    return Page([complaint for complaint, _place in found[:PAGE]], more, asked.corrected(words))


def _states(asked: Narrowing, words: str) -> Collection[str]:
    """The states that are wanted; empty for all."""
    states = asked.keys("state")
    if asked.says("open") or asked.says("late") or not words.strip():
        states = states | OPEN_STATES
    return states


def _conditions(work: Work, person: Person, asked: Narrowing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, kind in ((Complaint.neighbourhood, "place"), (Complaint.topic, "topic"), (Complaint.theme, "theme")):
        if keys := asked.keys(kind):
            conditions.append(column.in_(keys))
    if asked.says("late"):
        conditions.append(is_late(work.today))
    if asked.says("mine"):
        conditions.append(Complaint.handler_id == person.resident.id)
    if asked.since is not None:
        conditions.append(Complaint.at >= asked.since)
    return conditions


def _newest(conditions: Sequence[ColumnElement[bool]], states: Collection[str]) -> Select[Complaint]:
    """The newest of each state by itself, and of these the newest: no database walks an index of states in order."""
    query = select(Complaint).order_by(Complaint.id.desc()).limit(PAGE + 1)
    if not states:
        return query.where(*conditions)
    newest_of_each = [
        select(Complaint.id)
        .where(Complaint.state == state, *conditions)
        .order_by(Complaint.id.desc())
        .limit(PAGE + 1)
        .subquery()
        for state in sorted(states)
    ]
    return query.where(Complaint.id.in_(union_all(*[select(each.c.id) for each in newest_of_each])))
