"""Holds the documents to the code: what they name exists, their examples work, their tables are the code's."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import shlex
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from babel.messages.pofile import read_po
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import cli
from bot.main import LOCALES
from bot.neighbourhood import acts, residents
from bot.neighbourhood.area import load_area
from bot.neighbourhood.work import Closing, Person, Work
from bot.settings import Settings, SettingsError
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tables import Base, Complaint, Message, Post, Promise, Resident, Role
from bot.telegram.command import UNKNOWN
from bot.telegram.commands import BY_NAME
from bot.web.server import web_app
from conversations import event_said, office_said, results
from conversations.questions import At, Told
from conversations.words import Catalogues, Text
from tests.test_architecture import EVERYTHING, MAY_IMPORT
from tests.town import Town

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/*.md"))
OFFICE, OPERATORS, ARCHITECTURE = (ROOT / "docs" / f"{name}.md" for name in ("office", "operators", "architecture"))
AREA = load_area("heerlen-noord")

SETTINGS = (
    *("BOT_TOKEN", "TELEGRAM_API_URL", "DATABASE_URL", "DATA_DIR", "SECRET_KEY", "COORDINATORS", "AREA", "LISTEN"),
    *("WEBHOOK_URL", "WEBHOOK_SECRET", "QUIET_HOURS", "FOLLOW_UP_AFTER", "LOG_LEVEL", "LOG_FORMAT"),
)
"""What operators rely on: a name that stands here is never taken away."""
FOR_COMPOSE = {"POSTGRES_PASSWORD"}
BOTFATHERS = {"newbot"}
SYSTEM_PROGRAMS = {"cp", "curl", "git", "openssl"}
COMPOSE_COMMANDS = {"build", "cp", "exec", "logs", "run", "stop", "up"}

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
IN_THE_HOUSE = re.compile(r"(?:bot|conversations|tests|docs|\.ci)/\S*|[\w.-]+\.(?:py|po|md|toml|yaml)|\.env\.example")
"""What is meant as a path of this repository, among all that is written as code."""

everywhere = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def blocks(document: Path, *languages: str) -> Iterator[str]:
    """The lines of the document's code blocks in one of these languages."""
    for _indent, language, content in BLOCK.findall(document.read_text("utf-8")):
        if language in languages:
            yield from (line.strip() for line in content.splitlines() if line.strip())


def prose(document: Path) -> str:
    """The document without its code blocks."""
    return BLOCK.sub("", document.read_text("utf-8"))


def inline(document: Path) -> list[str]:
    """What is written as code within the text."""
    return INLINE.findall(prose(document))


def table(document: Path, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    below = document.read_text("utf-8").partition(f"\n## {heading}\n")[2]
    lines = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]


# --- Commands of the shell ----------------------------------------------------------------------------------


def commands(document: Path) -> list[list[str]]:
    """Each command that the document names, as words, what follows a pipe or `>` left out."""
    written = [
        *blocks(document, "sh"),
        *(code for code in inline(document) if re.match(r"make |\.venv/|python -m ", code)),
    ]
    return [shlex.split(line.partition(" > ")[0], comments=True) for line in written]


