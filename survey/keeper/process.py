"""The keeper as a process: memory kept off the disk, and an end when its parent ends."""

import ctypes
import logging
import os
import resource
import signal
import sys
import threading
from contextlib import nullcontext, suppress

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from survey.db.campaigns import Campaign
from survey.db.engine import is_postgres, make_engine
from survey.errors import SurveyError, WrongStateError
from survey.keeper.keeper import Keeper
from survey.keeper.lock import database_lock, keeper_lock
from survey.settings import Settings

_log = logging.getLogger(__name__)

_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_PR_SET_DUMPABLE = 4


def keep(settings: Settings, stop: threading.Event, *, patient: bool = False) -> None:
    """Be the keeper until `stop` is set; SIGTERM and SIGINT set it.

    A `patient` one waits while another keeper works, and takes its place when it ends.

    Raises:
        KeeperRunsError: there is one already, and this one is not patient.
        LockLostError: the connection that kept other keepers away is gone.
        DBAPIError: the database does not answer.
        WrongStateError: the database has not been set up.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="keeper: %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    is_locked = protect_memory()
    patience = stop if patient else None
    if not (is_locked or patient):
        _log.warning("Memory is not locked: a key may reach the swap. Set LimitMEMLOCK=infinity.")
    with keeper_lock(settings.data, patience):
        if stop.is_set():
            return
        engine = make_engine(settings.database_url)
        try:
            _check_database(settings, engine)
            with database_lock(engine, patience) as lock:
                if stop.is_set():
                    return
                with lock.guarding(stop) if lock else nullcontext():
                    Keeper(settings, engine).run(stop)
        finally:
            engine.dispose()


def _check_database(settings: Settings, engine: Engine) -> None:
    if not inspect(engine).has_table(Campaign.__tablename__):
        where = "in this database" if is_postgres(engine) else f"in {settings.data}"
        raise WrongStateError(
            "no-database",
            f"There are no tables {where} yet.",
            "Set it up first: pegel db upgrade",
        )


def no_answer(error: DBAPIError) -> SurveyError:
    """A database that is not there when the keeper starts; its own words could name values."""
    return SurveyError(
        "database",
        f"The database does not answer ({type(error.orig).__name__}).",
        "Nothing was changed. Check that it is there, readable and not full.",
    )


def stop_with_parent(stop: threading.Event) -> None:
    """Set `stop` when standard input closes, which it does however the parent process ends."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(sys.stdin.fileno(), 1024):
                pass
        stop.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def protect_memory() -> bool:
    """No core dumps, no debugger of the same user, and no swapping where the system allows that.

    Gives whether memory is locked: without the right to (LimitMEMLOCK) a key may reach the swap.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError, ValueError):  # another system has no such calls
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))
        # With a limit, locking future pages would let a later allocation fail.
        every = _MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT
        flags = every if hard == resource.RLIM_INFINITY else _MCL_CURRENT
        return bool(system.mlockall(flags) == 0)
    return False
