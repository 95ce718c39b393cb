"""Holds the imports to the table of rooms in docs/architecture.md; then shows that it would notice."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CONVERSATIONS = "conversations"
EVERYTHING = frozenset({"*"})
STORE = frozenset({"bot.store", "bot.store.database"})
NEIGHBOURHOOD = frozenset({"bot.neighbourhood", "bot.neighbourhood.area", "bot.neighbourhood.hours"})
BELOW_THE_EDGE = STORE | NEIGHBOURHOOD | {"bot.outbox", "bot.reports", "bot.settings"}

# Room → the rooms of ours that it may import: the table of docs/architecture.md, which says why.
# `bot`, `bot.clock` and `bot.children` are free to all of bot.
MAY_IMPORT: dict[str, frozenset[str]] = {
    CONVERSATIONS: frozenset(),
    "bot": frozenset(),
    "bot.clock": frozenset(),
    "bot.children": frozenset(),
    "bot.store": frozenset(),
    "bot.store.database": frozenset({"bot.store"}),
    "bot.migrations": frozenset({"bot.store"}),
    "bot.outbox": STORE,
    "bot.neighbourhood.hours": frozenset(),
    "bot.neighbourhood.boundaries": frozenset(),
    "bot.neighbourhood.area": frozenset({"bot.neighbourhood.boundaries", "bot.neighbourhood.hours"}),
    "bot.neighbourhood": STORE | {"bot.neighbourhood.area", "bot.neighbourhood.hours", "bot.outbox", CONVERSATIONS},
    "bot.schedule": NEIGHBOURHOOD | {"bot.outbox", "bot.store.database"},
    "bot.reports": STORE | NEIGHBOURHOOD | {CONVERSATIONS},
    "bot.photos": STORE | NEIGHBOURHOOD,
    "bot.settings": frozenset({"bot.neighbourhood.hours"}),
    "bot.logs": frozenset(),
    "bot.telegram": BELOW_THE_EDGE | {CONVERSATIONS},
    "bot.web": BELOW_THE_EDGE | {"bot.schedule", "bot.telegram"},
    "bot.simulator": frozenset(),
    "bot.demo_told": frozenset({CONVERSATIONS}),
    "bot.demo_seed": STORE | NEIGHBOURHOOD | {"bot.demo_told", CONVERSATIONS},
    "bot.prepare": STORE | NEIGHBOURHOOD | {"bot.settings"},
    "bot.main": EVERYTHING,
    "bot.demo": EVERYTHING,
    "bot.cli": EVERYTHING,
}
FREE_TO_ALL_OF_BOT = frozenset({"bot", "bot.clock", "bot.children"})
TIED_TO_NOTHING = frozenset({"bot.simulator"})  # not even to what is free to all of bot

# Room → the only packages of others that it may import.
ONLY_PACKAGES: dict[str, frozenset[str]] = {
    CONVERSATIONS: frozenset({"babel"}),
    "bot.simulator": frozenset({"telegram", "aiohttp"}),
}
# Package → the only rooms that may import it.
ONLY_ROOMS: dict[str, frozenset[str]] = {
    "telegram": frozenset({"bot.simulator"}),
    "aiogram": frozenset({"bot.telegram", "bot.outbox", "bot.photos", "bot.web", "bot.main"}),
}
# A flow replayed tomorrow must go as it went today.
NOT_IN_A_FLOW = frozenset({"random", "secrets", "time", "uuid"})

READS_THE_TIME = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
    }
)
MAY_READ_THE_TIME = frozenset({"bot.clock", "bot.simulator"})

SAYS_NOTHING = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"})


@dataclass(frozen=True)
class Module:
    name: str
    tree: ast.Module
    is_package: bool

    @property
    def room(self) -> str:
        """The row of the table for this module: the longest name that fits, else its own first two parts."""
        parts = self.name.split(".")
        for length in range(len(parts), 1, -1):
            if (name := ".".join(parts[:length])) in MAY_IMPORT:
                return name
        return ".".join(parts[: 1 if parts[0] == CONVERSATIONS else 2])


def read(root: Path) -> dict[str, Module]:
    """Every module of `bot` and `conversations` under this folder, by its dotted name."""
    modules = {}
    for package in ("bot", CONVERSATIONS):
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            modules[name] = Module(name, ast.parse(path.read_text("utf-8"), str(path)), is_package)
    return modules


def imports(module: Module, modules: dict[str, Module]) -> Iterator[str]:
    """The names that a module imports, wherever in it; `from x import y` as `x.y` where that is a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.name.split(".")[: len(module.name.split(".")) - node.level + module.is_package]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in modules else base


