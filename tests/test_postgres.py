"""The PostgreSQL that the other tests stand on: it starts, also as root, and keeps its word over a stop."""

import asyncio
import os
import shutil
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import NoPostgres, PrivateServer, Server, find_programs, find_server, private_server


async def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


async def test_a_database_url_leads_to_an_empty_database_that_can_be_written(database_url: str) -> None:
    await rows(database_url, "CREATE TABLE word (said TEXT)")
    await rows(database_url, "INSERT INTO word VALUES ('Goedemorgen — صباح الخير 🌻')")
    assert await rows(database_url, "SELECT said FROM word") == [("Goedemorgen — صباح الخير 🌻",)]


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_each_test_has_a_database_of_its_own(database_url: str, turn: str) -> None:
    await rows(database_url, "CREATE TABLE seen (turn TEXT)")
    await rows(database_url, f"INSERT INTO seen VALUES ('{turn}')")
    assert await rows(database_url, "SELECT turn FROM seen") == [(turn,)]


async def test_a_dropped_database_is_gone_even_while_somebody_is_connected(postgres_server: Server) -> None:
    name = postgres_server.create_database()
    url = postgres_server.url(name).replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    postgres_server.drop_database(name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)
    await connection.close()


async def test_what_was_committed_is_there_after_an_immediate_stop() -> None:
    with private_server() as server:
        url, port = server.url(server.create_database("kept")), server.port
        await rows(url, "CREATE TABLE word (said TEXT)")
        await rows(url, "INSERT INTO word VALUES ('beloofd')")
        server.stop(immediate=True)
        with pytest.raises(OSError, match="Connect call failed"):
            await rows(url, "SELECT 1")
        await asyncio.to_thread(server.start)
        assert server.port == port
        assert await rows(url, "SELECT said FROM word") == [("beloofd",)]
    assert not server.folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")
def test_programs_in_a_folder_that_is_closed_to_others_are_copied(tmp_path: Path) -> None:
    closed = tmp_path / "root"
    package = find_programs().parent.parent
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, closed / source.name, symlinks=True)
    closed.chmod(0o700)
    with PrivateServer(closed / package.name / "pginstall" / "bin") as server:
        assert closed not in server.programs.parents
        server.execute("SELECT 1")
        assert server.data.stat().st_uid != 0


def test_a_server_that_is_given_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://somebody:s3cret@127.0.0.1:5999/theirs")
    server = find_server()
    assert not isinstance(server, PrivateServer)
    assert server.url("ours") == "postgresql+asyncpg://somebody:s3cret@127.0.0.1:5999/ours"


@pytest.mark.parametrize(("ci", "outcome"), [("true", "errors"), ("", "skipped")])
def test_without_postgresql_ci_fails_and_a_laptop_skips(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    def nowhere() -> Path:
        raise NoPostgres("no PostgreSQL anywhere")

    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("tests.postgres.find_programs", nowhere)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makeconftest("from tests.conftest import postgres_server, postgres_url")
    pytester.makepyfile("def test_it(postgres_url): assert postgres_url")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rs")
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*no PostgreSQL anywhere*"])
