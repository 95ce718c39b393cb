"""The built wheel, installed away from the sources, has everything in it that the bot needs."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
MUST_HAVE = (
    "bot/cli.py",
    "bot/areas/heerlen-noord.toml",
    "bot/locales/nl/LC_MESSAGES/residents.po",
    "bot/locales/nl/LC_MESSAGES/staff.po",
    "bot/migrations/env.py",
    "bot/migrations/versions/*.py",
    "bot/simulator/page/*",
    "conversations/complaint.py",
    "buurtpraat-*.dist-info/licenses/LICENSE",
)

pytestmark = pytest.mark.slow


def run(command: list[str | Path], folder: Path, **settings: str) -> str:
    """Runs a command away from the sources and from the settings of whoever runs the tests."""
    mine = ("PYTHON", "COVERAGE", "COV_", "BOT_", "DATABASE_", "DATA_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    environment |= settings
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left behind in the sources."""
    sources, made = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("made")
    for name in ("bot", "conversations"):
        shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, sources)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made)]
    run([*build, "."], sources)
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel in it, which borrows what the bot depends on from ours."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", place], place.parent)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "--quiet"]
    run([*pip, "install", "--no-deps", "--no-index", str(wheel)], place.parent)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        path.relative_to(ROOT).as_posix()
        for name in ("bot", "conversations")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sources - inside == set()
    assert {name for name in inside if ".dist-info/" not in name} - sources == set()


@pytest.mark.parametrize("pattern", MUST_HAVE)
def test_the_wheel_has(wheel: Path, pattern: str) -> None:
    assert any(PurePosixPath(name).match(pattern) for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_names_its_licence_and_its_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (folder,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    assert "License-Expression: EUPL-1.2\n" in archive.read(f"{folder}/METADATA").decode()
    assert "buurtpraat = bot.cli:main" in archive.read(f"{folder}/entry_points.txt").decode()


def test_what_is_installed_is_what_runs(place: Path, tmp_path: Path) -> None:
    told = run([place / "bin" / "python", "-c", "import bot; print(bot.__file__)"], tmp_path)
    assert place in Path(told.strip()).parents


def test_the_command_tells_what_it_can_do(place: Path, tmp_path: Path) -> None:
    told = run([place / "bin" / "buurtpraat", "--help"], tmp_path)
    for command in ("run", "demo", "migrate"):
        assert command in told


def test_it_makes_its_database_from_its_own_migrations(place: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run([place / "bin" / "buurtpraat", "migrate"], tmp_path, DATA_DIR=str(data))
    databases = [path for path in data.iterdir() if path.read_bytes().startswith(b"SQLite format 3\0")]
    assert len(databases) == 1
