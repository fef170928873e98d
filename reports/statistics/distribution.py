"""Mean, spread, quantiles and skew of a histogram, exact up to the last division.

Values are whole numbers over one common denominator, so that equal scores are equal, ties and
medians are exact, and no sum is ever rounded.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import sqrt

from reports.tally import ItemTally, ScaleTally


@dataclass(frozen=True)
class Distribution:
    """`values` / `denominator`, ascending, each occurring `counts` times (at least once)."""

    values: tuple[int, ...]
    counts: tuple[int, ...]
    denominator: int = 1

    @classmethod
    def of_item(cls, item: ItemTally) -> "Distribution":
        """The answers of an item, as answered."""
        return cls.of(item.histogram.items())

    @classmethod
    def of_scores(cls, scale: ScaleTally) -> "Distribution":
        """The person scores of a scale."""
        denominator, scores = scale.whole_scores
        return cls.of(scores, denominator)

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]], denominator: int = 1) -> "Distribution":
        """From pairs of value and count, in any order; zeros are left out."""
        kept = sorted((value, n) for value, n in pairs if n)
        return cls(tuple(value for value, _ in kept), tuple(n for _, n in kept), denominator)

    @cached_property
    def n(self) -> int:
        """How many values there are."""
        return sum(self.counts)

    @cached_property
    def total(self) -> int:
        """The sum of the whole numbers; divide by the denominator for that of the values."""
        return self._power(1)

    @cached_property
    def mean(self) -> float | None:
        """Arithmetic mean; None without values."""
        return self.total / (self.n * self.denominator) if self.n else None

    @cached_property
    def squares(self) -> int:
        """N times the sum of squared deviations of the whole numbers: n * sum(x^2) - sum(x)^2."""
        return self.n * self._power(2) - self.total**2

    @cached_property
    def variance(self) -> float | None:
        """Variance with n - 1; None below two values."""
        if self.n < 2:  # noqa: PLR2004 - a variance needs two values
            return None
        return self.squares / (self.n * (self.n - 1) * self.denominator**2)

    @cached_property
    def sd(self) -> float | None:
        """Standard deviation with n - 1; None below two values."""
        return None if self.variance is None else sqrt(self.variance)

    @cached_property
    def skew(self) -> float | None:
        """Skewness type 3 (Joanes and Gill 1998: b1 = m3 / s^3, s with n - 1), as psych does.

        None below two values and where all are equal.
        """
        if not self.sd:
            return None
        n, total, squares = self.n, self.total, self._power(2)
        third = n * n * self._power(3) - 3 * n * total * squares + 2 * total**3
        return third / (n**3 * self.denominator**3) / self.sd**3

    def quantile(self, quarters: int) -> float | None:
        """The quantile at `quarters` / 4, type 7 (Hyndman and Fan 1996); None without values."""
        if not self.n:
            return None
        place, rest = divmod((self.n - 1) * quarters, 4)
        low = self.values[self._place(place)]
        high = self.values[self._place(place + 1)] if rest else low
        return (4 * low + rest * (high - low)) / (4 * self.denominator)

    @property
    def median(self) -> float | None:
        """The middle value, or the mean of the middle two."""
        return self.quantile(2)

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(self.counts))

    def _place(self, rank: int) -> int:
        """Where the value with `rank` (from 0) stands."""
        return bisect_right(self._ends, rank)

    def _power(self, power: int) -> int:
        return sum(n * value**power for value, n in zip(self.values, self.counts, strict=True))
