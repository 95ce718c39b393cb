"""The command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from bot.logs import set_up_logging


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is not zero when it could not start."""
    parser = argparse.ArgumentParser(prog="buurtpraat", description="A Telegram bot for a neighbourhood.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("run", help="the bot on real Telegram")
    demo = commands.add_parser("demo", help="the bot and a stand-in for Telegram, with a chat page in the browser")
    demo.add_argument("--listen", default="127.0.0.1:8081", help="host:port of the chat page (default: %(default)s)")
    commands.add_parser("migrate", help="bring the database's tables to this version")
    asked = parser.parse_args(arguments)
    from bot.settings import SettingsError, load_settings  # after parsing, so that --help is quick

    try:
        settings = load_settings()
        set_up_logging(settings.log_level, settings.log_format)
        if asked.command == "migrate":
            from bot.main import prepare

            asyncio.run(prepare(settings))
        elif asked.command == "demo":
            from bot.demo import show

            asyncio.run(show(settings, asked.listen))
        else:
            asyncio.run(_run(settings))
    except SettingsError as error:
        return _could_not_start(str(error))
    except Exception as error:
        from bot.neighbourhood.area import AreaError
        from bot.store.identity import SecretError
        from bot.telegram.receive import Rejected

        if isinstance(error, AreaError | SecretError | Rejected):
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


def _could_not_start(why: str) -> int:
    print(f"buurtpraat: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
