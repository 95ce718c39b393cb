"""The demo's start, its made-up neighbourhood, and what the page suggests to say."""

from __future__ import annotations

import fcntl
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import func, select

from bot.clock import MovableClock
from bot.demo import show
from bot.demo_seed import EVERYBODY, WIM, sow
from bot.main import LOCALES, Service
from bot.neighbourhood import residents
from bot.neighbourhood.promises import is_late
from bot.prepare import prepare
from bot.settings import SettingsError, load_settings
from bot.simulator.cast import DEFAULT_CAST
from bot.store.database import Database
from bot.store.tables import (
    Answer,
    Complaint,
    Event,
    EventAnswer,
    Found,
    Idea,
    Message,
    Promise,
    Reporter,
    Resident,
    Spending,
)

PHOTOS = dict.fromkeys(("paving", "weeds", "rubbish", "mended", "garden", "receipt"), "AgAC")
STATES = {"received", "taken", "planned", "solved", "confirmed", "reopened", "cannot", "closed"}


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 21, 20, 30, tzinfo=UTC),
        datetime(2027, 1, 1, 7, 0, tzinfo=UTC),  # a holiday, early
        datetime(2028, 3, 26, 0, 30, tzinfo=UTC),  # the night in which the clock skips an hour
    ],
)
async def test_a_small_believable_neighbourhood(tmp_path: Path, now: datetime) -> None:
    settings = load_settings(bot_token="1:x", data_dir=tmp_path, coordinators=frozenset({900004}), quiet_hours="none")
    await prepare(settings)
    database = Database(settings.database)
    around = await Service(settings, MovableClock(now)).unlock(database)
    async with database.write() as session:
        assert await sow(around, session, PHOTOS)
    async with database.write() as session:
        assert not await sow(around, session, PHOTOS), "a second time"
    async with database.read() as session:
        every = list(await session.scalars(select(Complaint)))
        assert len(every) == 40
        assert {each.state for each in every} == STATES
        assert all(each.at < now and (each.solved_at is None or each.at < each.solved_at < now) for each in every)
        assert [each.id for each in every] == [each.id for each in sorted(every, key=lambda one: one.at)]
        late = list(await session.scalars(select(Complaint).where(is_late(now.date()))))
        assert len([each for each in late if each.state == "received"]) >= 2
        assert all(each.answer_by >= now.date() - timedelta(days=1) for each in late), "a new day was named"
        promised = Counter(await session.scalars(select(Promise.state)))
        assert promised["kept"] > promised["broken"] > 0 < promised["open"]
        counts = {}
        for table in (Answer, Idea, Event, Resident, Message, Found):
            counts[table.__tablename__] = await session.scalar(select(func.count()).select_from(table))
        found = 40 + 30 + 6 + 2
        assert counts == {"answers": 30, "ideas": 6, "events": 2, "residents": 51, "outbox": 0, "found": found}
        assert set(await session.scalars(select(Idea.state))) == {
            "received",
            "answered",
            "awarded",
            "not_now",
            "finished",
        }
        assert list(await session.scalars(select(Spending.state))) == ["paid"]
        assert list(await session.scalars(select(Idea.id).where(Idea.story_shown))) == [1]
        begins = list(await session.scalars(select(Event.starts_at).order_by(Event.id)))
        assert begins[0] < now < begins[1]
        answered = Counter(await session.scalars(select(EventAnswer.event_id)))
        assert min(answered.values()) > 10
        wim = (await residents.meet(around.reading(session), around.seal, {WIM: "nl"}))[WIM]
        assert wim.consents
        reported = select(Complaint).join(Reporter).where(Reporter.resident_id == wim.resident.id)
        assert {each.state for each in await session.scalars(reported)} == {"confirmed", "planned", "solved"}
        assert len(EVERYBODY) == len(set(EVERYBODY))
    await database.close()


def test_suggestions_answer_what_the_bot_really_asks() -> None:
    asked = []
    for catalogue in sorted(LOCALES.rglob("*.po")):
        with catalogue.open("rb") as file:
            asked += [str(said) for message in read_po(file) for said in (message.id, message.string)]
    for member in DEFAULT_CAST:
        for suggestion in member.suggestions:
            if isinstance(suggestion, tuple) and len(suggestion) == 3:
                for words in suggestion[2].split("|"):
                    assert any(words in said for said in asked), f"nobody asks {words!r} any more"


@pytest.mark.parametrize(
    ("listen", "said"),
    [("taken", "is in use by another program"), ("nonsense", "must be host:port"), ("127.0.0.1:99999", "must be")],
)
async def test_one_clear_line_when_it_cannot_start(tmp_path: Path, listen: str, said: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}" if listen == "taken" else listen
        with pytest.raises(SettingsError, match=said):
            await show(load_settings(data_dir=tmp_path), where)


async def test_a_second_demo_on_the_same_data_says_so(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with (tmp_path / "demo" / "running").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SettingsError, match="runs already"):
            await show(load_settings(data_dir=tmp_path), "127.0.0.1:0")
