"""What becomes of a draw: closing merges small units, and rules hide what would tell too much."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from reports.disclosure.limits import LEAST_WIDTH, STEP_OF_ITEMS, UNITS_JOINED
from reports.release import Group
from survey.domain.merging import merge
from survey.domain.rehearsal_draws import Draw


@dataclass(frozen=True)
class Stage:
    """A tree, and its thresholds: for merging, for showing a dimension, for opening anything."""

    tree: Group
    merging: int
    showing: int
    opening: int

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """All groups, parents first."""
        return tuple(self.tree.walk())

    def outcome(self, draw: Draw) -> "Outcome":
        """What becomes of a draw."""
        if sum(draw.values()) < self.opening:
            return Outcome({}, frozenset(), frozenset())
        stored = merge(self.tree, draw, self.merging)
        own = Counter[str]()
        for unit, home in stored.items():
            own[home] += draw[unit]
        rows: dict[str, int] = {}
        _add_up(self.tree, own, rows)
        groups = self.groups
        pooled = {group.id for group in groups if group.children and own[group.id]}
        steps = (self.showing, max(self.showing, STEP_OF_ITEMS))
        scales, items = (shown_groups(groups, rows, pooled, step, self.showing) for step in steps)
        return Outcome(stored, scales, items)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where responses are stored, and the groups that show dimensions and single questions."""

    stored: Mapping[str, str]
    scales: frozenset[str]
    items: frozenset[str]

    def home(self, inside: AbstractSet[str]) -> str | None:
        """Where the responses of a group of units are stored, if outside of it."""
        homes = (self.stored[unit] for unit in inside if unit in self.stored)
        return next((home for home in homes if home not in inside), None)


def shown_groups(
    groups: Sequence[Group], rows: Mapping[str, int], pooled: set[str], step: int, fit: int
) -> frozenset[str]:
    """The groups that may show a variable, from the numbers of valid answers alone (R2, R3).

    As `reports.disclosure.suppression`, for answers that are mixed enough: a group needs `step`
    answers, and a group less its shown children has nobody, or at least `fit` from two or more
    units. `groups` are all, parents first; `pooled` ones have rows of their own, which came from
    several units.
    """
    shown = {group.id for group in groups if rows[group.id] >= step}
    while True:
        for group in groups:
            if group.id not in shown:
                shown.difference_update(child.id for child in group.children)
        hide = next(
            (
                _one_more(group, rows, shown)
                for group in groups
                if group.id in shown
                and not _holds(group, rows, shown, pooled, fit, is_whole=group is groups[0])
            ),
            None,
        )
        if hide is None:
            return frozenset(shown)
        shown.discard(hide)


def _holds(
    group: Group,
    rows: Mapping[str, int],
    shown: set[str],
    pooled: set[str],
    fit: int,
    *,
    is_whole: bool,
) -> bool:
    inside = [child.id for child in group.children if child.id in shown]
    left = rows[group.id] - sum(rows[name] for name in inside)
    hidden = [one for one in group.children if one.id not in shown and rows[one.id]]
    if not left:
        return True
    if hidden and len(hidden) + UNITS_JOINED * (group.id in pooled) < UNITS_JOINED:
        return False
    if inside and left < fit:
        return False
    below = (rows[unit.id] for one in hidden for unit in one.walk())
    # The whole is not hidden for the sake of a unit.
    whole_alone = is_whole and not inside
    return whole_alone or not any(_is_pinned(people, left) for people in below)


def _is_pinned(people: int, left: int) -> bool:
    """Whether a hidden unit makes up so much of what is left over that its mean is bounded.

    The others could have said anything from 0 to 100, and what is shown is rounded to one point on
    either side: that leaves the unit's mean an interval of (100 x others + 2 x left) / people.
    """
    return 100 * (left - people) + 2 * left < LEAST_WIDTH * people


def _one_more(group: Group, rows: Mapping[str, int], shown: set[str]) -> str:
    inside = [child.id for child in group.children if child.id in shown]
    return min(inside, key=lambda name: (rows[name], name), default=group.id)


def _add_up(group: Group, own: Mapping[str, int], rows: dict[str, int]) -> int:
    """`rows` of a group: its own and those of all groups inside it."""
    inside = sum(_add_up(child, own, rows) for child in group.children)
    rows[group.id] = own.get(group.id, 0) + inside
    return rows[group.id]
