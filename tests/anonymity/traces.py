"""Every byte that a town leaves: its data folder, and on a server files, log, dump and WAL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.anonymity.town import Town
from tests.postgres import Cluster

SEGMENT = 1 << 24


@dataclass
class Traces:
    """What an attacker may search; the server's write-ahead log from the beginning of the test."""

    town: Town
    cluster: Cluster | None = None
    _since: int = field(init=False, default=0)
    _logged: int = field(init=False, default=0)
    _older: dict[str, int] = field(init=False, default_factory=dict)  # files by time of change

    def __post_init__(self) -> None:
        if self.cluster:
            self.cluster.checkpoint()
            self._older = {path.name: path.stat().st_mtime_ns for path in self._base()}
            self._since, self._logged = self._position(), self.cluster.log.stat().st_size

    def contents(self) -> dict[str, bytes]:
        """All files by name; `pg_wal`, `server.log` and `pg_dump` stand for those of the server."""
        data = self.town.data
        found = {
            str(path.relative_to(data)): path.read_bytes()
            for path in sorted(data.rglob("*"))
            if path.is_file()
        }
        if self.cluster:
            database = str(self.town.engine.url.database)
            self.cluster.checkpoint()
            found |= {
                f"base/{path.name}": path.read_bytes()
                for path in self._base()
                if path.stat().st_mtime_ns != self._older.get(path.name)
            }
            found["pg_wal"] = self._wal()
            found["server.log"] = self.cluster.log.read_bytes()[self._logged :]
            found["pg_dump"] = self.cluster.pg_dump(database)
        assert found
        return found

    def found(self, needles: Iterable[bytes]) -> list[str]:
        """Names of the files that hold any of the needles."""
        wanted = set(needles)
        assert wanted
        return [
            name
            for name, content in self.contents().items()
            if any(map(content.__contains__, wanted))
        ]

    def _base(self) -> list[Path]:
        """The files of the database itself: tables, indexes, and the server's own catalogues."""
        assert self.cluster
        ((number,),) = self.cluster.psql(
            "SELECT oid FROM pg_database WHERE datname = current_database()",
            str(self.town.engine.url.database),
        )
        return sorted((self.cluster.data / "base" / number).iterdir())

    def _position(self) -> int:
        assert self.cluster
        ((text,),) = self.cluster.psql("SELECT pg_current_wal_insert_lsn()")
        high, low = (int(part, 16) for part in text.split("/"))
        return high << 32 | low

    def _wal(self) -> bytes:
        assert self.cluster
        until, content = self._position(), b""
        for segment in range(self._since // SEGMENT, until // SEGMENT + 1):
            path = self.cluster.data / "pg_wal" / f"{1:08X}{segment >> 8:08X}{segment & 255:08X}"
            content += _part(path, self._since - segment * SEGMENT, until - segment * SEGMENT)
        return content


def _part(path: Path, start: int, end: int) -> bytes:
    return path.read_bytes()[max(start, 0) : end] if path.exists() else b""
