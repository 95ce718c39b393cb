"""Public holidays, by the library `holidays`: asked in a child process, for it loads every country there is."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.children import without_secrets


def holidays_of(country: str, years: Iterable[int]) -> frozenset[date]:
    """The public holidays of a country in those years.

    Those of the Netherlands are what the library calls public: with Good Friday, with Liberation Day only in each fifth
    year (2025, 2030), with King's Day a day early when it would fall on a Sunday.
    """
    from holidays import country_holidays  # 17 MB that the bot itself is spared

    return frozenset(country_holidays(country, years=list(years)))


async def public_holidays(country: str, years: range, kept: Path) -> frozenset[date]:
    """As `holidays_of`, from a child process; `kept`: the file in which it is found the next time.

    Raises RuntimeError when the child fails.
    """
    asked = [country, str(years.start), str(years.stop)]
    found = await asyncio.to_thread(_read, kept, asked)
    if found is None:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, *asked), stdout=asyncio.subprocess.PIPE, env=without_secrets()
        )
        said, _nothing = await child.communicate()
        if child.returncode != 0:
            raise RuntimeError("the public holidays can't be worked out")
        found = json.loads(said)
        await asyncio.to_thread(kept.write_text, as_kept(country, years, found), "ascii")
    return frozenset(date.fromisoformat(day) for day in found)


def as_kept(country: str, years: range, days: Iterable[str]) -> str:
    """What stands in the file: what was asked, and the days (ISO)."""
    return json.dumps({"asked": [country, str(years.start), str(years.stop)], "days": sorted(days)})


def _read(kept: Path, asked: list[str]) -> list[str] | None:
    """The days, when the file is there, whole, and about what is asked now."""
    try:
        content = json.loads(kept.read_text("ascii"))
        return list(content["days"]) if content["asked"] == asked else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


if __name__ == "__main__":
    print(json.dumps([day.isoformat() for day in holidays_of(sys.argv[1], range(int(sys.argv[2]), int(sys.argv[3])))]))
