"""Products: how the items of a scale, and how scores, go together over all rows.

Both are sums over tables in which one column is tabulated by another, so nothing is rounded.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from reports.batches import Batch
from reports.histogram import Entries, Integers
from reports.layout import Layout, sums
from reports.scoring import points
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

    def add(self, i: int, others: Integers, x: Integers, y: Integers, table: Table) -> None:
        """Add a table of item i by `others` (m,), with the points `x` and `y`, -1 where missing."""
        both = (x >= 0) & (y >= 0)
        j, x, y, counts = others[both], x[both], y[both], table.counts[both]
        whole = counts * table.flags[both]
        np.add.at(self.products[i], j, whole * x * y)
        np.add.at(self.pair_products[i], j, counts * x * y)
        np.add.at(self.pair_counts[i], j, counts)
        np.add.at(self.pair_sums[i], j, counts * x)
        np.add.at(self.pair_sums[:, i], j[j > i], (counts * y)[j > i])
        self.sums[i] += (whole * x)[j == i].sum()
        self.n += int(whole[j == i].sum()) if i == 0 else 0

    def finish(self) -> ProductsTally:
        """As whole numbers."""
        return ProductsTally(
            self.n,
            tuple(self.sums.tolist()),
            _matrix(_mirrored(self.products)),
            _matrix(_mirrored(self.pair_products)),
            _matrix(self.pair_sums),
            _matrix(_mirrored(self.pair_counts)),
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
            for table in rows.tables([other.index for other in ranked[a + 1 :]], widths, 0):
                for b in range(a + 1, len(ranked)):
                    here = table.columns == b - a - 1
                    found = table.groups[here], table.places[here], table.counts[here]
                    _add_pair(self._pairs[a, b], one, ranked[b], found)

    def _add_items(self, batch: Batch, scale: int) -> None:
        """Tabulate every item of a scale by itself and those behind it."""
        key, lowest = self.layout.keys[scale], self.layout.lowest
        widths = [self.layout.widths[column] for column in key.columns]
        columns = [batch.columns[column] for column in key.columns]
        is_complete = batch.scales[scale].is_complete
        for i, column in enumerate(columns):
            rows = Rows(column - np.int64(lowest), widths[i])
            for table in rows.tables(columns[i:], widths[i:], lowest, is_complete):
                others = table.columns + i
                x = points(key, table.groups + lowest, np.full_like(others, i))
                y = points(key, table.places + lowest, others)
                self._items[scale].add(i, others, x, y, table)

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


def _add_pair(cells: Integers, one: _Ranked, other: _Ranked, found: Entries) -> None:
    """Add a table of the scores of two scales."""
    groups, places, counts = found
    both = (groups > 0) & (places > 0)
    a, b, n = groups[both] - 1, places[both] - 1, counts[both]
    x, y = one.total[a], other.total[b]
    sums_of = np.stack([n, n * x, n * y, n * x * x, n * y * y, n * x * y], axis=1)
    np.add.at(cells, (one.answered[a], other.answered[b]), sums_of)


def _mirrored(upper: Integers) -> Integers:
    """The symmetric matrix of which the upper half is known."""
    return upper + np.triu(upper, 1).T


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
