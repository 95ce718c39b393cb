"""`python -m tests.crash`: kill the bot again and again, and see that nothing is lost."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.crash.run import TROUBLES, Kind, Outcome, Plan, Trouble, crash

COLUMNS = ("run", "kills", "inputs", "complaints", "lost", "doubled", "unsent", "seconds")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="on SQLite; a fifth of them on PostgreSQL besides")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="all kills on this one, and nothing else")
    parser.add_argument("--trouble", choices=TROUBLES, help="this trouble, and nothing else")
    parser.add_argument("--trouble-seconds", type=float, default=10.0, help="how long each trouble lasts")
    parser.add_argument("--seed", type=int, help="the same people and moments again")
    parser.add_argument("--keep", type=Path, help="a new folder for databases and logs, which then stay")
    asked = parser.parse_args(arguments)
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    outcomes = []
    for number, plan in enumerate(_plans(asked, seed)):
        folder = None
        if asked.keep is not None:
            folder = asked.keep / f"{number} {plan.name}"
            folder.mkdir(parents=True)
        outcome = asyncio.run(crash(plan, folder=folder))
        outcomes.append(outcome)
        print(f"{plan.name}: {'ok' if not outcome.problems else 'WRONG'}, {outcome.seconds:.0f} s", flush=True)
        for problem in outcome.problems:
            print(f"  {problem}", flush=True)
    print(table(outcomes))
    return 1 if any(outcome.problems for outcome in outcomes) else 0


def table(outcomes: Iterable[Outcome]) -> str:
    """All runs in one table. "doubled" counts messages that were sent twice; a row that is there twice is a problem."""
    rows = [COLUMNS]
    for each in outcomes:
        figures = (
            each.kills,
            each.ledger.inputs,
            len(each.ledger.reported),
            len(each.findings.lost),
            len(each.doubled),
            len(each.findings.unsent),
            round(each.seconds),
        )
        rows.append((each.plan.name, *(str(figure) for figure in figures)))  # type: ignore[arg-type]  # as many as COLUMNS
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _plans(asked: argparse.Namespace, seed: int) -> list[Plan]:
    def troubled(trouble: Trouble) -> Plan:
        database: Kind = "postgresql" if trouble == "database away" else asked.database or "sqlite"
        return Plan(seed, min(asked.kills, 4), database, (trouble,), asked.trouble_seconds)

    if asked.trouble:
        return [troubled(asked.trouble)]
    if asked.database:
        return [Plan(seed, asked.kills, asked.database)]
    kills = [Plan(seed, asked.kills), Plan(seed, asked.kills // 5, "postgresql")]
    return kills + [troubled(each) for each in TROUBLES]


if __name__ == "__main__":
    sys.exit(main())
