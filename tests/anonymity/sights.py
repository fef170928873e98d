"""What an attacker sees who copies a database: for each table, every order that rows stand in.

A *reading* is one way of looking at a table: the order in which the database gives its rows, a
system column, the place of a row in a file or in a dump, its turn in the write-ahead log. It maps
the key of a row (an id or a hash) to something that can be sorted.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg

from tests.anonymity.pages import Place, changes, heap_tuples, keys_in
from tests.anonymity.town import Town
from tests.postgres import PORT, SUPERUSER, Cluster

TABLES = {
    "inbox": ("id", 16),
    "access_codes": ("code_hash", 32),
    "submissions": ("submission_hash", 32),
    "responses": ("id", 16),
}
SYSTEM_COLUMNS = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")

LOG_SEGMENT = 1  # MB of each file of the log: little to read whenever somebody looks

Reading = Mapping[bytes, Any]
Readings = dict[str, dict[bytes, Any]]


@dataclass(frozen=True)
class Sight:
    """All readings of all tables at one moment; `files` is where the copied files lie."""

    moment: str
    files: Path
    readings: dict[str, Readings]

    def contains(self, needle: bytes) -> bool:
        """Whether any of the copied files holds these bytes."""
        found = (path for path in self.files.rglob("*") if path.is_file())
        return any(needle in path.read_bytes() for path in found)


class Eyes(Protocol):
    """Whoever copies a database."""

    town: Town

    def look(self, moment: str) -> Sight:
        """Copy everything, and read it in every way."""


def numbered(keys: Iterable[bytes]) -> dict[bytes, Any]:
    """Keys by their place in a sequence; a key that comes again keeps its first place."""
    return {key: place for place, key in reversed(list(enumerate(keys)))}


@dataclass
class SqliteEyes:
    """The file of a SQLite database, its write-ahead log and its index of that log."""

    town: Town
    folder: Path

    def look(self, moment: str) -> Sight:
        files = self.folder / moment
        files.mkdir(parents=True)
        for path in self.town.data.glob("pegel.sqlite*"):
            shutil.copy2(path, files / path.name)
        opened = shutil.copytree(files, self.folder / f"{moment}-opened")
        with sqlite3.connect(opened / "pegel.sqlite") as connection:
            found = {table: self._read(connection, files, table) for table in TABLES}
        connection.close()
        shutil.rmtree(opened)
        return Sight(moment, files, found)

    def _read(self, connection: sqlite3.Connection, files: Path, table: str) -> Readings:
        column, _ = TABLES[table]
        (definition,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()
        orders = {"rows": ""}
        if "WITHOUT ROWID" not in definition:
            orders["rowid"] = "ORDER BY rowid"
        readings = {
            name: numbered(
                key
                for (key,) in connection.execute(f"SELECT {column} FROM {table} {order}")  # noqa: S608 # own names
            )
            for name, order in orders.items()
        }
        known = readings["rows"]
        readings["key"] = {key: key for key in known}
        for path in sorted(files.iterdir()):
            content = path.read_bytes()
            first = {key: place for key in known if (place := content.find(key)) >= 0}
            readings[f"first in {path.name}"] = first
            readings[f"last in {path.name}"] = {key: content.rfind(key) for key in first}
        return readings


@dataclass
class PostgresEyes:
    """A PostgreSQL server as its superuser sees it, who also has its files.

    The server should keep its log and not clean up by itself, which only destroys traces.
    """

    town: Town
    cluster: Cluster
    folder: Path
    database: str = ""
    _since: str = ""
    _gone: dict[int, dict[Place, bytes]] = field(default_factory=dict)  # rows by file and place

    def __post_init__(self) -> None:
        self.database = str(self.town.engine.url.database)
        with self._superuser() as ask:
            self._since = _one(ask, _NOW)

    def look(self, moment: str) -> Sight:
        with self._superuser() as ask:
            readings = {table: _columns(ask, table) for table in TABLES}
            # A backup begins a new segment of the log, which is not there yet.
            since, self._since = self._since, _one(ask, _NOW)
            files = self._copy(ask, moment)
            paths = {table: Path(_one(ask, _FILE, table)) for table in TABLES}
        for table, order in self._dump().items():
            readings[table]["pg_dump"] = order
        for table, path in paths.items():
            readings[table] |= self._heap(table, files / path, int(path.name))
        for table, found in self._log(paths, since).items():
            readings[table] |= found
        return Sight(moment, files, readings)

    def _superuser(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(self.cluster.folder), port=PORT, user=SUPERUSER, dbname=self.database,
            autocommit=True,
        )  # fmt: skip

    def _copy(self, ask: "psycopg.Connection[Any]", moment: str) -> Path:
        """The files of our tables; at the end everything, as a backup program copies it."""
        if moment == "closed":
            files = self.cluster.folder / f"{self.database}-{moment}"
            options = ("-D", str(files), "--checkpoint=fast", "--no-sync")
            self.cluster.run("pg_basebackup", *options, *self.cluster._reach(SUPERUSER))
            return files
        ask.execute("CHECKPOINT")
        for table in TABLES:
            path = _one(ask, _FILE, table)
            copied = self.folder / moment / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.cluster.data / path, copied)
        return self.folder / moment

    def _dump(self) -> dict[str, dict[bytes, Any]]:
        """In which order a dump has the rows of each table."""
        dump = self.cluster.pg_dump(self.database, "--data-only").decode()
        found: dict[str, dict[bytes, Any]] = {}
        for table, (_, size) in TABLES.items():
            (lines,) = re.findall(
                rf"^COPY public\.{table} .*?\n(.*?)^\\\.$", dump, re.MULTILINE | re.DOTALL
            )
            keys = re.findall(rf"\\\\x([0-9a-f]{{{2 * size}}})(?:\t|$)", lines, re.MULTILINE)
            found[table] = numbered(map(bytes.fromhex, keys))
        return found

    def _heap(self, table: str, path: Path, number: int) -> Readings:
        """Living and dead row versions in a table's own file, and where its bytes lie in it."""
        _, size = TABLES[table]
        content = path.read_bytes()
        versions = list(heap_tuples(content))
        self._gone.setdefault(number, {}).update(
            {version.place: version.key(size) for version in versions}
        )
        raw = keys_in(content, self.town.campaign_id, size)
        return {
            "page": {version.key(size): version.place for version in versions},
            "made by": {version.key(size): version.xmin for version in versions},
            "ended by": {version.key(size): version.xmax for version in versions if version.xmax},
            "command": {version.key(size): version.command for version in versions},
            "next version": {version.key(size): version.next_version for version in versions},
            "first in the file": {key: first for key, (first, _) in raw.items()},
            "last in the file": {key: last for key, (_, last) in raw.items()},
        }

    def _log(self, paths: Mapping[str, Path], since: str) -> dict[str, Readings]:
        """When rows were made and ended according to the write-ahead log, and its raw bytes."""
        tables = {int(path.name): table for table, path in paths.items()}
        wal = self.cluster.data / "pg_wal"
        limits = ("-s", since, "-e", self._since, _segment(since), _segment(self._since))
        told = self.cluster.run("pg_waldump", "-p", str(wal), *limits)
        found: dict[str, Readings] = {table: {} for table in paths}
        for turn, change in enumerate(changes(told.stdout.decode())):
            key = self._gone.get(change.file, {}).get(change.place)
            if change.file in tables and key is not None:
                reading = found[tables[change.file]].setdefault(f"log {change.kind}", {})
                reading[key] = turn
        segments = (path for path in sorted(wal.glob("0*")) if path.name >= _segment(since))
        content = b"".join(path.read_bytes().rstrip(b"\0") for path in segments)
        for table, (_, size) in TABLES.items():
            raw = keys_in(content, self.town.campaign_id, size)
            found[table]["first in the log"] = {key: first for key, (first, _) in raw.items()}
            found[table]["last in the log"] = {key: last for key, (_, last) in raw.items()}
        return found


