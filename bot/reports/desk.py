"""The desk: takes the jobs that were asked for, one at a time, and sends what came of them."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import delete, select

from bot.children import end, without_secrets
from bot.clock import Clock
from bot.neighbourhood import consultations, money, opinions, own_data, residents
from bot.neighbourhood.work import COORDINATORS, PANEL_TOO, STAFF, Action, Person, Surroundings, Work
from bot.reports import budget, figures, slides, slip, voucher
from bot.reports import opinions as opinions_drawn
from bot.reports.chart import numbered
from bot.reports.my_data import TITLE, sections
from bot.store.database import is_away
from bot.store.lease import LeaseLost
from bot.store.tables import Chat, Consultation, Job, Resident
from conversations.words import Words, _, s_

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
SECONDS = 600
TRIES = 3
PICTURES = frozenset({"stats", "card", "budget"})
FOR_ROLES = {"stats": STAFF, "export": COORDINATORS, "budget": PANEL_TOO}
"""What only some may have: looked at when it is made, for a role may have been withdrawn since it was asked for."""
TIDY_SECONDS = 60.0
KEPT = timedelta(days=2)
"""A file is sent within minutes; after this nobody waits for it any more."""


class Desk:
    """Works through the jobs, until it is cancelled."""

    def __init__(self, around: Surroundings, folder: Path) -> None:
        self._around = around
        self._folder = folder
        self._told: dict[int, tuple[Sequence[Words], Sequence[Words]]] = {}
        """Of a job that is being delivered: what is said first, and what is said of each picture after that."""

    async def run(self) -> None:
        """Work until cancelled. Raises `LeaseLost`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        tidied = -TIDY_SECONDS
        while True:
            try:
                if monotonic() - tidied > TIDY_SECONDS:
                    await self._tidy()
                    tidied = monotonic()
                worked = await self.work_once()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("the desk waits for the database: %s", type(error).__name__)
                worked = False
            if not worked:
                await asyncio.sleep(IDLE_SECONDS)

    async def work_once(self) -> bool:
        """Do the next job; False when there is none."""
        async with self._around.database.read() as session:
            now = self._around.clock.now()
            job = await session.scalar(select(Job).where(Job.next_at <= now).order_by(Job.id).limit(1))
        if job is None:
            return False
        target = self._folder / f"{job.chat_id}-{job.id}{_ending(job)}"
        try:
            if not await self._may_have(job):
                await self._let_go(job)
                return True
            if job.kind == "mydata":
                await self._my_data(job, target)
            elif job.kind == "stats":
                await self._stats(job, target)
            elif job.kind == "slip":
                await self._slip(job, target)
            elif job.kind == "voucher":
                if not await self._voucher(job, target):
                    await self._let_go(job)
                    return True
            elif job.kind == "budget":
                await self._budget(job, target)
            elif job.kind == "opinions":
                await self._opinions(job, target)
            else:
                await self._child({**job.asked, "kind": job.kind, "target": str(target)})
            await self._deliver(job, target)
        except Exception as error:
            if isinstance(error, LeaseLost) or _is_of_the_database(error):
                raise
            log.error("job %d (%s) failed: %s", job.id, job.kind, type(error).__name__)  # noqa: TRY400
            await self._failed(job)
        return True

    async def _child(self, asked: dict[str, Any]) -> None:
        asked["database"] = self._around.database.url  # on standard input: what stands in a command line can be read
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.reports"),
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=without_secrets(),
        )
        try:
            async with asyncio.timeout(SECONDS):
                await child.communicate(json.dumps(asked).encode())
        finally:
            await end(child)
        if child.returncode != 0:
            raise ValueError("the child process failed")

    async def _may_have(self, job: Job) -> bool:
        roles = FOR_ROLES.get(job.kind)
        if roles is None:
            return True
        async with self._around.database.read() as session:
            person = await self._asker(self._around.reading(session), job)
            return person is not None and person.is_one_of(roles)

    async def _asker(self, work: Work, job: Job) -> Person | None:
        number = await work.session.scalar(select(Resident.id).where(Resident.chat_id == job.chat_id))
        return await residents.person_of(work, number) if number is not None else None

    async def _let_go(self, job: Job) -> None:
        async with self._around.working() as work:
            await work.session.execute(delete(Job).where(Job.id == job.id))

    async def _stats(self, job: Job, target: Path) -> None:
        """Count, say it in words, and have it drawn; the words wait beside the pictures until both are there."""
        async with self._around.database.read() as session:
            work = self._around.reading(session)
            asker = await self._asker(work, job)
            if asker is None:
                raise ValueError("nobody is there any more")
            over = timedelta(days=job.asked["days"])
            counted = await figures.count(work, asker, over, job.asked["neighbourhood"])
        pictures = slides.charts(work, counted, asker.chat.language)
        self._told[job.id] = (slides.in_words(work, counted), [each["title"] for each in pictures])
        if pictures:
            await self._child({"kind": job.kind, "target": str(target), "charts": pictures})

    async def _slip(self, job: Job, target: Path) -> None:
        async with self._around.database.read() as session:
            stands_on_it = await slip.content(self._around.reading(session), job.asked["name"])
        if stands_on_it is None:
            raise ValueError("there is no such thing any more")
        await self._child({**stands_on_it, "kind": job.kind, "target": str(target)})

    async def _voucher(self, job: Job, target: Path) -> bool:
        """In the language of who gets it; False where it was closed meanwhile."""
        async with self._around.database.read() as session:
            chat = await session.get(Chat, job.chat_id)
            language = chat.language if chat else self._around.area.languages[0]
            stands_on_it = await voucher.content(self._around.reading(session), job.asked["idea"], language)
        if stands_on_it is None:
            return False
        await self._child({**stands_on_it, "kind": job.kind, "target": str(target)})
        return True

    async def _budget(self, job: Job, target: Path) -> None:
        async with self._around.database.read() as session:
            work = self._around.reading(session)
            asker = await self._asker(work, job)
            if asker is None:
                raise ValueError("nobody is there any more")
            year = job.asked["year"]
            drawn = budget.chart(work, year, await money.sums(work, asker, year), asker.chat.language)
        self._told[job.id] = ([], [budget.title(year)])
        await self._child({**drawn, "kind": job.kind, "target": str(target)})

    async def _opinions(self, job: Job, target: Path) -> None:
        async with self._around.database.read() as session:
            work = self._around.reading(session)
            asked = await session.get(Consultation, job.asked["consultation"])
            if asked is None:
                raise ValueError("there is no such thing any more")
            found = await opinions.tally(work, asked)
            drawn = opinions_drawn.chart(work, f"I{asked.idea_id}", found, job.asked["language"])
        await self._child({**drawn, "kind": job.kind, "target": str(target)})

    async def _my_data(self, job: Job, target: Path) -> None:
        async with self._around.database.read() as session:
            work = self._around.reading(session)
            found = await session.execute(
                select(Chat, Resident).join(Resident, Resident.chat_id == Chat.id).where(Chat.id == job.chat_id)
            )
            if (row := found.first()) is None:
                raise ValueError("nobody is there any more")
            chat, resident = row
            kept = await own_data.kept_of(work, resident)
            page = sections(work, kept, chat.language)
        folder = str(self._folder.parent / "photos")
        await self._child({"kind": job.kind, "target": str(target), "kept": kept, "page": page, "folder": folder})

    async def _deliver(self, job: Job, target: Path) -> None:
        async with self._around.working() as work:
            row = await work.session.get(Job, job.id)
            chat = await work.session.get(Chat, job.chat_id)
            if row is None or chat is None:
                return
            if job.kind == "opinions":
                await consultations.tell_result(work, **job.asked, drawn=str(target))
                await work.session.delete(row)
                return
            caption: dict[str, Words] = {
                "export": s_("Here is the export."),
                "mydata": TITLE,
                "poster": s_("The poster, to print. Below is the same as a picture, to share."),
                "slip": s_("The slip, to print and hand over. Or write the code on a piece of paper."),
                "card": _("Let your neighbour scan this."),
                "voucher": voucher.TO_PRINT,
            }
            words, captions = self._told.pop(job.id, ([], [caption.get(job.kind, "")]))
            if words:
                work.tell(chat, words)
            if job.kind == "voucher":
                shown = str(target.with_suffix(".png"))
                work.send_file(chat, shown, "", _("Your voucher, {code}", code=job.asked["name"]), picture=True)
            for number, said in enumerate(captions, 1):
                file = str(numbered(target, number))
                work.send_file(chat, file, _shown_name(job, work.day_of(job.at)), said, picture=job.kind in PICTURES)
            if job.kind == "voucher":
                mine = Action(_("My voucher"), f"V{job.asked['idea']}.show")
                work.tell(chat, [_("Show it at the office. Or spend from it here:")], actions=[mine])
            if job.kind == "poster":
                work.send_file(chat, str(target.with_suffix(".png")), "", "", picture=True)
            await work.session.delete(row)

    async def _failed(self, job: Job) -> None:
        async with self._around.working() as work:
            row = await work.session.get(Job, job.id)
            chat = await work.session.get(Chat, job.chat_id)
            if row is None or chat is None:
                return
            row.attempts += 1
            row.next_at = self._around.clock.now() + timedelta(seconds=30)
            if row.attempts >= TRIES and job.kind == "opinions":  # then in words alone
                await consultations.tell_result(work, **job.asked, drawn=None)
                await work.session.delete(row)
            elif row.attempts >= TRIES:
                work.tell(chat, [_("Sorry, that file can't be made now. Please try tomorrow.")])
                await work.session.delete(row)

    async def _tidy(self) -> None:
        """Remove files that were sent long ago, and those of people who were forgotten."""
        async with self._around.database.read() as session:
            chats = set(await session.scalars(select(Chat.id)))
        oldest = Clock().now().timestamp() - KEPT.total_seconds()  # files carry the machine's own time
        await asyncio.to_thread(_remove, self._folder, oldest, chats)


def _is_of_the_database(error: Exception) -> bool:
    """Whether it is away. A disk that is full, or a child that can't be started, is this job's own fault."""
    return is_away(error) and not isinstance(error, OSError | TimeoutError)


def _remove(folder: Path, oldest: float, chats: set[int]) -> None:
    for file in folder.iterdir():
        owner = file.name.partition("-")[0]
        if file.stat().st_mtime < oldest or not owner.isdecimal() or int(owner) not in chats:
            file.unlink(missing_ok=True)


def _ending(job: Job) -> str:
    endings = {"stats": ".png", "mydata": ".zip", "poster": ".pdf", "slip": ".pdf", "card": ".png"}
    endings |= {"voucher": ".pdf", "budget": ".png", "opinions": ".png"}
    return endings.get(job.kind) or f".{job.asked['format']}"


def _shown_name(job: Job, day: date) -> str:
    if job.kind in ("poster", "slip", "voucher"):
        return f"{job.asked['name']}.pdf"
    return {"mydata": "buurtpraat.zip"}.get(job.kind) or (
        "picture.png" if job.kind in PICTURES else f"{job.asked['what']}-{day}.{job.asked['format']}"
    )
