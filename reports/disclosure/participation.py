"""Participation (R7): who took part is shown only where nobody's silence can be worked out."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction

from reports.disclosure.categories import half_up
from reports.disclosure.groups import Group
from reports.disclosure.limits import ASKED, SILENT
from reports.disclosure.results import Participation
from reports.disclosure.values import HIDDEN, Value, show


def participation(
    tree: Group, rows: Mapping[str, int], visible: AbstractSet[str]
) -> dict[str, Value[Participation]]:
    """Participation of every group.

    `rows` are the responses per group, `visible` the groups that show any result; a group
    without any shows nothing. Where there are no head counts, the responses are shown. Where there
    are, nobody knows how many were asked of a category of a breakdown, so it shows nothing.
    """
    if all(group.head_count is None for group in tree.walk()):
        return {
            name: show(Participation(rows[name])) if name in visible else HIDDEN for name in rows
        }
    asked = {group.id: group for group in tree.walk()}
    shown = _shown(tree, rows, visible)
    return {name: show(_of(asked[name], rows)) if name in shown else HIDDEN for name in rows}


def _shown(tree: Group, rows: Mapping[str, int], visible: AbstractSet[str]) -> set[str]:
    """Hide the smallest child, then the group, until every remainder has 0 or >= 3 silent."""
    shown = {group.id for group in tree.walk() if group.id in visible and _possible(group, rows)}
    while True:
        for group in tree.walk():  # as for results: children of a hidden group are hidden
            if group.id not in shown:
                shown.difference_update(child.id for child in group.children)
        hide = next(
            (
                _smallest(group, rows, shown)
                for group in tree.walk()
                if group.id in shown and not _silent_enough(group, rows, shown)
            ),
            None,
        )
        if hide is None:
            return shown
        shown.discard(hide)


def _possible(group: Group, rows: Mapping[str, int]) -> bool:
    asked = group.head_count
    return asked is not None and asked >= ASKED and asked - rows[group.id] >= SILENT


def _silent_enough(group: Group, rows: Mapping[str, int], shown: set[str]) -> bool:
    inside = sum(_silent(child, rows) for child in group.children if child.id in shown)
    left = _silent(group, rows) - inside
    return left == 0 or left >= SILENT


def _silent(group: Group, rows: Mapping[str, int]) -> int:
    return (group.head_count or 0) - rows[group.id]


def _smallest(group: Group, rows: Mapping[str, int], shown: set[str]) -> str:
    children = [child.id for child in group.children if child.id in shown]
    return min(children, key=lambda name: (rows[name], name), default=group.id)


def _of(group: Group, rows: Mapping[str, int]) -> Participation:
    n, asked = rows[group.id], group.head_count or 0
    return Participation(n, asked, half_up(Fraction(100 * n, asked)))
