"""Histograms of many groups at once: what occurs, and how often, in whole numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
DENSE = 1 << 21  # keys up to here are counted in a table with zeros
SPARSE = 8  # keys for each that occurs, from which they are found faster by sorting
Counts = tuple[Integers, Integers]  # keys and their counts, beside each other
Entries = tuple[Integers, Integers, Integers]  # group, place, count, beside each other


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of places 0 to `size` - 1 in each of many groups; only those that occur are kept.

    `keys` (m,) are group * size + place, ascending, each once; `counts` (m,) stand beside them.
    """

    size: int
    keys: Integers
    counts: Integers

    @classmethod
    def of(cls, size: int, parts: Iterable[Counts]) -> "Histogram":
        """From parts with keys in any order, also the same key more than once."""
        keys, counts = merged(parts)
        return cls(size, keys, counts)

    def of_group(self, group: int) -> Counts:
        """The places that occur in a group, ascending, with their counts."""
        first, last = np.searchsorted(self.keys, [group * self.size, (group + 1) * self.size])
        return self.keys[first:last] - group * self.size, self.counts[first:last]

    def split(self, starts: Integers) -> list[Entries]:
        """Entries of places from `starts`[i] to `starts`[i + 1], counted from there, for each i."""
        groups, places, counts = self.entries
        table = (np.searchsorted(starts, places, side="right") - 1).astype(np.int16)
        order = np.argsort(table, kind="stable")  # by radix, and still by group and place
        borders = np.searchsorted(table[order], np.arange(len(starts)))
        groups, places, counts = groups[order], (places - starts[table])[order], counts[order]
        return [
            (groups[first:last], places[first:last], counts[first:last])
            for first, last in pairwise(borders.tolist())
        ]

    def together(self) -> "Histogram":
        """All groups as one."""
        return Histogram.of(self.size, [(self.keys % self.size, self.counts)])

    @property
    def entries(self) -> Entries:
        """Group, place and count of everything that occurs, by group and place."""
        groups, places = np.divmod(self.keys, self.size)
        return groups, places, self.counts

    def moved(self, to: Integers) -> "Histogram":
        """The histogram in which group i is counted as `to`[i], or left out where that is -1."""
        groups, places, counts = self.entries
        kept = to[groups] >= 0
        keys, counts = (to[groups] * self.size + places)[kept], counts[kept]
        if (np.diff(to[to >= 0]) > 0).all():  # still ascending
            return Histogram(self.size, keys, counts)
        return Histogram.of(self.size, [(keys, counts)])

    def __add__(self, other: "Histogram") -> "Histogram":
        parts = [(one.keys, one.counts) for one in (self, other)]
        return Histogram.of(self.size, parts)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Histogram)
            and self.size == other.size
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.counts, other.counts)
        )

    __hash__ = None  # type: ignore[assignment] # arrays can change


def merged(parts: Iterable[Counts]) -> Counts:
    """Every key once, ascending, with the sum of its counts, which are positive."""
    found = [part for part in parts if len(part[0])]
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    span = 1 + max(int(keys.max()) for keys, _ in found)
    if span <= DENSE:
        dense = np.zeros(span, np.int64)
        for keys, counts in found:
            np.add.at(dense, keys, counts)
        keys = _occurring([keys for keys, _ in found], dense)
        return keys, dense[keys]
    keys = np.concatenate([keys for keys, _ in found])
    counts = np.concatenate([counts for _, counts in found])
    order = np.argsort(keys, kind="stable")  # quick on ascending runs
    keys, counts = keys[order], counts[order]
    first = _first(keys)
    return keys[first], np.add.reduceat(counts, np.flatnonzero(first))


def _occurring(parts: list[Integers], dense: Integers) -> Integers:
    """The keys of `parts`, ascending, each once; `dense` is positive there and else 0."""
    if len(dense) < SPARSE * sum(map(len, parts)):
        return np.flatnonzero(dense > 0)  # of truth values this is much faster
    keys = np.sort(np.concatenate(parts))
    return keys[_first(keys)]


def _first(keys: Integers) -> NDArray[np.bool_]:
    """Which of ascending keys differ from the one before."""
    return np.concatenate([[True], keys[1:] != keys[:-1]])
