"""What all tables share: moments in UTC, names of constraints, numbers that are never given twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, Integer, LargeBinary, MetaData, Table, TypeDecorator, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapper


class Utc(TypeDecorator[datetime]):
    """A moment in UTC, time-zone aware on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, aware."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: Utc(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        bytes: LargeBinary(),
        float: Float(),
    }


@event.listens_for(Base, "instrument_class", propagate=True)
def _numbers_are_never_given_twice(mapper: Mapper[Any], _class: type) -> None:
    """SQLite gives the newest row's number to the next one as soon as it is gone, unless it is told not to.

    Buttons, codes, file names and what the sender has in hand bear numbers of rows: a number means one row for ever.
    """
    table = mapper.local_table
    if isinstance(table, Table) and [type(column.type) for column in table.primary_key] == [Integer]:
        table.dialect_options["sqlite"]["autoincrement"] = True
