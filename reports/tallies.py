"""Tallies of many groups: arrays of whole numbers that add up, and the `Tally` of each group.

`GroupTallies` keeps the groups of a column beside each other, so that statistics can be computed
for all of them at once (`reports.statistics.groups`). `+` is exact, associative and commutative,
and the sum of two parts equals what is counted from their rows together.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from operator import add
from typing import TypeVar

import numpy as np

from questionnaires.variables import Variable
from reports.histogram import Counts, Entries, Histogram, Integers
from reports.layout import Layout, sums
from reports.scoring import ScoringKey
from reports.tally import CompleteTally, ItemTally, Relations, ScaleTally, Tally

K = TypeVar("K", bound=Hashable)
Cell = tuple[str | None, ...]  # a row's value in each of several columns, None where it has none


@dataclass(frozen=True, eq=False)
class GroupTallies(Mapping[K, Tally]):
    """The groups of a column (g of them, all with rows), by their value.

    `rows` (g,) are numbers of responses. `counts` has all tables of the `Layout` behind each other;
    its groups stand in the order of `order`. `complete` has per scale (g, 2k), over the rows that
    answered all k items, the points per item, then their squares.
    """

    layout: Layout
    order: tuple[K, ...]
    rows: Integers
    counts: Histogram
    complete: tuple[Integers, ...]

    def __getitem__(self, value: K) -> Tally:
        place = self._place[value]
        complete = [found[place] for found in self.complete]
        return self._tally(int(self.rows[place]), self.counts.of_group(place), complete)

    def __iter__(self) -> Iterator[K]:
        return iter(self.order)

    def __len__(self) -> int:
        return len(self.order)

    def __contains__(self, value: object) -> bool:
        return value in self._place

    def __add__(self, other: "GroupTallies[K]") -> "GroupTallies[K]":
        check_same(self.layout, other.layout)
        order = (*self.order, *(value for value in other.order if value not in self))
        mine, theirs = self.arranged(order), other.arranged(order)
        return GroupTallies(
            self.layout,
            order,
            mine.rows + theirs.rows,
            mine.counts + theirs.counts,
            tuple(map(add, mine.complete, theirs.complete)),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GroupTallies) or self._place.keys() != other._place.keys():
            return False
        there = other.arranged(self.order)
        return (
            self.layout.questionnaire.fingerprint == there.layout.questionnaire.fingerprint
            and np.array_equal(self.rows, there.rows)
            and self.counts == there.counts
            and all(map(np.array_equal, self.complete, there.complete))
        )

    __hash__ = None  # type: ignore[assignment] # arrays can change

    def arranged(self, order: tuple[K, ...]) -> "GroupTallies[K]":
        """The groups of `order`, in that order; those that are not here have no rows."""
        if order == self.order:
            return self
        place = {value: number for number, value in enumerate(order)}
        to = np.array([place.get(value, -1) for value in self.order], np.int64)
        return self._moved(order, to, len(order))

    def together(self) -> "GroupTallies[None]":
        """Everybody in one group."""
        return GroupTallies(
            self.layout,
            (None,),
            self.rows.sum(keepdims=True),
            self.counts.together(),
            tuple(found.sum(axis=0, keepdims=True) for found in self.complete),
        )

    def answers(self, variable: int) -> Entries:
        """Group, place and count of the answers to a variable, by group and place."""
        return self._tables[variable]

    def scores(self, scale: int) -> Entries:
        """Group, place and count of the persons of a scale, by group and place."""
        return self._tables[len(self.layout.variables) + scale]

    def points(self, scale: int) -> Entries:
        """Group, sum of points and count of the rows that are complete in a scale."""
        key = self.layout.keys[scale]
        if key.favourable is not None:
            further = len(self.layout.keys) + [*self.layout.points].index(scale)
            return self._tables[len(self.layout.variables) + further]
        groups, places, counts = self.scores(scale)
        answered, total = np.divmod(places, sums(key))
        whole = answered == len(key.items)
        return groups[whole], total[whole], counts[whole]

    @cached_property
    def _tables(self) -> list[Entries]:
        return self.counts.split(self.layout.starts)

    def _moved(self, order: tuple[K, ...], to: Integers, n: int) -> "GroupTallies[K]":
        """With group i as number `to`[i] of `n`, or left out where that is -1."""

        def rows(array: Integers) -> Integers:
            moved = np.zeros((n, *array.shape[1:]), np.int64)
            np.add.at(moved, to[to >= 0], array[to >= 0])
            return moved

        return GroupTallies(
            self.layout,
            order,
            rows(self.rows),
            self.counts.moved(to),
            tuple(map(rows, self.complete)),
        )

    @cached_property
    def _place(self) -> dict[K, int]:
        return {value: place for place, value in enumerate(self.order)}

    def _tally(self, n: int, found: Counts, complete: Iterable[Integers]) -> Tally:
        layout, (places, counts) = self.layout, found
        borders = np.searchsorted(places, layout.starts).tolist()
        tables = [
            (places[first:last] - start, counts[first:last])
            for (first, last), start in zip(pairwise(borders), layout.starts[:-1], strict=True)
        ]
        n_items, n_scales = len(layout.variables), len(layout.keys)
        points = dict(zip(layout.points, tables[n_items + n_scales :], strict=True))
        items = {
            variable.name: self._item(variable, *table)
            for variable, table in zip(layout.variables, tables[:n_items], strict=True)
        }
        scales = {
            key.scale.id: _scale(key, table, points.get(number), sums_of)
            for number, (key, table, sums_of) in enumerate(
                zip(layout.keys, tables[n_items : n_items + n_scales], complete, strict=True)
            )
        }
        return Tally(n, items, scales)

    def _item(self, variable: Variable, places: Integers, counts: Integers) -> ItemTally:
        codes = (places + self.layout.lowest).tolist()
        found = dict(zip(codes, counts.tolist(), strict=True))
        missing = {kind: found.pop(code, 0) for kind, code in self.layout.missing.items()}
        asked = variable.codes or tuple(found)
        return ItemTally(asked, tuple(found.get(code, 0) for code in asked), missing)


@dataclass(frozen=True)
class Crossing:
    """Answers and scores where several grouping columns cross; every row is in one cell."""

    columns: tuple[str, ...]
    cells: GroupTallies[Cell]

    @cached_property
    def rows(self) -> Mapping[Cell, int]:
        """Rows per cell."""
        return dict(zip(self.cells.order, self.cells.rows.tolist(), strict=True))

    @cached_property
    def items(self) -> Mapping[str, Mapping[Cell, Mapping[int, int]]]:
        """Per variable and cell the answers by code; cells without any are left out."""
        layout = self.cells.layout
        return {
            variable.name: self._by_cell(self.cells.answers(number), layout.lowest)
            for number, variable in enumerate(layout.variables)
        }

    @cached_property
    def scales(self) -> Mapping[str, Mapping[Cell, Mapping[tuple[int, int], int]]]:
        """Per scale and cell the persons by (items answered, sum), as in `ScaleTally.people`."""
        found: dict[str, dict[Cell, dict[tuple[int, int], int]]] = {}
        for number, key in enumerate(self.cells.layout.keys):
            groups, places, counts = self.cells.scores(number)
            borders = np.searchsorted(groups, np.arange(len(self.cells) + 1)).tolist()
            found[key.scale.id] = {
                cell: people(key, places[first:last], counts[first:last])
                for cell, (first, last) in zip(self.cells.order, pairwise(borders), strict=True)
            }
        return found

    def _by_cell(self, found: Entries, lowest: int) -> dict[Cell, dict[int, int]]:
        cells: dict[Cell, dict[int, int]] = {}
        for group, place, count in zip(*(part.tolist() for part in found), strict=True):
            if place + lowest >= 0:
                cells.setdefault(self.cells.order[group], {})[place + lowest] = count
        return cells

    def __add__(self, other: "Crossing") -> "Crossing":
        return Crossing(self.columns, self.cells + other.cells)


@dataclass(frozen=True)
class Tallies:
    """The tallies of all rows, and per grouping column those of its groups.

    Rows without a value in a column are in `everybody` and in no group of that column.
    `relations` and `crossing` are there where they were asked for; the latter where the columns
    cross in no more cells than can be guarded.
    """

    layout: Layout
    everybody: GroupTallies[None]
    groups: Mapping[str, GroupTallies[str]]
    relations: Relations | None = None
    crossing: Crossing | None = None

    @cached_property
    def whole(self) -> Tally:
        """The tally of all rows."""
        return replace(self.everybody[None], relations=self.relations)

    def __add__(self, other: "Tallies") -> "Tallies":
        check_same(self.layout, other.layout)
        if {*self.groups} != {*other.groups}:
            raise ValueError("tallies that are grouped by different columns cannot be merged")
        relations, crossing = self.relations, self.crossing
        return Tallies(
            self.layout,
            self.everybody + other.everybody,
            {column: groups + other.groups[column] for column, groups in self.groups.items()},
            relations + other.relations if relations and other.relations else None,
            crossing + other.crossing if crossing and other.crossing else None,
        )


def check_same(one: Layout, other: Layout) -> None:
    """Only tallies of one version of a questionnaire can be merged.

    Raises:
        ValueError: the questionnaires differ.
    """
    if one.questionnaire.fingerprint != other.questionnaire.fingerprint:
        raise ValueError("tallies of different questionnaires cannot be merged")


def people(key: ScoringKey, places: Integers, counts: Integers) -> dict[tuple[int, int], int]:
    """Persons by (items answered, sum of points)."""
    answered, total = np.divmod(places, sums(key))
    found = zip(answered.tolist(), total.tolist(), strict=True)
    return dict(zip(found, counts.tolist(), strict=True))


def _scale(
    key: ScoringKey, scored: Counts, points: Counts | None, complete: Integers
) -> ScaleTally:
    k, found, sums_of = len(key.items), people(key, *scored), tuple(complete.tolist())
    rows = (
        {total: n for (answered, total), n in found.items() if answered == k}
        if points is None
        else dict(zip(*(part.tolist() for part in points), strict=True))
    )
    return ScaleTally(
        key.items,
        key.min_valid,
        key.factor,
        key.minimum,
        key.maximum,
        found,
        CompleteTally(sums_of[:k], sums_of[k:], rows),
    )
