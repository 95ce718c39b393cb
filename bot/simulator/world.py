"""The world behind the wire: how a message enters a chat, and how news of it reaches bots and people."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telegram import Chat, Message, User

from bot.simulator.faults import Fault
from bot.simulator.pace import Pace, PaceKeeper, Statistics
from bot.simulator.saved import SavedState
from bot.simulator.seen import Seen, seen
from bot.simulator.state import BotAccount, Dialog, Human, Json, Kept, Pending, State

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
ANONYMOUS_ADMIN = User(1087968824, "Group", True, username="GroupAnonymousBot")
_ALWAYS_FALSE = ("channel_chat_created", "delete_chat_photo", "group_chat_created", "supergroup_chat_created")


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def message_wire(message: Message) -> Json:
    """A message as JSON, without the flags that Telegram leaves out when they are false."""
    wire = message.to_dict()
    for name in _ALWAYS_FALSE:
        if not wire.get(name):
            wire.pop(name, None)
    return wire


class World:
    """State, time, and the news that something happened."""

    def __init__(
        self,
        state_file: Path | None,
        pace: Pace | None,
        clock: Callable[[], datetime],
        keep_messages: int | None,
    ) -> None:
        self.state = State()
        self.saved = SavedState(state_file) if state_file else None
        if self.saved:
            self.saved.read_into(self.state)
            self.state.saving = True
        self.clock = clock
        self.keep_messages = keep_messages
        self.pace = PaceKeeper(pace) if pace else None
        self.statistics = Statistics()
        self.faults: list[Fault] = []
        self.alerts: dict[tuple[int, int], deque[str]] = defaultdict(lambda: deque(maxlen=100))
        self.on_message: list[Callable[[int, Seen], None]] = []
        self.watchers: list[Callable[[Json], None]] = []
        self.to_webhook: Callable[[BotAccount, Pending], None] | None = None
        self.on_clock_moved: Callable[[timedelta], Awaitable[None] | None] | None = None

    @property
    def clock_offset(self) -> timedelta:
        """How far the simulated time is ahead."""
        return timedelta(seconds=self.state.numbers.get("clock_offset", 0))

    def now(self) -> datetime:
        """The simulated time."""
        return self.clock() + self.clock_offset

    async def move_clock(self, by: timedelta) -> None:
        """Move the simulated time and tell whoever wants to know."""
        seconds = self.state.numbers["clock_offset"] = int((self.clock_offset + by).total_seconds())
        self.state.touch("number", "clock_offset", seconds)
        self.tell({"type": "clock", "now": self.now().isoformat(), "offset": seconds})
        if self.on_clock_moved:
            answer = self.on_clock_moved(by)
            if answer is not None:
                await answer

    def bot(self, bot_id: int) -> BotAccount:
        """The bot with this id; it is made when it shows itself for the first time."""
        bot = self.state.bots.get(bot_id)
        if bot is None:
            bot = self.state.bots[bot_id] = BotAccount(bot_id, "Buurtpraat", f"buurtpraat_{bot_id}_bot")
            self.state.touch("bot", str(bot_id), bot)
        return bot

    def touch_bot(self, bot: BotAccount) -> None:
        """Note that a bot's settings changed."""
        self.state.touch("bot", str(bot.id), bot)

    def human_of(self, dialog: Dialog) -> Human | None:
        """The person of a private chat."""
        return self.state.humans.get(dialog.chat_id)

    def push(self, bot: BotAccount, kind: str, body: Json, chat_id: int) -> None:
        """Put an update in a bot's queue, unless it did not ask for this kind."""
        if (kind in NOT_BY_DEFAULT) if bot.allowed is None else (kind not in bot.allowed):
            return
        number = bot.next_update
        bot.next_update += 1
        pending = Pending(number, {"update_id": number, kind: body}, chat_id, time.time())
        bot.updates[number] = pending
        self.state.touch("update", f"{bot.id}:{number}", pending)
        self.touch_bot(bot)
        if bot.webhook is not None:
            if self.to_webhook:
                self.to_webhook(bot, pending)
        elif bot.poller is not None and not bot.poller.done():
            bot.poller.set_result(True)

    def forget_update(self, bot: BotAccount, update_id: int) -> None:
        """An update was confirmed."""
        if bot.updates.pop(update_id, None):
            self.state.touch("update", f"{bot.id}:{update_id}", None)

    def post_by_bot(self, bot: BotAccount, dialog: Dialog, content: Json, markup: Json | None) -> Kept:
        """A bot's message enters a chat."""
        wire: Json = {
            "message_id": dialog.next_message,
            "date": int(self.now().timestamp()),
            "chat": dialog.wire(self.human_of(dialog)),
            "from": {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username},
            **content,
        }
        kept = Kept(wire, bot.id)
        if markup is not None and "inline_keyboard" in markup:
            wire["reply_markup"] = markup
        elif markup is not None:
            kept.keyboard = markup
            dialog.keyboard = None if "remove_keyboard" in markup else markup
        self._keep(dialog, kept)
        dialog.said_count += 1
        kept.order = dialog.said_count
        dialog.said.append(kept)
        self.changed(dialog, kept, "message")
        return kept

    def post_by_human(self, human: Human, dialog: Dialog, *, anonymous: bool = False, **content: Any) -> Kept:
        """A person's message enters a chat, and the bots that may see it get their update."""
        if dialog.upgraded_to is not None:
            raise AssertionError("this group was upgraded: write to the supergroup")
        reply = content.pop("reply_to", None)
        message = Message(
            message_id=dialog.next_message,
            date=self.now(),
            chat=human.chat() if dialog.bot_id else self.group_chat(dialog),
            from_user=ANONYMOUS_ADMIN if anonymous else human.user(),
            sender_chat=self.group_chat(dialog) if anonymous else None,
            **content,
        )
        wire = message_wire(message)
        if reply is not None:
            wire["reply_to_message"] = {k: v for k, v in reply.wire.items() if k != "reply_to_message"}
        kept = Kept(wire)
        self._keep(dialog, kept)
        if dialog.bot_id:
            dialog.started = True
        self.changed(dialog, kept, "message")
        for bot in self.bots_that_see(dialog, kept):
            self.push(bot, "message", wire, dialog.chat_id)
        return kept

    @staticmethod
    def group_chat(dialog: Dialog) -> Chat:
        """The group as python-telegram-bot's type."""
        return Chat(dialog.chat_id, dialog.kind, title=dialog.title)

    def bots_that_see(self, dialog: Dialog, kept: Kept) -> list[BotAccount]:
        """Who gets a person's message: in a group, by default, only commands, replies and service notes."""
        if dialog.bot_id:
            return [self.bot(dialog.bot_id)] if not dialog.blocked else []
        bots = [self.bot(bot_id) for bot_id in dialog.bots]
        text = kept.wire.get("text", "")
        reply = kept.wire.get("reply_to_message", {})
        content = {"text", "caption", "photo", "voice", "video", "document", "sticker", "contact", "location"}
        service = not content & kept.wire.keys() and "poll" not in kept.wire and "dice" not in kept.wire
        command = text.split(maxsplit=1)[0] if text.startswith("/") and len(text) > 1 else ""
        addressed = command.partition("@")[2].lower()

        def sees(bot: BotAccount) -> bool:
            if not bot.privacy or bot.id in dialog.admins or service:
                return True
            if command and addressed in ("", bot.username.lower()):
                return True
            return bool(reply.get("from", {}).get("id") == bot.id)

        return [bot for bot in bots if sees(bot)]

    def _keep(self, dialog: Dialog, kept: Kept) -> None:
        dialog.messages[kept.id] = kept
        dialog.next_message += 1
        if self.keep_messages is not None and len(dialog.messages) > self.keep_messages:
            oldest = next(iter(dialog.messages))
            del dialog.messages[oldest]
            while dialog.said and dialog.said[0].id <= oldest:
                dialog.said.popleft()
            self.state.touch_message(dialog, None, oldest)

    def changed(self, dialog: Dialog, kept: Kept, what: str) -> None:
        """Tell everybody who watches that a message is new, edited or deleted."""
        dialog.changes += 1
        kept.change = dialog.changes
        self.state.touch_message(dialog, None if what == "deleted" else kept, kept.id)
        self.state.touch_dialog(dialog)
        if kept.bot_id and what != "deleted":
            for waiter in dialog.waiters:
                if not waiter.done():
                    waiter.set_result(None)
            dialog.waiters.clear()
            if self.on_message:
                view = seen(kept)
                for listener in list(self.on_message):
                    listener(dialog.chat_id, view)
        if self.watchers:
            self.tell({"type": what, "bot": dialog.bot_id, "chat": dialog.chat_id, "kept": kept})

    def tell(self, event: Json) -> None:
        """Hand an event to whoever watches (the page)."""
        for watcher in list(self.watchers):
            watcher(event)

    async def wait_for_change(self, dialog: Dialog, seconds: float) -> None:
        """Wait until a bot sends or edits something in this chat; TimeoutError when nothing comes."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        dialog.waiters.append(waiter)
        try:
            await asyncio.wait_for(waiter, seconds)
        finally:
            if waiter in dialog.waiters:
                dialog.waiters.remove(waiter)
