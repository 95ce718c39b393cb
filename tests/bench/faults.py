"""A broadcast through everything at once: people who blocked the bot, errors, lost answers, SIGKILLs, an outage.

What was delivered is counted at Telegram's end of the wire, and held against what the bot wrote down.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from bot.outbox.sender import IN_HAND
from bot.simulator import Fault, Pace, Seen, Simulator
from bot.store.database import Database
from bot.store.tables import Broadcast, Recipient
from tests.bench import table
from tests.bench.addressees import SECRET, TITLE, database_in, send_out, settle_in
from tests.bench.contenders import BotFailed
from tests.crash.process import BotProcess
from tests.crash.run import SlowToAnswer

PROGRESS_SECONDS = 15.0
PATIENCE_SECONDS = 90.0
"""So long nothing may arrive."""


@dataclass(frozen=True)
class Plan:
    """What is to go wrong: shares of the recipients and of the calls, kills, and an outage half-way."""

    people: int = 5000
    blocked: float = 0.02
    errors: float = 0.01
    dropped: float = 0.01
    kills: int = 2
    outage_seconds: float = 60.0
    never_twice: bool = False
    scale: float = 1.0
    seed: int = 0


@dataclass
class Outcome:
    """What came of it. Sets are of Telegram ids, which are the chats' own numbers here."""

    plan: Plan
    blocked: set[int]
    got: Counter[int] = field(default_factory=Counter)
    states: dict[int, str] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    """As the broadcast's own row counts them."""
    cut_off: list[set[int]] = field(default_factory=list)
    """At each kill, to whom it had been sent without having been written down."""
    unclear: Counter[int] = field(default_factory=Counter)
    """Who was sent to without a clear answer: an error, or none."""
    held_back: int = 0
    seconds: float = 0.0
    heard_at: float = field(default_factory=time.monotonic)

    def heard(self, chat_id: int, seen: Seen) -> None:
        """Called by the simulator for each message that it took."""
        if TITLE in seen.text:
            self.got[chat_id] += 1
            self.heard_at = time.monotonic()

    async def reached(self, people: int) -> None:
        """Wait until it has reached so many. Raises `BotFailed`."""
        while len(self.got) < people:
            if time.monotonic() - self.heard_at > PATIENCE_SECONDS:
                raise BotFailed(f"the broadcast stands still at {len(self.got)}")
            await asyncio.sleep(0.01)

    @property
    def sent(self) -> int:
        """As written down."""
        return sum(state == "sent" for state in self.states.values())

    @property
    def doubled(self) -> int:
        """How many copies too many arrived."""
        return self.got.total() - len(self.got)

    @property
    def lost(self) -> list[int]:
        """Who could be reached, did not get it, and is not told to be unknown."""
        return [
            chat
            for chat, state in self.states.items()
            if chat not in self.blocked and not self.got[chat] and state != "unknown"
        ]

    @property
    def unknown(self) -> int:
        """Of whom nobody knows whether they got it, as written down."""
        return sum(state == "unknown" for state in self.states.values())

    @property
    def problems(self) -> list[str]:
        """What is wrong, one line each; none when all is well."""
        found = [f"lost: {len(self.lost)}"] if self.lost else []
        tally = Counter(self.states.values())
        if tally != Counter(self.counted):
            found.append(f"the broadcast counts {self.counted}, but its recipients are {dict(tally)}")
        gone = {chat for chat, state in self.states.items() if state == "gone"}
        if wrong := gone - self.blocked | {chat for chat in self.blocked if self.states[chat] in ("sent", "refused")}:
            found.append(f"unreachable and not blocked, or the other way: {len(wrong)}")
        if too_many := [len(chats - self.unclear.keys()) for chats in self.cut_off if len(chats) > IN_HAND]:
            found.append(f"at a kill {too_many} were in hand, and at most {IN_HAND} may be")
        in_doubt = set().union(*self.cut_off) | self.unclear.keys()
        twice = {chat for chat, copies in self.got.items() if copies > 1}
        if self.plan.never_twice:
            most = IN_HAND * len(self.cut_off) + self.unclear.total()
            if twice:
                found.append(f"sent twice: {len(twice)}")
            if self.unknown > most:
                found.append(f"unknown: {self.unknown}, and at most {most} may be")
        elif twice - in_doubt or self.unknown:
            found.append(f"sent twice without need: {len(twice - in_doubt)}; unknown: {self.unknown}")
        return found

    def show(self) -> None:
        """Print it."""
        plan = self.plan
        after_kills = set().union(*self.cut_off) - self.unclear.keys()
        table.show(
            f"{plan.people} recipients, {plan.blocked:.0%} blocked, {plan.errors:.0%} errors, "
            f"{plan.dropped:.0%} answers lost, {len(self.cut_off)} SIGKILLs, {plan.outage_seconds:g} s outage, "
            + ("rather never than twice" if plan.never_twice else "rather twice than never"),
            ("", "recipients"),
            [
                ("sent", str(self.sent)),
                ("unreachable", str(sum(state == "gone" for state in self.states.values()))),
                ("doubled", str(self.doubled)),
                ("  of these in hand at a SIGKILL", str(sum(self.got[each] > 1 for each in after_kills))),
                ("lost", str(len(self.lost))),
                ("unknown", str(self.unknown)),
                ("answered with 429", str(self.held_back)),
                ("seconds", f"{self.seconds:.0f}"),
            ],
        )
        for problem in self.problems:
            print(f"WRONG   {problem}", flush=True)


