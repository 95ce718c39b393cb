"""The child process: a job as JSON on standard input, its file written, exit code 0 when it is there."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """Do the job."""
    asked: dict[str, Any] = json.load(sys.stdin)
    target = Path(asked["target"])
    if asked["kind"] == "stats":
        from bot.reports.chart import draw

        draw(asked, target)
    elif asked["kind"] in ("budget", "opinions"):
        from bot.reports import budget_picture

        budget_picture.draw(asked, target)
    elif asked["kind"] in ("poster", "slip", "card", "voucher"):
        from bot.reports import sheets

        draws = {"poster": sheets.draw_poster, "slip": sheets.draw_slip, "card": sheets.draw_card}
        (draws | {"voucher": sheets.draw_voucher})[asked["kind"]](asked, target)
    elif asked["kind"] == "mydata":
        from bot.reports.zipped import write

        write(asked, target)
    else:
        asyncio.run(_export(asked, target))
    return 0


async def _export(asked: dict[str, Any], target: Path) -> None:
    from bot.reports.export import export
    from bot.store.database import Database

    database = Database(asked["database"])
    try:
        about = (asked["headers"], asked["names"], asked["about"], asked["meanings"])
        await export(database, asked["what"], asked["format"], target, *about)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
