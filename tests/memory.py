"""Memory as a disk that nobody has to wait for, where there is enough of it."""

import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 # what tests make there is private
ENOUGH = 2 * 2**30  # bytes that the databases and files of a run may need


def is_roomy() -> bool:
    """Whether the databases and files of a run find room in memory.

    That the disk is large says nothing: it takes the memory that others leave.
    """
    return MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, _available()) > ENOUGH


def _available() -> int:
    """Bytes of memory that can be had without swapping."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 2**10
    return 0
