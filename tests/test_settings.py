"""Settings, and what happens at a start that cannot succeed: one line, and an exit code."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot import cli
from bot.logs import set_up_logging
from bot.main import area_of
from bot.settings import Settings, SettingsError, load_settings
from bot.simulator import Simulator


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bot_token", "no token", "BOT_TOKEN: must look like"),
        ("coordinators", "12, Sanne", "COORDINATORS: must be Telegram ids"),
        ("quiet_hours", "night", "QUIET_HOURS: must"),
        ("follow_up_after", "3 days", "FOLLOW_UP_AFTER: must"),
        ("database_url", "mysql://x", "DATABASE_URL: must begin with"),
        (
            "database_url",
            "postgresql+asyncpg://a:geheim@127.0.0.1:1x/x",
            "DATABASE_URL: can't be read; it must be like",
        ),
        ("database_url", "sqlite+aiosqlite:///:memory:", "DATABASE_URL: must name a file"),
        ("telegram_api_url", "foo", "TELEGRAM_API_URL: must be an http or https address"),
        ("telegram_api_url", "http://host:port", "TELEGRAM_API_URL: must be an http or https address"),
        ("listen", "8080", "LISTEN: must be host:port"),
        ("listen", "host:99999", "LISTEN: must be host:port"),
        ("log_level", "LOUD", "LOG_LEVEL: "),
        ("messages_per_second", "-1", "MESSAGES_PER_SECOND: "),
        ("webhook_url", "https://example.org", "WEBHOOK_URL and WEBHOOK_SECRET: set both"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name.upper(), value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize("address", ["http://example.org/webhook", "example.org/webhook", "https:///webhook"])
def test_a_webhook_is_an_https_address(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: must be an https address"):
        load_settings(webhook_url=address, webhook_secret="abc", telegram_api_url="")
    load_settings(webhook_url="https://example.org/webhook", webhook_secret="abc")


def test_small_letters_and_nothing_at_all_are_understood() -> None:
    settings = load_settings(log_level="info", telegram_api_url="", listen="[::1]:8080")
    assert (settings.log_level, settings.telegram_api_url) == ("INFO", "https://api.telegram.org")
    assert settings.host_and_port == ("::1", 8080)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATA_DIR", "/proc/x", "DATA_DIR: can't make /proc/x (No such file or directory); take another folder"),
        ("DATA_DIR", "/etc/passwd", "DATA_DIR: can't make /etc/passwd (File exists); take another folder"),
        ("DATABASE_URL", "sqlite+aiosqlite:///{folder}/nodir/x.db", "DATABASE_URL: can't use the database (unable to"),
        ("DATABASE_URL", "sqlite+aiosqlite:///{folder}/text", "DATABASE_URL: can't use the database (file is not a"),
        ("DATABASE_URL", "postgresql+asyncpg://a:geheim@127.0.0.1:1/x", "DATABASE_URL: can't use the database ("),
        ("AREA", "nope", "AREA: nope: is not the name of an area"),
        ("AREA", "{folder}/gone.toml", "AREA: {folder}/gone.toml: cannot be read"),
        ("LISTEN", "nohost.invalid:8080", "LISTEN: can't listen on nohost.invalid:8080: "),
        ("LISTEN", "127.0.0.1:{port}", "LISTEN: can't listen on 127.0.0.1:{port}: another program uses that port"),
    ],
)
def test_what_shows_only_at_the_start_is_one_line_that_names_the_setting(
    name: str,
    value: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "set_up_logging", lambda *_how: None)
    (tmp_path / "text").write_text("no database\n" * 100)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        meant = {"folder": tmp_path, "port": taken.getsockname()[1]}
        for setting, given in {"DATA_DIR": str(tmp_path), "BOT_TOKEN": "12:x", name: value.format(**meant)}.items():
            monkeypatch.setenv(setting, given)
        assert cli.main(["run"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"buurtpraat: {said.format(**meant)}")
    assert "geheim" not in line


def test_a_missing_token_is_named() -> None:
    with pytest.raises(SettingsError, match="BOT_TOKEN"):
        _ = load_settings(bot_token="").token


def test_settings_override_the_area_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIET_HOURS", "22:00-07:30")
    monkeypatch.setenv("FOLLOW_UP_AFTER", "PT5M")
    monkeypatch.setenv("COORDINATORS", "12, 34")
    settings = load_settings()
    area = area_of(settings)
    assert area.quiet_hours is not None
    assert (area.quiet_hours.start, area.quiet_hours.end) == (time(22), time(7, 30))
    assert area.follow_up.after == timedelta(minutes=5)
    assert settings.coordinators == {12, 34}
    assert area_of(load_settings(quiet_hours="none")).quiet_hours is None
    assert area_of(load_settings(quiet_hours="", follow_up_after="")).follow_up.after == timedelta(days=3)


def test_secrets_are_not_shown() -> None:
    settings = load_settings(bot_token="12:secret", secret_key="x" * 40)
    assert "secret" not in repr(settings).replace("secret_key", "").replace("webhook_secret", "")


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`buurtpraat run` as an operator would start it."""
    base = {key: value for key, value in os.environ.items() if key not in Settings.model_fields}
    return subprocess.run(  # our own program
        [sys.executable, "-m", "bot.cli", "run"],
        env={**base, "DATA_DIR": str(folder), "LISTEN": "127.0.0.1:0", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_token_it_does_not_start(tmp_path: Path) -> None:
    done = run(tmp_path, BOT_TOKEN="")
    assert done.returncode == 1
    assert done.stderr == "buurtpraat: BOT_TOKEN: is missing; BotFather on Telegram gives one\n"


def test_a_mistake_in_the_area_file_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "here.toml").write_text("name = 3\n")
    done = run(tmp_path, BOT_TOKEN="12:x", AREA=str(tmp_path / "here.toml"))
    assert done.returncode == 1
    assert done.stderr.startswith("buurtpraat: here.toml: ")
    assert done.stderr.count("\n") == 1


async def test_a_token_that_telegram_does_not_know_does_not_start(tmp_path: Path) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
        head = f"HTTP/1.1 401 Unauthorized\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    address = "http://{}:{}".format(*server.sockets[0].getsockname()[:2])
    done = await asyncio.to_thread(run, tmp_path, BOT_TOKEN="12:x", TELEGRAM_API_URL=address)
    server.close()
    assert done.returncode == 1
    assert "BOT_TOKEN: Telegram doesn't know this token" in done.stderr


async def test_it_runs_until_it_is_told_to_stop_and_then_stops_cleanly(tmp_path: Path) -> None:
    simulator = Simulator()
    address = await simulator.start()
    base = {key: value for key, value in os.environ.items() if key not in Settings.model_fields}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        "run",
        env={
            **base,
            "DATA_DIR": str(tmp_path),
            "LISTEN": "127.0.0.1:0",
            "BOT_TOKEN": simulator.token,
            "TELEGRAM_API_URL": address,
            "LOG_FORMAT": "json",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    anna = simulator.person("Anna", "en")
    anna.start()
    await anna.hears(timeout=30)
    process.terminate()
    _nothing, logged = await asyncio.wait_for(process.communicate(), 20)
    await simulator.stop()
    assert process.returncode == 0
    assert b"Anna" not in logged
    assert simulator.token.encode() not in logged


def test_the_log_holds_no_text_of_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("text", "json"):
        set_up_logging("INFO", kind)
        try:
            raise ValueError("what Anna wrote, https://api/bot12:secret/getMe")
        except ValueError:
            logging.getLogger("bot.test").exception("it failed")
        logged = capsys.readouterr().err
        assert "ValueError at test_settings.py" in logged
        assert "Anna" not in logged
        assert "secret" not in logged
    logging.basicConfig(force=True, handlers=[logging.NullHandler()])
