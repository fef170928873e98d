"""One keeper at a time: locks that end with their holder, on this host and in the database."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from survey.db import postgres
from survey.db.engine import is_postgres
from survey.errors import SurveyError

TRY_EVERY = 0.5  # seconds


class KeeperRunsError(SurveyError):
    """Another keeper holds the lock."""


class LockLostError(SurveyError):
    """The connection that held the lock is gone, so another keeper may have begun."""

    def __init__(self) -> None:
        super().__init__(
            "lock-lost",
            "The connection to the database was lost, and with it the lock of the keeper.",
            "This keeper stops, because another one may have begun. Start it again when the "
            "database answers ('pegel serve' does that by itself).",
        )


@contextmanager
def keeper_lock(
    data: Path, patience: threading.Event | None = None, *, engine: Engine | None = None
) -> Iterator[None]:
    """Be the only keeper of a data folder, and of the database of `engine`, in this context.

    The folder's lock keeps away keepers of this host; that of a PostgreSQL server those of other
    hosts. With `patience` it waits until both are free or that event is set; look at it inside.

    Raises:
        KeeperRunsError: there is another keeper, and no patience.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(data / "keeper.lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        while not _locked(file):
            if patience is None:
                raise _runs(str(data))
            if patience.wait(TRY_EVERY):
                break
        if engine is None:
            yield
        else:
            with database_lock(engine, patience):
                yield
    finally:
        os.close(file)


@contextmanager
def database_lock(
    engine: Engine, patience: threading.Event | None = None
) -> Iterator["HeldLock | None"]:
    """Be the only keeper of a PostgreSQL database, whatever host others are on.

    None for SQLite, whose file no other host has, and where `patience` came to an end.

    Raises:
        KeeperRunsError: there is another keeper, and no patience.
    """
    if not is_postgres(engine):
        yield None
        return
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        postgres.notice_dead_hosts(connection)
        while not postgres.try_lock(connection, "keeper"):
            if patience is None:
                raise _runs("this database, perhaps on another host,")
            if patience.wait(TRY_EVERY):
                yield None
                return
        try:
            yield HeldLock(connection)
        finally:
            connection.invalidate()  # the lock goes with the connection, not back into the pool


class HeldLock:
    """A lock in the database, which ends with its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_lost = False

    @contextmanager
    def guarding(self, stop: threading.Event) -> Iterator[None]:
        """Look after the lock during the context; `stop` is set when it is lost.

        Raises:
            LockLostError: at the end, when it was lost.
        """
        done = threading.Event()

        def look() -> None:
            while not done.wait(TRY_EVERY):
                if not self._is_held():
                    self._is_lost = True
                    stop.set()
                    return

        guard = threading.Thread(target=look, name="lock", daemon=True)
        guard.start()
        try:
            yield
        finally:
            done.set()
            guard.join()
        if self._is_lost:
            raise LockLostError

    def _is_held(self) -> bool:
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


def _runs(where: str) -> KeeperRunsError:
    return KeeperRunsError(
        "keeper-runs",
        f"Another keeper works on {where} already.",
        "One is enough: 'pegel serve' brings its own, unless it has --no-keeper.",
    )


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