def violations(root: Path) -> list[str]:
    modules = read(root)
    found: list[str] = []
    for module in modules.values():
        found += badly_named(module)
        if module.room not in MAY_IMPORT:
            found.append(f"{module.name}: no row of the table is for {module.room}")
            continue
        for name in imports(module, modules):
            found += forbidden(module, name, modules)
        found += time_readings(module)
    circle = first_circle({m.name: sorted({n for n in imports(m, modules) if n in modules}) for m in modules.values()})
    if circle:
        found.append("circle: " + " → ".join(circle))
    return found


def badly_named(module: Module) -> Iterable[str]:
    for part in module.name.split("."):
        if part in SAYS_NOTHING:
            yield f"{module.name}: {part!r} says nothing of what is in it"


def forbidden(module: Module, name: str, modules: dict[str, Module]) -> Iterable[str]:
    room, package = module.room, name.partition(".")[0]
    if package in ("bot", CONVERSATIONS):
        to = modules[name].room if name in modules else Module(name, ast.Module([], []), False).room
        allowed = MAY_IMPORT[room]
        if room.startswith("bot") and room not in TIED_TO_NOTHING:
            allowed |= FREE_TO_ALL_OF_BOT
        if to != room and to not in allowed and not allowed >= EVERYTHING:
            yield f"{module.name}: {room} may not import {name}"
    elif package not in sys.stdlib_module_names:
        if room in ONLY_PACKAGES and package not in ONLY_PACKAGES[room]:
            yield f"{module.name}: {room} may not import {name}"
        elif package in ONLY_ROOMS and room not in ONLY_ROOMS[package]:
            yield f"{module.name}: {name} is not for {room}"
    elif room == CONVERSATIONS and package in NOT_IN_A_FLOW:
        yield f"{module.name}: no clock or chance in a conversation, so not {name}"


