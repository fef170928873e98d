"""Welch's test from summaries, once more, for tests: rounding adds to the variance alone."""

from scipy import stats

Group = tuple[float, float, int]  # mean, standard deviation, n


def p_value(one: Group, other: Group, rounding: float) -> float:
    """Two-sided, the difference of two means with the variance that rounding adds to it."""
    (m1, s1, n1), (m2, s2, n2) = one, other
    u, v = s1 * s1 / n1, s2 * s2 / n2
    df = (u + v + rounding) ** 2 / (u * u / (n1 - 1) + v * v / (n2 - 1))
    t = abs(m1 - m2) / (u + v + rounding) ** 0.5
    return float(2 * stats.t.sf(t, df))
