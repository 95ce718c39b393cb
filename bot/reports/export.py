"""Writes an export, row by row in constant memory; runs in a child process with a database session of its own.

UTF-8, ISO dates. No cell starts a formula: a spreadsheet would run what a resident wrote.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from bot.store.database import Database
from bot.store.tables import Answer, Complaint, Event, EventAnswer, Idea

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
CELL_LIMIT = 32_000
"""Excel takes 32,767 characters a cell."""
SHEET_LIMIT = 1_048_576
"""And so many rows a sheet."""
AT_ONCE = 500

COLUMNS: dict[str, tuple[str, ...]] = {
    "complaints": (
        "code", "state", "topic", "theme", "neighbourhood", "words", "heard", "place", "latitude", "longitude",
        "language", "came_from", "first", "at", "answer_by", "planned_for", "passed_to", "reason", "same_as",
        "reopened", "solved_at", "result",
    ),
    "answers": (
        "code", "question", "neighbourhood", "theme", "words", "heard", "language", "came_from", "first", "at",
    ),
    "ideas": (
        "code", "state", "neighbourhood", "words", "heard", "whom", "together", "amount", "wish", "answer_by",
        "answer", "awarded_cents", "language", "came_from", "first", "at",
    ),
    "events": ("code", "title", "place", "starts_at", "yes", "maybe", "no", "at"),
}  # fmt: skip


async def export(
    database: Database,
    what: str,
    kind: str,
    target: Path,
    headers: Sequence[str],
    names: dict[str, dict[str, str]],
    about: str,
    meanings: Sequence[str],
) -> int:
    """Write `what` (a key of `COLUMNS`) as "csv" or "xlsx" to `target`; gives the number of rows.

    `headers`: what the columns are called, in their order. `names`: column → code → what it is called.
    `about`: what the sheet that explains the columns is called; `meanings`: what it says of each.
    """
    with _writer(kind, target, headers, about, meanings) as write:
        number = 0
        async for row in _rows(database, what, names):
            number += 1
            write([safe(cell) for cell in row])
    return number


def safe(cell: Any) -> str | int | float:
    """A cell's content: numbers as they are, everything else as text that starts no formula."""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, datetime | date):
        return cell.isoformat(timespec="seconds") if isinstance(cell, datetime) else cell.isoformat()
    text = "" if cell is None else str(cell)[:CELL_LIMIT]
    text = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


async def _rows(database: Database, what: str, names: dict[str, dict[str, str]]) -> AsyncIterator[Sequence[Any]]:
    async with database.read() as session:
        if what == "events":
            async for event, *numbers in await session.stream(_events().execution_options(yield_per=AT_ONCE)):
                yield [event.code, event.title, event.place, event.starts_at, *numbers, event.at]
            return
        table: Any = {"complaints": Complaint, "answers": Answer, "ideas": Idea}[what]
        query = select(table).order_by(table.id).execution_options(yield_per=AT_ONCE)
        async for row in await session.stream_scalars(query):
            session.expunge(row)
            yield [_cell(row, column, names) for column in COLUMNS[what]]


def _cell(row: Any, column: str, names: dict[str, dict[str, str]]) -> Any:
    if column == "code" and isinstance(row, Answer):
        return f"A{row.id}"
    value = getattr(row, column)
    return names[column].get(value, value) if column in names and value else value


def _events() -> Select[Any]:
    def number(answer: str) -> Any:
        mine = select(func.count()).where(EventAnswer.event_id == Event.id, EventAnswer.answer == answer)
        return mine.scalar_subquery()

    return select(Event, number("yes"), number("maybe"), number("no")).order_by(Event.id)


@contextmanager
def _writer(kind: str, target: Path, headers: Sequence[str], about: str, meanings: Sequence[str]) -> Any:
    if kind == "csv":
        with target.open("w", encoding="utf-8-sig", newline="") as file:  # with a mark, or Excel reads it as Latin-1
            write: Callable[[Sequence[Any]], Any] = csv.writer(file).writerow
            write(list(headers))
            yield write
        return
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target), options)
    sheet, next_row = book.add_worksheet(), 1
    sheet.write_row(0, 0, headers)
    explained = book.add_worksheet(about[:31])
    explained.set_column(0, 0, 28)
    explained.set_column(1, 1, 70)
    for number, (header, meaning) in enumerate(zip(headers, meanings, strict=True)):
        explained.write_row(number, 0, [header, meaning])

    def write_row(cells: Sequence[Any]) -> None:
        nonlocal next_row, sheet
        if next_row == SHEET_LIMIT:  # a sheet holds no more: the next one goes on
            sheet, next_row = book.add_worksheet(), 1
            sheet.write_row(0, 0, headers)
        sheet.write_row(next_row, 0, cells)
        next_row += 1

    yield write_row
    book.close()
