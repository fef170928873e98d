"""Correlations between the scores of two scales."""

from math import lcm, sqrt

from reports.tally import PairTally, Relations, Tally


def pearson(pair: PairTally) -> float | None:
    """Pearson's r of two person scores over the persons that have both, -1..1.

    None below two persons and where one of the scores does not vary.
    """
    left = lcm(*(answered for answered, _ in pair.cells))
    right = lcm(*(answered for _, answered in pair.cells))
    n = a = b = aa = bb = ab = 0
    for (in_a, in_b), (persons, *sums) in pair.cells.items():
        x, y = left // in_a, right // in_b
        n += persons
        a += sums[0] * x
        b += sums[1] * y
        aa += sums[2] * x * x
        bb += sums[3] * y * y
        ab += sums[4] * x * y
    spread = (n * aa - a * a) * (n * bb - b * b)
    return (n * ab - a * b) / sqrt(spread) if spread else None


def correlations(tally: Tally) -> dict[str, dict[str, float | None]]:
    """The full symmetric matrix of all scales; 1 on the diagonal where a score varies.

    Empty for a tally without relations.
    """
    if tally.relations is None:
        return {}
    names = list(tally.scales)
    matrix: dict[str, dict[str, float | None]] = {name: {} for name in names}
    for first in names:
        for second in names:
            matrix[first][second] = _between(tally, tally.relations, first, second)
    return matrix


def _between(tally: Tally, relations: Relations, first: str, second: str) -> float | None:
    if first == second:
        _, scores = tally.scales[first].whole_scores
        return 1.0 if len(scores) > 1 else None
    return pearson(relations.pair(first, second))
