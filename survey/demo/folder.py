"""The folder of the demo: only one that the demo made itself is ever emptied."""

import shutil
from pathlib import Path

from survey.domain.trust import KEY_FILE, SECRET_FILE
from survey.errors import RefusedError
from survey.keeper import KeeperRunsError, keeper_lock

MARKER = "musterheim.txt"
DATABASE = "pegel.sqlite"
MADE = {
    MARKER,
    "keeper.lock",
    "keys",
    KEY_FILE,
    SECRET_FILE,
    *(DATABASE + end for end in ("", "-wal", "-shm", "-journal")),
}
_NOTE = (
    "This folder belongs to 'pegel demo' and is emptied each time the demo starts.\n"
    "Everything in it is invented.\n"
)


def prepare(folder: Path) -> None:
    """Make `folder` empty but for its marker.

    Raises:
        RefusedError: it holds something that the demo did not make, or a demo is running in it.
    """
    if folder.exists():
        _check_own(folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    (folder / MARKER).write_text(_NOTE)


def _check_own(folder: Path) -> None:
    if not folder.is_dir():
        raise RefusedError("demo-folder", f"{folder} is not a folder.", "Name another with --data.")
    there = {path.name for path in folder.iterdir()}
    if not there:
        return
    if MARKER in there and (foreign := sorted(there - MADE)):
        raise RefusedError(
            "demo-folder",
            f"{folder} holds {foreign[0]}, which the demo did not make; nothing was touched.",
            "Move it elsewhere, or name another folder with --data.",
        )
    if MARKER not in there:
        raise RefusedError(
            "demo-folder",
            f"{folder} holds data that is not the demo's; nothing was touched.",
            "Name an empty or a new folder with --data.",
        )
    try:
        with keeper_lock(folder):
            pass
    except KeeperRunsError as error:
        raise RefusedError(
            "demo-runs",
            f"A demo is running in {folder} already.",
            "Stop it, or name another folder with --data and another port with --port.",
        ) from error
