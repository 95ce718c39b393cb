"""The demo as a process of its own, and a real browser to use it with."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox"]
START_SECONDS = 60
"""For a machine that is busy with other tests; alone it takes a few."""


def need_chromium() -> None:
    """Without a browser: a failure in CI, elsewhere a skip."""
    if not CHROMIUM:
        reason = "needs Debian's Chromium: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The demo with its data in this folder; gives the address of its page, and stops it as Ctrl-C does."""
    command = [sys.executable, "-m", "bot.cli", "demo", "--listen", "127.0.0.1:0"]
    environment = {**os.environ, "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found: re.Match[str] | None = None
        while found is None:
            line = process.stdout.readline()
            assert line, "the demo ended before it said where it is"
            found = re.search(r"http://[\d.:]+", line)
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.communicate()


def phone(page: Page, side: int) -> Locator:
    """The left (0) or the right (1) phone."""
    return page.locator(".phone").nth(side)
