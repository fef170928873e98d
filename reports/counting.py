"""Counting: response tables in, tallies out, in one streamed pass.

Answers are counted column by column (`reports.tabulation`), together with whether their scale is
complete. No loop runs over rows or groups.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import Questionnaire
from reports.batches import Batch
from reports.histogram import Counts, Histogram, Integers, merged
from reports.layout import Layout, sums
from reports.products import Products
from reports.responses import GroupColumn, ResponseTable
from reports.tabulation import Rows, Table
from reports.tallies import Cell, Crossing, GroupTallies, Tallies

K = TypeVar("K", bound=Hashable)

BATCH = 1 << 24  # answers that are recoded at once
PENDING = 1 << 20  # entries of histograms that wait to be merged
POINTS = 1 << 24  # sums of points stay below this
CROSSED = 10_000  # cells in which columns may cross; more are not guarded, so not counted


def tally(
    tables: Iterable[ResponseTable],
    questionnaire: Questionnaire,
    columns: Sequence[str] = (),
    *,
    crossed: bool = False,
    related: bool = True,
) -> Tallies:
    """Tallies of all rows of `tables` together, and of the groups of each of `columns`.

    With `crossed` also the answers where these columns cross; without `related` no relations of
    items and scores. Every table has all variables of the questionnaire and these `columns`; the
    tables may hold any number of rows, none included, and are read once. Groups come in the
    order in which they were first met.

    Raises:
        DefinitionError: a scale cannot be scored (see `scoring_keys`).
    """
    layout = Layout(questionnaire)
    counts = {column: _Groups[str | None](layout) for column in columns or (None,)}
    crossing = _Groups[Cell](layout) if crossed else None
    products = Products(layout) if related else None
    for part in (part for table in tables for part in _batches(table)):
        batch = Batch.of(layout, part.answers)
        for column, counted in counts.items():
            counted.add(batch, *_values(part, column))
        if products is not None:
            products.add(batch)
        if crossing is not None:
            cells, index = _cells(part, columns)
            if len({*crossing.place, *cells}) <= CROSSED:
                crossing.add(batch, cells, index)
            else:
                crossing = None
    found = {column: counted.finish() for column, counted in counts.items()}
    whole = next(iter(found.values())).together()
    return Tallies(
        layout,
        replace(whole, relations=products.finish() if products else None),
        {column: _without_none(found[column]) for column in columns},
        Crossing(tuple(columns), crossing.finish()) if crossing else None,
    )


def _batches(table: ResponseTable) -> Iterator[ResponseTable]:
    """Parts of a table that are small enough to be recoded at once."""
    size = max(1, BATCH // max(1, len(table.variables)))
    for start in range(0, table.n, size):
        rows = slice(start, start + size)
        groups = {
            name: GroupColumn(column.values, column.index[rows])
            for name, column in table.groups.items()
        }
        yield replace(table, answers=table.answers[rows], groups=groups)


def _values(
    table: ResponseTable, column: str | None
) -> tuple[list[str | None], NDArray[np.integer]]:
    """The values of a grouping, None last where it occurs, and per row (n,) its place there."""
    if column is None:
        return [None], np.zeros(table.n, np.int64)
    group = table.groups[column]
    none = [None] if (group.index < 0).any() else []
    return [*group.values, *none], group.index


def _cells(table: ResponseTable, columns: Sequence[str]) -> tuple[list[Cell], Integers]:
    """The cells in which groupings cross, and per row (n,) the place among them."""
    cells: list[Cell] = [()]
    places = np.zeros(table.n, np.int64)
    for column in columns:
        values, index = _values(table, column)
        keys, places = np.unique(places * len(values) + index % len(values), return_inverse=True)
        before, own = np.divmod(keys, len(values))
        cells = [
            (*cells[at], values[place])
            for at, place in zip(before.tolist(), own.tolist(), strict=True)
        ]
    return cells, places


def _without_none(groups: GroupTallies[str | None]) -> GroupTallies[str]:
    named = tuple(value for value in groups.order if value is not None)
    found = groups.arranged(named)
    return GroupTallies(
        found.layout, named, found.rows, found.answers, found.scores, found.complete
    )


@dataclass(frozen=True)
class _Run:
    """Variables that are counted in one go, with the scale whose complete rows count apart.

    `is_new` tells the variables that no run before has counted.
    """

    scale: int | None
    variables: tuple[int, ...]
    is_new: tuple[bool, ...]


def _runs(layout: Layout) -> Iterator[_Run]:
    """A run for every scale, and one for the variables that are in no scale."""
    met: set[int] = set()
    for number, key in enumerate(layout.keys):
        yield _Run(number, key.columns, tuple(column not in met for column in key.columns))
        met |= {*key.columns}
    others = tuple(place for place in range(len(layout.variables)) if place not in met)
    yield _Run(None, others, (True,) * len(others))


class _Parts:
    """Parts of a histogram, merged when many are waiting."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._parts: list[Counts] = []
        self._waiting = 0

    def add(self, table: Table) -> None:
        """Add a table."""
        self._parts.append((table.groups * self.size + table.places, table.counts))
        self._waiting += len(table.counts)
        if self._waiting > PENDING:
            self._parts, self._waiting = [merged(self._parts)], 0

    def finish(self) -> Histogram:
        """All parts together."""
        return Histogram.of(self.size, self._parts)


