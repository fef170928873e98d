"""A real PostgreSQL server for tests: a cluster of its own behind a socket, and nothing listens.

One shared server serves a whole run, however many processes the tests have; each test gets a
fresh migrated database on it. Whoever stops, kills or reads servers makes a `Cluster` of its own.
The server's superuser is `postgres`; Pegel connects as `pegel`, who may do nothing special.
"""

import fcntl
import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Pool, event

from tests.memory import MEMORY, is_roomy
from tests.postgres_removal import held, remove_when_unused

PORT = 5432  # part of the socket's name; nothing listens on the network
SUPERUSER, OWNER = "postgres", "pegel"
TEMPLATE = "migrated"
COPIES_FILES = 150000  # the version from which a server can also copy a template through its log

# What a server is started with unless a test says otherwise. It syncs like a real one, or Pegel
# would refuse to open a campaign on it; a cluster in memory just has no disk to wait for.
CONFIGURATION: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "max_wal_size": "128MB",
    "log_destination": "stderr",
    "logging_collector": "off",
}


def programs() -> Path | None:
    """The folder of the newest server that is installed; None where there is none."""
    found = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    ]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    beside = shutil.which("initdb")
    return Path(beside).resolve().parent if beside else None


def _unless_gone(error: OSError) -> None:
    """The server removes files and folders while somebody looks; whatever else is wrong is said."""
    if not isinstance(error, FileNotFoundError):
        raise error


@dataclass(frozen=True)
class _User:
    """Whom the server runs as: never root, which it refuses."""

    name: str
    uid: int
    gid: int

    @classmethod
    def fitting(cls) -> "_User":
        found = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        return cls(found.pw_name, found.pw_uid, found.pw_gid)


class Cluster:
    """A server with its data in `folder`, which must not exist yet or hold a cluster already.

    The folder has to lie where the system's user `postgres` may go; `new_folder` makes one, and
    others cannot enter it.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        bin_folder = programs()
        if bin_folder is None:
            pytest.skip("no PostgreSQL server is installed (apt install postgresql)")
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self._bin = bin_folder
        self._user = _User.fitting()
        self._settings = {**CONFIGURATION, **(settings or {})}
        if os.geteuid() == 0:
            os.chown(folder, self._user.uid, self._user.gid)

    def make(self, segment: int = 16) -> "Cluster":
        """Make the cluster, start it, and give it Pegel's own role.

        `segment`: MB of each file of its write-ahead log.
        """
        options = ("--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        self.run(
            "initdb",
            "-D",
            str(self.data),
            f"--username={SUPERUSER}",
            f"--wal-segsize={segment}",
            *options,
        )
        self.start()
        self.psql(f"CREATE ROLE {OWNER} LOGIN")
        return self

    def start(self, **settings: str) -> None:
        """Start the server, also after a crash; returns when it answers. `settings` last."""
        self._settings |= settings
        chosen = {**self._settings, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        self.run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", str(self.log), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server in an orderly way: `fast` ends connections, `immediate` is a crash."""
        self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def kill(self) -> None:
        """SIGKILL to all its processes at once; returns when all are gone."""
        main = self.pid
        # Stopped, it starts no process after we have looked: one that outlived the others could
        # wait for a lock of theirs for ever, and whoever is connected to it with it.
        os.kill(main, signal.SIGSTOP)
        while _stat(main)[0] != "T":
            pass
        with _ends([main, *_children(main)]) as processes:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        # The dead stay in the process table until somebody asks after them, and the next server
        # would take them for a living one.
        (self.data / "postmaster.pid").unlink()
        (self.folder / f".s.PGSQL.{PORT}.lock").unlink()

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def is_running(self) -> bool:
        """Whether there is a server on this cluster."""
        return (self.data / "postmaster.pid").exists()

    def url(self, database: str, user: str = OWNER) -> str:
        """What PEGEL_DATABASE_URL is for one of its databases."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}&port={PORT}"

    def create(self, database: str, template: str = "template0") -> str:
        """A new database of Pegel's role; gives its URL."""
        with self._administrator() as server:
            how = "STRATEGY FILE_COPY" if server.info.server_version >= COPIES_FILES else ""
            command = f"CREATE DATABASE {database} OWNER {OWNER} TEMPLATE {template} {how}"
            server.execute(command.encode())
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        with self._administrator() as server:
            server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)".encode())

    def migrated(self, name: str = TEMPLATE) -> str:
        """Make a database with Pegel's tables; gives its URL."""
        from survey.db.engine import make_engine, upgrade

        url = self.create(name)
        engine = make_engine(url)
        upgrade(engine)
        engine.dispose()
        return url

    def psql(self, sql: str, database: str = "postgres", user: str = SUPERUSER) -> list[list[str]]:
        """What a query gives, as text, in the order of the database."""
        done = self.run(
            "psql",
            *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\x1f"),
            *("--set=ON_ERROR_STOP=1", f"--command={sql}", *self._reach(user), database),
        )
        return [line.split("\x1f") for line in done.stdout.decode().splitlines()]

    def pg_dump(self, database: str, *options: str) -> bytes:
        """A dump as a backup program makes it."""
        return self.run("pg_dump", *options, *self._reach(SUPERUSER), database).stdout

    def pg_basebackup(self, to: Path) -> Path:
        """A copy of the whole cluster with the log that it needs; `to` must not exist yet."""
        self.run("pg_basebackup", "-D", str(to), "--checkpoint=fast", *self._reach(SUPERUSER))
        return to

    def checkpoint(self) -> None:
        """Write everything into the files, as happens by itself sooner or later."""
        self.psql("CHECKPOINT")

    def files(self, *, with_log: bool = True) -> dict[Path, bytes]:
        """All files below the data folder by their relative path, those of the WAL too."""
        found = {}
        for folder, _, names in os.walk(self.data, onerror=_unless_gone):
            for path in (Path(folder, name) for name in names):
                relative = path.relative_to(self.data)
                if with_log or relative.parts[0] != "pg_wal":
                    with suppress(FileNotFoundError):
                        found[relative] = path.read_bytes()
        return dict(sorted(found.items()))

    def files_of(self, database: str) -> dict[Path, bytes]:
        """The files of one database, and the WAL of all."""
        ((number,),) = self.psql(
            "SELECT oid FROM pg_database WHERE datname = current_database()", database
        )
        own = (f"base/{number}/", "pg_wal/")
        return {
            path: content for path, content in self.files().items() if str(path).startswith(own)
        }

    def remove(self) -> None:
        """Stop the server, if it runs, and leave nothing behind."""
        if self.is_running:
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(
        self, program: str, *arguments: str, check: bool = True
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run one of the server's programs as its user."""
        root = os.geteuid() == 0
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            user=self._user.uid if root else None,
            group=self._user.gid if root else None,
            extra_groups=[] if root else None,
        )
        if check and done.returncode:
            raise RuntimeError(
                f"{program} failed: {(done.stderr + done.stdout).decode(errors='replace')}"
            )
        return done

    def _administrator(self) -> "psycopg.Connection[Any]":
        """A connection that may make databases; a program of its own for each would cost more."""
        reach = f"host={self.folder} port={PORT} user={SUPERUSER} dbname=postgres"
        return psycopg.connect(reach, autocommit=True)

    def _reach(self, user: str) -> tuple[str, ...]:
        return ("-h", str(self.folder), "-p", str(PORT), "-U", user)