@everywhere
def test_the_commands_that_it_names_are_there(
    document: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for command in commands(document):
        program = Path(command[0]).name
        if program == "buurtpraat":
            right = parses(command[1:], monkeypatch, capsys)
        elif program == "python":
            right = command[1] == "-m" and runs(command[2], command[3:])
        elif program == "docker":
            right = composes(command[1:])
        elif program == "make":
            right = {word for word in command[1:] if "=" not in word} <= targets()
        elif command[0].startswith(".venv/bin/"):
            right = (Path(sys.executable).parent / program).exists() and all(map(exists, command[1:]))
        else:
            right = program in SYSTEM_PROGRAMS and all(map(exists, command[1:]))
        if not right:
            wrong.append(shlex.join(command))
    assert wrong == []


def parses(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether the command line takes these arguments; it is stopped before it does anything."""

    def stop() -> None:
        raise SettingsError("this far")

    monkeypatch.setattr("bot.settings.load_settings", stop)
    try:
        cli.main(arguments)
    except SystemExit:
        return False
    return "this far" in capsys.readouterr().err


def runs(module: str, arguments: list[str]) -> bool:
    """Whether there is such a module of ours, and it knows the options."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        return False
    source = Path(found.origin)
    source = source.with_name("__main__.py") if source.name == "__init__.py" else source
    text = source.read_text("utf-8")
    return all(option in text for option in arguments if option.startswith("--"))


def composes(words: list[str]) -> bool:
    """Whether `docker compose` has the command, and compose.yaml the services that it names."""
    services = re.findall(
        r"^  (\w+):$", (ROOT / "compose.yaml").read_text("utf-8").partition("\nvolumes:")[0], re.MULTILINE
    )
    named = [word.partition(":")[0] for word in words[2:] if not word.startswith("-") and "/" not in word[:1]]
    return words[0] == "compose" and words[1] in COMPOSE_COMMANDS and (not named or named[0] in services)


def targets() -> set[str]:
    """The targets of the Makefile."""
    found = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return set(found[1].split()) if found else set()


def exists(word: str) -> bool:
    """Whether a word of a command, where it is a path of ours, is there."""
    return not IN_THE_HOUSE.fullmatch(word) or (ROOT / word).exists()


def test_a_command_that_is_not_there_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parses(["migrate"], monkeypatch, capsys)
    assert not parses(["fly"], monkeypatch, capsys)
    assert not parses(["run", "--fast"], monkeypatch, capsys)
    assert not runs("tests.flight", [])
    assert not runs("tests.crash", ["--softly"])
    assert not composes(["compose", "exec", "kitchen", "ls"])
    assert not exists("tests/test_flight.py")
    assert "fly" not in targets()


async def test_the_queries_run(tmp_path: Path) -> None:
    await migrate(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}")
    queries = [query for document in DOCUMENTS for query in blocks(document, "sql")]
    assert queries
    with sqlite3.connect(tmp_path / "empty.sqlite") as database:
        for query in queries:
            database.execute(query)


# --- Settings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_is_explained(name: str) -> None:
    assert name.lower() in Settings.model_fields
    assert any(cells[0] == f"`{name}`" for cells in table(OPERATORS, "Settings"))
    assert re.search(rf"^#?{name}=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)


def test_no_setting_is_explained_that_is_none() -> None:
    known = {name.upper() for name in Settings.model_fields}
    assert {cells[0].strip("`") for cells in table(OPERATORS, "Settings")} == known
    lines = [line for document in DOCUMENTS for line in blocks(document, "ini")]
    lines += re.findall(r"^#?[A-Z_]+=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert {line.lstrip("#").partition("=")[0] for line in lines} <= known | FOR_COMPOSE


# --- Paths and tables ---------------------------------------------------------------------------------------


@everywhere
def test_what_it_links_to_is_there(document: Path) -> None:
    missing = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        path, _hash, anchor = target.partition("#")
        if re.match(r"\w+:", target):
            continue
        file = document.parent / path if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)
    assert missing == []


def anchors(document: Path) -> set[str]:
    """What a link may point at in it."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@everywhere
def test_the_paths_that_it_names_are_there(document: Path) -> None:
    assert [path for path in inline(document) if IN_THE_HOUSE.fullmatch(path) and not is_there(path)] == []


def is_there(path: str) -> bool:
    """Whether a path is there, `<name>` standing for any; a bare file name may be in any folder."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    folders = [ROOT] if "/" in pattern else [ROOT, *(ROOT / name for name in ("bot", "conversations", "tests", "docs"))]
    return any(
        next(folder.glob(pattern if folder == ROOT else f"**/{pattern}"), None) is not None for folder in folders
    )


def test_a_path_that_is_not_there_is_found() -> None:
    assert is_there("bot/locales/<language>/LC_MESSAGES/residents.po")
    assert is_there("privacy.py")
    assert not is_there("bot/flight.py")
    assert not is_there("flight.py")


def test_the_page_of_tables_has_each_table() -> None:
    assert sorted(cells[0].strip("`") for cells in table(ARCHITECTURE, "The tables")) == sorted(Base.metadata.tables)


def test_the_page_of_tables_names_columns_that_are_there() -> None:
    for cells in table(ARCHITECTURE, "The tables"):
        columns = INLINE.findall(re.sub(r"\(of .*?\)", "", cells[5]))
        assert set(columns) <= set(Base.metadata.tables[cells[0].strip("`")].columns.keys())


def test_the_table_of_rooms_is_the_one_that_imports_are_held_to() -> None:
    written = {
        cells[0].strip("`"): EVERYTHING if cells[2] == "all" else frozenset(INLINE.findall(cells[2]))
        for cells in table(ARCHITECTURE, "Rooms")
    }
    assert written == MAY_IMPORT


# --- Commands of the chat -----------------------------------------------------------------------------------


@everywhere
def test_the_chat_commands_that_it_names_are_there(document: Path) -> None:
    named = set(re.findall(r"(?:^|[\s(`])/([a-z_]+)(?=[\s.,;:)`]|$)", prose(document), re.MULTILINE))
    app = web_app(lambda: (True, ""), lambda: True, dict, lambda _raw: asyncio.sleep(0), "")
    routes = {resource.canonical.strip("/") for resource in app.router.resources()}
    assert named - BOTFATHERS - routes - BY_NAME.keys() == set()


def test_the_labels_in_the_offices_page_are_the_bots() -> None:
    said = set()
    for name in ("residents", "staff"):
        with (LOCALES / "nl" / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
            said |= {str(message.string) for message in read_po(file, locale="nl")}
    labels = re.findall(r"\*\*(.+?)\*\*", re.sub(r"\s+", " ", prose(OFFICE)))
    assert labels
    assert [label for label in labels if label not in said] == []


@pytest_asyncio.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """The town's database, beside the bot."""
    here = Database(sqlite_url)
    yield here
    await here.close()


async def test_the_examples_in_the_offices_page_work(town: Town, database: Database) -> None:
    sanne = await town.coordinator()
    await town.known("Anna")
    await fill(town, database)
    await settled(town, database)
    refusals = refused()
    wrong = []
    for example in blocks(OFFICE, ""):
        before = max(message.id for message in sanne.messages)
        sanne.say(example)
        await settled(town, database)
        answers = [message.text for message in sanne.messages if message.from_bot and message.id > before]
        if not answers or any(refusal.search(answer) for refusal in refusals for answer in answers):
            wrong.append(f"{example}: {answers}")
        elif not example.startswith("/") and not any(example in answer for answer in answers):
            wrong.append(f"{example} is not shown: {answers}")
        name = example.partition(" ")[0].removeprefix("/")
        if name in BY_NAME and BY_NAME[name].flow:
            sanne.say("/annuleer")
            await settled(town, database)
    assert wrong == []


async def test_a_wrong_example_is_found(town: Town, database: Database) -> None:
    sanne = await town.coordinator()
    for example in (
        "/vlieg",
        "/take",
        "/take M99",
        "/plan M1 ooit",
        "/cijfers altijd",
        "/join_link baas",
        "/zoek niets",
    ):
        sanne.say(example)
        await settled(town, database)
        assert any(refusal.search(sanne.last.text) for refusal in refused()), sanne.last.text


def refused() -> list[re.Pattern[str]]:
    """What the bot says to what it doesn't know, to a wrong use and to what finds nothing, in Dutch or English."""
    texts = [UNKNOWN, Text("Thank you! What is it about?")]
    with (LOCALES / "nl" / "LC_MESSAGES" / "staff.po").open("rb") as file:
        messages = [str(message.id) for message in read_po(file, locale="nl")]
    helps = [message for message in messages if "{example}" in message and message != "Somebody new? {example}"]
    others = ("There is no {code}.", "That's too late. {code} stands at: {state}.", "Nothing found for “{words}”.")
    assert set(others) <= set(messages)
    assert len(helps) > 8
    texts += [Text(message, catalogue="staff") for message in (*helps, *others)]
    catalogues = Catalogues(LOCALES, ("nl", "en"), AREA.time_zone)
    return [
        re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(catalogues.render(text, language))), re.DOTALL)
        for text in texts
        for language in catalogues.languages
    ]


async def settled(town: Town, database: Database) -> None:
    """Wait until the bot has acted on everything and what it wrote down has arrived."""
    now = town.clock.now()
    waiting = select(func.count()).where(
        Message.state == "waiting", or_(Message.not_before.is_(None), Message.not_before <= now)
    )
    behind = select(func.count()).where(Post.wanted > Post.shown)
    async with asyncio.timeout(10):
        while True:
            if town.simulator.waiting_updates() == 0:  # asked first: an update is confirmed after its answer is written
                async with database.read() as session:
                    if not await session.scalar(waiting) and not await session.scalar(behind):
                        return
            await asyncio.sleep(0.005)


async def fill(town: Town, database: Database) -> None:
    """As much as the examples name: M1 to M13, I1 to I3, E1 to E5, and an answer to each of the two questions."""
    said = Told("Er ligt een losse tegel in de stoep")
    idea = results.IdeaHandedIn(Told("Een bankje"), "", "", "", "money")
    starts = datetime(2026, 12, 1, 19, 30)  # noqa: DTZ001 - the clock on the wall
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.working() as work:
        session = work.session
        sanne, anna = await people(work, session)
        done = [
            *((anna, results.ComplaintReport("paving", said, At("Heulstraat 12"), [])) for _number in range(13)),
            *((anna, idea) for _number in range(3)),
            (sanne, office_said.IdeaAnswered(2, "answer", "Daar kijken we naar")),
            *((sanne, event_said.EventAnnounced("Barbecue", starts, At("Het park"), "", None)) for _number in range(5)),
            (anna, results.TwoAnswers(Told("Het park"), Told("De stoep"))),
        ]
        for person, result in done:
            assert isinstance(await acts.act(work, person, result), Closing)
        long_ago = town.clock.now().date() - timedelta(days=30)
        late = {"handler_id": sanne.resident.id, "answer_by": long_ago}
        await session.execute(update(Complaint).where(Complaint.id == 1).values(**late))
        await session.execute(update(Promise).where(Promise.subject == "M1").values(due=long_ago))


async def people(work: Work, session: AsyncSession) -> list[Person]:
    """The coordinator and the resident."""
    staff = await session.scalar(select(Role.resident_id))
    resident = await session.scalar(select(func.max(Resident.id)))
    found = [await residents.person_of(work, number) for number in (staff, resident) if number is not None]
    return [person for person in found if person is not None]
