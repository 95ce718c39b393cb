"""The page's other end: who there is, what happened, and what somebody does, over plain HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from bot.simulator.cast import CastGroup, CastMember
from bot.simulator.drawings import NAMES, picture
from bot.simulator.errors import Refused
from bot.simulator.file_ids import find_file
from bot.simulator.groups import Group
from bot.simulator.methods.about import commands_for
from bot.simulator.page_view import keyboard_of, person_of, shown
from bot.simulator.people import Person
from bot.simulator.state import Dialog, Json, Kept
from bot.simulator.world import World

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HERE = Path(__file__).parent / "page"
LARGEST_PHOTO = 20 * 1024 * 1024
SHOWN = 200
LONGEST_MOVE = 400 * 24 * 3600
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """Serves the chat page and carries out what is done on it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.members: Sequence[CastMember] = ()
        self.groups: Sequence[CastGroup] = ()
        self.persons: Mapping[str, Person] = {}
        self.rooms: Mapping[str, Group] = {}
        self.places: Sequence[tuple[str, float, float]] = ()
        self._streams: set[asyncio.Queue[Json | None]] = set()
        self._hosts: tuple[str, ...] = ()

    def set_cast(
        self,
        members: Sequence[CastMember],
        groups: Sequence[CastGroup],
        persons: Mapping[str, Person],
        rooms: Mapping[str, Group],
        places: Sequence[tuple[str, float, float]],
    ) -> None:
        """Who one can be, and where."""
        self.places = places
        self.members, self.groups, self.persons, self.rooms = members, groups, persons, rooms

    def add_routes(self, app: web.Application, loopback: bool) -> None:
        """Put the page's addresses in the server; on loopback only for pages from this very machine."""
        self._hosts = LOOPBACK if loopback else ()
        add = app.router.add_route
        add("GET", "/", self._guarded(self._file("index.html")))
        for path in sorted(HERE.glob("*.*")):
            add("GET", f"/page/{path.name}", self._guarded(self._file(path.name)))
        add("GET", "/sim/state", self._guarded(self._state))
        add("GET", "/sim/events", self._guarded(self._events))
        add("GET", "/sim/photo/{file_id}", self._guarded(self._photo))
        add("GET", "/sim/sample/{name}", self._guarded(self._sample))
        add("POST", "/sim/act", self._guarded(self._act))
        add("POST", "/sim/clock", self._guarded(self._clock))
        app.on_shutdown.append(self._close)

    async def _close(self, app: web.Application) -> None:
        for stream in list(self._streams):
            stream.put_nowait(None)

    # Who may ask

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if self._foreign(request):
                return web.Response(status=403, text="This page answers to its own address only.\n", headers=HEADERS)
            try:
                answer = await handler(request)
            except (AssertionError, KeyError, ValueError, TypeError, Refused) as error:
                return web.json_response({"error": str(error)}, status=400, headers=HEADERS)
            if not answer.prepared:
                answer.headers.update(HEADERS)
            return answer

        return guarded

    def _foreign(self, request: web.Request) -> bool:
        """A name that points here (DNS rebinding), or another page that posts to us."""
        if self._hosts and urlsplit(f"//{request.host}").hostname not in self._hosts:
            return True
        origin = request.headers.get("Origin")
        return origin is not None and urlsplit(origin).netloc != request.host

    # What there is to see

    def _file(self, name: str) -> Handler:
        async def give(request: web.Request) -> web.StreamResponse:
            return web.FileResponse(HERE / name, headers=HEADERS)

        return give

    def _dialog(self, key: str) -> Dialog:
        return self.rooms[key].dialog if key in self.rooms else self.persons[key].dialog

    def _key_of(self, bot_id: int, chat_id: int) -> str | None:
        for key, room in self.rooms.items():
            if room.id == chat_id:
                return key
        for key, person in self.persons.items():
            if person.id == chat_id and person.bot.id == bot_id:
                return key
        return None

    def _chat(self, key: str) -> Json:
        dialog = self._dialog(key)
        human_id = max(0, dialog.chat_id)
        language = next((one.language_code for one in self.members if one.key == key), None)
        bot = self.world.bot(dialog.bot_id) if dialog.bot_id else self.persons[self._speaker(key)].bot
        return {
            "messages": [shown(kept) for kept in list(dialog.messages.values())[-SHOWN:]],
            "keyboard": keyboard_of(dialog),
            "blocked": dialog.blocked,
            "started": dialog.started or dialog.chat_id < 0,
            "commands": commands_for(bot, dialog.chat_id, human_id, language),
        }

    def _speaker(self, key: str) -> str:
        """Who speaks when one is this: oneself, or the first of the group."""
        for group in self.groups:
            if group.key == key:
                return group.members[0]
        return key

    async def _state(self, request: web.Request) -> web.StreamResponse:
        people = [*map(person_of, self.members), *map(person_of, self.groups)]
        bots = {person.bot.name for person in self.persons.values()}
        return web.json_response(
            {
                "people": people,
                "chats": {str(one["key"]): self._chat(str(one["key"])) for one in people},
                "now": self.world.now().isoformat(),
                "offset": int(self.world.clock_offset.total_seconds()),
                "bot": next(iter(bots), "Buurtpraat"),
                "samples": list(NAMES),
                "places": self.places,
            }
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """What happens, as it happens."""
        answer = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await answer.prepare(request)
        stream: asyncio.Queue[Json | None] = asyncio.Queue()

        def watch(event: Json) -> None:
            translated = self._event(event)
            if translated:
                stream.put_nowait(translated)

        self.world.watchers.append(watch)
        self._streams.add(stream)
        try:
            while True:
                try:
                    event = await asyncio.wait_for(stream.get(), 15)
                except TimeoutError:
                    await answer.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                await answer.write(f"data: {json.dumps(event)}\n\n".encode())
        except ConnectionError:
            pass
        finally:
            self.world.watchers.remove(watch)
            self._streams.discard(stream)
        return answer

    def _event(self, event: Json) -> Json | None:
        """An event of the world in the page's words; None when it concerns nobody of the cast."""
        if event["type"] == "clock":
            return event
        chat_id = event.get("chat", event.get("person"))
        key = self._key_of(event["bot"], chat_id) if isinstance(chat_id, int) else None
        if key is None:
            return None
        told: Json = {"type": event["type"], "who": key}
        kept = event.get("kept")
        if isinstance(kept, Kept):
            dialog = self._dialog(key)
            told |= {"message": shown(kept), "keyboard": keyboard_of(dialog), "started": True}
        return told | {name: event[name] for name in ("text", "modal", "action", "emoji", "id") if name in event}

    async def _photo(self, request: web.Request) -> web.StreamResponse:
        for bot in self.world.state.bots.values():
            try:
                stored = find_file(self.world.state, bot.id, request.match_info["file_id"])
            except Refused:
                continue
            kind = stored.mime if stored.mime in ("image/png", "image/jpeg", "image/webp", "image/gif") else ""
            return web.Response(body=stored.content, content_type=kind or "application/octet-stream")
        raise web.HTTPNotFound

    async def _sample(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in NAMES:
            raise web.HTTPNotFound
        return web.Response(body=picture(name), content_type="image/png")

    # What somebody does

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        seconds = (await _body(request))["move_seconds"]
        if not isinstance(seconds, int) or not 0 < seconds <= LONGEST_MOVE:
            raise ValueError("the clock moves forward by whole seconds, at most 400 days at a time")
        await self.world.move_clock(timedelta(seconds=seconds))
        return web.json_response({"now": self.world.now().isoformat()})

    async def _act(self, request: web.Request) -> web.StreamResponse:
        files: list[bytes] = []
        if request.content_type == "multipart/form-data":
            body: Json = {}
            async for part in await request.multipart():
                if isinstance(part, BodyPartReader) and part.name == "file":
                    files.append(bytes(await part.read(decode=True)))
                elif isinstance(part, BodyPartReader) and part.name:
                    body[part.name] = await part.text()
            if any(len(content) > LARGEST_PHOTO for content in files):
                raise ValueError("a photo may be 20 MB at most")
        else:
            body = await _body(request)
        key = str(body["who"])
        person = self.persons[str(body.get("as") or self._speaker(key))]
        self._do(person, self.rooms.get(key), str(body["what"]), body, files)
        return web.json_response({"ok": True})

    def _do(self, person: Person, room: Group | None, what: str, body: Json, files: list[bytes]) -> None:
        text = str(body.get("text", ""))
        reply_to = int(body["reply_to"]) if body.get("reply_to") else None
        if what == "say" and text.strip():
            if room:
                person.say_in(room, text[:4096], reply_to)
            else:
                person.say(text[:4096], reply_to)
        elif what == "start":
            person.start(text)
        elif what == "tap":
            if room:
                person.tap_in(room, text, int(body["message"]))
            else:
                person.tap(text, int(body["message"]))
        elif what == "photo":
            contents = files or [picture(name) for name in str(body.get("samples", "")).split(",") if name in NAMES]
            if room:
                for content in contents:
                    person.photo_in(room, content, text, reply_to)
            elif len(contents) > 1:
                person.album(contents, text)
            else:
                person.photo(contents[0], text, reply_to)
        elif what == "spot" and room is None:
            person.spot(float(body["latitude"]), float(body["longitude"]))
        elif what == "voice":
            if room:
                person.voice_in(room, 3, reply_to)
            else:
                person.voice(3, reply_to)
        elif what == "contact" and room is None:
            person.contact()
        elif what == "block":
            person.block()
        elif what == "edit" and room is None:
            person.edit(int(body["message"]), text)
        else:
            raise ValueError(f"{person.name} cannot do that here")


async def _body(request: web.Request) -> Json:
    # A foreign page can post a form without asking first, but not JSON.
    if request.content_type != "application/json":
        raise ValueError("expected JSON")
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("expected an object")
    return body
