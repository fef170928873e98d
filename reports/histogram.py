"""Histograms of many groups at once: what occurs, and how often, in whole numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
DENSE = 1 << 16  # places that are worth a table with zeros
Counts = tuple[Integers, Integers]  # keys and their counts, beside each other


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

    def together(self) -> Counts:
        """The places that occur in any group, ascending, with their counts."""
        _, places, counts = self.entries
        if self.size > DENSE:
            return merged([(places, counts)])
        dense = np.zeros(self.size, np.int64)
        np.add.at(dense, places, counts)
        found = np.flatnonzero(dense)
        return found, dense[found]

    @property
    def entries(self) -> tuple[Integers, Integers, Integers]:
        """Group, place and count of everything that occurs, by group and place."""
        groups, places = np.divmod(self.keys, self.size)
        return groups, places, self.counts

    def moved(self, to: Integers) -> "Histogram":
        """The histogram in which group i is counted as `to`[i], or left out where that is -1."""
        groups, places, counts = self.entries
        keys, kept = to[groups] * self.size + places, to[groups] >= 0
        return Histogram.of(self.size, [(keys[kept], counts[kept])])

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
    """Every key once, ascending, with the sum of its counts."""
    found = list(parts)
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    keys = np.concatenate([keys for keys, _ in found])
    counts = np.concatenate([counts for _, counts in found])
    if (keys[1:] > keys[:-1]).all():
        return keys, counts
    order = np.argsort(keys, kind="stable")  # quick on ascending runs
    keys, counts = keys[order], counts[order]
    is_first = np.concatenate([[True], keys[1:] != keys[:-1]])
    first = np.flatnonzero(is_first)
    return keys[first], np.add.reduceat(counts, first)
