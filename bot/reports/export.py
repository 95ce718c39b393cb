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

from sqlalchemy import Float, Select, String, cast, func, literal, select

from bot.store.database import Database
from bot.store.tables import Answer, Complaint, Entry, Event, EventAnswer, Idea

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
        "code", "state", "neighbourhood", "words", "heard", "whom", "together", "amount_cents", "wish", "answer_by",
        "answer", "awarded_cents", "done", "difference", "story_shown", "language", "came_from", "first", "at",
    ),
    "events": (
        "code", "kind", "state", "title", "place", "neighbourhood", "starts_at", "ends_at", "places", "yes", "people",
        "waiting", "maybe", "no", "came", "at",
    ),
    "budget": ("line", "at", "neighbourhood", "year", "entry", "cents", "euros", "idea", "spending"),
}  # fmt: skip


def _number(answer: str, of: Any) -> Select[Any]:
    return select(func.coalesce(of, 0)).where(EventAnswer.event_id == Event.id, EventAnswer.answer == answer)


COUNTED = {
    "yes": _number("yes", func.count()),
    "people": _number("yes", func.sum(EventAnswer.people)),
    "waiting": _number("waiting", func.sum(EventAnswer.people)),
    "maybe": _number("maybe", func.count()),
    "no": _number("no", func.count()),
    "came": select(func.count(EventAnswer.came_at)).where(EventAnswer.event_id == Event.id),
}
"""What is counted of the answers to an event, in the order of its columns."""

TABLES: dict[str, tuple[Any, str]] = {
    "complaints": (Complaint, "M"), "answers": (Answer, "A"), "ideas": (Idea, "I"), "events": (Event, "E"),
    "budget": (Entry, ""),
}  # fmt: skip
"""What is exported, with the letter of its codes: the first column of each."""
OF_A_LINE = {
    "line": Entry.id,
    "entry": Entry.kind,
    "euros": cast(Entry.cents, Float) / 100,
    "idea": literal("I").concat(cast(Entry.idea_id, String)),
    "spending": Entry.words,
}
"""What the columns of the ledger are."""


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
    if not text.isprintable():
        text = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


async def _rows(database: Database, what: str, names: dict[str, dict[str, str]]) -> AsyncIterator[list[Any]]:
    """The columns alone, for a million rows: rows as objects take three times as long."""
    table, letter = TABLES[what]
    counted = COUNTED if what == "events" else {}

    def column_of(name: str) -> Any:
        if table is Entry and name in OF_A_LINE:
            return OF_A_LINE[name]
        return counted[name].scalar_subquery() if name in counted else getattr(table, "id" if name == "code" else name)

    query = select(*(column_of(name) for name in COLUMNS[what])).order_by(table.id)
    named = [(place, names[name]) for place, name in enumerate(COLUMNS[what]) if name in names]
    async with database.read() as session:
        found = await session.stream(query.execution_options(yield_per=AT_ONCE))
        async for some in found.partitions():
            for row in some:
                number, *others = row
                cells = [f"{letter}{number}", *others]
                for place, called in named:
                    cells[place] = called.get(cells[place], cells[place])
                yield cells


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
        for column, cell in enumerate(cells):
            if not isinstance(cell, str):
                sheet.write_number(next_row, column, cell)
            elif cell:
                sheet.write_string(next_row, column, cell)
        next_row += 1

    yield write_row
    book.close()
