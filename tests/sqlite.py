"""A SQLite database with Pegel's tables, migrated once for all tests of a process."""

import tempfile
from functools import cache
from pathlib import Path

from survey.db.engine import make_engine, upgrade


def write_migrated(file: Path) -> None:
    """Write a fresh migrated database to a file that is not there yet."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(0o600)
    file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="pegel-migrated-") as folder:
        file = Path(folder) / "pegel.sqlite"
        engine = make_engine(f"sqlite:///{file}")
        upgrade(engine)
        engine.dispose()  # the last connection writes its log into the file
        return file.read_bytes()
