"""What an attacker can bound: the least and the largest total of every group in a tree.

The unknowns are the totals of the groups (sum of the persons' values, 0 to FULL each). A group's
total is the sum of its children's and of its own rows', so every unknown stands in at most one
sum as the whole and in one as a part. On such a tree the projections of the linear programme
are found exactly by one pass from the leaves up and one from the root down; no solver is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.disclosure.groups import Group

FULL = 200  # what one person adds at most: 100 points, counted in halves


@dataclass(frozen=True, slots=True)
class Interval:
    """Least and largest possible total."""

    low: int
    high: int

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __and__(self, other: "Interval") -> "Interval":
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def without(self, other: "Interval") -> "Interval":
        """What is left for a part when the other parts lie in `other`."""
        return Interval(self.low - other.high, self.high - other.low)


def tree_bounds(
    tree: Group, sizes: Mapping[str, int], known: Mapping[str, Interval]
) -> dict[str, Interval]:
    """Bounds of the total of every group.

    `sizes` are the persons of each group, which count as known; `known` holds what is said
    about the groups that are shown. Source: hull consistency is exact where each unknown stands
    in sums that form a tree (Freuder 1982, J. ACM 29(1), for constraint trees).
    """
    bounds: dict[str, Interval] = {}
    _upwards(tree, sizes, known, bounds)
    _downwards(tree, sizes, bounds)
    return bounds


def _upwards(
    group: Group,
    sizes: Mapping[str, int],
    known: Mapping[str, Interval],
    bounds: dict[str, Interval],
) -> Interval:
    inside = _own(group, sizes)
    for child in group.children:
        inside += _upwards(child, sizes, known, bounds)
    said = known.get(group.id, Interval(0, FULL * sizes[group.id]))
    bounds[group.id] = said & inside
    return bounds[group.id]


def _downwards(group: Group, sizes: Mapping[str, int], bounds: dict[str, Interval]) -> None:
    inside = sum((bounds[child.id] for child in group.children), start=_own(group, sizes))
    whole = bounds[group.id]
    for child in group.children:
        before = bounds[child.id]
        others = Interval(inside.low - before.low, inside.high - before.high)
        bounds[child.id] = before & whole.without(others)
    for child in group.children:
        _downwards(child, sizes, bounds)


def _own(group: Group, sizes: Mapping[str, int]) -> Interval:
    """Rows of a group that are in no group inside it; a leaf has only such rows."""
    rows = sizes[group.id] - sum(sizes[child.id] for child in group.children)
    return Interval(0, FULL * rows)
