"""What a person hears and sees, and waiting for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.simulator.errors import must
from bot.simulator.groups import Group
from bot.simulator.seen import Button, Seen, keyboard_rows, seen
from bot.simulator.state import BotAccount, Dialog, Human
from bot.simulator.world import World


class Reader:
    """Somebody who looks at a phone: in the private chat with the bot, or in a group."""

    def __init__(self, world: World, human: Human, bot: Callable[[], BotAccount]) -> None:
        self.world = world
        self.human = human
        self._bot = bot
        self._heard: dict[tuple[int, int], int] = {}
        self._acted: dict[tuple[int, int], int] = {}

    def __repr__(self) -> str:
        return f"<{self.human.first_name} {self.human.id}>"

    @property
    def id(self) -> int:
        """The Telegram id, which is the id of the private chat too."""
        return self.human.id

    @property
    def name(self) -> str:
        """The first name."""
        return self.human.first_name

    @property
    def bot(self) -> BotAccount:
        """The bot that this person talks with."""
        return self._bot()

    @property
    def dialog(self) -> Dialog:
        """The private chat with the bot."""
        return self.world.state.private(self.bot.id, self.id)

    @property
    def messages(self) -> list[Seen]:
        """Everything in the private chat, the oldest first."""
        return [seen(kept) for kept in self.dialog.messages.values()]

    @property
    def last(self) -> Seen:
        """The bot's newest message."""
        for kept in reversed(self.dialog.messages.values()):
            if kept.bot_id:
                return seen(kept)
        raise AssertionError(f"the bot said nothing to {self.name} yet")

    @property
    def alerts(self) -> list[str]:
        """The texts with which the bot answered taps."""
        return list(self.world.alerts[self.bot.id, self.id])

    @property
    def keyboard(self) -> list[list[Button]] | None:
        """The reply keyboard as it stands now."""
        return keyboard_rows(self.dialog.keyboard)

    async def hears(
        self,
        n: int = 1,
        timeout: float = 20.0,  # noqa: ASYNC109 - a test says how long
        group: Group | None = None,
    ) -> list[Seen]:
        """The next n messages of a bot since the last act or the last hears; waits for them."""
        dialog = group.dialog if group else self.dialog
        key = (dialog.bot_id, dialog.chat_id)
        start = self._heard.get(key, 0)
        deadline = time.monotonic() + timeout
        while dialog.said_count < start + n:
            try:
                await self.world.wait_for_change(dialog, deadline - time.monotonic())
            except TimeoutError:
                heard = [seen(kept).text for kept in dialog.said if kept.order > start]
                raise AssertionError(
                    f"{self.name} waited {timeout} s for {n} message(s) and heard {len(heard)}: {heard}"
                ) from None
        self._heard[key] = start + n
        return [seen(kept) for kept in dialog.said if start < kept.order <= start + n]

    async def sees(
        self,
        substring: str,
        timeout: float = 20.0,  # noqa: ASYNC109 - a test says how long
        group: Group | None = None,
    ) -> Seen:
        """A bot's message with these words, new or edited since the last act; waits for it."""
        dialog = group.dialog if group else self.dialog
        since = self._acted.get((dialog.bot_id, dialog.chat_id), 0)
        deadline = time.monotonic() + timeout
        while True:
            fresh = [seen(k) for k in dialog.messages.values() if k.bot_id and k.change > since]
            for message in reversed(fresh):
                if substring in message.text:
                    return message
            try:
                await self.world.wait_for_change(dialog, deadline - time.monotonic())
            except TimeoutError:
                texts = [message.text for message in fresh]
                raise AssertionError(f"{self.name} did not see {substring!r} in {timeout} s, but: {texts}") from None

    async def quiet(self, seconds: float = 0.3) -> None:
        """Fails when a bot sends or edits something in this time."""
        before = self.dialog.changes
        await asyncio.sleep(seconds)
        fresh = [seen(k).text for k in self.dialog.messages.values() if k.bot_id and k.change > before]
        must(not fresh, f"{self.name} expected silence and got {fresh}")
