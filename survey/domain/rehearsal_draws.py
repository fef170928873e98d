"""Numbers of responses per unit, drawn as if everybody answered with the same probability.

The draws of a unit depend on its id only, so the same plan always gives the same numbers, and two
plans are compared under the same luck.
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from math import ceil, floor, sqrt
from random import Random

from reports.release import Group

MOST_DRAWS, LEAST_DRAWS, WORK = 500, 100, 15_000
TAIL = 12  # standard deviations, beyond which a binomial number is as good as impossible

Draw = Mapping[str, int]  # responses per unit in which people work


def leaves(tree: Group) -> list[Group]:
    """The units in which people work."""
    return [group for group in tree.walk() if not group.children]


def draw_responses(tree: Group, rate: float) -> list[Draw]:
    """Responses per unit, as often as the size of the plan allows."""
    units = leaves(tree)
    number = max(LEAST_DRAWS, min(MOST_DRAWS, WORK // len(units)))
    columns = [_binomial(leaf, rate, number) for leaf in units]
    names = [leaf.id for leaf in units]
    return [dict(zip(names, numbers, strict=True)) for numbers in zip(*columns, strict=True)]


def _binomial(leaf: Group, rate: float, number: int) -> list[int]:
    """Binomial numbers by inversion, from uniform ones that depend on the unit's id alone."""
    people = leaf.head_count or 0
    if rate == 1:
        return [people] * number
    first, cumulated = _distribution(people, rate)
    luck = Random(f"rehearsal {leaf.id}")  # noqa: S311 - to be repeated, not to be secret
    places = (bisect_left(cumulated, luck.random() * cumulated[-1]) for _ in range(number))
    return [first + place for place in places]


def _distribution(people: int, rate: float) -> tuple[int, list[float]]:
    """The least number considered, and from it on the cumulated weights of a binomial number.

    From the mode outwards by the ratio of neighbours, p(k + 1) / p(k) = (n - k) p / ((k + 1) q),
    so that nothing underflows; up to a common factor.
    """
    spread = TAIL * sqrt(people * rate * (1 - rate)) + 1
    mode = min(people, floor((people + 1) * rate))
    low, high = max(0, ceil(mode - spread)), min(people, floor(mode + spread))
    odds = rate / (1 - rate)
    up = list(
        accumulate(range(mode, high), lambda w, k: w * (people - k) / (k + 1) * odds, initial=1.0)
    )
    down = list(
        accumulate(range(mode, low, -1), lambda w, k: w * k / (people - k + 1) / odds, initial=1.0)
    )
    return low, list(accumulate(down[:0:-1] + up))
