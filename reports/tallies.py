"""Tallies of many groups: arrays of whole numbers that add up, and the `Tally` of each group.

`GroupTallies` keeps the groups of a column beside each other, so that statistics can be computed
for all of them at once (`reports.statistics.groups`). `+` is exact, associative and commutative,
and the sum of two parts equals what is counted from their rows together.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import add
from typing import TypeVar

import numpy as np

from questionnaires.variables import Variable
from reports.histogram import Counts, Histogram, Integers
from reports.layout import Layout, sums
from reports.scoring import ScoringKey
from reports.tally import CompleteTally, ItemTally, ScaleTally, Tally

K = TypeVar("K", bound=Hashable)
Cell = tuple[str | None, ...]  # a row's value in each of several columns, None where it has none


@dataclass(frozen=True, eq=False)
class GroupTallies(Mapping[K, Tally]):
    """The groups of a column (g of them, all with rows), by their value.

    `rows` (g,) are numbers of responses. `answers` has a histogram per variable, `scores` one per
    scale; their groups stand in the order of `order`, their places are those of the `Layout`.
    `complete` has per scale (g, 1 + 2k) about the rows that answered all k items: the squared
    sum of points, then per item the points, then their squares.
    """

    layout: Layout
    order: tuple[K, ...]
    rows: Integers
    answers: tuple[Histogram, ...]
    scores: tuple[Histogram, ...]
    complete: tuple[Integers, ...]

    def __getitem__(self, value: K) -> Tally:
        place = self._place[value]
        return self._tally(
            int(self.rows[place]),
            [found.of_group(place) for found in self.answers],
            [found.of_group(place) for found in self.scores],
            [found[place] for found in self.complete],
        )

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
            tuple(map(add, mine.answers, theirs.answers)),
            tuple(map(add, mine.scores, theirs.scores)),
            tuple(map(add, mine.complete, theirs.complete)),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GroupTallies) or self._place.keys() != other._place.keys():
            return False
        there = other.arranged(self.order)
        return (
            self.layout.questionnaire.fingerprint == there.layout.questionnaire.fingerprint
            and np.array_equal(self.rows, there.rows)
            and self.answers == there.answers
            and self.scores == there.scores
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

    def together(self) -> Tally:
        """The tally of all groups, without relations."""
        complete = [found.sum(axis=0) for found in self.complete]
        return self._tally(
            int(self.rows.sum()),
            [found.together() for found in self.answers],
            [found.together() for found in self.scores],
            complete,
        )

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
            tuple(found.moved(to) for found in self.answers),
            tuple(found.moved(to) for found in self.scores),
            tuple(map(rows, self.complete)),
        )

    @cached_property
    def _place(self) -> dict[K, int]:
        return {value: place for place, value in enumerate(self.order)}

    def _tally(
        self,
        n: int,
        answers: Iterable[Counts],
        scores: Iterable[Counts],
        complete: Iterable[Integers],
    ) -> Tally:
        layout = self.layout
        items = {
            variable.name: self._item(variable, *found)
            for variable, found in zip(layout.variables, answers, strict=True)
        }
        scales = {
            key.scale.id: _scale(key, scored, sums_of)
            for key, scored, sums_of in zip(layout.keys, scores, complete, strict=True)
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
            variable.name: self._by_cell(found, layout.lowest)
            for variable, found in zip(layout.variables, self.cells.answers, strict=True)
        }

    @cached_property
    def scales(self) -> Mapping[str, Mapping[Cell, Mapping[tuple[int, int], int]]]:
        """Per scale and cell the persons by (items answered, sum), as in `ScaleTally.people`."""
        return {
            key.scale.id: {
                cell: people(key, *found.of_group(place))
                for place, cell in enumerate(self.cells.order)
            }
            for key, found in zip(self.cells.layout.keys, self.cells.scores, strict=True)
        }

    def _by_cell(self, found: Histogram, lowest: int) -> dict[Cell, dict[int, int]]:
        cells: dict[Cell, dict[int, int]] = {}
        for group, place, count in zip(*(part.tolist() for part in found.entries), strict=True):
            if place + lowest >= 0:
                cells.setdefault(self.cells.order[group], {})[place + lowest] = count
        return cells

    def __add__(self, other: "Crossing") -> "Crossing":
        return Crossing(self.columns, self.cells + other.cells)


@dataclass(frozen=True)
class Tallies:
    """The tally of all rows, and per grouping column those of its groups.

    Rows without a value in a column are in `whole` and in no group of that column. `crossing` is
    there where it was asked for, and the columns cross in no more cells than can be guarded.
    """

    layout: Layout
    whole: Tally
    groups: Mapping[str, GroupTallies[str]]
    crossing: Crossing | None = None

    def __add__(self, other: "Tallies") -> "Tallies":
        check_same(self.layout, other.layout)
        if {*self.groups} != {*other.groups}:
            raise ValueError("tallies that are grouped by different columns cannot be merged")
        mine, theirs = self.crossing, other.crossing
        return Tallies(
            self.layout,
            self.whole + other.whole,
            {column: groups + other.groups[column] for column, groups in self.groups.items()},
            None if mine is None or theirs is None else mine + theirs,
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


def _scale(key: ScoringKey, scored: Counts, complete: Integers) -> ScaleTally:
    k, found, sums_of = len(key.items), people(key, *scored), tuple(complete.tolist())
    return ScaleTally(
        key.items,
        key.min_valid,
        key.factor,
        key.minimum,
        key.maximum,
        found,
        CompleteTally(
            sum(n for (answered, _), n in found.items() if answered == k),
            sums_of[1 : k + 1],
            sums_of[k + 1 :],
            sums_of[0],
        ),
    )
