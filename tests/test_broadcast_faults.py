"""A broadcast through everything at once, with the bot as a process of its own that is killed: nothing is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.outbox.sender import IN_HAND
from tests.bench.faults import Plan, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("never_twice", [False, True], ids=["rather twice than never", "rather never than twice"])
async def test_through_errors_an_outage_and_two_kills_nobody_is_lost(tmp_path: Path, never_twice: bool) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    plan = Plan(500, outage_seconds=1.5, never_twice=never_twice, scale=10, seed=seed)
    outcome = await run(plan, tmp_path)
    assert (seed, outcome.problems, outcome.lost) == (seed, [], [])
    assert len(outcome.cut_off) == 2
    assert len(outcome.blocked) == 10
    if never_twice:
        assert outcome.doubled == 0
        assert outcome.unknown < 2 * IN_HAND + outcome.unclear.total()
    else:
        assert outcome.doubled <= 2 * IN_HAND + outcome.unclear.total()
        assert (outcome.sent, outcome.unknown) == (490, 0)
