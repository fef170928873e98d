"""95 % intervals, and shares in percent."""

from math import sqrt

from scipy import special

from reports.statistics.distribution import Distribution

Interval = tuple[float, float]

CONFIDENCE = 0.95
UPPER = (1 + CONFIDENCE) / 2
LOWER = 1 - UPPER


def percent(count: int, n: int) -> float | None:
    """100 * count / n; None when n is 0."""
    return 100 * count / n if n else None


def wilson(count: int, n: int) -> Interval | None:
    """Wilson's score interval of a share, in percent 0..100; None when n is 0.

    E. B. Wilson 1927; without continuity correction.
    """
    return wilson_of(count / n, n) if n else None


def wilson_of(share: float, n: int, sampled: float = 0.0) -> Interval:
    """Wilson's score interval of a share (0..1) of n answers, in percent 0..100.

    All shares p with (share - p)^2 <= z^2 (1 - sampled) p (1 - p) / n, where `sampled` is the share
    of a finite population that answered (W. G. Cochran 1977, Sampling Techniques, 2.6).
    """
    z = float(special.ndtri(UPPER)) * sqrt(1 - sampled)
    stretch = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / stretch
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / stretch
    return max(0.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))


def mean_interval(values: Distribution) -> Interval | None:
    """Student's t interval of a mean; None below two values."""
    if values.mean is None or values.sd is None:
        return None
    half = float(special.stdtrit(values.n - 1, UPPER)) * values.sd / sqrt(values.n)
    return values.mean - half, values.mean + half


def feldt(alpha: float | None, n: int, items: int) -> Interval | None:
    """Feldt's interval of Cronbach's alpha from n complete rows; None where alpha is None.

    L. S. Feldt 1965: (1 - alpha) / (1 - estimate) follows F with n - 1 and (n - 1)(items - 1)
    degrees of freedom.
    """
    if alpha is None:
        return None
    upper = float(special.fdtri(n - 1, (n - 1) * (items - 1), UPPER))
    lower = float(special.fdtri(n - 1, (n - 1) * (items - 1), LOWER))
    return 1 - (1 - alpha) * upper, 1 - (1 - alpha) * lower
