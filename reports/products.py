"""Products: how the items of a scale, and how scores, go together over all rows.

They are counted in blocks of rows, so short that doubles hold every sum of a block exactly; blocks
add up as whole numbers.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from reports.batches import Batch
from reports.histogram import Integers
from reports.layout import Layout, sums
from reports.responses import Codes
from reports.scoring import ScoringKey
from reports.tabulation import Places
from reports.tally import Matrix, PairTally, ProductsTally, Relations

BLOCK = 1 << 14  # rows at once, so that they stay in the cache
EXACT = 1 << 53  # doubles hold whole numbers up to here
CELL = 6  # n, the sums of a, b, a*a, b*b and a*b

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Scores:
    """One scale in a block, each array (n,): items answered of k, the sum of points, its square."""

    k: int
    answered: Integers
    total: Floats
    squares: Floats

    @classmethod
    def of(cls, key: ScoringKey, places: Places) -> "_Scores":
        answered, total = np.divmod(places, places.dtype.type(sums(key)))
        exact = total.astype(np.float64)
        return cls(len(key.items), answered.astype(np.int64), exact, exact * exact)


class Products:
    """Sums of products of all rows that were added."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        sizes = [len(key.items) for key in layout.keys]
        self._items = [np.zeros((3 * k + 1, 3 * k + 1), np.int64) for k in sizes]
        self._pairs = {
            (a, b): np.zeros((CELL, (one + 1) * (other + 1)), np.int64)
            for (a, one), (b, other) in combinations(enumerate(sizes), 2)
        }
        points = (variable.maximum for variable in layout.variables)
        most = max([1, *points, *map(sums, layout.keys)])
        self._block = max(1, min(BLOCK, EXACT // most**2))

    def add(self, batch: Batch) -> None:
        """Add the rows of a batch."""
        for start in range(0, batch.columns.shape[1], self._block):
            rows = slice(start, start + self._block)
            for number, (key, scale) in enumerate(zip(self.layout.keys, batch.scales, strict=True)):
                codes = batch.columns[[*key.columns], rows]
                self._items[number] += _item_products(key, codes, scale.is_complete[rows])
            scores = [
                _Scores.of(key, scale.places[rows])
                for key, scale in zip(self.layout.keys, batch.scales, strict=True)
            ]
            for (a, one), (b, other) in combinations(enumerate(scores), 2):
                self._pairs[a, b] += _score_products(one, other)

    def finish(self) -> Relations:
        """The products as whole numbers."""
        keys = self.layout.keys
        return Relations(
            {key.scale.id: _products(found) for key, found in zip(keys, self._items, strict=True)},
            {
                (keys[a].scale.id, keys[b].scale.id): _pair(keys[a], keys[b], found)
                for (a, b), found in self._pairs.items()
            },
        )


def _item_products(key: ScoringKey, codes: Codes, is_complete: NDArray[np.bool_]) -> Integers:
    """All products (3k + 1, 3k + 1) of four parts, from the codes (k, n) of the items of a scale.

    First come the points, 0 where missing, then 1 where answered, then the points of complete rows,
    0 in others, and last 1 in complete rows.
    """
    k, n = codes.shape
    columns = np.empty((3 * k + 1, n))
    points, answered, complete, whole = np.split(columns, [k, 2 * k, 3 * k])
    np.greater_equal(codes, 0, out=answered)
    for row, column, mirror in zip(points, codes, key.mirrors, strict=True):
        row[:] = column
        if mirror is not None:
            np.subtract(mirror, row, out=row)
    points *= answered
    whole[:] = is_complete
    np.multiply(points, whole, out=complete)
    return (columns @ columns.T).astype(np.int64)


def _score_products(one: _Scores, other: _Scores) -> Integers:
    """Numbers and sums (CELL, cells) of two scales, by how many items of each are answered."""
    cells = one.answered * (other.k + 1) + other.answered
    product = one.total * other.total
    sums_of = (None, one.total, other.total, one.squares, other.squares, product)
    size = (one.k + 1) * (other.k + 1)
    return np.array([np.bincount(cells, of, size) for of in sums_of]).astype(np.int64)


def _products(found: Integers) -> ProductsTally:
    k = len(found) // 3
    points, answered, complete = slice(k), slice(k, 2 * k), slice(2 * k, 3 * k)
    return ProductsTally(
        int(found[-1, -1]),
        tuple(found[-1, complete].tolist()),
        _matrix(found[complete, complete]),
        _matrix(found[points, points]),
        _matrix(found[points, answered]),
        _matrix(found[answered, answered]),
    )


def _pair(one: ScoringKey, other: ScoringKey, found: Integers) -> PairTally:
    """The cells of rows that have a score in both scales."""
    cells = found.T.reshape(len(one.items) + 1, len(other.items) + 1, CELL)
    return PairTally(
        {
            (a, b): tuple(cells[a, b].tolist())
            for a, b in np.argwhere(cells[:, :, 0]).tolist()
            if a >= one.min_valid and b >= other.min_valid
        }
    )


def _matrix(values: Integers) -> Matrix:
    return tuple(map(tuple, values.tolist()))
