"""Child processes: they decode strangers' pictures and draw, without the bot's memory and without its secrets."""

from __future__ import annotations

import os
from asyncio.subprocess import Process

SECRETS = frozenset({"BOT_TOKEN", "SECRET_KEY", "DATABASE_URL", "WEBHOOK_SECRET"})
"""Settings that no child needs: one that must read the database gets its address on standard input."""


def without_secrets() -> dict[str, str]:
    """The environment for a child process."""
    return {name: value for name, value in os.environ.items() if name.upper() not in SECRETS}


async def end(child: Process) -> None:
    """See to it that a child has ended, also one that was given up."""
    if child.returncode is None:
        child.kill()
        await child.wait()
