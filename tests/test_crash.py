"""The crash run in small: ten kills, each trouble once; and the proof that its checks can fail."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.__main__ import main, table
from tests.crash.check import check
from tests.crash.ledger import Ledger
from tests.crash.run import TROUBLES, Kind, Outcome, Plan, crash
from tests.postgres import NoPostgres, Server, find_programs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def seed() -> int:
    """Another one each time; a failure names it."""
    return random.SystemRandom().randrange(1_000_000)


def needs_postgres() -> None:
    try:
        find_programs()
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 10), ("postgresql", 3)])
async def test_killed_at_random_moments_the_bot_loses_nothing(
    tmp_path: Path, postgres_server: Server, database: Kind, kills: int
) -> None:
    plan = Plan(seed(), kills, database, residents=6, load_seconds=0.5)
    outcome = await crash(plan, postgres_server, tmp_path)
    assert (plan.seed, outcome.problems) == (plan.seed, [])
    assert outcome.kills == kills


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_through_troubles_and_kills_the_bot_loses_nothing(tmp_path: Path, database: Kind) -> None:
    if database == "postgresql":
        needs_postgres()
    of_the_database = [trouble for trouble in TROUBLES if trouble == "database away"]
    troubles = (
        of_the_database if database == "postgresql" else [each for each in TROUBLES if each not in of_the_database]
    )
    plan = Plan(seed(), 2, database, troubles, trouble_seconds=1.5, residents=6, load_seconds=0.5)
    outcome = await crash(plan, folder=tmp_path)
    assert (plan.seed, outcome.problems) == (plan.seed, [])


Tamper = Callable[[sqlite3.Connection, Ledger], object]
WRONGS: dict[str, Tamper] = {
    "lost: complaint M1 with": lambda db, _: db.execute("delete from complaints where id = 1"),
    "lost: complaint 'The": lambda db, _: db.execute("update complaints set state = 'taken' where words like 'The%'"),
    "twice: 2 complaints with the words": lambda db, _: copy_row(db, "complaints", "where id = 1"),
    "lost: answer (": lambda db, _: db.execute("delete from answers where id = (select min(id) from answers)"),
    "twice: answer (": lambda db, _: copy_row(db, "answers", "limit 1"),
    "twice: M1: solve happened 2 times": lambda db, _: copy_row(
        db, "history", "where subject = 'M1' and what = 'solve' limit 1"
    ),
    "lost: M1: received happened 0 times": lambda db, _: db.execute(
        "delete from history where subject = 'M1' and what = 'received'"
    ),
    "isn't among the residents": lambda db, _: db.execute("update residents set consent_at = null"),
    "lost: photo ": lambda db, _: db.execute("delete from photos"),
    "is 'aside'": lambda db, _: db.execute(
        "update updates set state = 'aside' where update_id = (select max(update_id) from updates)"
    ),
    "unsent: waiting in the outbox": lambda db, _: db.execute(
        "insert into outbox (chat_id, lane, method, content, state, claimed_until, attempts, at)"
        " select id, 0, 'sendMessage', '{}', 'waiting', 0, 0, since from chats limit 1"
    ),
    "unsent: follow_up of M1 was due": lambda db, _: db.execute(
        "insert into due (what, subject, occasion, at) select 'follow_up', 'M1', 'x', since from chats limit 1"
    ),
    "M1: the news of it": lambda _, ledger: forget(ledger, ledger.office, ledger.reported[0].words),
    "M1: whether it is really solved": lambda _, ledger: forget(
        ledger, reporter(ledger), f"You told us: {said(ledger)}"
    ),
    "M1: one of: its code": lambda _, ledger: forget(ledger, reporter(ledger), "M1."),
    "unsent: to": lambda _, ledger: ledger.pictures.update({(ledger.office, "a picture"): 1}),
    "M1: that what they did": lambda _, ledger: forget(ledger, ledger.office, "(M1)"),
}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """A run in which nothing goes wrong."""
    folder = tmp_path_factory.mktemp("calm")
    plan = Plan(7, residents=4, load_seconds=2)
    return asyncio.run(crash(plan, folder=folder)), folder


def test_a_calm_run_sends_nothing_twice(calm: tuple[Outcome, Path]) -> None:
    outcome, _folder = calm
    assert outcome.problems == []
    assert outcome.doubled == []
    assert "sqlite      0" in table([outcome])


@pytest.mark.parametrize("wrong", WRONGS)
async def test_the_check_finds_what_is_made_wrong_by_hand(
    calm: tuple[Outcome, Path], tmp_path: Path, wrong: str
) -> None:
    outcome, folder = calm
    for file in folder.glob("bot.sqlite*"):
        shutil.copy(file, tmp_path)
    ledger = Ledger(
        outcome.ledger.office,
        outcome.ledger.inputs,
        outcome.ledger.joined,
        sorted(outcome.ledger.reported, key=lambda told: int(told.code[1:])),
        outcome.ledger.answered,
        [],
        outcome.ledger.pictures.copy(),
        {chat: list(messages) for chat, messages in outcome.ledger.heard.items()},
    )
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}"
    assert (await check(url, folder / "data", ledger)).all == []
    database = sqlite3.connect(tmp_path / "bot.sqlite")
    WRONGS[wrong](database, ledger)
    database.commit()
    database.close()
    assert wrong in "\n".join((await check(url, folder / "data", ledger)).all)


def test_a_message_that_came_twice_is_counted(calm: tuple[Outcome, Path]) -> None:
    ledger = calm[0].ledger
    for chat, messages in ledger.heard.items():
        for at, message in enumerate(messages):
            again = Ledger(ledger.office, heard={chat: [*messages[: at + 1], *messages[at:]]}, pictures=ledger.pictures)
            assert len(again.doubled()) == 1, message.text


def test_more_doubles_than_were_in_hand_are_wrong(calm: tuple[Outcome, Path]) -> None:
    plan, ledger = calm[0].plan, calm[0].ledger
    assert Outcome(plan, ledger, kills=2, doubled=["x"] * 60).problems == []
    assert "61 messages were sent twice" in Outcome(plan, ledger, kills=2, doubled=["x"] * 61).problems[0]


def test_what_is_wrong_is_named_and_ends_in_exit_code_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def goes_wrong(plan: Plan, folder: Path | None = None) -> Outcome:
        outcome = Outcome(plan, Ledger(), kills=plan.kills)
        outcome.findings.lost.append("the complaint about the bench")
        return outcome

    monkeypatch.setattr("tests.crash.__main__.crash", goes_wrong)
    assert main(["--kills", "5", "--database", "sqlite", "--seed", "3"]) == 1
    shown = capsys.readouterr().out
    assert "seed 3" in shown
    assert "lost: the complaint about the bench" in shown


def copy_row(database: sqlite3.Connection, name: str, which: str) -> None:
    """The same row once more, with a number of its own."""
    columns = [row[1] for row in database.execute(f"pragma table_info({name})") if row[1] != "id"]
    listed = ", ".join(columns)
    database.execute(f"insert into {name} ({listed}) select {listed} from {name} {which}")


def reporter(ledger: Ledger) -> int:
    return ledger.reported[0].reporter


def said(ledger: Ledger) -> str:
    return ledger.reported[0].words


def forget(ledger: Ledger, chat: int, words: str) -> None:
    """As if this chat never got the messages with these words."""
    kept = [message for message in ledger.heard[chat] if words not in message.text]
    assert len(kept) < len(ledger.heard[chat])
    ledger.heard[chat] = kept