def time_readings(module: Module) -> Iterable[str]:
    """Where a module names a function that reads the time, called or handed on, under whatever name."""
    if module.room in MAY_READ_THE_TIME:
        return
    meanings: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                meanings[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            meanings |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            first, _, rest = ast.unparse(node).partition(".")
            meant = ".".join(filter(None, (meanings.get(first, ""), rest)))
            if meant in READS_THE_TIME:
                yield f"{module.name}:{node.lineno}: {meant} reads the time; ask the Clock"


def first_circle(edges: dict[str, list[str]]) -> list[str]:
    """One path of imports that ends where it began, or nothing."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for target in edges[name]:
            if circle := walk(target, [*path, name]):
                return circle
        done.add(name)
        return []

    return next((circle for name in sorted(edges) if (circle := walk(name, []))), [])


def test_the_house_is_as_the_plan_says() -> None:
    modules = read(ROOT)
    assert {"bot.clock", "bot.store", "conversations.talk"} <= modules.keys()
    found = violations(ROOT)
    assert not found, "\n".join(found)


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return root


def test_what_is_allowed_is_left_alone(tmp_path: Path) -> None:
    assert (
        violations(
            tree(
                tmp_path,
                {
                    "conversations/__init__.py": "from conversations.talk import Talk",
                    "conversations/talk.py": "from datetime import datetime\nfrom babel import Locale",
                    "conversations/welcome.py": "from .talk import Talk",
                    "bot/__init__.py": "",
                    "bot/clock.py": "from datetime import datetime\ndatetime.now()",
                    "bot/store/__init__.py": "from bot.store.tables import Word",
                    "bot/store/tables.py": "import sqlalchemy\nfrom bot import clock",
                    "bot/neighbourhood/area.py": "import tomllib",
                    "bot/neighbourhood/rules.py": "import bot.store.tables, conversations.talk",
                    "bot/outbox/sender.py": "import aiogram, bot.store, time\ntime.monotonic()",
                    "bot/simulator/server.py": "import telegram, time, bot.simulator.x\ntime.time()",
                    "bot/simulator/x.py": "import aiohttp",
                    "bot/telegram/edge.py": "from aiogram import Bot\nimport bot.neighbourhood.rules",
                    "bot/main.py": "import aiogram, bot.simulator.server, bot.telegram.edge, bot.clock",
                },
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("path", "source", "told"),
    [
        ("conversations/talk.py", "import bot.store", "conversations may not import bot.store"),
        ("conversations/talk.py", "from bot import clock", "conversations may not import bot"),
        ("conversations/talk.py", "import sqlalchemy", "conversations may not import sqlalchemy"),
        ("conversations/talk.py", "from random import choice", "no clock or chance"),
        ("bot/store/tables.py", "import bot.neighbourhood.rules", "bot.store may not import"),
        ("bot/store/tables.py", "from bot import outbox", "bot.store may not import bot.outbox"),
        ("bot/store/tables.py", "from ..outbox import lanes", "bot.store may not import bot.outbox"),
        ("bot/store/tables.py", "def late():\n    import bot.main", "bot.store may not import bot.main"),
        ("bot/outbox/lanes.py", "import conversations", "bot.outbox may not import conversations"),
        ("bot/logs.py", "import bot.store.tables", "bot.logs may not import bot.store.tables"),
        ("bot/photos/worker.py", "import bot.outbox.rows", "bot.photos may not import bot.outbox.rows"),
        (
            "bot/schedule.py",
            "from bot.store.tables import Due",
            "bot.schedule may not import bot.store.tables",
        ),
        ("bot/neighbourhood/rules.py", "import bot.telegram.edge", "bot.neighbourhood may not import"),
        ("bot/neighbourhood/area.py", "import bot.store", "bot.neighbourhood.area may not import bot.store"),
        ("bot/neighbourhood/rules.py", "import aiogram.types", "aiogram.types is not for bot.neighbourhood"),
        ("bot/telegram/edge.py", "from telegram import Update", "telegram is not for bot.telegram"),
        ("bot/telegram/edge.py", "import bot.simulator.server", "bot.telegram may not import bot.simulator"),
        ("bot/simulator/server.py", "import bot.store", "bot.simulator may not import bot.store"),
        ("bot/simulator/server.py", "from bot import clock", "bot.simulator may not import"),
        (
            "bot/simulator/server.py",
            "import conversations.talk",
            "bot.simulator may not import conversations",
        ),
        ("bot/simulator/server.py", "import aiogram", "bot.simulator may not import aiogram"),
        ("bot/cellar/wine.py", "", "no row of the table is for bot.cellar"),
        ("bot/store/utils.py", "", "'utils' says nothing"),
        ("bot/store/helpers/text.py", "", "'helpers' says nothing"),
        ("bot/outbox/manager.py", "", "'manager' says nothing"),
        (
            "bot/store/tables.py",
            "from datetime import datetime as dt\ndt.now()",
            "datetime.datetime.now reads",
        ),
        ("bot/store/tables.py", "import datetime\nx = datetime.date.today", "datetime.date.today reads"),
        (
            "bot/store/tables.py",
            "import datetime as d\nd.datetime.utcnow()",
            "datetime.datetime.utcnow reads",
        ),
        ("bot/telegram/edge.py", "from time import time as now\nnow()", "time.time reads"),
        ("bot/main.py", "import time\ntime.time()", "bot.main:2: time.time reads"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, path: str, source: str, told: str) -> None:
    found = violations(tree(tmp_path, {"bot/outbox/__init__.py": "", path: source}))
    assert len(found) == 1
    assert told in found[0]


@pytest.mark.parametrize(
    "back",
    [
        "import bot.store.ids",
        "from bot.store import ids",
        "from .ids import Id",
        "from bot.store.ids import Id",
    ],
)
def test_a_circle_is_found(tmp_path: Path, back: str) -> None:
    files = {
        "bot/store/__init__.py": "from bot.store.ids import Id",
        "bot/store/ids.py": "import bot.store.rows",
        "bot/store/rows.py": f"def late():\n    {back}",
    }
    assert violations(tree(tmp_path, files)) == ["circle: bot.store.ids → bot.store.rows → bot.store.ids"]
