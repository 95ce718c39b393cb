"""Who is forgotten leaves their number nowhere: in every column of every table that may hold one.

`NUMBERS` are the columns that hold a resident's number without a foreign key that says so. A new whole-number column
has to be written down here, as one of these or as none of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, func, insert, select, text

from bot.neighbourhood import privacy
from bot.neighbourhood.work import Work
from bot.store.base import Base
from bot.store.tables import Resident
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.test_idea_steps import an_idea
from tests.town import MONDAY

NUMBERS = {
    *("votes.member", "rule_checks.member", "panel_meetings.entered_by", "consultations.made_by", "entries.by"),
    *("opinions.resident_id", "photos.joined_by", "ideas.contact_id", "events.proposed_by", "residents.contact_id"),
    *("residents.brought_by", "broadcasts.approved_by", "person_talk_lines.written_by"),
}
OTHERS = {
    *("broadcasts.edits", "broadcasts.lane", "broadcasts.refused", "broadcasts.sent", "broadcasts.total"),
    *("broadcasts.unknown", "broadcasts.unreachable", "budgets.available", "budgets.year", "complaints.reopened"),
    *("complaints.same_as", "conversations.turn", "entries.cents", "entries.year", "event_answers.people"),
    *("events.places", "events.version", "ideas.amount_cents", "ideas.awarded_cents", "jobs.attempts"),
    *("leases.bot", "outbox.attempts", "outbox.lane", "panel_meetings.active_before", "panel_meetings.members"),
    *("photos.attempts", "posts.attempts", "posts.message_id", "posts.shown", "posts.wanted", "promises.number"),
    *("recipients.attempts", "recipients.message_id", "reporters.came_with", "residents.contributions"),
    *("spendings.cents", "updates.attempts", "updates.bot", "updates.update_id", "vouchers.balance"),
    "vouchers.cents",
}
"""Whole numbers that are no resident's."""
OF_RESIDENTS = {
    *("answers.resident_id", "ideas.resident_id", "events.proposed_by", "photos.joined_by", "residents.brought_by"),
    *("entries.by", "history.by", "person_talks.resident_id", "reporters.resident_id", "opinions.resident_id"),
    *("event_answers.resident_id", "idea_friends.resident_id", "residents.id", "residents.chat_id"),
}
"""Where the number of somebody may stand who never had a role."""


@pytest_asyncio.fixture
async def rules(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


def columns() -> dict[str, Column[Any]]:
    """All of them, by table and name."""
    return {f"{table.name}.{column.name}": column for table in Base.metadata.sorted_tables for column in table.columns}


def points_to(column: Column[Any]) -> str:
    """The table that a foreign key points to; empty for what is none."""
    return next((each.column.table.name for each in column.foreign_keys), "")


def holding_numbers() -> set[str]:
    """Every column in which a resident's number stands."""
    return NUMBERS | {name for name, column in columns().items() if points_to(column) == "residents"}


def test_each_whole_number_is_known_to_be_somebody_s_or_not() -> None:
    numbers = {
        name
        for name, column in columns().items()
        if isinstance(column.type, Integer) and not column.foreign_keys and column.name not in ("id", "idea_id")
    }
    assert numbers - OTHERS == NUMBERS
    assert numbers >= OTHERS


def something(column: Column[Any], number: int) -> Any:
    """What fits into a column that has to hold something."""
    match getattr(column.type, "impl", column.type):
        case JSON():
            return {}
        case Boolean():
            return False
        case DateTime():
            return MONDAY
        case Date():
            return MONDAY.date()
        case LargeBinary():
            return number.to_bytes(32)
        case Integer():
            return number
        case Float():
            return 0.0
        case _:
            return "M77"


async def put(work: Work, name: str, number: int) -> None:
    """A row with this number in this column, and nothing else of theirs in it."""
    column = columns()[name]
    row: dict[str, Any] = {column.name: number}
    for each in column.table.columns:
        given = each.default is not None or each.server_default is not None or each.name in row
        if given or each.nullable or (each.primary_key and each.name == "id"):
            continue
        others = points_to(each)
        row[each.name] = {"residents": 1}.get(others, 1 if others else something(each, number))
    await work.session.execute(insert(column.table).values(row))


@pytest.mark.parametrize("role", ["coordinator", "panel", ""])
async def test_the_number_of_who_is_forgotten_stands_nowhere(rules: Rules, role: str) -> None:
    async with rules.around.working() as work:
        who = "Kim"
        await an_idea(rules, work)
        await rules.report(work, "Piet")
        work.session.add(Resident(id=5000, came_at=work.now, came_from="telegram"))
        await work.session.flush()
        kim = await (rules.with_role(work, who, role) if role else rules.person(work, who))
        number = kim.resident.id
        assert number > 5000, "no other row has this number by chance"
        for about in ("events", "broadcasts", "consultations", "person_talks", "chats"):
            first = next(name for name in columns() if name == f"{about}.id")
            if await work.session.scalar(select(func.count()).select_from(columns()[first].table)) == 0:
                await put(work, f"{about}.id", 1)
        may_hold = holding_numbers() - ({"roles.resident_id"} if role else set())
        for name in sorted(may_hold if role else may_hold & OF_RESIDENTS):
            if name.startswith("residents."):
                others = columns()[name].name
                other = text(f"UPDATE residents SET {others} = {number} WHERE id = 1")  # ours
                await work.session.execute(other)
            else:
                await put(work, name, number)
        work.session.expire_all()
        await privacy.forget(work, await rules.person(work, who))
        await work.write_down()
        left = []
        for name in sorted(holding_numbers()):
            column = columns()[name]
            there = select(func.count()).select_from(column.table).where(column == number)
            if await work.session.scalar(there):
                left.append(name)
        assert left == []
        assert await work.session.get(Resident, number) is not None, "that somebody was there is counted"
