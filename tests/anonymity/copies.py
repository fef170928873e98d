"""What an attacker has who copied the files of the database again and again."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from statistics import correlation

NAMES = ("pegel.sqlite", "pegel.sqlite-wal", "pegel.sqlite-shm")


@dataclass(frozen=True)
class Copy:
    """The files of the database as they were at one moment."""

    folder: Path

    @classmethod
    def take(cls, data: Path, to: Path) -> "Copy":
        """Copy the database with its write-ahead log."""
        to.mkdir(parents=True)
        for name in NAMES:
            if (data / name).exists():
                shutil.copy2(data / name, to / name)
        return cls(to)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query gives, in the order of the database; the copy itself stays as it is."""
        scratch = self.folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        Copy.take(self.folder, scratch)
        connection = sqlite3.connect(scratch / NAMES[0])
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
            shutil.rmtree(scratch)

    def offsets(self, needles: list[bytes]) -> dict[str, list[int]]:
        """For each file that holds all needles, where each of them lies (the last place)."""
        found = {}
        for name in NAMES[:2]:
            path = self.folder / name
            content = path.read_bytes() if path.exists() else b""
            places = [content.rfind(needle) for needle in needles]
            if min(places) >= 0:
                found[name] = places
        return found

    def contains(self, needle: bytes) -> bool:
        """Whether any of the files holds these bytes."""
        return any(
            needle in (self.folder / name).read_bytes()
            for name in NAMES
            if (self.folder / name).exists()
        )


def hits(guess: list[int], truth: list[int]) -> int:
    """How often a guessed order names the right one."""
    return sum(a == b for a, b in zip(guess, truth, strict=True))


def likeness(order: list[int]) -> float:
    """How much an order of 0, 1, 2 ... resembles the order of arrival, from 0 to 1."""
    return abs(correlation(range(len(order)), order))
