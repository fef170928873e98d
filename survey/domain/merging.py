"""Merging small units at closing, so that every stored unit is shared by at least N responses."""

from collections.abc import Mapping

from reports.release import Group


def merge(tree: Group, counts: Mapping[str, int], threshold: int) -> dict[str, str]:
    """For each unit with responses the unit under which they are stored: itself or an ancestor.

    `counts` are responses by unit id, of which `threshold` or more are there in all. From the
    leaves up: a unit with 1 to N-1 responses gives them to its parent. What a parent collects may
    itself be fewer than N; then its smallest child (ties by id) joins with everything below it,
    because otherwise the parent's result less the children's would single the few out. The root is
    last. So every stored unit has at least N responses, and no subtree is torn apart: what is
    stored in and below a unit is all that was answered there, or nothing.
    """
    stored: dict[str, str] = {}
    _settle(tree, counts, threshold, stored)
    return stored


def _settle(group: Group, counts: Mapping[str, int], threshold: int, stored: dict[str, str]) -> int:
    """Settle everything below `group`, then itself; gives the responses that it holds itself.

    `stored` maps unit ids to where they are stored, for all units in the subtree.
    """
    pool = counts.get(group.id, 0)
    if pool:
        stored[group.id] = group.id
    whole: dict[str, tuple[int, Group]] = {}
    for child in group.children:
        own = _settle(child, counts, threshold, stored)
        total = sum(counts.get(unit, 0) for unit in _units(child))
        if 0 < own < threshold:
            pool += _lift(child, group, counts, stored)
        elif total:
            whole[child.id] = (total, child)
    while 0 < pool < threshold and whole:
        smallest = min(whole, key=lambda unit: (whole[unit][0], unit))
        _, child = whole.pop(smallest)
        pool += _lift(child, group, counts, stored)
    return pool


def _lift(child: Group, group: Group, counts: Mapping[str, int], stored: dict[str, str]) -> int:
    """Store everything answered in `child` and below under `group`; gives how much that is."""
    lifted = [unit for unit in _units(child) if counts.get(unit)]
    stored.update(dict.fromkeys(lifted, group.id))
    return sum(counts[unit] for unit in lifted)


def _units(group: Group) -> list[str]:
    return [group.id, *(unit for child in group.children for unit in _units(child))]
