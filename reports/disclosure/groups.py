"""Groups: the tree that results are about, and the categories of breakdowns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Group:
    """A group of people with the groups inside it; the root is the whole.

    `eligible` is the head count; None means: not known, or the sum of the groups inside.
    """

    id: str
    name: str
    eligible: int | None = None
    children: tuple["Group", ...] = ()

    def walk(self) -> Iterator["Group"]:
        """This group and all groups inside it, each before its own, in the planned order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @cached_property
    def head_count(self) -> int | None:
        """How many were asked: `eligible`, else the sum inside; None where one is not known."""
        if self.eligible is not None or not self.children:
            return self.eligible
        counts = [child.head_count for child in self.children]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


def make_breakdown(column: str, values: Iterable[str]) -> Group:
    """A breakdown of the whole with its planned categories, as a group of groups."""
    parts = tuple(Group(f"{column}={value}", value) for value in values)
    return Group(column, column, children=parts)
