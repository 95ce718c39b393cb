"""The demo: the bot and the stand-in for Telegram in one process, with a clock that the page can move."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.clock import MovableClock
from bot.demo_seed import EVERYBODY, OUT_OF_REACH, SANNE, sow
from bot.main import Service
from bot.neighbourhood import residents, staff_rooms
from bot.neighbourhood.work import Surroundings
from bot.prepare import make_folder, prepare
from bot.settings import Settings, SettingsError, load_settings
from bot.simulator import Simulator
from bot.simulator.cast import DEFAULT_GROUPS
from bot.simulator.drawings import NAMES, picture
from bot.simulator.file_ids import photo_sizes
from bot.store.database import Database

PACE = 8
"""Messages a second: Telegram takes more, but then nobody would see an invitation go its way."""


async def show(settings: Settings, listen: str) -> None:
    """Run until stopped. Raises `SettingsError` when the address can't be had, or the demo runs already."""
    host, port = _address(listen)
    folder = settings.data_dir / "demo"
    make_folder(folder)
    with _alone(folder):
        clock = MovableClock()
        simulator = Simulator(state_file=folder / "telegram.sqlite")
        try:
            address = await _listen(simulator, host, port)
            await _show(load_settings(**_demo(simulator, address, folder)), simulator, clock)
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await simulator.stop()


async def _show(settings: Settings, simulator: Simulator, clock: MovableClock) -> None:
    service = Service(settings, clock)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, service.stop)

    def moved(by: timedelta) -> None:
        clock.move(by)
        if service.schedule is not None:
            service.schedule.wake()

    clock.move(simulator.clock_offset)
    simulator.on_clock_moved = moved
    simulator.cast()
    photos = _people_it(simulator)
    await prepare(settings)
    database = Database(settings.database)
    try:
        around = await service.unlock(database)
        async with database.write() as session:
            is_new = await sow(around, session, photos)
        if is_new:
            await _furnish(around)
    finally:
        await database.close()
    print(f"Open {simulator.url} in your browser. Ctrl-C stops it.", flush=True)
    await service.run()


async def _furnish(around: Surroundings) -> None:
    """Sanne has a first name for residents, and the office a group."""
    async with around.working() as work:
        sanne = (await residents.recognise(work, around.seal, [SANNE]))[SANNE]
        sanne.resident.name = "Sanne"
        room = await staff_rooms.open_room(work, around.seal, sanne, DEFAULT_GROUPS[0].id)
        work.tell(room, staff_rooms.GREETING)


def _demo(simulator: Simulator, address: str, folder: Path) -> dict[str, object]:
    """What the demo sets, whatever the environment says. At any hour: who looks on in the evening must see things."""
    return {
        "bot_token": simulator.token,
        "telegram_api_url": address,
        "data_dir": folder,
        "database_url": "",
        "secret_key": None,
        "coordinators": frozenset({SANNE}),
        "listen": "127.0.0.1:0",
        "webhook_url": "",
        "webhook_secret": "",
        "quiet_hours": "none",
        "follow_up_after": "",
        "messages_per_second": PACE,
        "chat_messages_per_second": 3,
    }


def _people_it(simulator: Simulator) -> dict[str, str]:
    """Everybody who talked with the bot before has a chat; gives the file ids of the pictures that they sent."""
    for number in EVERYBODY:
        person = simulator.person(f"Bewoner {number}", id=number)
        person.dialog.started, person.dialog.blocked = True, number in OUT_OF_REACH
        simulator.world.state.touch_dialog(person.dialog)
    state, bot = simulator.world.state, simulator.the_bot()
    stored = {name: state.store_file("photo", "photo.jpg", "image/jpeg", picture(name), (480, 360)) for name in NAMES}
    return {name: photo_sizes(bot.id, file)[-1].file_id for name, file in stored.items()}


def _address(listen: str) -> tuple[str, int]:
    host, _colon, port = listen.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise SettingsError("--listen: must be host:port, like 127.0.0.1:8081")
    return host.strip("[]") or "127.0.0.1", int(port)


async def _listen(simulator: Simulator, host: str, port: int) -> str:
    try:
        return await simulator.start(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"--listen: {host}:{port} is in use by another program; take another, like {host}:{port + 10}"
            ) from None
        raise SettingsError(f"--listen: can't listen on {host}:{port}: {error.strerror or error}") from None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one demo at a time works on these data. Raises `SettingsError`."""
    with (folder / "running").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"the demo runs already with what is in {folder}; stop that one first") from None
        yield