_NOW = "SELECT pg_current_wal_insert_lsn()::text"
_FILE = "SELECT pg_relation_filepath(%s::regclass)"


def _one(ask: "psycopg.Connection[Any]", query: LiteralString, *values: str) -> Any:  # noqa: ANN401 # whatever is asked for
    found = ask.execute(query, values).fetchone()
    assert found is not None
    return found[0]


def _columns(ask: "psycopg.Connection[Any]", table: str) -> Readings:
    """Rows as the database gives them, with what it knows of each beside our columns."""
    column, _ = TABLES[table]
    query = f"SELECT {column}, {', '.join(SYSTEM_COLUMNS)} FROM {table}"  # noqa: S608 # own names
    rows = ask.execute(query.encode()).fetchall()
    readings: Readings = {
        "rows": numbered(row[0] for row in rows),
        "key": {row[0]: row[0] for row in rows},
    }
    for place, name in enumerate(SYSTEM_COLUMNS, 1):
        readings[name] = {
            row[0]: tuple(map(int, re.findall(r"\d+", str(row[place])))) for row in rows
        }
    return readings


def _segment(position: str) -> str:
    """The name of the file of the write-ahead log in which a position lies."""
    high, low = (int(part, 16) for part in position.split("/"))
    return f"{1:08X}{high:08X}{low // (LOG_SEGMENT << 20):08X}"


def by_person(readings: Readings, people: Mapping[bytes, int]) -> dict[str, dict[int, Any]]:
    """The same readings by person instead of by key; rows of others are left out."""
    found = {
        name: {people[key]: value for key, value in reading.items() if key in people}
        for name, reading in readings.items()
    }
    return {name: reading for name, reading in found.items() if reading}


def in_order(people: Sequence[int]) -> dict[int, Any]:
    """A reading that somebody simply knows: people in the order in which they came."""
    return {person: place for place, person in enumerate(people)}
