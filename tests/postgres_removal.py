"""Servers that nobody uses any more are stopped and taken away, however their users ended."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(lock: Path) -> Iterator[Path]:
    """Share a lock file with others; the system lets go of it however we end."""
    file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield lock
    finally:
        os.close(file)


_REMOVAL = """
folder=$1; shift
rm -f "$@"
pid=$(head -n 1 "$folder/data/postmaster.pid") && kill -QUIT "$pid" && sleep 1
rm -rf "$folder"
"""


def remove_when_unused(lock: Path, folder: Path, *marks: Path) -> None:
    """A process of its own waits until nobody holds the lock, however they ended.

    Then it removes `marks`, stops the server and removes its folder.
    """
    subprocess.Popen(
        ["flock", "--exclusive", str(lock), "sh", "-c", _REMOVAL, "sh", str(folder)]
        + [str(mark) for mark in marks],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt from the keyboard is not for it
    ).returncode = 0  # nobody waits for it: it ends after the tests
