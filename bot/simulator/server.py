"""The simulator itself: an HTTP server with the Bot API on one side, and people to talk as on the other."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.simulator.cast import DEFAULT_CAST, DEFAULT_GROUPS, DEFAULT_PLACES, CastGroup, CastMember
from bot.simulator.dispatch import Call, ConnectionDropped, Dispatch
from bot.simulator.errors import Refused
from bot.simulator.faults import Fault
from bot.simulator.groups import Group
from bot.simulator.methods.files import file_at
from bot.simulator.pace import Pace, PaceKeeper, Statistics
from bot.simulator.page_server import LOOPBACK, Page
from bot.simulator.params import Params, read_params
from bot.simulator.people import Person
from bot.simulator.seen import Seen
from bot.simulator.state import BotAccount, Dialog, Human, Json
from bot.simulator.webhook import WebhookDelivery
from bot.simulator.world import World, utc_now

TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]+")
LARGEST_REQUEST = 60 * 1024 * 1024
SAVE_EVERY = 0.5
DEFAULT_TOKEN = "4200000001:simulator_token"  # noqa: S105 - opens nothing but this simulator


class Simulator:
    """A stand-in for Telegram's server.

    - `state_file` keeps everything over a restart;
    - `pace` holds bots to Telegram's limits;
    - `clock` gives the real time, to which the simulated shift is added;
    - `keep_messages` bounds what each chat remembers (for benchmarks).
    """

    def __init__(
        self,
        *,
        state_file: Path | None = None,
        pace: Pace | None = None,
        clock: Callable[[], datetime] = utc_now,
        keep_messages: int | None = None,
        calls_kept: int = 100_000,
    ) -> None:
        self.world = World(state_file, pace, clock, keep_messages)
        self.dispatch = Dispatch(self.world, calls_kept)
        self.webhooks = WebhookDelivery(self.world, self._call_from_webhook)
        self.url = ""
        self.page = Page(self.world)
        self._runner: web.AppRunner | None = None
        self._saver: asyncio.Task[None] | None = None

    # Running

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; gives the base address, like http://127.0.0.1:41234."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self.page.add_routes(app, loopback=host in LOOPBACK)
        # A poller that goes away must not go on waiting in the name of its bot.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        await self.webhooks.start()
        if self.world.saved:
            self._saver = asyncio.get_running_loop().create_task(self._save_now_and_then())
        return self.url

    async def stop(self) -> None:
        """Stop listening and write what is left to write."""
        for bot in self.world.state.bots.values():
            if bot.poller is not None and not bot.poller.done():
                bot.poller.cancel()
        await self.webhooks.stop()
        if self._runner:
            await self._runner.cleanup()
        if self._saver:
            self._saver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._saver
        if self.world.saved:
            self.world.saved.write(self.world.state)
            self.world.saved.close()
            self.world.saved = None

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            if self.world.saved:
                self.world.saved.write(self.world.state)

    # The Bot API over HTTP

    async def _api(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if not TOKEN.fullmatch(token):
            return _json(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        bot = self.world.bot(int(token.partition(":")[0]))
        try:
            status, envelope = await self.dispatch(bot, request.match_info["method"], await read_params(request))
        except ConnectionDropped:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        except Refused as error:
            envelope = {"ok": False, "error_code": error.code, "description": error.description}
            return _json(error.code, envelope)
        return _json(status, envelope)

    async def _download(self, request: web.Request) -> web.Response:
        if not TOKEN.fullmatch(request.match_info["token"]):
            return _json(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        try:
            stored = file_at(self.world, request.match_info["path"])
        except Refused as error:
            return _json(404, {"ok": False, "error_code": 404, "description": error.description})
        return web.Response(body=stored.content, content_type="application/octet-stream")

    async def _call_from_webhook(self, bot: BotAccount, call: Json) -> None:
        name = str(call.pop("method"))
        with contextlib.suppress(ConnectionDropped):
            await self.dispatch(bot, name, Params(call))

    # People, groups, bots

    def bot(
        self, token: str = DEFAULT_TOKEN, *, name: str = "", username: str = "", privacy: bool = True
    ) -> BotAccount:
        """Make a bot known before it calls; with its name when you care."""
        bot = self.world.bot(int(token.partition(":")[0]))
        bot.name, bot.username, bot.privacy = name or bot.name, username or bot.username, privacy
        self.world.touch_bot(bot)
        return bot

    @property
    def token(self) -> str:
        """A token for a test's only bot."""
        return DEFAULT_TOKEN

    def the_bot(self, token: str | None = None) -> BotAccount:
        """The bot meant: the one of this token, or the only one there is."""
        bots = self.world.state.bots
        if token is not None:
            return self.world.bot(int(token.partition(":")[0]))
        if len(bots) > 1:
            raise AssertionError(f"there are {len(bots)} bots: say which one by its token")
        return next(iter(bots.values())) if bots else self.world.bot(int(DEFAULT_TOKEN.partition(":")[0]))

    def person(
        self,
        first_name: str,
        language_code: str | None = "nl",
        id: int | None = None,  # noqa: A002 - what Telegram calls it
        *,
        last_name: str | None = None,
        username: str | None = None,
        bot_token: str | None = None,
    ) -> Person:
        """Somebody with a Telegram account. The same id gives the same person, also after a restart."""
        state = self.world.state
        number = id if id is not None else state.next_number("human", 100_000_001)
        human = state.humans.get(number)
        if human is None:
            human = state.humans[number] = Human(number, first_name, last_name, username, language_code)
            state.touch("human", str(number), human)
        return Person(self.world, human, lambda: self.the_bot(bot_token))

    def group(
        self,
        title: str,
        members: Sequence[Person] = (),
        *,
        id: int | None = None,  # noqa: A002 - what Telegram calls it
        admins: Sequence[Person] = (),
        bot_token: str | None = None,
        bot_is_admin: bool = False,
        with_bot: bool = True,
    ) -> Group:
        """A group with these people and, unless told otherwise, the bot, which hears that it was added."""
        number = id if id is not None else -self.world.state.next_number("group", 500_001)
        return Group.made(
            self.world,
            number,
            title,
            [*admins, *(member for member in members if member not in admins)],
            admins,
            self.the_bot(bot_token) if with_bot else None,
            bot_is_admin,
        )

    def on_message(self, callback: Callable[[int, Seen], None]) -> Callable[[], None]:
        """Call this as (chat_id, Seen) whenever a bot sends or edits; gives the function that ends it."""
        self.world.on_message.append(callback)
        return lambda: self.world.on_message.remove(callback)

    def cast(
        self,
        members: Sequence[CastMember] = DEFAULT_CAST,
        groups: Sequence[CastGroup] = DEFAULT_GROUPS,
        places: Sequence[tuple[str, float, float]] = DEFAULT_PLACES,
        *,
        bot_token: str = DEFAULT_TOKEN,
    ) -> None:
        """Set who one can be on the page, their groups, and the spots (name, latitude, longitude) to share."""
        self.bot(bot_token)
        persons = {
            one.key: self.person(one.first_name, one.language_code, one.id, bot_token=bot_token) for one in members
        }
        rooms = {
            one.key: self.group(one.title, [persons[key] for key in one.members], id=one.id, bot_token=bot_token)
            for one in groups
        }
        self.page.set_cast(members, groups, persons, rooms, places)

    # What tests and benchmarks look at

    @property
    def faults(self) -> list[Fault]:
        """What goes wrong on purpose; add and remove at any time."""
        return self.world.faults

    @property
    def calls(self) -> deque[Call]:
        """The calls so far, the oldest ones forgotten."""
        return self.dispatch.calls

    @property
    def refusals(self) -> list[Call]:
        """Every call that was wrong in itself (400, 404), none of them by a fault."""
        return self.dispatch.refusals

    @property
    def statistics(self) -> Statistics:
        """Messages let through and held back, by second."""
        return self.world.statistics

    def set_pace(self, pace: Pace | None) -> None:
        """Switch the pace on, off or to other limits; counting starts anew."""
        self.world.pace = PaceKeeper(pace) if pace else None
        self.world.statistics = Statistics()

    def waiting_updates(self, token: str | None = None) -> int:
        """How many updates the bot has not confirmed."""
        return len(self.the_bot(token).updates)

    def dialog(self, chat_id: int, token: str | None = None) -> Dialog | None:
        """A chat as the simulator keeps it."""
        return self.world.state.dialog(self.the_bot(token).id, chat_id)

    # Time

    @property
    def clock_offset(self) -> timedelta:
        """How far the simulated time is ahead."""
        return self.world.clock_offset

    def now(self) -> datetime:
        """The simulated time."""
        return self.world.now()

    async def move_clock(self, by: timedelta) -> None:
        """Move the simulated time; `on_clock_moved` is told."""
        await self.world.move_clock(by)

    @property
    def on_clock_moved(self) -> Callable[[timedelta], Awaitable[None] | None] | None:
        """What to call when the clock was moved."""
        return self.world.on_clock_moved

    @on_clock_moved.setter
    def on_clock_moved(self, callback: Callable[[timedelta], Awaitable[None] | None] | None) -> None:
        self.world.on_clock_moved = callback


def _json(status: int, envelope: Json) -> web.Response:
    body = json.dumps(envelope, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return web.Response(status=status, body=body, content_type="application/json")
