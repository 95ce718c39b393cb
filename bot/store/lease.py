"""The lease: a row that says which process polls, sweeps and sends for a bot. Others stand by and take over.

Time is the database's own, so that two machines whose clocks differ agree. A holder whose process is gone on this very
machine is followed at once; otherwise after `SECONDS`.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from sqlalchemy import Float, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from bot.store.tables import Lease

SECONDS = 6.0
"""How long a lease lasts without renewal: with the stand-by's own rhythm, a take-over stays well under ten seconds."""


class LeaseLost(Exception):
    """Another process works for this bot now."""


class database_seconds(GenericFunction[float]):  # noqa: N801 - a SQL function's name
    """Seconds since 1970 on the database's clock; within a transaction too it moves on."""

    type = Float()
    inherit_cache = True


@compiles(database_seconds, "postgresql")
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return "extract(epoch from clock_timestamp())::float8"


@compiles(database_seconds, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


_MINE = (
    select(Lease.bot)
    .where(Lease.bot == bindparam("bot"), Lease.holder == bindparam("holder"))
    .with_for_update(read=True)
)


class Holding:
    """This process's claim on a bot."""

    def __init__(self, bot: int, holder: str | None = None) -> None:
        self.bot = bot
        self.holder = holder or _this_process()

    async def take(self, session: AsyncSession) -> bool:
        """Take or renew the lease; False when another has it."""
        now = database_seconds()
        held = (await session.execute(select(Lease.holder).where(Lease.bot == self.bot))).scalar()
        if held is None:
            try:
                async with session.begin_nested():
                    await session.execute(insert(Lease).values(bot=self.bot, holder=self.holder, until=now + SECONDS))
            except IntegrityError:  # another was first, in this very moment
                return False
            return True
        free = [Lease.holder == self.holder, Lease.until < now]
        if _is_gone(held):
            free.append(Lease.holder == held)
        taken = await session.execute(
            update(Lease)
            .where(Lease.bot == self.bot, or_(*free))
            .values(holder=self.holder, until=now + SECONDS)
            .returning(Lease.bot)
        )
        return taken.first() is not None

    async def check(self, session: AsyncSession) -> None:
        """Make sure, until the end of this transaction, that nobody else has taken over. Raises `LeaseLost`."""
        if (await session.execute(_MINE, {"bot": self.bot, "holder": self.holder})).first() is None:
            raise LeaseLost

    async def give_back(self, session: AsyncSession) -> None:
        """Let a stand-by take over at once."""
        mine = (Lease.bot == self.bot, Lease.holder == self.holder)
        await session.execute(update(Lease).where(*mine).values(until=0))


async def nobody_works(session: AsyncSession) -> bool:
    """Whether all leases are free, for all bots. Who had one and forgot about it can't write any more either."""
    for bot in list(await session.scalars(select(Lease.bot))):
        ours = Holding(bot)
        if not await ours.take(session):
            return False
        await ours.give_back(session)
    return True


def _this_process() -> str:
    return f"{_machine()}/{os.getpid()}/{os.urandom(4).hex()}"


def _machine() -> str:
    """This machine, and this container's own numbering of processes."""
    try:
        numbering = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        numbering = ""
    return f"{socket.gethostname()}{numbering}"[:90]


def _is_gone(holder: str) -> bool:
    """Whether the holder was a process on this machine that doesn't live any more."""
    machine, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if machine != _machine() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return True  # the number is ours now
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
