"""What head counts add: a group of known size is not a sample out of an endless one."""

from math import sqrt

from reports.statistics.distribution import Distribution
from reports.statistics.intervals import Interval, mean_interval


def finite_interval(values: Distribution, people: int) -> Interval | None:
    """Student's t interval of the mean among `people`, of whom these answered.

    The half width is multiplied by sqrt(1 - n / N) (W. G. Cochran 1977, Sampling Techniques, 2.6):
    18 of 22 is nearly a census, and where all answered nothing is left to estimate. More answers
    than people count as all. None below two values.
    """
    found = mean_interval(values)
    if found is None or values.mean is None:
        return None
    half = (found[1] - found[0]) / 2 * sqrt(max(0.0, 1 - values.n / people)) if people else 0.0
    return values.mean - half, values.mean + half


def bounds(mean: float | None, n: int, people: int) -> Interval | None:
    """Between which values, 0..100, the mean of all `people` lies whatever the silent would say.

    `mean` is that of the `n` who answered, 0..100. The ends are reached if every silent person
    had the lowest, or the highest, score (C. F. Manski 2003, Partial Identification, 1.2). None
    without values.
    """
    if mean is None:
        return None
    everybody = max(people, n)
    return n * mean / everybody, (n * mean + 100 * (everybody - n)) / everybody
