"""Comparing two groups by their scores: Welch, Hedges' g, Mann-Whitney, Cliff's delta.

All functions take `Distribution`s of whole numbers over one common denominator, so that equal
scores are ties. p values are two-sided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from reports.statistics.distribution import Distribution
from reports.statistics.intervals import LOWER, UPPER, Interval
from reports.statistics.noncentral import noncentrality

Floats = NDArray[np.float64]
Sample = tuple[ArrayLike, ArrayLike]

PAIR = 2  # values that a variance needs
ROUNDED = 1 / 12  # variance of an error between -1/2 and 1/2, all of them alike


@dataclass(frozen=True, slots=True)
class Welch:
    """Difference of two means (first less second) by B. L. Welch 1947."""

    difference: float
    ci95: Interval
    t: float
    df: float
    p: float


@dataclass(frozen=True, slots=True)
class Moments:
    """A group by its number of values and their variance (n - 1)."""

    n: int
    variance: float


@dataclass(frozen=True, slots=True)
class RankTest:
    """Mann-Whitney: U of the first group and its p."""

    u: float
    p: float


def difference(a: Distribution, b: Distribution) -> float | None:
    """The mean of `a` less that of `b`, by one division; None where one has no values."""
    if not a.n or not b.n:
        return None
    return (a.total * b.n - b.total * a.n) / (a.n * b.n * a.denominator)


def welch(a: Distribution, b: Distribution) -> Welch | None:
    """Welch's t test; None below two values in one group and where nothing varies."""
    apart = difference(a, b)
    if apart is None or a.variance is None or b.variance is None:
        return None
    return welch_of(apart, Moments(a.n, a.variance), Moments(b.n, b.variance))


def welch_of(apart: float, a: Moments, b: Moments, rounding: float = 0.0) -> Welch | None:
    """Welch's t test of two means that are `apart`; None where nothing varies.

    Both groups have at least two values. `rounding` is the variance that rounding adds to the
    difference; it is known, so it adds to the degrees of freedom (F. E. Satterthwaite 1946).
    """
    if not a.variance + b.variance:
        return None
    half, t, df, p = map(float, welch_values(apart, (a.variance, a.n), (b.variance, b.n), rounding))
    return Welch(apart, (apart - half, apart + half), t, df, p)


def welch_values(
    apart: ArrayLike, a: Sample, b: Sample, rounding: float = 0.0
) -> tuple[Floats, Floats, Floats, Floats]:
    """Half the 95 % interval, t, df and p of means that are `apart`, element by element.

    `a` and `b` are (variance with n - 1, n).
    """
    (variance_a, n_a), (variance_b, n_b) = a, b
    of_a, of_b = np.divide(variance_a, n_a), np.divide(variance_b, n_b)
    variance: Floats = np.asarray(of_a + of_b + rounding, np.float64)
    se: Floats = np.sqrt(variance)
    df = variance**2 / (of_a**2 / np.subtract(n_a, 1) + of_b**2 / np.subtract(n_b, 1))
    t: Floats = np.divide(apart, se)
    return special.stdtrit(df, UPPER) * se, t, df, 2 * special.stdtr(df, -np.abs(t))


def hedges_g(a: Distribution, b: Distribution) -> float | None:
    """Hedges' g with the exact correction (L. V. Hedges 1981); None where it is not defined.

    g = J (mean a - mean b) / pooled SD, J = gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)) with
    m = n_a + n_b - 2.
    """
    apart, pooled = difference(a, b), _pooled_sd(a, b)
    if apart is None or not pooled:
        return None
    return float(correction(a.n + b.n - PAIR)) * apart / pooled


def hedges_g_of(apart: float, a: Moments, b: Moments) -> float | None:
    """Hedges' g of two means that are `apart`; None where nothing varies.

    Both groups have at least two values.
    """
    pooled = _pooled(a, b)
    return float(correction(a.n + b.n - PAIR)) * apart / pooled if pooled else None


