"""Writes the made-up rows (`made_up.py`) into a migrated, empty database: the rows, then their indexes."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON as JSON_COLUMN
from sqlalchemy import Date, DateTime, make_url

from bot.neighbourhood.area import Area
from bot.store.tables import Base
from tests.bench.made_up import COLUMNS, Maker, Row


async def fill(url: str, area: Area, complaints: int) -> None:
    """Fill the database with so many complaints and what belongs to them."""
    gc.disable()  # it would go through all rows in hand, again and again: a third of the time
    try:
        if make_url(url).get_backend_name() == "sqlite":
            _fill_sqlite(str(make_url(url).database), Maker(area, complaints))
        else:
            await _fill_postgresql(url, Maker(area, complaints))
    finally:
        gc.enable()


def _fill_sqlite(file: str, maker: Maker) -> None:
    connection = sqlite3.connect(file)
    for pragma in ("synchronous=off", "journal_mode=off", "cache_size=-400000", "foreign_keys=off"):
        connection.execute(f"pragma {pragma}")
    indexes = "select name, sql from sqlite_master where type = 'index' and sql is not null"
    over = connection.execute(indexes).fetchall()
    for name, _sql in over:
        connection.execute(f"drop index {name}")
    for table, rows in maker.batches():
        columns = COLUMNS[table]
        names, holes = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
        statement = f"insert into {table.__tablename__} ({names}) values ({holes})"
        connection.executemany(statement, _as_sqlite_keeps_them(table, rows))
    for _name, sql in over:
        connection.execute(sql)
    connection.execute("insert into found_index (found_index) values ('rebuild')")
    connection.commit()
    connection.execute("pragma journal_mode=wal")
    connection.close()


def _as_sqlite_keeps_them(table: type[Base], rows: list[Row]) -> list[list[Any]]:
    """Moments, days and lists as SQLAlchemy writes them."""
    kinds = {name: table.__table__.c[name].type for name in COLUMNS[table]}
    as_text = [(place, text) for place, kind in enumerate(kinds.values()) if (text := _text_of(kind)) is not None]
    kept = [list(row) for row in rows]
    for row in kept:
        for place, text in as_text:
            if row[place] is not None:
                row[place] = text(row[place])
    return kept


def _text_of(kind: Any) -> Callable[[Any], str] | None:
    if isinstance(kind, JSON_COLUMN):
        return json.dumps
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, DateTime):
        return _moment
    return date.isoformat if isinstance(kind, Date) else None


def _moment(at: datetime) -> str:
    return at.isoformat(" ", "microseconds")[:26]


async def _fill_postgresql(url: str, maker: Maker) -> None:
    import asyncpg

    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute("set session_replication_role = replica")  # keys to other tables are not looked up
    await connection.execute("set maintenance_work_mem = '256MB'")
    over = await connection.fetch(
        "select indexname, indexdef from pg_indexes where schemaname = 'public' and indexname like 'ix%'"
    )
    for name, _sql in over:
        await connection.execute(f"drop index {name}")
    for table, rows in maker.batches():
        columns = COLUMNS[table]
        if any(isinstance(table.__table__.c[name].type, JSON_COLUMN) for name in columns):
            rows = [tuple(json.dumps(cell) if isinstance(cell, list) else cell for cell in row) for row in rows]
        await connection.copy_records_to_table(table.__tablename__, records=rows, columns=list(columns))
    for _name, sql in over:
        await connection.execute(sql)
    for table, columns in COLUMNS.items():
        if columns[0] == "id":
            name = table.__tablename__
            await connection.execute(
                f"select setval(pg_get_serial_sequence('{name}', 'id'), (select max(id) from {name}))"
            )
    await connection.execute("vacuum analyze")
    await connection.close()
