"""The state in a file: one SQLite table, written behind in batches, so that a restart forgets nothing."""

from __future__ import annotations

import base64
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.simulator.state import BotAccount, Dialog, Human, Kept, Pending, State, StoredFile

# What belongs to the running process, or is saved as a thing of its own.
_NOT_SAVED = {
    BotAccount: {"updates", "poller", "last_error"},
    Dialog: {"messages", "said", "waiters"},
}


class SavedState:
    """Reads a state at the start and writes what changed since."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS thing (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))")
        self._db.commit()

    def read_into(self, state: State) -> None:
        """Fill an empty state with what was written."""
        things: dict[str, list[tuple[str, Any]]] = {}
        for kind, key, body in self._db.execute("SELECT kind, key, body FROM thing"):
            things.setdefault(kind, []).append((key, json.loads(body)))
        state.numbers = dict(things.get("number", []))
        state.humans = {body["id"]: Human(**body) for _, body in things.get("human", [])}
        state.bots = {body["id"]: BotAccount(**body) for _, body in things.get("bot", [])}
        for _, body in things.get("dialog", []):
            state.dialogs[body["bot_id"], body["chat_id"]] = Dialog(**body)
        for key, body in sorted(things.get("message", []), key=lambda item: int(item[0].rsplit(":", 1)[1])):
            bot_id, chat_id, message_id = (int(part) for part in key.split(":"))
            state.dialogs[bot_id, chat_id].messages[message_id] = Kept(**body)
        for dialog in state.dialogs.values():
            dialog.said.extend(sorted((k for k in dialog.messages.values() if k.order), key=lambda k: k.order))
        for key, body in sorted(things.get("update", []), key=lambda item: item[1]["id"]):
            state.bots[int(key.split(":")[0])].updates[body["id"]] = Pending(**body)
        for key, body in things.get("file", []):
            state.files[key] = StoredFile(**{**body, "content": base64.b64decode(body["content"])})

    def write(self, state: State) -> None:
        """Write everything that changed, in one transaction."""
        if not state.dirty:
            return
        dirty, state.dirty = state.dirty, {}
        gone = [key for key, thing in dirty.items() if thing is None]
        rows = [(kind, key, json.dumps(_body(thing))) for (kind, key), thing in dirty.items() if thing is not None]
        with self._db:
            self._db.executemany("DELETE FROM thing WHERE kind = ? AND key = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _body(thing: object) -> Any:
    if isinstance(thing, int):
        return thing
    if isinstance(thing, StoredFile):
        return {**asdict(thing), "content": base64.b64encode(thing.content).decode()}
    if isinstance(thing, Human | Kept | Pending):
        return asdict(thing)
    if isinstance(thing, BotAccount | Dialog):
        left_out = _NOT_SAVED[type(thing)]
        return {name: getattr(thing, name) for name in type(thing).__slots__ if name not in left_out}
    raise TypeError(f"nothing to save in {type(thing).__name__}")
