"""One keeper at a time: a lock that the operating system releases when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.errors import SurveyError


class KeeperRunsError(SurveyError):
    """Another keeper holds the lock."""


@contextmanager
def keeper_lock(data: Path) -> Iterator[None]:
    """Be the only keeper of a data folder while the context lasts.

    Raises:
        KeeperRunsError: there is one already.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "keeper.lock"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeeperRunsError(
                "keeper-runs",
                f"Another keeper works on {data} already.",
                "One is enough: 'pegel serve' brings its own, unless it was started with "
                "--no-keeper.",
            ) from None
        yield
    finally:
        os.close(file)