class _Groups(Generic[K]):
    """The groups of a partition of the rows, while they are counted."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.place: dict[K, int] = {}
        self.rows = np.zeros(0, np.int64)
        self.runs = [*_runs(layout)]
        self.answers = [_Parts(width) for width in layout.widths]
        self.scores = [_Parts(size) for size in layout.sizes]
        self.points = [_Parts(POINTS) for _ in layout.keys]
        self.moments = [np.zeros((0, 2, len(key.items)), np.int64) for key in layout.keys]

    def add(self, batch: Batch, values: Sequence[K], index: NDArray[np.integer]) -> None:
        """Count a batch; row i belongs to the group `values`[`index`[i]]."""
        local = [self.place.setdefault(value, len(self.place)) for value in values]
        rows = Rows(np.array(local, np.int64)[index], len(self.place))
        self.rows = _longer(self.rows, rows.size) + np.bincount(rows.groups, minlength=rows.size)
        self.moments = [_longer(moments, rows.size) for moments in self.moments]
        for scale, scores, points in zip(batch.scales, self.scores, self.points, strict=True):
            scores.add(rows.table(scale.places, scores.size))
            if scale.points is not None:
                complete = Rows(rows.groups[scale.is_complete], rows.size)
                points.add(complete.table(scale.points[scale.is_complete], points.size))
        for run in self.runs:
            self._add_run(batch, run, rows)

    def _add_run(self, batch: Batch, run: _Run, rows: Rows) -> None:
        """Count variables, apart in complete rows where the run has a scale."""
        columns = [batch.columns[place] for place in run.variables]
        widths = [self.layout.widths[place] for place in run.variables]
        flags = None if run.scale is None else batch.scales[run.scale].is_complete
        tables = rows.tables(columns, widths, self.layout.lowest, flags)
        for at, table in enumerate(tables):
            if run.is_new[at]:
                self.answers[run.variables[at]].add(table)
            if run.scale is not None:
                self._add_moments(run.scale, at, table)

    def _add_moments(self, scale: int, item: int, table: Table) -> None:
        """Add the points, and their squares, of an item in complete rows."""
        mirror, codes = self.layout.keys[scale].mirrors[item], table.places + self.layout.lowest
        points = codes if mirror is None else mirror - codes
        counts = table.counts * table.flags
        np.add.at(self.moments[scale][:, 0, item], table.groups, counts * points)
        np.add.at(self.moments[scale][:, 1, item], table.groups, counts * points * points)

    def finish(self) -> GroupTallies[K]:
        """The groups that have rows."""
        order = tuple(self.place)
        answers = tuple(parts.finish() for parts in self.answers)
        scores = tuple(parts.finish() for parts in self.scores)
        complete = tuple(self._complete(*found) for found in enumerate(scores))
        found = GroupTallies(self.layout, order, self.rows, answers, scores, complete)
        kept = (value for value, rows in zip(order, self.rows, strict=True) if rows)
        return found.arranged(tuple(kept))

    def _complete(self, scale: int, scores: Histogram) -> Integers:
        """What `GroupTallies.complete` has of one scale."""
        key, moments = self.layout.keys[scale], self.moments[scale]
        if key.favourable is None:
            groups, places, counts = scores.entries
            answered, total = np.divmod(places, sums(key))
            counts = np.where(answered == len(key.items), counts, 0)
        else:
            groups, total, counts = self.points[scale].finish().entries
        squares = np.zeros((len(moments), 1), np.int64)
        np.add.at(squares[:, 0], groups, counts * total * total)
        return np.hstack([squares, *np.moveaxis(moments, 1, 0)])


def _longer(array: Integers, size: int) -> Integers:
    """With rows of zeros up to `size`."""
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), np.int64)])
