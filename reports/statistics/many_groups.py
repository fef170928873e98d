"""Comparing more than two groups: Welch ANOVA, Kruskal-Wallis, Games-Howell, eta squared, ICC.

Also each group against all others. All functions take the groups of a column at once (`groups`),
those without values included. None, or NaN in an array, where a statistic is not defined.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np
from scipy import special

from reports.statistics.comparison import PAIR, correction, welch_values
from reports.statistics.groups import Floats, GroupSums, GroupValues, divided
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


@dataclass(frozen=True, slots=True)
class RestTests:
    """Each group (g,) less all others together: Welch's test and Hedges' g."""

    difference: Floats
    t: Floats
    df: Floats
    p: Floats
    hedges_g: Floats


def are_comparable(groups: GroupSums) -> bool:
    """Whether at least two groups have at least two scores."""
    return int((groups.n >= PAIR).sum()) >= PAIR


def differences(a: GroupSums, b: GroupSums) -> Floats:
    """The means of `a` less those of `b`, pair by pair, by one division."""
    return divided(a.total * b.n - b.total * a.n, a.n * b.n * a.denominator)


def against_rest(groups: GroupSums) -> RestTests:
    """Every group against all others together (B. L. Welch 1947, L. V. Hedges 1981)."""
    rest = groups.rest
    apart = differences(groups, rest)
    n, n_rest = groups.n.astype(np.float64), rest.n.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        _, t, df, p = welch_values(apart, (groups.variance, n), (rest.variance, n_rest))
        within = (n - 1) * groups.variance + (n_rest - 1) * rest.variance
        pooled = np.sqrt(within / (n + n_rest - PAIR))
        g = np.where(pooled > 0, correction(n + n_rest - PAIR) * apart / pooled, np.nan)
    t, df, p = (np.where(np.isfinite(t), found, np.nan) for found in (t, df, p))
    return RestTests(apart, t, df, p, g)


def variation(groups: GroupSums) -> Variation:
    """The analysis of variance of all scores; the groups must be comparable."""
    kept = groups.take(groups.n > 0)
    n, total = int(kept.n.sum()), kept.total.sum()
    # n_i (m_i - m)^2 = (n t_i - n_i t)^2 / (n_i n^2): one rounding per group
    away = (n * kept.total - kept.n * total).astype(np.float64) / n / kept.denominator
    sizes = kept.n.astype(np.float64)
    between = float((away * away / sizes).sum())
    within = float(divided(kept.scatter, kept.n * kept.denominator**2).sum())
    return Variation(between, within, len(kept.n), n)


def welch_anova(groups: GroupSums) -> FTest | None:
    """Welch's ANOVA (B. L. Welch 1951) of the groups with at least two scores.

    None where one of them does not vary: its weight would be infinite.
    """
    kept = groups.take(groups.n >= PAIR)
    n, variance, k = kept.n.astype(np.float64), kept.variance, len(kept.n)
    if k < PAIR or not variance.all():
        return None
    weights = n / variance
    all_weights = weights.sum()
    centre = (weights * kept.mean).sum() / all_weights
    rest = ((1 - weights / all_weights) ** 2 / (n - 1)).sum() / (k * k - 1)
    f = (weights * (kept.mean - centre) ** 2).sum() / (k - 1) / (1 + 2 * (k - 2) * rest)
    df2 = 1 / (3 * rest)
    return FTest(float(f), k - 1, float(df2), float(special.fdtrc(k - 1, df2, f)))


def kruskal(groups: GroupValues) -> HTest | None:
    """Kruskal and Wallis's test (1952) with correction for ties."""
    values, inverse = np.unique(groups.whole, return_inverse=True)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, inverse, groups.counts)
    ranks = 2 * np.cumsum(counts) - counts + 1  # twice the mid-rank
    n = int(counts.sum())
    ties = sum(count**3 - count for count in counts.tolist())
    sizes, ranked = np.zeros((2, groups.size), np.int64)
    np.add.at(sizes, groups.groups, groups.counts)
    np.add.at(ranked, groups.groups, groups.counts * ranks[inverse])
    k = int((sizes > 0).sum())
    if k < PAIR or ties == n**3 - n:
        return None
    away = (ranked - sizes * (n + 1)).astype(np.float64)  # twice the rank sum less its expectation
    squares = float((away[sizes > 0] ** 2 / sizes[sizes > 0]).sum()) / 4
    h = 12 * squares / (n * (n + 1)) / (1 - ties / (n**3 - n))
    return HTest(h, k - 1, float(special.chdtrc(k - 1, h)))


@dataclass(frozen=True, slots=True)
class PairOfGroups:
    """Two groups by their places, and the p of their difference (first less second)."""

    a: int
    b: int
    difference: float
    p: float | None


def games_howell(groups: GroupSums) -> list[PairOfGroups]:
    """Every pair of the groups with at least two scores (P. A. Games and J. F. Howell 1976)."""
    places = np.flatnonzero(groups.n >= PAIR)
    first, second = (places[at] for at in np.triu_indices(len(places), 1))
    one, other = groups.take(first), groups.take(second)
    apart = differences(one, other)
    n_one, n_other = one.n.astype(np.float64), other.n.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        _, t, df, _ = welch_values(apart, (one.variance, n_one), (other.variance, n_other))
    return [
        PairOfGroups(a, b, difference, _tukey(abs(t) * sqrt(2), len(places), df))
        for a, b, difference, t, df in zip(
            first.tolist(), second.tolist(), apart.tolist(), t.tolist(), df.tolist(), strict=True
        )
    ]


def percentiles(groups: GroupSums) -> list[float | None]:
    """Where each group's mean stands among all, itself included: mid-rank, 0..100.

    Means are compared as exact fractions, so that equal ones are equal.
    """
    means = [
        Fraction(int(total), int(n)) if n else None
        for total, n in zip(groups.total, groups.n, strict=True)
    ]
    ranked = sorted(mean for mean in means if mean is not None)
    return [None if mean is None else _mid_rank(ranked, mean) for mean in means]


def _mid_rank(ranked: Sequence[Fraction], mean: Fraction) -> float:
    return 100 * (bisect_left(ranked, mean) + bisect_right(ranked, mean)) / (2 * len(ranked))


def _tukey(q: float, k: int, df: float) -> float | None:
    return studentized_range(q, k, df) if np.isfinite(q) else None