DISK = Path("/tmp")  # noqa: S108 # the folders made there are private


def new_folder(*, durable: bool = False) -> Path:
    """A folder for a cluster: its name is short enough for a socket, and its user may go there.

    It is in memory where there is enough, unless it has to be `durable`.
    """
    place = MEMORY if is_roomy() and not durable else DISK
    return Path(tempfile.mkdtemp(prefix="pegel-pg-", dir=place))


@contextmanager
def new_cluster(
    settings: Mapping[str, str] | None = None, *, durable: bool = False, segment: int = 16
) -> Iterator[Cluster]:
    """A running server of one's own, to be stopped, killed, read and changed.

    One that is `durable` lies on a disk, for tests about power cuts and for measurements.
    `segment`: MB of each file of its write-ahead log.
    """
    cluster = Cluster(new_folder(durable=durable), settings)
    with held(cluster.folder / "in-use") as lock:
        remove_when_unused(lock, cluster.folder)
        try:
            yield cluster.make(segment)
        finally:
            cluster.remove()


@contextmanager
def shared_cluster(meeting: Path) -> Iterator[Cluster]:
    """The server that all processes of a run share, which meet in the folder `meeting`.

    Each holds a shared lock while it uses the server; when nobody does it is taken away.
    """
    with (meeting / "postgres.mutex").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        with held(meeting / "postgres.in-use") as lock:
            place = meeting / "postgres.folder"
            if not place.exists():
                made = Cluster(new_folder())
                remove_when_unused(lock, made.folder, place)
                made.make().migrated()
                place.write_text(str(made.folder))
            fcntl.flock(mutex, fcntl.LOCK_UN)
            yield Cluster(Path(place.read_text()))


@contextmanager
def _closing_connections() -> Iterator[None]:
    """Close in the end what engines have left open; the driver warns of each that is forgotten."""
    made: list[Any] = []

    def note(connection: object, _record: object) -> None:
        made.append(connection)

    event.listen(Pool, "connect", note)
    try:
        yield
    finally:
        event.remove(Pool, "connect", note)
        for connection in made:
            connection.close()


@contextmanager
def _ends(processes: list[int]) -> Iterator[list[int]]:
    """Wait at the end until all these processes are gone."""
    watched = []
    for process in processes:
        with suppress(ProcessLookupError):
            watched.append(os.pidfd_open(process))
    try:
        yield processes
        for descriptor in watched:
            select.select([descriptor], [], [])
    finally:
        for descriptor in watched:
            os.close(descriptor)


def _stat(process: int) -> list[str]:
    """What the system says of a process after its name: state, parent, and more."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            process = int(stat.parent.name)
            if int(_stat(process)[1]) == parent:
                found.append(process)
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The shared server; leave it running, and leave the databases of others alone."""
    base = tmp_path_factory.getbasetemp()
    with shared_cluster(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(server: Cluster) -> Iterator[str]:
    """The URL of a fresh, migrated database on the shared server; gone after the test."""
    name = f"test_{uuid4().hex}"
    with _closing_connections():
        yield server.create(name, TEMPLATE)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def either_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings name a SQLite file of their own, then a fresh database of the server.

    For whoever makes an installation from its settings, such as `tests.anonymity.town`; the
    process and all that it starts see the same.
    """
    kind = str(request.param)
    if kind == "postgres":
        monkeypatch.setenv("PEGEL_DATABASE_URL", request.getfixturevalue("postgres_url"))
    return kind


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A running server of the test's own."""
    with new_cluster() as own:
        yield own
