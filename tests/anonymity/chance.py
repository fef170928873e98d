"""What an attacker who knows nothing would reach: exact probabilities, and bounds beyond them.

Whoever lays two orders of the same n people side by side hits as often as a random permutation
has fixed points. Of n things k stay in place with probability D(n-k) / (k! (n-k)!), where D counts
the permutations without a fixed point (de Montmort 1708): on average one hit, whatever n is.
"""

from collections.abc import Iterable
from functools import cache
from math import comb, factorial, sqrt

# All tests of one run together raise a false alarm less often than once in a million runs: there
# are fewer than ten thousand guesses, and each may err once in 10^10.
FALSE_ALARM = 1e-10

# The rank correlation of n people in random order has the standard deviation 1 / sqrt(n - 1), and
# tails that are lighter than a normal distribution's: beyond seven of them lie 3 in 10^12.
DEVIATIONS = 7


@cache
def _fixed_points(people: int) -> tuple[float, ...]:
    """The probability of 0, 1 ... `people` hits in one group."""
    return tuple(
        sum((-1) ** i / factorial(i) for i in range(people - hits + 1)) / factorial(hits)
        for hits in range(min(people, 40) + 1)  # beyond forty it is less than 10^-47
    )


@cache
def _hits(sizes: tuple[int, ...]) -> tuple[float, ...]:
    """The probability of each number of hits in groups of these sizes together."""
    total = [1.0]
    for size in sizes:
        other = _fixed_points(size)
        longer = [0.0] * (len(total) + len(other) - 1)
        for a, left in enumerate(total):
            for b, right in enumerate(other):
                longer[a + b] += left * right
        total = longer
    return tuple(total)


def most_hits(sizes: Iterable[int]) -> int:
    """More hits than this in groups of these sizes are rarer than `FALSE_ALARM`."""
    return _beyond(_hits(tuple(sorted(sizes))))


def expected_hits(sizes: Iterable[int]) -> int:
    """What chance gives on average: one hit for each group."""
    return sum(size > 0 for size in sizes)


def most_successes(attempts: int, chance: float) -> int:
    """More successes than this in independent attempts are rarer than `FALSE_ALARM` (binomial)."""
    return _beyond(
        tuple(
            comb(attempts, hits) * chance**hits * (1 - chance) ** (attempts - hits)
            for hits in range(attempts + 1)
        )
    )


def most_likeness(people: int) -> float:
    """A rank correlation that chance does not reach among so many people."""
    return DEVIATIONS / sqrt(people - 1)


def _beyond(probabilities: tuple[float, ...]) -> int:
    tail, hits = 0.0, len(probabilities) - 1
    while hits > 0 and tail + probabilities[hits] < FALSE_ALARM:
        tail += probabilities[hits]
        hits -= 1
    return hits
