"""What the simulated Telegram knows: people, bots, chats, messages, files and their counters."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from telegram import Chat, User

Json = dict[str, Any]
QUERIES_KEPT = 10_000


@dataclass(slots=True)
class Human:
    """A person with a Telegram account."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    deleted: bool = False

    def user(self) -> User:
        """The person as the Bot API shows them."""
        return User(
            id=self.id,
            first_name=self.first_name,
            is_bot=False,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language_code,
        )

    def chat(self) -> Chat:
        """The private chat with this person."""
        return Chat(self.id, "private", first_name=self.first_name, last_name=self.last_name, username=self.username)


@dataclass(slots=True)
class Pending:
    """An update that the bot has not confirmed."""

    id: int
    body: Json
    chat_id: int
    made: float


@dataclass(slots=True)
class BotAccount:
    """A bot: its settings, and what waits for it."""

    id: int
    name: str
    username: str
    privacy: bool = True
    next_update: int = 700_000_001
    allowed: list[str] | None = None
    webhook: Json | None = None
    commands: dict[str, list[Json]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    updates: dict[int, Pending] = field(default_factory=dict)
    poller: asyncio.Future[bool] | None = None
    last_error: tuple[int, str] | None = None

    def user(self) -> User:
        """The bot as the Bot API shows it."""
        return User(id=self.id, first_name=self.name, is_bot=True, username=self.username)


@dataclass(slots=True)
class Kept:
    """A message in a chat: the wire form, and what the wire does not say."""

    wire: Json
    bot_id: int = 0
    keyboard: Json | None = None
    change: int = 0
    order: int = 0
    reaction: str = ""

    @property
    def id(self) -> int:
        """The message's number in its chat."""
        number: int = self.wire["message_id"]
        return number


@dataclass(slots=True)
class Dialog:
    """A private chat of one person and one bot, or a group (bot_id 0)."""

    bot_id: int
    chat_id: int
    kind: str = "private"
    title: str = ""
    started: bool = False
    blocked: bool = False
    members: list[int] = field(default_factory=list)
    bots: list[int] = field(default_factory=list)
    gone_bots: list[int] = field(default_factory=list)
    admins: list[int] = field(default_factory=list)
    banned: list[int] = field(default_factory=list)
    upgraded_to: int | None = None
    next_message: int = 1
    pinned: int | None = None
    keyboard: Json | None = None
    messages: dict[int, Kept] = field(default_factory=dict)
    changes: int = 0
    said: deque[Kept] = field(default_factory=lambda: deque(maxlen=1000))
    said_count: int = 0
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    def wire(self, human: Human | None) -> Json:
        """The chat as a message carries it."""
        chat = human.chat() if human is not None else Chat(self.chat_id, self.kind, title=self.title)
        return chat.to_dict()


@dataclass(slots=True)
class StoredFile:
    """A file's bytes and what Telegram tells about it."""

    key: str
    kind: str
    name: str
    mime: str
    content: bytes
    size: int
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class Query:
    """A tap that waits for answerCallbackQuery."""

    bot_id: int
    human_id: int
    made: float


class State:
    """Everything by its id. Whoever changes something says so to `touch`, so that it can be saved."""

    def __init__(self) -> None:
        self.humans: dict[int, Human] = {}
        self.bots: dict[int, BotAccount] = {}
        self.dialogs: dict[tuple[int, int], Dialog] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: OrderedDict[str, Query] = OrderedDict()
        self.numbers: dict[str, int] = {}
        self.dirty: dict[tuple[str, str], object] = {}
        self.saving = False

    def touch(self, kind: str, key: str, thing: object) -> None:
        """Note that this thing must be written; None means: it is gone."""
        if self.saving:
            self.dirty[kind, key] = thing

    def next_number(self, name: str, first: int) -> int:
        """The next number of a row of numbers that never repeats, also not after a restart."""
        number = self.numbers[name] = self.numbers.get(name, first - 1) + 1
        self.touch("number", name, number)
        return number

    def dialog(self, bot_id: int, chat_id: int) -> Dialog | None:
        """The chat that a bot means by this id."""
        return self.dialogs.get((0 if chat_id < 0 else bot_id, chat_id))

    def private(self, bot_id: int, human_id: int) -> Dialog:
        """The private chat of a person and a bot, made when it is not there yet."""
        dialog = self.dialogs.get((bot_id, human_id))
        if dialog is None:
            dialog = self.dialogs[bot_id, human_id] = Dialog(bot_id, human_id)
            self.touch_dialog(dialog)
        return dialog

    def touch_dialog(self, dialog: Dialog) -> None:
        """Note that a chat's own fields changed."""
        self.touch("dialog", f"{dialog.bot_id}:{dialog.chat_id}", dialog)

    def touch_message(self, dialog: Dialog, kept: Kept | None, message_id: int) -> None:
        """Note that a message changed, or is gone."""
        self.touch("message", f"{dialog.bot_id}:{dialog.chat_id}:{message_id}", kept)

    def store_file(self, kind: str, name: str, mime: str, content: bytes, size: tuple[int, int] = (0, 0)) -> StoredFile:
        """Keep a file; the same bytes of the same kind are kept once."""
        key = hashlib.sha256(f"{kind}:{name}:".encode() + content).hexdigest()[:24]
        stored = self.files.get(key)
        if stored is None:
            stored = self.files[key] = StoredFile(key, kind, name, mime, content, len(content), *size)
            self.touch("file", key, stored)
        return stored

    def remember_query(self, query_id: str, query: Query) -> None:
        """Keep a tap until it is answered or too old; only so many."""
        self.queries[query_id] = query
        if len(self.queries) > QUERIES_KEPT:
            self.queries.popitem(last=False)
