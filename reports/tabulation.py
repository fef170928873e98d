"""Tabulation: how often each code occurs in each group, for many columns of rows.

Columns with few codes are counted together, as one number per row, while all that can occur
stays in the processor's cache; their own tables are margins of that table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

from reports.histogram import Integers

Places = NDArray[np.int16 | np.int64]

PACKED = 1 << 18  # cells in which columns are counted together
DENSE = 1 << 22  # a table of more cells than this is counted by sorting
KEPT = 4  # multiples of the groups that are kept for the next column


@dataclass(frozen=True)
class Table:
    """Counts of places in groups, all (m,); every pair that occurs, in any order.

    `flags` tell rows that are flagged from others.
    """

    groups: Integers
    flags: Integers
    places: Integers
    counts: Integers


@dataclass(frozen=True)
class Rows:
    """Rows of a batch by their group: `groups` (n,), each below `size`."""

    groups: Integers
    size: int
    _starts: dict[tuple[int, int], Integers] = field(default_factory=dict)

    def table(self, places: Places, width: int) -> Table:
        """Count one column of places (n,), each below `width`."""
        groups, found, counts = self._found(places, width, 0)
        return Table(groups, np.zeros_like(groups), found, counts)

    def tables(
        self,
        columns: Sequence[NDArray[np.integer]],
        widths: Sequence[int],
        lowest: int,
        flags: NDArray[np.bool_] | None = None,
    ) -> Iterator[Table]:
        """Count columns of codes (n,) one by one; the place of a code is code - `lowest`.

        Every place is below the width of its column.
        """
        sides = 1 if flags is None else 2
        for part in _packs(widths, self.size * sides, min(PACKED, len(self.groups))):
            together = (sides, *widths[part])
            folded = _folded(columns[part], together, flags)
            offset = lowest * sum(prod(together[at + 1 :]) for at in range(1, len(together)))
            if len(together) == 2:  # noqa: PLR2004 - the sides and one column
                groups, found, counts = self._found(folded, prod(together), offset)
                yield Table(groups, *np.divmod(found, together[1]), counts)
                continue
            dense = np.bincount(
                self._keys(folded, prod(together), offset), minlength=self.size * prod(together)
            )
            yield from _margins(dense.reshape(self.size, *together))

    def _found(
        self, places: Places, width: int, offset: int
    ) -> tuple[Integers, Integers, Integers]:
        """Group, place and count of everything that occurs."""
        keys = self._keys(places, width, offset)
        if self.size * width <= max(DENSE, len(keys)):
            dense = np.bincount(keys)
            found = np.flatnonzero(dense)
            counts = dense[found]
        else:
            found, counts = np.unique(keys, return_counts=True)
        return *np.divmod(found, width), counts

    def _keys(self, places: Places, width: int, offset: int) -> Integers:
        """Group * width + place - offset."""
        if (width, offset) not in self._starts:
            if len(self._starts) >= KEPT:
                self._starts.clear()
            self._starts[width, offset] = self.groups * width - offset
        return self._starts[width, offset] + places


def narrowest(size: int) -> type[np.int16 | np.int64]:
    """The smaller kind of integer in which places below `size` are counted."""
    return np.int16 if size <= np.iinfo(np.int16).max else np.int64


def _packs(widths: Sequence[int], n_cells: int, most: int) -> Iterator[slice]:
    """Neighbours whose places together have no more than `most` cells; at least one each."""
    start, size = 0, n_cells
    for at, width in enumerate(widths):
        if at > start and size * width > most:
            yield slice(start, at)
            start, size = at, n_cells
        size *= width
    if widths:
        yield slice(start, len(widths))


def _folded(
    columns: Sequence[NDArray[np.integer]],
    widths: Sequence[int],
    flags: NDArray[np.bool_] | None,
) -> Places:
    """Flags and codes of several columns as one number, the last column counting single."""
    kind = narrowest(prod(widths))
    folded: Places = columns[0].astype(kind)
    for column, width in zip(columns[1:], widths[2:], strict=True):
        folded *= kind(width)
        folded += column
    if flags is not None:
        folded += np.multiply(flags, kind(prod(widths[1:])), dtype=kind)
    return folded


def _margins(table: Integers) -> Iterator[Table]:
    """The table of each column, from one of (groups, sides, column, column ...)."""
    for axis in range(2, table.ndim):
        counts = table.sum(axis=tuple(one for one in range(2, table.ndim) if one != axis))
        groups, flags, places = np.nonzero(counts)
        yield Table(groups, flags, places, counts[groups, flags, places])
