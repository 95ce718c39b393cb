"""The command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.logs import set_up_logging

if TYPE_CHECKING:
    from bot.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is not zero when it could not start."""
    parser = argparse.ArgumentParser(prog="buurtpraat", description="A Telegram bot for a neighbourhood.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("run", help="the bot on real Telegram")
    demo = commands.add_parser("demo", help="the bot and a stand-in for Telegram, with a chat page in the browser")
    demo.add_argument("--listen", default="127.0.0.1:8081", help="host:port of the chat page (default: %(default)s)")
    commands.add_parser("migrate", help="bring the database's tables to this version")
    commands.add_parser("newkey", help="put a new key in the place of the key file; stop the bot first")
    poster = commands.add_parser("poster", help="a poster with a QR code, as PDF and PNG, in this folder")
    poster.add_argument("payload", help="an event, like e5; or p- and the name of a place, like p-library")
    poster.add_argument("--bot", metavar="NAME", help="the bot's name; without it Telegram is asked (BOT_TOKEN)")
    asked = parser.parse_args(arguments)
    from bot.settings import SettingsError, load_settings  # after parsing, so that --help is quick

    try:
        settings = load_settings()
        set_up_logging(settings.log_level, settings.log_format)
        if asked.command == "migrate":
            from bot.prepare import prepare

            asyncio.run(prepare(settings))
        elif asked.command == "newkey":
            from bot.prepare import renew_key

            file = asyncio.run(renew_key(settings))
            print(f"{file} holds the new key. Take it into safe keeping; copies made until now need the old one.")
        elif asked.command == "poster":
            asyncio.run(_poster(settings, asked.payload, asked.bot))
        elif asked.command == "demo":
            from bot.demo import show

            asyncio.run(show(settings, asked.listen))
        else:
            asyncio.run(_run(settings))
    except SettingsError as error:
        return _could_not_start(str(error))
    except Exception as error:
        from bot.neighbourhood.area import AreaError
        from bot.reports.poster import NoPoster
        from bot.store.identity import SecretError
        from bot.telegram.receive import Rejected

        if isinstance(error, AreaError | SecretError | Rejected | NoPoster):
            return _could_not_start(str(error))
        if isinstance(error, OSError):
            return _could_not_start(f"{type(error).__name__}: {error.strerror or error}")
        logging.getLogger("bot").critical("stopped: %s", type(error).__name__, exc_info=error)
        return 1
    return 0


async def _run(settings: object) -> None:
    from bot.main import Service
    from bot.settings import Settings

    assert isinstance(settings, Settings)  # noqa: S101 - imported late
    service = Service(settings)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, service.stop)
    await service.run()


async def _poster(settings: Settings, payload: str, bot_name: str | None) -> None:
    """Write `poster-<payload>.pdf` and `.png` in this folder. Raises `NoPoster`, `SettingsError`, `Rejected`."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from bot.main import LOCALES, area_of
    from bot.reports.poster import content, link_of
    from bot.reports.sheets import draw_poster
    from bot.settings import SettingsError
    from bot.store.database import Database
    from bot.telegram.receive import name_of_bot
    from conversations.words import Catalogues

    area = area_of(settings)
    catalogues = Catalogues(LOCALES, area.languages, area.time_zone)
    url = make_url(settings.database)
    is_missing = url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()  # noqa: ASYNC240 - once
    if is_missing and re.fullmatch(r"e\d+", payload):
        raise SettingsError("there is no database yet; try: buurtpraat migrate")
    database = Database(settings.database)
    try:
        async with database.read() as session:
            stands_on_it = await content(session, catalogues, area, payload)
    except SQLAlchemyError as error:
        raise SettingsError(f"the database can't be read ({type(error).__name__}); try: buurtpraat migrate") from None
    finally:
        await database.close()
    name = (bot_name or await name_of_bot(settings)).removeprefix("@")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{4,31}", name):
        raise SettingsError("--bot: must be the bot's name on Telegram, like BuurtpraatBot")
    pdf = Path(f"poster-{payload}.pdf")
    draw_poster({**stands_on_it, "link": link_of(name, payload)}, pdf)
    print(f"{pdf} {pdf.with_suffix('.png')}")


def _could_not_start(why: str) -> int:
    print(f"buurtpraat: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
