"""Distributions of a few values, for tests about numbers."""

from reports.statistics.distribution import Distribution


def group(values: list[int], denominator: int = 1) -> Distribution:
    return Distribution.of([(value, values.count(value)) for value in set(values)], denominator)
