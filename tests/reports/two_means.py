"""Welch's test and Hedges' g from summaries, once more, for tests."""

from math import exp, lgamma, sqrt

from scipy import stats

Group = tuple[float, float, int]  # mean, standard deviation, n


def p_value(one: Group, other: Group, rounding: float) -> float:
    """Of Welch's test, two-sided; `rounding` adds to the variance of the difference alone."""
    (m1, s1, n1), (m2, s2, n2) = one, other
    u, v = s1 * s1 / n1, s2 * s2 / n2
    df = (u + v + rounding) ** 2 / (u * u / (n1 - 1) + v * v / (n2 - 1))
    t = abs(m1 - m2) / (u + v + rounding) ** 0.5
    return float(2 * stats.t.sf(t, df))


def hedges_g(one: Group, other: Group) -> float:
    """Positive where `one` is higher; with the exact correction J (L. V. Hedges 1981)."""
    (m1, s1, n1), (m2, s2, n2) = one, other
    df = n1 + n2 - 2
    j = exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
    return j * (m1 - m2) / sqrt(((n1 - 1) * s1 * s1 + (n2 - 1) * s2 * s2) / df)
