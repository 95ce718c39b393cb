"""Logging: one line an event, never a name, a text or a token."""

from __future__ import annotations

import json
import logging
import sys
import traceback


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "where": record.name,
            "what": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            said["trace"] = _trace(record.exc_info[1])
        return json.dumps(said)


class _Text(logging.Formatter):
    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        return _trace(ei[1]) if isinstance(ei, tuple) and isinstance(ei[1], BaseException) else ""


def set_up_logging(level: str, kind: str) -> None:
    """Log to standard error; `kind` is "text" or "json"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if kind == "json" else _Text("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("aiogram", "alembic", "apscheduler", "aiosqlite", "asyncio", "sqlalchemy"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def _trace(error: BaseException) -> str:
    """Where it happened and what kind of error: its message may hold what somebody wrote, or the token."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames[-8:])
    return f"{type(error).__name__} at {path}"
