"""Are the migrations in step with the tables? `python -m tests.check_migrations`: on SQLite, in a new file."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.util import CommandError
from sqlalchemy import create_engine

from bot.store.migrate import alembic_config


def main() -> int:
    """0 when a new migration would hold nothing."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'new.sqlite'}")
        with engine.begin() as connection:
            config = alembic_config(connection)
            command.upgrade(config, "head")  # type: ignore[arg-type]  # a Config, imported late there
            try:
                command.check(config)  # type: ignore[arg-type]
            except CommandError as error:
                print(f"migrations: {error}")
                return 1
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