async def run(plan: Plan, folder: Path, *, tells: bool = False) -> Outcome:
    """Carry it out; gives what came of it. Raises `BotFailed` when it does not come to an end."""
    began = time.monotonic()
    dice = random.Random(plan.seed)
    outcome = Outcome(plan, set(dice.sample(range(1, plan.people + 1), round(plan.people * plan.blocked))))
    async with contextlib.AsyncExitStack() as later:
        simulator = Simulator(pace=Pace(scale=plan.scale), keep_messages=5)
        simulator.dispatch = SlowToAnswer(simulator, dice)
        later.push_async_callback(simulator.stop)
        await simulator.start()
        url = database_in(folder)
        for person in await settle_in(simulator, url, plan.people):
            person.dialog.blocked = person.id in outcome.blocked
        simulator.on_message(outcome.heard)
        simulator.faults.append(Fault("error", {"sendMessage"}, status=500, chance=plan.errors))
        simulator.faults.append(Fault("drop_after", {"sendMessage"}, chance=plan.dropped))
        bot = BotProcess(_settings(simulator, folder, url, plan.scale), folder / "bot.log")
        later.push_async_callback(asyncio.to_thread, bot.kill)
        await asyncio.to_thread(bot.start)
        if tells:
            later.callback(asyncio.create_task(_tell(outcome)).cancel)
        number = await send_out(url, never_twice=plan.never_twice)
        await _go_through_it(outcome, simulator, bot, url, number)
        while not await _is_over(outcome, url, number):
            if time.monotonic() - outcome.heard_at > PATIENCE_SECONDS:
                raise BotFailed(f"the broadcast did not come to an end: {Counter(outcome.states.values())}")
            await asyncio.sleep(0.3)
        await asyncio.to_thread(bot.stop)
    outcome.unclear = Counter(
        call.chat_id
        for call in simulator.calls
        if call.method == "sendMessage" and call.chat_id and not call.ok and call.error_code not in (403, 429)
    )
    outcome.held_back = simulator.statistics.total_held_back
    outcome.seconds = time.monotonic() - began
    return outcome


async def _go_through_it(outcome: Outcome, simulator: Simulator, bot: BotProcess, url: str, number: int) -> None:
    """The kills, evenly spread, and the outage half-way."""
    plan = outcome.plan
    for at in sorted([0.5, *((kill + 1) / (plan.kills + 1) for kill in range(plan.kills))]):
        await outcome.reached(round(at * plan.people * 0.9))
        if at == 0.5:
            simulator.faults.insert(0, Fault("drop_before", seconds=plan.outage_seconds))
            await asyncio.sleep(plan.outage_seconds)
            outcome.heard_at = time.monotonic()
        else:
            await asyncio.to_thread(bot.kill)
            states = await _states(url, number)
            outcome.cut_off.append({chat for chat in outcome.got if states[chat] == "waiting"})
            await asyncio.to_thread(bot.start)


async def measure(people: int, outage_seconds: float) -> None:
    """Both ways; prints a table of each. Raises `BotFailed` when something is wrong."""
    for never_twice in (False, True):
        with tempfile.TemporaryDirectory(prefix="buurtpraat-faults-") as folder:
            plan = Plan(people, outage_seconds=outage_seconds, never_twice=never_twice)
            outcome = await run(plan, Path(folder), tells=True)
        outcome.show()
        if outcome.problems:
            raise BotFailed("the fault run went wrong")


def _settings(simulator: Simulator, folder: Path, url: str, scale: float) -> dict[str, object]:
    return {
        "bot_token": simulator.token,
        "telegram_api_url": simulator.url,
        "data_dir": folder / "data",
        "database_url": url,
        "secret_key": SECRET,
        "listen": "127.0.0.1:0",
        "quiet_hours": "none",
        "messages_per_second": 30 * scale,
        "chat_messages_per_second": scale,
        "group_messages_per_minute": 20 * scale,
    }


async def _states(url: str, number: int) -> dict[int, str]:
    database = Database(url)
    async with database.read() as session:
        found = await session.execute(
            select(Recipient.chat_id, Recipient.state).where(Recipient.broadcast_id == number)
        )
        states = dict(found.all())
    await database.close()
    return states


async def _is_over(outcome: Outcome, url: str, number: int) -> bool:
    """Whether nobody waits any more; fills in what was written down."""
    database = Database(url)
    async with database.read() as session:
        row = await session.get_one(Broadcast, number)
    await database.close()
    outcome.states = await _states(url, number)
    outcome.counted = {"sent": row.sent, "gone": row.unreachable, "refused": row.refused, "unknown": row.unknown}
    return row.waiting <= 0


async def _tell(outcome: Outcome) -> None:
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        print(f"  … {len(outcome.got)} of {outcome.plan.people}", flush=True)
