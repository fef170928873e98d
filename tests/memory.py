"""Memory as a disk that nobody has to wait for, where there is enough of it."""

import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 # what tests make there is private
ENOUGH = 2 * 2**30  # bytes that the databases and files of a run may need


def is_roomy() -> bool:
    """Whether the databases and files of a run find room in memory."""
    return MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
