"""Public holidays, by the library `holidays`: asked in a child process, for it loads every country there is."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import date


def holidays_of(country: str, years: Iterable[int]) -> frozenset[date]:
    """The public holidays of a country in those years.

    Those of the Netherlands are what the library calls public: with Good Friday, with Liberation Day only in each fifth
    year (2025, 2030), with King's Day a day early when it would fall on a Sunday.
    """
    from holidays import country_holidays  # 17 MB that the bot itself is spared

    return frozenset(country_holidays(country, years=list(years)))


async def public_holidays(country: str, years: range) -> frozenset[date]:
    """As `holidays_of`, from a child process. Raises RuntimeError when that fails."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, country, str(years.start), str(years.stop), stdout=asyncio.subprocess.PIPE
    )
    said, _nothing = await child.communicate()
    if child.returncode != 0:
        raise RuntimeError("the public holidays can't be worked out")
    return frozenset(date.fromisoformat(day) for day in json.loads(said))


if __name__ == "__main__":
    print(json.dumps([day.isoformat() for day in holidays_of(sys.argv[1], range(int(sys.argv[2]), int(sys.argv[3])))]))