def hedges_g_interval(a: Distribution, b: Distribution) -> Interval | None:
    """The 95 % interval of Hedges' g by the noncentral t distribution of Student's pooled t.

    J sqrt(1 / n_a + 1 / n_b) times the noncentralities under which t has 97.5 and 2.5 % below.
    """
    apart, pooled = difference(a, b), _pooled_sd(a, b)
    if apart is None or not pooled:
        return None
    scale, df = sqrt(1 / a.n + 1 / b.n), a.n + b.n - PAIR
    t, factor = apart / (pooled * scale), float(correction(df)) * scale
    return factor * noncentrality(t, df, UPPER), factor * noncentrality(t, df, LOWER)


def cliffs_delta(a: Distribution, b: Distribution) -> float | None:
    """Cliff's delta (N. Cliff 1993), from -1 to 1, positive when `a` is higher; None if empty."""
    if not a.n or not b.n:
        return None
    return (2 * _u(a, b) - a.n * b.n) / (a.n * b.n)


def mann_whitney(a: Distribution, b: Distribution) -> RankTest | None:
    """The normal approximation with corrections for ties and continuity; None where undefined."""
    if not a.n or not b.n:
        return None
    n, u = a.n + b.n, _u(a, b)
    ties = sum(count**3 - count for count in _counts([a, b]).values())
    variance = a.n * b.n / 12 * (n + 1 - ties / (n * (n - 1)))
    if variance <= 0:
        return None
    away = u - a.n * b.n / 2
    z = (away - copysign(1 / 2, away) * (away != 0)) / sqrt(variance)
    return RankTest(u, min(1.0, 2 * float(special.ndtr(-abs(z)))))


def holm(found: Sequence[float]) -> list[float]:
    """P values adjusted for their number, in their order (S. Holm 1979)."""
    adjusted, highest = [0.0] * len(found), 0.0
    for rank, place in enumerate(_ascending(found)):
        highest = max(highest, min(1.0, (len(found) - rank) * found[place]))
        adjusted[place] = highest
    return adjusted


def benjamini_hochberg(found: Sequence[float]) -> list[float]:
    """P values adjusted to the false discovery rate (Y. Benjamini and Y. Hochberg 1995)."""
    adjusted, lowest = [0.0] * len(found), 1.0
    for rank, place in reversed(list(enumerate(_ascending(found), start=1))):
        lowest = min(lowest, len(found) / rank * found[place])
        adjusted[place] = lowest
    return adjusted


def _ascending(found: Sequence[float]) -> list[int]:
    return sorted(range(len(found)), key=found.__getitem__)


def _pooled_sd(a: Distribution, b: Distribution) -> float | None:
    if a.variance is None or b.variance is None:
        return None
    return _pooled(Moments(a.n, a.variance), Moments(b.n, b.variance))


def _pooled(a: Moments, b: Moments) -> float:
    return sqrt(((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - PAIR))


def correction(df: ArrayLike) -> Floats:
    """Hedges' J; Pochhammer's symbol is the ratio of gammas, also where each is infinite."""
    return special.poch(np.subtract(df, 1) / 2, 0.5) / np.sqrt(np.divide(df, 2))


def _u(a: Distribution, b: Distribution) -> float:
    """Pairs in which `a` is higher, and half of those that are equal."""
    below, place, pairs = 0, 0, 0
    for value, count in zip(a.values, a.counts, strict=True):
        while place < len(b.values) and b.values[place] < value:
            below += b.counts[place]
            place += 1
        equal = b.counts[place] if place < len(b.values) and b.values[place] == value else 0
        pairs += count * (2 * below + equal)
    return pairs / 2


def _counts(groups: Sequence[Distribution]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for group in groups:
        for value, count in zip(group.values, group.counts, strict=True):
            counts[value] = counts.get(value, 0) + count
    return counts
