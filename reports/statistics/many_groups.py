"""Comparing more than two groups: Welch ANOVA, Kruskal-Wallis, Games-Howell, eta squared, ICC.

All functions take `Distribution`s over one common denominator (`comparison.together`), empty ones
left out by them. None where a statistic is not defined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from reports.statistics.comparison import PAIR, difference
from reports.statistics.distribution import Distribution
from reports.statistics.range import studentized_range


@dataclass(frozen=True, slots=True)
class FTest:
    """F with its degrees of freedom."""

    f: float
    df1: float
    df2: float
    p: float


@dataclass(frozen=True, slots=True)
class HTest:
    """Kruskal and Wallis's H."""

    h: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class Variation:
    """One-way analysis of variance: sums of squares and mean squares between and within.

    `size` is the mean number of scores per group.
    """

    between: float
    within: float
    groups: int
    n: int

    @property
    def eta_squared(self) -> float | None:
        """The share of all variation that lies between the groups."""
        total = self.between + self.within
        return self.between / total if total else None

    @property
    def icc1(self) -> float | None:
        """ICC(1) with the mean group size (J. E. McGrath 1984; multilevel's ICC1)."""
        between, within, size = *self._mean_squares, self.n / self.groups
        below = between + (size - 1) * within
        return (between - within) / below if below else None

    @property
    def icc2(self) -> float | None:
        """ICC(2), the reliability of group means: (MSB - MSW) / MSB."""
        between, within = self._mean_squares
        return (between - within) / between if between else None

    @property
    def _mean_squares(self) -> tuple[float, float]:
        return self.between / (self.groups - 1), self.within / (self.n - self.groups)


def are_comparable(groups: Sequence[Distribution]) -> bool:
    """Whether at least two groups have at least two scores."""
    return sum(group.n >= PAIR for group in groups) >= PAIR


def variation(groups: Sequence[Distribution]) -> Variation:
    """The analysis of variance of all scores; the groups must be comparable."""
    kept = [group for group in groups if group.n]
    n, total = sum(group.n for group in kept), sum(group.total for group in kept)
    scale = kept[0].denominator ** 2
    # n_i (m_i - m)^2 = (n t_i - n_i t)^2 / (n_i n^2): one rounding per group
    between = sum((n * g.total - g.n * total) ** 2 / (g.n * n * n * scale) for g in kept)
    within = sum(g.squares / (g.n * scale) for g in kept)
    return Variation(between, within, len(kept), n)


def welch_anova(groups: Sequence[Distribution]) -> FTest | None:
    """Welch's ANOVA (B. L. Welch 1951) of the groups with at least two scores.

    None where one of them does not vary: its weight would be infinite.
    """
    kept = [(g.n, g.mean, g.variance) for g in groups if g.n >= PAIR]
    if len(kept) < PAIR or not all(variance for _, _, variance in kept):
        return None
    n, mean, variance = (np.array(column, dtype=np.float64) for column in zip(*kept, strict=True))
    weights, k = n / variance, len(kept)
    all_weights = weights.sum()
    centre = (weights * mean).sum() / all_weights
    rest = ((1 - weights / all_weights) ** 2 / (n - 1)).sum() / (k * k - 1)
    f = (weights * (mean - centre) ** 2).sum() / (k - 1) / (1 + 2 * (k - 2) * rest)
    df2 = 1 / (3 * rest)
    return FTest(float(f), k - 1, float(df2), float(special.fdtrc(k - 1, df2, f)))


def kruskal(groups: Sequence[Distribution]) -> HTest | None:
    """Kruskal and Wallis's test (1952) with correction for ties."""
    kept = [group for group in groups if group.n]
    ranks, ties, n = _ranks(kept)
    if len(kept) < PAIR or ties == n**3 - n:
        return None
    sums = [
        sum(ranks[value] * count for value, count in zip(g.values, g.counts, strict=True))
        for g in kept
    ]
    squares = sum(total**2 / g.n for total, g in zip(sums, kept, strict=True)) / 4
    h = (12 * squares / (n * (n + 1)) - 3 * (n + 1)) / (1 - ties / (n**3 - n))
    df = len(kept) - 1
    return HTest(h, df, float(special.chdtrc(df, h)))


@dataclass(frozen=True, slots=True)
class PairOfGroups:
    """Two groups by their places, and the p of their difference (first less second)."""

    a: int
    b: int
    difference: float
    p: float | None


def games_howell(groups: Sequence[Distribution]) -> list[PairOfGroups]:
    """Every pair of the groups with at least two scores (P. A. Games and J. F. Howell 1976)."""
    places = [place for place, group in enumerate(groups) if group.n >= PAIR]
    return [
        _pair(groups, a, b, len(places)) for at, a in enumerate(places) for b in places[at + 1 :]
    ]


def percentiles(groups: Sequence[Distribution]) -> list[float | None]:
    """Where each group's mean stands among all, itself included: mid-rank, 0..100.

    Means are compared as exact fractions, so that equal ones are equal.
    """
    means = [(group.total, group.n) for group in groups]
    known = [mean for mean in means if mean[1]]

    def place(total: int, n: int) -> float:
        halves = sum(
            2 * (other * n < total * size) + (other * n == total * size) for other, size in known
        )
        return 100 * halves / (2 * len(known))

    return [place(total, n) if n else None for total, n in means]


def _pair(groups: Sequence[Distribution], a: int, b: int, k: int) -> PairOfGroups:
    one, other = groups[a], groups[b]
    apart = difference(one, other) or 0.0
    of_one, of_other = (one.variance or 0.0) / one.n, (other.variance or 0.0) / other.n
    if not of_one + of_other:
        return PairOfGroups(a, b, apart, None)
    df = (of_one + of_other) ** 2 / (of_one**2 / (one.n - 1) + of_other**2 / (other.n - 1))
    q = abs(apart) / sqrt((of_one + of_other) / 2)
    return PairOfGroups(a, b, apart, studentized_range(q, k, df))


def _ranks(groups: Sequence[Distribution]) -> tuple[dict[int, int], int, int]:
    """Twice the mid-rank of each value, the sum of t^3 - t over ties, and how many scores."""
    counts: dict[int, int] = {}
    for group in groups:
        for value, count in zip(group.values, group.counts, strict=True):
            counts[value] = counts.get(value, 0) + count
    ranks, before, ties = {}, 0, 0
    for value in sorted(counts):
        ranks[value] = 2 * before + counts[value] + 1
        before += counts[value]
        ties += counts[value] ** 3 - counts[value]
    return ranks, ties, before
