"""The way to the database: durable, and without traces of what was deleted."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from survey.db import postgres
from survey.db.migrations import HEAD
from survey.db.postgres_schema import keep_no_values

if TYPE_CHECKING:
    from alembic.config import Config

WRITING = "pegel_writing"
KEPT_OPEN = 8  # connections: one for each thread of a web process, so that none is made anew

# WAL lets readers read while one writes; FULL makes a commit survive a power cut; secure_delete
# overwrites deleted rows; temporary tables stay in memory, so that no answer reaches a temp file.
PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


def make_engine(url: str) -> Engine:
    """The engine for `url`; a SQLite file and its folder are made readable for the owner only.

    Errors and logs never show the values of a statement: they could be somebody's answers.

    Raises:
        ArgumentError: the address is none, or that of a database that Pegel does not know.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return postgres.make_postgres_engine(address)
    if address.get_backend_name() != "sqlite":
        raise ArgumentError(f"Pegel knows SQLite and PostgreSQL, but not {address.drivername}")
    _make_private(address)
    engine = create_engine(address, hide_parameters=True, pool_size=KEPT_OPEN)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def writing(engine: Engine, *, alone: bool = True) -> Iterator[Connection]:
    """A connection in a transaction that may write; it commits at the end.

    One writes at a time, and the lock is taken at once: whoever reads first and writes later finds
    what was read unchanged. (On SQLite it would otherwise fail when somebody else wrote in
    between, on PostgreSQL it would overwrite what the other wrote.)

    With `alone` False PostgreSQL lets others write meanwhile: the caller locks the rows it needs.
    """
    for_writing = engine.execution_options(**{WRITING: True})
    with for_writing.connect() as connection, connection.begin():
        if alone and is_postgres(engine):
            postgres.lock(connection, "write")
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that reads one consistent state, and never waits for a writer."""
    for_reading = postgres.for_reading(engine) if is_postgres(engine) else engine
    with for_reading.connect() as connection, connection.begin():
        yield connection


def is_postgres(engine: Engine) -> bool:
    """Whether it leads to a PostgreSQL server; otherwise it is a SQLite file."""
    return engine.dialect.name == "postgresql"


@contextmanager
def writing_session(engine: Engine) -> Iterator[Session]:
    """An ORM session in a transaction that may write; it commits at the end."""
    with writing(engine) as connection, Session(connection, expire_on_commit=False) as session:
        yield session
        session.flush()


@contextmanager
def reading_session(engine: Engine) -> Iterator[Session]:
    """An ORM session that reads one consistent state; its objects may be used afterwards."""
    with reading(engine) as connection, Session(connection, expire_on_commit=False) as session:
        yield session


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`, in one transaction, whoever else tries the same."""
    from alembic import command

    from survey.db.tables import ANSWERS

    with writing(engine) as connection:
        command.upgrade(_alembic_config(connection), revision)
        if is_postgres(engine):
            keep_no_values(connection, ANSWERS)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to `revision`."""
    from alembic import command

    with writing(engine) as connection:
        command.downgrade(_alembic_config(connection), revision)


def is_migrated(engine: Engine) -> bool:
    """Whether the schema is the newest one this version knows."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.scalars(text("SELECT version_num FROM alembic_version"))
        return set(found) == {HEAD}


def _alembic_config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "survey.db:migrations")
    config.attributes["connection"] = connection
    return config


def _make_private(address: URL) -> None:
    if not address.database or address.database == ":memory:":
        return
    path = Path(address.database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Only a file that is not there yet: closing any descriptor of a database takes away all locks
    # that this process holds on it, and another process would then delete the log it still writes.
    # In a folder that was given to a group (set-group-ID) the keeper's user shares the file.
    mode = 0o660 if path.parent.stat().st_mode & stat.S_ISGID else 0o600
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode))


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling begins too late; `_begin` does it.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    mode = "IMMEDIATE" if connection.get_execution_options().get(WRITING) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")
