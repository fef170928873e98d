"""How far a version number rises: patch, minor or major; some changes are never permitted."""

from collections.abc import Iterable
from typing import Literal, Protocol

Bump = Literal["patch", "minor", "major", "forbidden"]
BUMPS: tuple[Bump, ...] = ("patch", "minor", "major", "forbidden")


class _Bumping(Protocol):
    @property
    def bump(self) -> Bump: ...


def least_bump(found: Iterable[_Bumping]) -> Bump | None:
    """The least bump that all these changes permit together; None where nothing changed."""
    return max((change.bump for change in found), key=BUMPS.index, default=None)


def bump_between(old: str, new: str) -> Bump | None:
    """How far the number rose from `old` to `new` (x.y.z); None where it did not rise."""
    before, after = version_number(old), version_number(new)
    if after <= before:
        return None
    if after[0] > before[0]:
        return "major"
    return "minor" if after[1] > before[1] else "patch"


def rises_enough(least: Bump | None, actual: Bump | None) -> bool:
    """Whether a number that rose by `actual` may stand for changes that ask for `least`."""
    if least is None:
        return True
    return least != "forbidden" and actual is not None and BUMPS.index(actual) >= BUMPS.index(least)


def version_number(version: str) -> tuple[int, ...]:
    """A version as numbers that can be ordered."""
    return tuple(int(part) for part in version.split("."))
