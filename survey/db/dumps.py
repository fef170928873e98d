"""Copies of a whole database in one file, consistent while others write, and back again."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, make_url

from survey.errors import SurveyError

PROGRAMS = Path("/usr/lib/postgresql")  # where Debian keeps the programs of each version
LONGEST = 3600.0  # seconds


def dump(engine: Engine, file: Path) -> None:
    """Write the database as it is at this moment to `file`, which must not exist.

    SQLite: a compact copy, without what was deleted and without a log. PostgreSQL: what pg_dump
    writes in its own format.

    Raises:
        SurveyError: pg_dump is not installed, or fails.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM INTO ?", (str(file),))
            cursor.close()
        finally:
            connection.close()
        return
    _run("pg_dump", engine.url, f"--file={file}", "--format=custom")


def load(url: str, file: Path) -> None:
    """Replace the database of `url` by what `dump` wrote, all of it or nothing.

    Call it in a process that has no connection to the database, while no other one uses it.

    Raises:
        SurveyError: pg_restore is not installed, or fails; or SQLite cannot write.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _load_sqlite(Path(address.database or ""), file)
        return
    _run(
        "pg_restore", address, "--clean", "--if-exists", "--single-transaction", "--exit-on-error",
        str(file),
    )  # fmt: skip


def _load_sqlite(target: Path, file: Path) -> None:
    """Page by page under SQLite's own locks; what was there is overwritten."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not target.exists():
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as database:
            database.execute("PRAGMA secure_delete = ON")
            source.backup(database)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        raise SurveyError(
            "restore",
            f"The database {target} cannot be written ({error}).",
            "Stop everything that uses it, make room, and restore again.",
        ) from error


def _run(program: str, address: URL, *options: str) -> None:
    """Run one of PostgreSQL's programs; a password travels by the environment alone."""
    query = {name: str(value) for name, value in address.query.items()}
    reach = {
        "PGHOST": query.get("host") or address.host,
        "PGPORT": query.get("port") or (str(address.port) if address.port else None),
        "PGUSER": address.username,
        "PGPASSWORD": None if address.password is None else str(address.password),
        "PGSSLMODE": query.get("sslmode"),
        "PGSSLROOTCERT": query.get("sslrootcert"),
    }
    environment = os.environ | {name: value for name, value in reach.items() if value}
    command = [
        _path(program), *options, "--no-owner", "--no-privileges", "--no-password",
        f"--dbname={address.database}",
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603 - a program of the server, with our own options
        command, env=environment, capture_output=True, timeout=LONGEST, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise SurveyError(
            "dump", f"{program} failed ({said}).", "Nothing was kept half done. Try again."
        )


def _path(program: str) -> str:
    """Where a program is; the newest where there are several."""
    versions = sorted(PROGRAMS.glob(f"*/bin/{program}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(program)
    if found is None:
        raise SurveyError(
            "no-pg-dump",
            f"{program} is not installed on this host.",
            "Install PostgreSQL's client programs (Debian: postgresql-client), or back the "
            "database up on its own server, and copy host.secret and keeper.pub with it.",
        )
    return found
