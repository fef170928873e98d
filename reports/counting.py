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
from reports.layout import Layout
from reports.products import Products
from reports.responses import GroupColumn, ResponseTable
from reports.scoring import points
from reports.tabulation import Rows, Table
from reports.tallies import Cell, Crossing, GroupTallies, Tallies

K = TypeVar("K", bound=Hashable)

BATCH = 1 << 24  # answers that are recoded at once
PENDING = 1 << 20  # entries of histograms that wait to be merged
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
    return Tallies(
        layout,
        next(iter(found.values())).together(),
        {column: _without_none(found[column]) for column in columns},
        products.finish() if products else None,
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
    return GroupTallies(found.layout, named, found.rows, found.counts, found.complete)


@dataclass(frozen=True)
class _Run:
    """Variables that are counted in one go, with the scale whose complete rows count apart.

    `is_new` tells the variables that no run before has counted.
    """

    scale: int | None
    variables: tuple[int, ...]
    is_new: NDArray[np.bool_]


def _runs(layout: Layout) -> Iterator[_Run]:
    """A run for every scale, and one for the variables that are in no scale."""
    met: set[int] = set()
    for number, key in enumerate(layout.keys):
        yield _Run(number, key.columns, np.array([column not in met for column in key.columns]))
        met |= {*key.columns}
    others = tuple(place for place in range(len(layout.variables)) if place not in met)
    yield _Run(None, others, np.ones(len(others), np.bool_))


class _Parts:
    """Parts of a histogram, merged when many are waiting."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._parts: list[Counts] = []
        self._waiting = 0

    def add(self, groups: Integers, places: Integers, counts: Integers) -> None:
        """Add counts of places in groups, in any order."""
        self._parts.append((groups * self.size + places, counts))
        self._waiting += len(counts)
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
        *self.starts, size = layout.starts.tolist()
        self.counts = _Parts(size)
        self.moments = [np.zeros((0, 2 * len(key.items)), np.int64) for key in layout.keys]

    def add(self, batch: Batch, values: Sequence[K], index: NDArray[np.integer]) -> None:
        """Count a batch; row i belongs to the group `values`[`index`[i]]."""
        local = np.zeros(len(values), np.int64)
        occurs = np.bincount(index % max(1, len(values)), minlength=len(values))  # -1 is the last
        for at in np.flatnonzero(occurs).tolist():
            local[at] = self.place.setdefault(values[at], len(self.place))
        rows = Rows(local[index], len(self.place))
        self.rows = _longer(self.rows, rows.size) + np.bincount(rows.groups, minlength=rows.size)
        self.moments = [_longer(moments, rows.size) for moments in self.moments]
        starts = self.starts[len(self.layout.variables) :]
        further = iter(starts[len(batch.scales) :])
        for place, scale in enumerate(batch.scales):
            self._add_table(rows.table(scale.places, self.layout.sizes[place]), starts[place])
            if scale.points is not None:
                complete = Rows(rows.groups[scale.is_complete], rows.size)
                points = scale.points[scale.is_complete]
                self._add_table(complete.table(points, self.layout.points[place]), next(further))
        for run in self.runs:
            self._add_run(batch, run, rows)

    def _add_table(self, table: Table, start: int) -> None:
        self.counts.add(table.groups, table.places + start, table.counts)

    def _add_run(self, batch: Batch, run: _Run, rows: Rows) -> None:
        """Count variables, apart in complete rows where the run has a scale."""
        columns = [batch.columns[place] for place in run.variables]
        widths = [self.layout.widths[place] for place in run.variables]
        flags = None if run.scale is None else batch.scales[run.scale].is_complete
        starts = self.layout.starts[[*run.variables]]
        for table in rows.tables(columns, widths, self.layout.lowest, flags):
            new = run.is_new[table.columns]
            self.counts.add(
                table.groups[new], table.places[new] + starts[table.columns[new]], table.counts[new]
            )
            if run.scale is not None:
                self._add_moments(run.scale, table)

    def _add_moments(self, scale: int, table: Table) -> None:
        """Add the points, and their squares, of items in complete rows."""
        codes, counts = table.places + self.layout.lowest, table.counts * table.flags
        worth = points(self.layout.keys[scale], codes, table.columns)
        k = self.moments[scale].shape[1] // 2
        flat = self.moments[scale].reshape(-1)
        sums_of = table.groups * (2 * k) + table.columns
        np.add.at(flat, sums_of, counts * worth)
        np.add.at(flat, sums_of + k, counts * worth * worth)

    def finish(self) -> GroupTallies[K]:
        """The groups, all of which have rows."""
        order, counts = tuple(self.place), self.counts.finish()
        return GroupTallies(self.layout, order, self.rows, counts, tuple(self.moments))


def _longer(array: Integers, size: int) -> Integers:
    """With rows of zeros up to `size`."""
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), np.int64)])
