"""Statistics of all groups of a column at once, from the arrays of their tallies.

Sums stay whole numbers up to the last division: int64 where the largest product of sums fits
into 62 bits, else Python's own integers in the same arrays. Arrays have one entry per group, g
of them; NaN stands for what is not defined.
"""

from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.histogram import Integers
from reports.layout import sums
from reports.statistics.distribution import Distribution
from reports.statistics.intervals import UPPER
from reports.statistics.reliability import ALPHA_NEEDS
from reports.tallies import GroupTallies

Floats = NDArray[np.float64]
Whole = NDArray[Any]  # int64, or Python integers

ROOM = 1 << 62  # products of sums stay below this, or are made of Python's integers


@dataclass(frozen=True)
class GroupSums:
    """Per group (g,) the number of values, their sum and the sum of their squares.

    Values are whole numbers over one common `denominator`.
    """

    n: Whole
    total: Whole
    squares: Whole
    denominator: int

    @cached_property
    def mean(self) -> Floats:
        """Arithmetic means."""
        return divided(self.total, self.n * self.denominator)

    @cached_property
    def scatter(self) -> Whole:
        """N times the sum of squared deviations of the whole numbers."""
        return np.asarray(self.n * self.squares - self.total * self.total)

    @cached_property
    def variance(self) -> Floats:
        """Variances with n - 1."""
        return divided(self.scatter, self.n * (self.n - 1) * self.denominator**2)

    @cached_property
    def sd(self) -> Floats:
        """Standard deviations with n - 1."""
        return np.asarray(np.sqrt(self.variance))

    @property
    def mean_interval(self) -> tuple[Floats, Floats]:
        """Student's t interval (95 %) of each mean: lower and upper ends."""
        n = self.n.astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            half = special.stdtrit(n - 1, UPPER) * self.sd / np.sqrt(n)
        return self.mean - half, self.mean + half

    @property
    def rest(self) -> "GroupSums":
        """For each group all others together."""
        return GroupSums(
            self.n.sum() - self.n,
            self.total.sum() - self.total,
            self.squares.sum() - self.squares,
            self.denominator,
        )

    def take(self, places: Any) -> "GroupSums":  # noqa: ANN401 - whatever numpy takes as an index
        """Some groups."""
        return GroupSums(self.n[places], self.total[places], self.squares[places], self.denominator)


