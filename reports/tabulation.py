"""Tabulation: how often each code occurs in each group, for many columns of rows.

Columns with few codes are counted together, as one number per row, while all that can occur
stays in the processor's cache; their own tables are margins of that table.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from operator import add, mul

import numpy as np
from numpy.typing import NDArray

from reports.histogram import Integers

Places = NDArray[np.int16 | np.int64]

PACKED = 1 << 18  # cells in which columns are counted together
DENSE = 1 << 22  # a table of more cells than this is counted by sorting
STACKED = 1 << 17  # cells of columns that are counted one by one, behind each other
KEPT = 4  # multiples of the groups that are kept for the next column


@dataclass(frozen=True)
class Table:
    """Counts of places in groups, all (m,); every pair that occurs, in any order.

    `columns` tell which column a place is of, `flags` tell rows that are flagged from others.
    """

    groups: Integers
    columns: Integers
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
        keys = self._keys(places, width, 0)
        found, counts = _counted(keys, self.size * width)
        groups, inside = np.divmod(found, width)
        none = np.zeros_like(groups)
        return Table(groups, none, none, inside, counts)

    def tables(
        self,
        columns: Sequence[NDArray[np.integer]],
        widths: Sequence[int],
        lowest: int,
        flags: NDArray[np.bool_] | None = None,
    ) -> Iterator[Table]:
        """Count columns of codes (n,), some in each table; the place of a code is code - `lowest`.

        Every place is below the width of its column.
        """
        sides = 1 if flags is None else 2
        packs = [*_packs(widths, self.size * sides, min(PACKED, len(self.groups)))]
        if len(packs) == len(widths):
            for part in _packs(widths, 1, max(1, STACKED // (self.size * sides)), together=add):
                yield self._stacked(part, columns, widths, lowest, flags)
            return
        for part in packs:
            together = (sides, *widths[part])
            folded = _folded(columns[part], together, flags)
            offset = lowest * sum(prod(together[at + 1 :]) for at in range(1, len(together)))
            keys = self._keys(folded, prod(together), offset)
            dense = np.bincount(keys, minlength=self.size * prod(together))
            yield _margins(dense.reshape(self.size, *together), part.start)

    def _stacked(
        self,
        part: slice,
        columns: Sequence[NDArray[np.integer]],
        widths: Sequence[int],
        lowest: int,
        flags: NDArray[np.bool_] | None,
    ) -> Table:
        """Columns one by one, in one table behind each other."""
        sides = 1 if flags is None else 2
        starts = np.cumsum([0, *(self.size * sides * width for width in widths[part])])
        bases = {
            width: self._keys(0 if flags is None else flags * width, sides * width, lowest)
            for width in {*widths[part]}
        }
        keys = np.empty((len(starts) - 1, len(self.groups)), np.int64)
        for row, codes, size, start in zip(
            keys, columns[part], widths[part], starts[:-1], strict=True
        ):
            np.add(bases[size], codes, out=row)
            np.add(row, start, out=row)
        found, counts = _counted(keys.reshape(-1), int(starts[-1]))
        column = np.searchsorted(starts, found, side="right") - 1
        width = np.array(widths[part])[column]
        cells, places = np.divmod(found - starts[column], width)
        groups, sided = np.divmod(cells, sides)
        return Table(groups, column + part.start, sided, places, counts)

    def _keys(self, places: Places | int, width: int, offset: int) -> Integers:
        """Group * width + place - offset."""
        if (width, offset) not in self._starts:
            if len(self._starts) >= KEPT:
                self._starts.clear()
            self._starts[width, offset] = self.groups * width - offset
        return self._starts[width, offset] + places


def _counted(keys: Integers, size: int) -> tuple[Integers, Integers]:
    """The keys below `size` that occur, ascending, with their counts."""
    if size > max(DENSE, len(keys)):
        return np.unique(keys, return_counts=True)
    dense = np.bincount(keys)
    found = np.flatnonzero(dense > 0)  # of truth values this is much faster
    return found, dense[found]


def narrowest(size: int) -> type[np.int16 | np.int64]:
    """The smaller kind of integer in which places below `size` are counted."""
    return np.int16 if size <= np.iinfo(np.int16).max else np.int64


def _packs(
    widths: Sequence[int], size: int, most: int, together: Callable[[int, int], int] = mul
) -> Iterator[slice]:
    """Neighbours whose widths, multiplied or added, stay within `most`; at least one each."""
    start, cells = 0, size
    for at, width in enumerate(widths):
        if at > start and together(cells, width) > most:
            yield slice(start, at)
            start, cells = at, size
        cells = together(cells, width)
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


def _margins(table: Integers, start: int) -> Table:
    """The tables of single columns, from one of (groups, sides, column, column ...)."""
    found = []
    for axis in range(2, table.ndim):
        counts = table.sum(axis=tuple(one for one in range(2, table.ndim) if one != axis))
        groups, flags, places = np.nonzero(counts > 0)
        columns = np.full(len(groups), start + axis - 2)
        found.append((groups, columns, flags, places, counts[groups, flags, places]))
    return Table(*map(np.concatenate, zip(*found, strict=True)))
