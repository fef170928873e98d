"""What does not fit within one group of a tally file: its rows, answers and persons."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from reports.layout import Layout, sums
from reports.scoring import ScoringKey
from reports.tally_document import CompletePart, GroupPart

Found = Iterator[tuple[str, str]]  # places and sentences
Moments = tuple[int, int, int]  # how many, their sum, the sum of their squares


def of_group(group: GroupPart, layout: Layout, place: str) -> Found:
    """What a group says of itself that cannot be: the place and a sentence."""
    names = [variable.name for variable in layout.variables]
    scales = [key.scale.id for key in layout.keys]
    if {*group.items} != {*names} or {*group.scales} != {*scales}:
        yield place, "Its items and scales are not those of the questionnaire."
        return
    for variable in layout.variables:
        where, counts = f"{place}.items.{variable.name}", group.items[variable.name]
        for code, _ in counts:
            if code not in layout.missing.values() and not variable.permits(code):
                yield where, f"{code} is not a code of it."
        if not is_ascending(counts, 1):
            yield where, "Its codes stand twice or out of order."
        if sum(n for _, n in counts) != group.n:
            yield where, f"Its counts do not add up to the {group.n} rows of the group."
    for number, key in enumerate(layout.keys):
        where = f"{place}.scales.{key.scale.id}"
        yield from _of_people(group, key, where)
        yield from _of_complete(group, key, where)
        yield from _of_points(group.scales[key.scale.id].complete, layout, number, where)


def _of_people(group: GroupPart, key: ScoringKey, place: str) -> Found:
    people, k = group.scales[key.scale.id].people, len(key.items)
    if sum(n for _, _, n in people) != group.n:
        yield place, f"Its persons do not add up to the {group.n} rows of the group."
    if any(answered > k or total >= sums(key) for answered, total, _ in people):
        yield place, f"More is answered or summed up than its {k} items allow."
    if not is_ascending(people, 2):
        yield place, "Its persons stand twice or out of order."
    items = moments(group, key)
    if sum(answered * n for answered, _, n in people) != sum(valid for valid, _, _ in items):
        yield place, "Its persons answered more or less than its items were."
    points = sum(total for _, total, _ in items)
    if key.favourable is None and sum(total * n for _, total, n in people) != points:
        yield place, "Its persons have more or less points than its items."


def _of_complete(group: GroupPart, key: ScoringKey, place: str) -> Found:
    """The rows that answered all items of a scale, beside its persons and its items."""
    scale, k = group.scales[key.scale.id], len(key.items)
    rows, n = scale.complete, sum(n for _, n in scale.complete.points)
    in_full = [(total, n) for answered, total, n in scale.people if answered == k]
    if n != sum(n for _, n in in_full):
        yield place, f"It has {n} complete rows, and others by items answered."
    elif key.favourable is None and [*rows.points] != in_full:
        yield place, "The points of its complete rows are not those of its persons."
    if (len(rows.sums), len(rows.squares)) != (k, k):
        yield place, f"Its complete rows have not {k} sums and squares."
        return
    items = zip(moments(group, key), rows.sums, rows.squares, strict=True)
    for (_, total, squares), own, square in items:
        if own > total or square > squares:
            yield place, "Its complete rows have more points than all rows."
        if not can_be(n, own, square):
            yield place, "Its squares are not those of its sums."


def _of_points(rows: CompletePart, layout: Layout, number: int, place: str) -> Found:
    """Complete rows by their sum of points."""
    most = layout.points.get(number)
    if most is not None and any(points >= most for points, _ in rows.points):
        yield place, "More points are summed up than its items allow."
    if not is_ascending(rows.points, 1):
        yield place, "The points of its complete rows stand twice or out of order."
    if sum(rows.sums) != sum(total * n for total, n in rows.points):
        yield place, "The sums of its items are not the points of its complete rows."


def moments(group: GroupPart, key: ScoringKey) -> list[Moments]:
    """Of each item of a scale the answers, their points after reversing, and the squares."""
    found = []
    for name, mirror in zip(key.items, key.mirrors, strict=True):
        points = [
            (code if mirror is None else mirror - code, n)
            for code, n in group.items[name]
            if code >= 0
        ]
        n, total = sum(n for _, n in points), sum(point * n for point, n in points)
        found.append((n, total, sum(point * point * n for point, n in points)))
    return found


def can_be(n: int, total: int, squares: int) -> bool:
    """Whether `n` whole numbers from 0 can have this sum and these squares."""
    return total <= squares <= total * total <= n * squares


def is_ascending(entries: Iterable[tuple[int, ...]], size: int) -> bool:
    """Whether the first `size` numbers of entries stand once and in order."""
    return all(one[:size] < other[:size] for one, other in pairwise(entries))
