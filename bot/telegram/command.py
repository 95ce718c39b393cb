"""A command: its two names, who may use it, what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.telegram.dialogues import Dialogues
from conversations.inputs import Input
from conversations.words import Text, _

Run = Callable[[Dialogues, str, Input | None], Awaitable[None]]
UNKNOWN = _("I don't know that one. Type /help to see what I can do.")


async def _nothing(talk: Dialogues, words: str, given: Input | None) -> None:
    """For commands that only begin a conversation."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its English and its Dutch name.

    `flow`: the conversation that it begins. `roles`: who may use it; empty: everybody. `without_consent`: also before
    the yes. `interrupts`: afterwards the open question of a conversation is repeated.
    """

    name: str
    dutch: str
    what: Text
    run: Run = _nothing
    flow: str | None = None
    roles: frozenset[str] = frozenset()
    without_consent: bool = False
    interrupts: bool = True

    def called(self, language: str) -> str:
        """Its name for a reader of that language."""
        return self.dutch if language == "nl" else self.name