@dataclass(frozen=True)
class GroupValues:
    """What occurs in each of `size` groups, ordered by group.

    Entry i says that `values`[i] / `denominator` occurs `counts`[i] times in group `groups`[i].
    """

    size: int
    groups: Integers
    values: Whole
    counts: Integers
    denominator: int = 1

    @classmethod
    def of_item(cls, tallies: GroupTallies[Any], variable: int) -> "GroupValues":
        """The answers to one variable, by its place, as answered."""
        groups, places, counts = tallies.answers(variable)
        codes = places + tallies.layout.lowest
        kept = codes >= 0
        return cls(len(tallies), groups[kept], codes[kept], counts[kept])

    @classmethod
    def of_scores(cls, tallies: GroupTallies[Any], scale: int) -> "GroupValues":
        """The person scores of one scale, by its place."""
        key = tallies.layout.keys[scale]
        groups, places, counts = tallies.scores(scale)
        answered, total = np.divmod(places, sums(key))
        kept = answered >= key.min_valid
        groups, answered, total, counts = (
            array[kept] for array in (groups, answered, total, counts)
        )
        occurring = [int(number) for number in np.unique(answered)]
        denominator = lcm(*occurring)
        most = key.factor * denominator * sums(key)
        weights: Whole = np.zeros(len(key.items) + 1, np.int64 if most < ROOM else object)
        weights[occurring] = [key.factor * denominator // number for number in occurring]
        return cls(len(tallies), groups, total * weights[answered], counts, denominator)

    @cached_property
    def whole(self) -> Whole:
        """The values in the narrowest kind that keeps all sums and their products exact."""
        n = int(self.counts.sum())
        most = max(self.denominator, int(abs(self.values).max())) if len(self.values) else 1
        return self.values.astype(np.int64 if (n * most) ** 2 < ROOM else object)

    @cached_property
    def sums(self) -> GroupSums:
        """Numbers, sums and sums of squares."""
        values = self.whole
        counts = self.counts.astype(values.dtype)

        def added(weights: Whole) -> Whole:
            total = np.zeros(self.size, values.dtype)
            np.add.at(total, self.groups, weights)
            return total

        return GroupSums(
            added(counts),
            added(counts * values),
            added(counts * values * values),
            self.denominator,
        )

    def distribution(self, group: int) -> Distribution:
        """The values of one group; those of all groups have one denominator."""
        here = self.groups == group
        values, counts = self.values[here].tolist(), self.counts[here].tolist()
        joined: dict[int, int] = {}
        for value, count in zip(values, counts, strict=True):
            joined[value] = joined.get(value, 0) + count
        return Distribution.of(joined.items(), self.denominator)


@dataclass(frozen=True)
class CompleteRows:
    """Per group (g,) the rows that answered all `k` items of a scale.

    `inner` is n (n - 1) times the sum of the variances of the items, `total` n (n - 1) times the
    variance of their sum.
    """

    k: int
    n: Whole
    inner: Whole
    total: Whole

    @classmethod
    def of(cls, tallies: GroupTallies[Any], scale: int) -> "CompleteRows":
        """The complete rows of one scale, by its place."""
        groups, sums_of, counts = tallies.points(scale)
        n, total_squares = np.zeros((2, len(tallies)), np.int64)
        np.add.at(n, groups, counts)
        np.add.at(total_squares, groups, counts * sums_of * sums_of)
        return cls._of(n, total_squares, tallies.complete[scale])

    @classmethod
    def _of(cls, n: Whole, total_squares: Whole, complete: Whole) -> "CompleteRows":
        k = complete.shape[1] // 2
        if k * int(n.max(initial=0)) * int(total_squares.max(initial=0)) >= ROOM:
            n, total_squares, complete = (
                array.astype(object) for array in (n, total_squares, complete)
            )
        points, squares = complete[:, :k], complete[:, k:]
        inner = n * squares.sum(axis=1) - (points * points).sum(axis=1)
        return cls(k, n, inner, n * total_squares - points.sum(axis=1) ** 2)

    @property
    def alpha(self) -> Floats:
        """Cronbach's alpha (`reliability.complete_alpha`)."""
        if self.k < ALPHA_NEEDS:
            return np.full(len(self.n), np.nan)
        return divided(self.k * (self.total - self.inner), (self.k - 1) * self.total)

    def rwg_j(self, categories: int) -> Floats:
        """Agreement within each group on the items of a scale, 0..1; NaN below two complete rows.

        r_wg(j) of James, Demaree and Wolf (1984) against a uniform null variance
        (categories^2 - 1) / 12, from the mean of the item variances (n - 1), which is cut at the
        null variance, so that the value never falls below 0.
        """
        mean_variance = divided(self.inner, self.k * self.n * (self.n - 1))
        noise = np.minimum(1.0, 12 * mean_variance / (categories**2 - 1))
        return np.asarray(self.k * (1 - noise) / (self.k * (1 - noise) + noise))


def divided(above: Whole, below: Whole) -> Floats:
    """Quotients of whole numbers, rounded once; NaN where the divisor is 0."""
    found = np.full(len(below), np.nan)
    known = below != 0
    found[known] = (above[known] / below[known]).astype(np.float64)
    return found


def or_none(values: Floats) -> list[float | None]:
    """As a list, None instead of NaN."""
    listed: list[float | None] = values.tolist()
    for place in np.flatnonzero(np.isnan(values)).tolist():
        listed[place] = None
    return listed
