"""One keeper at a time: a lock that the operating system releases when its holder dies."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.errors import SurveyError

TRY_EVERY = 0.5  # seconds


class KeeperRunsError(SurveyError):
    """Another keeper holds the lock."""


@contextmanager
def keeper_lock(data: Path, patience: threading.Event | None = None) -> Iterator[None]:
    """Be the only keeper of a data folder while the context lasts.

    With `patience` it waits until the lock is free or that event is set; look at it inside.

    Raises:
        KeeperRunsError: there is another keeper, and no patience.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(data / "keeper.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _locked(file):
            if patience is None:
                raise KeeperRunsError(
                    "keeper-runs",
                    f"Another keeper works on {data} already.",
                    "One is enough: 'pegel serve' brings its own, unless it has --no-keeper.",
                )
            if patience.wait(TRY_EVERY):
                break
        yield
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
