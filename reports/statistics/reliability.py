"""How well the items of a scale hang together.

Everything here is about items after reversing. Items without variance are kept (psych drops
them without a word); a correlation with one is undefined. Whole numbers are divided last.
"""

from collections.abc import Sequence
from math import sqrt

from reports.tally import CompleteTally, Matrix, ProductsTally

ALPHA_NEEDS = 2  # items, and rows
DROPPING_NEEDS = 3  # items


def scatter(rows: ProductsTally) -> Matrix:
    """N * (n - 1) times the covariance matrix, in whole numbers."""
    return tuple(
        tuple(
            rows.n * product - left * right for product, right in zip(row, rows.sums, strict=True)
        )
        for row, left in zip(rows.products, rows.sums, strict=True)
    )


def covariances(rows: ProductsTally) -> list[list[float]] | None:
    """Covariances (n - 1) of pairs, each on the rows that answered both; None below two rows."""
    counts, sums, products = rows.pair_counts, rows.pair_sums, rows.pair_products
    size = range(len(counts))
    if any(counts[i][j] < ALPHA_NEEDS for i in size for j in size):
        return None
    return [
        [
            (counts[i][j] * products[i][j] - sums[i][j] * sums[j][i])
            / (counts[i][j] * (counts[i][j] - 1))
            for j in size
        ]
        for i in size
    ]


def alpha(covariance: Sequence[Sequence[float]] | None) -> float | None:
    """Cronbach's (1951) alpha from a covariance matrix (k, k), in any unit.

    k / (k - 1) * (1 - trace / sum). At most 1, below 0 where items contradict each other; None
    below two items and where the sum has no variance.
    """
    if covariance is None or len(covariance) < ALPHA_NEEDS:
        return None
    k = len(covariance)
    total = sum(map(sum, covariance))
    inner = sum(covariance[i][i] for i in range(k))
    return k * (total - inner) / ((k - 1) * total) if total else None


def complete_alpha(rows: CompleteTally) -> float | None:
    """Cronbach's alpha on complete rows, from the variances of the items and of their sum."""
    k = len(rows.sums)
    if k < ALPHA_NEEDS:
        return None
    inner = sum(_spreads(rows))
    total = rows.n * rows.total_squares - sum(rows.sums) ** 2
    return k * (total - inner) / ((k - 1) * total) if total else None


def alpha_if_dropped(covariance: Matrix, items: Sequence[str]) -> dict[str, float | None] | None:
    """Alpha of the other items, for each item; None below three items."""
    if len(items) < DROPPING_NEEDS:
        return None
    return {item: alpha(_without(covariance, place)) for place, item in enumerate(items)}


def item_rest(covariance: Matrix, items: Sequence[str]) -> dict[str, float | None]:
    """Correlation of each item with the sum of the others (corrected for overlap).

    None for an item without variance, or whose others have none together.
    """
    sums = [sum(row) for row in covariance]
    total = sum(sums)
    found: dict[str, float | None] = {}
    for place, item in enumerate(items):
        own = covariance[place][place]
        rest = total - 2 * sums[place] + own
        found[item] = (sums[place] - own) / sqrt(own * rest) if own and rest else None
    return found


def average_r(covariance: Matrix) -> float | None:
    """Mean correlation of two different items; None below two items or without variance."""
    k = len(covariance)
    if k < ALPHA_NEEDS or not all(covariance[i][i] for i in range(k)):
        return None
    pairs = [(i, j) for i in range(k) for j in range(i)]
    return sum(
        covariance[i][j] / sqrt(covariance[i][i] * covariance[j][j]) for i, j in pairs
    ) / len(pairs)


def _spreads(rows: CompleteTally) -> list[int]:
    """N * (n - 1) times the variance of each item, in whole numbers."""
    return [
        rows.n * squares - total**2 for total, squares in zip(rows.sums, rows.squares, strict=True)
    ]


def _without(matrix: Matrix, place: int) -> Matrix:
    kept = [i for i in range(len(matrix)) if i != place]
    return tuple(tuple(matrix[i][j] for j in kept) for i in kept)
