"""Run by Alembic, on the connection that `bot.store.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from bot.store.base import Utc
from bot.store.tables import Base


def plainly(kind: str, thing: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our own type of moments into migrations as what it is in the database, so that they import nothing."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Utc) else False


def is_ours(_thing: Any, name: str | None, _kind: str, _reflected: bool, _compared: Any) -> bool:
    """Leave aside the search index of each database, which SQLAlchemy's tables can't tell (`bot/store/search.py`)."""
    return not (name or "").startswith(("found_index", "ix_found_words"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_object=is_ours,
    compare_type=True,
    render_item=plainly,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
