"""Products: how the items of a scale, and how scores, go together over all rows.

Both are sums over tables in which one column is tabulated by another, so nothing is rounded.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from reports.batches import Batch
from reports.histogram import Integers
from reports.layout import Layout, sums
from reports.tabulation import DENSE, Places, Rows, Table
from reports.tally import PairTally, ProductsTally, Relations

CELL = 6  # n, the sums of a, b, a*a, b*b and a*b


@dataclass(frozen=True)
class _Ranked:
    """The scores of a scale in a batch: what occurs (m,), and per row its place there, from 1.

    Rows without a score have 0.
    """

    answered: Integers
    total: Integers
    index: Integers


class _Items:
    """Sums of products of the k items of one scale, each (k, k)."""

    def __init__(self, k: int) -> None:
        self.n = 0
        self.products, self.pair_products, self.pair_sums, self.pair_counts = np.zeros(
            (4, k, k), np.int64
        )
        self.sums = np.zeros(k, np.int64)

    def add(self, i: int, j: int, table: Table, mirrored: tuple[Integers, Integers]) -> None:
        """Add the table of item i by item j; `mirrored` has their points, -1 where missing."""
        x, y = mirrored
        both = (x >= 0) & (y >= 0)
        x, y, counts = x[both], y[both], table.counts[both]
        whole = counts * table.flags[both]
        for total, weights in ((self.pair_products, counts), (self.products, whole)):
            total[i, j] += (weights * x * y).sum()
            total[j, i] = total[i, j]
        self.pair_counts[i, j] += counts.sum()
        self.pair_counts[j, i] = self.pair_counts[i, j]
        self.pair_sums[i, j] += (counts * x).sum()
        if i == j:
            self.sums[i] += (whole * x).sum()
            self.n += int(whole.sum()) if i == 0 else 0
        else:
            self.pair_sums[j, i] += (counts * y).sum()

    def finish(self) -> ProductsTally:
        """As whole numbers."""
        return ProductsTally(
            self.n,
            tuple(self.sums.tolist()),
            _matrix(self.products),
            _matrix(self.pair_products),
            _matrix(self.pair_sums),
            _matrix(self.pair_counts),
        )


class Products:
    """Sums of products of all rows that were added."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._items = [_Items(len(key.items)) for key in layout.keys]
        self._pairs = {
            (a, b): np.zeros((len(one.items) + 1, len(other.items) + 1, CELL), np.int64)
            for (a, one), (b, other) in combinations(enumerate(layout.keys), 2)
        }

    def add(self, batch: Batch) -> None:
        """Add the rows of a batch."""
        for scale in range(len(self.layout.keys)):
            self._add_items(batch, scale)
        ranked = [self._ranked(batch, scale) for scale in range(len(self.layout.keys))]
        for a, one in enumerate(ranked[:-1]):
            rows = Rows(one.index, len(one.total) + 1)
            widths = [len(other.total) + 1 for other in ranked[a + 1 :]]
            tables = rows.tables([other.index for other in ranked[a + 1 :]], widths, 0)
            for b, table in enumerate(tables, start=a + 1):
                _add_pair(self._pairs[a, b], one, ranked[b], table)

    def _add_items(self, batch: Batch, scale: int) -> None:
        """Tabulate every item of a scale by itself and those behind it."""
        key, lowest = self.layout.keys[scale], self.layout.lowest
        widths = [self.layout.widths[column] for column in key.columns]
        columns = [batch.columns[column] for column in key.columns]
        is_complete = batch.scales[scale].is_complete
        for i, column in enumerate(columns):
            rows = Rows(column - np.int64(lowest), widths[i])
            tables = rows.tables(columns[i:], widths[i:], lowest, is_complete)
            for j, table in enumerate(tables, start=i):
                x = _points(table.groups + lowest, key.mirrors[i])
                y = _points(table.places + lowest, key.mirrors[j])
                self._items[scale].add(i, j, table, (x, y))

    def _ranked(self, batch: Batch, scale: int) -> _Ranked:
        key, places = self.layout.keys[scale], batch.scales[scale].places
        found, index = _found(places, self.layout.sizes[scale])
        answered, total = np.divmod(found, sums(key))
        has_score = answered >= key.min_valid
        rank = np.where(has_score, np.cumsum(has_score), 0)
        return _Ranked(answered[has_score], total[has_score], rank[index])

    def finish(self) -> Relations:
        """The products as whole numbers."""
        names = [key.scale.id for key in self.layout.keys]
        return Relations(
            {name: items.finish() for name, items in zip(names, self._items, strict=True)},
            {
                (names[a], names[b]): PairTally(
                    {
                        (in_a, in_b): tuple(cells[in_a, in_b].tolist())
                        for in_a, in_b in np.argwhere(cells[:, :, 0]).tolist()
                    }
                )
                for (a, b), cells in self._pairs.items()
            },
        )


def _add_pair(cells: Integers, one: _Ranked, other: _Ranked, table: Table) -> None:
    """Add a table of the scores of two scales."""
    both = (table.groups > 0) & (table.places > 0)
    a, b, n = table.groups[both] - 1, table.places[both] - 1, table.counts[both]
    x, y = one.total[a], other.total[b]
    sums_of = np.stack([n, n * x, n * y, n * x * x, n * y * y, n * x * y], axis=1)
    np.add.at(cells, (one.answered[a], other.answered[b]), sums_of)


def _points(codes: Integers, mirror: int | None) -> Integers:
    """Points after reversing, -1 where missing."""
    points = codes if mirror is None else mirror - codes
    return np.where(codes >= 0, points, -1)


def _found(places: Places, size: int) -> tuple[Integers, Integers]:
    """The places below `size` that occur, ascending, and per row which of them."""
    if size > DENSE:
        found, index = np.unique(places, return_inverse=True)
        return found.astype(np.int64), index
    found = np.flatnonzero(np.bincount(places, minlength=size))
    lookup = np.zeros(size, np.int64)
    lookup[found] = np.arange(len(found))
    return found, lookup[places]


def _matrix(values: Integers) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, values.tolist()))
