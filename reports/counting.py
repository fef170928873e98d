"""Counting: response tables in, tallies out, in one streamed pass.

Each batch costs one bincount for all item histograms, one per scale for the scores, and per
scale and group present two products of matrices. No loop runs over rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import MissingKind, Questionnaire
from questionnaires.variables import Variable, variables
from reports.responses import GroupColumn, ResponseTable, missing_codes
from reports.scoring import ScoringKey, counted, points, scoring_keys
from reports.tally import (
    Cell,
    CompleteTally,
    Crossing,
    ItemTally,
    PairTally,
    PairwiseTally,
    ScaleTally,
    Tallies,
    Tally,
    merge,
)

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

BATCH = 1 << 21  # answers that are recoded at once
DENSE = 1 << 22  # a histogram of more cells than this is counted by sorting
CROSSED = 10_000  # cells in which columns may cross; more are not guarded, so not counted


def tally(
    tables: Iterable[ResponseTable],
    questionnaire: Questionnaire,
    columns: Sequence[str] = (),
    *,
    crossed: bool = False,
) -> Tallies:
    """Tallies of all rows of `tables` together, and of the groups of each of `columns`.

    With `crossed` also the answers where these columns cross. Every table has all variables of
    the questionnaire and these `columns`; the tables may hold any number of rows, none included,
    and are read once. Groups come in the order in which they were first met.

    Raises:
        DefinitionError: a scale cannot be scored (see `scoring_keys`).
    """
    layout = _Layout(questionnaire)
    counts = {column: _Cells(layout) for column in columns or (None,)}
    crossing = _Crossed(layout, tuple(columns)) if crossed else None
    for table in tables:
        for part in _batches(table):
            if crossing is not None:
                crossing.add(part)
            for column, cells in counts.items():
                group = None if column is None else part.groups[column]
                cells.add(part.answers, cells.cells_of(group, part.n))
    finished = {column: cells.finish() for column, cells in counts.items()}
    whole, _ = next(iter(finished.values()))
    return Tallies(
        whole,
        {column: groups for column, (_, groups) in finished.items() if column is not None},
        crossing.finish() if crossing else None,
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


@dataclass(frozen=True)
class _Layout:
    """Where each variable and each scale finds its place in the flat histograms."""

    questionnaire: Questionnaire

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        return variables(self.questionnaire)

    @cached_property
    def keys(self) -> tuple[ScoringKey, ...]:
        return scoring_keys(self.questionnaire, self.variables)

    @cached_property
    def missing(self) -> dict[MissingKind, int]:
        return missing_codes(self.questionnaire.missing)

    @cached_property
    def lowest(self) -> int:
        return min(self.missing.values())

    @cached_property
    def starts(self) -> Integers:
        """Where the histogram of each variable begins; the last entry is the whole width."""
        widths = [variable.maximum - self.lowest + 1 for variable in self.variables]
        return np.concatenate([[0], np.cumsum(widths, dtype=np.int64)]).astype(np.int64)

    def items(self, places: Integers, counts: Integers) -> Iterator[tuple[str, ItemTally]]:
        """The tally of each variable, from the places of one cell that occur, ascending."""
        borders = np.searchsorted(places, self.starts)
        for number, variable in enumerate(self.variables):
            part = slice(borders[number], borders[number + 1])
            codes = (places[part] - self.starts[number] + self.lowest).tolist()
            found = dict(zip(codes, counts[part].tolist(), strict=True))
            missing = {kind: found.pop(code, 0) for kind, code in self.missing.items()}
            codes = variable.codes or tuple(sorted(found))
            yield (
                variable.name,
                ItemTally(codes, tuple(found.get(code, 0) for code in codes), missing),
            )

    @cached_property
    def score_columns(self) -> tuple[tuple[int, int], ...]:
        """(scale, answered) for every number of answers that gives a score."""
        return tuple(
            (place, answered)
            for place, key in enumerate(self.keys)
            for answered in range(key.min_valid, len(key.items) + 1)
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """One batch, recoded: matrices whose products are the sums we keep.

    float64 holds the sums of a batch exactly: they stay far below 2**53.
    """

    items: Integers  # (n, variables) places in the flat item histogram
    scores: list[Integers]  # per scale (n,) places in its histogram of (answered, sum)
    answers: list[Floats]  # per scale (n, 2k): points with 0 where missing, then 1 where answered
    complete: list[Floats]  # per scale (n, k + 1): points of complete rows, then 1 if complete
    sums: Floats  # (n, d): a scale's sum in the column of its number of answers
    has_score: Floats  # (n, d): 1 in that column

    @classmethod
    def of(cls, layout: _Layout, answers: NDArray[np.integer]) -> "_Batch":
        """Recode answers (n, variables)."""
        places = answers + (layout.starts[:-1] - layout.lowest)
        sums, has_score = np.zeros((2, len(answers), len(layout.score_columns)))
        batch = cls(places, [], [], [], sums, has_score)
        column = 0
        for key in layout.keys:
            column = batch._add_scale(key, points(key, answers), column)
        return batch

    def _add_scale(self, key: ScoringKey, taken: NDArray[np.int32], column: int) -> int:
        answered = taken >= 0
        valid = answered.sum(axis=1)
        total = counted(key, taken)
        whole = valid == len(key.items)
        self.scores.append(valid * _sums(key) + total)
        values = np.where(answered, taken, 0).astype(np.float64)
        self.answers.append(np.hstack([values, answered]))
        self.complete.append(np.column_stack([values * whole[:, None], whole]))
        rows = np.flatnonzero(valid >= key.min_valid)
        places = column + valid[rows] - key.min_valid
        self.sums[rows, places] = total[rows]
        self.has_score[rows, places] = 1
        return column + max(0, len(key.items) + 1 - key.min_valid)

    def parts(self, cells: Integers) -> Iterator[tuple[int, "_Batch"]]:
        """The rows of each cell that occurs; `cells` (n,) ascend."""
        present, first = np.unique(cells, return_index=True)
        for cell, start, stop in zip(present, first, [*first[1:], len(cells)], strict=True):
            yield int(cell), self._rows(slice(start, stop))

    def _rows(self, rows: slice) -> "_Batch":
        """Some rows."""
        return _Batch(
            self.items[rows],
            [places[rows] for places in self.scores],
            [values[rows] for values in self.answers],
            [values[rows] for values in self.complete],
            self.sums[rows],
            self.has_score[rows],
        )

    def products(self) -> Iterator[Floats]:
        """X'X of everything that is kept, in the order of `_Cells._no_products`."""
        for answers, complete in zip(self.answers, self.complete, strict=True):
            yield answers.T @ answers
            yield complete.T @ complete
        both = np.hstack([self.sums, self.has_score])
        yield both.T @ both
        yield np.square(self.sums).T @ self.has_score


def _sums(key: ScoringKey) -> int:
    """How many different sums a scale can have, from 0."""
    return len(key.items) * key.highest + 1


@dataclass
class _Histogram:
    """Counts of places 0 to `size` - 1 in each of many cells; only those that occur are kept."""

    size: int
    keys: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    counts: Integers = field(default_factory=lambda: np.empty(0, np.int64))

    def add(self, cells: Integers, places: Integers, n_cells: int) -> None:
        """Count `places` (n,) or (n, k) of rows in `cells` (n,)."""
        flat = (places.T + cells * self.size).ravel()
        if n_cells * self.size <= max(DENSE, flat.size):
            dense = np.bincount(flat, minlength=0)
            keys = np.flatnonzero(dense)
            counts = dense[keys]
        else:
            keys, counts = np.unique(flat, return_counts=True)
        self.keys, inverse = np.unique(np.concatenate([self.keys, keys]), return_inverse=True)
        # float64 weights are exact below 2**53 answers
        weights = np.concatenate([self.counts, counts])
        self.counts = np.bincount(inverse, weights, len(self.keys)).astype(np.int64)

    def of(self, cell: int) -> tuple[Integers, Integers]:
        """The places that occur in a cell, ascending, with their counts."""
        first, last = np.searchsorted(self.keys, [cell * self.size, (cell + 1) * self.size])
        return self.keys[first:last] - cell * self.size, self.counts[first:last]


class _Cells:
    """Sums for a partition of the rows into cells; cell 0 is the rows without a group."""

    def __init__(self, layout: _Layout) -> None:
        self.layout = layout
        self.cell_of: dict[str, int] = {}
        self.rows = np.zeros(1, np.int64)
        self.items = _Histogram(int(layout.starts[-1]))
        self.scores = [_Histogram((len(key.items) + 1) * _sums(key)) for key in layout.keys]
        self.products: list[list[Integers]] = [self._no_products()]

    def _no_products(self) -> list[Integers]:
        """Per scale the products of answers and of complete rows; last, those of scores."""
        sizes = [
            size for key in self.layout.keys for size in (2 * len(key.items), len(key.items) + 1)
        ]
        columns = len(self.layout.score_columns)
        shapes = [*((size, size) for size in sizes), (2 * columns, 2 * columns), (columns, columns)]
        return [np.zeros(shape, np.int64) for shape in shapes]

    def cells_of(self, column: GroupColumn | None, n: int) -> Integers:
        """The cell of each row; groups met for the first time get the next cells."""
        if column is None:
            return np.zeros(n, np.int64)
        local = np.zeros(len(column.values) + 1, np.int64)  # the last is index -1: no group
        for place, value in enumerate(column.values):
            local[place] = self.cell_of.setdefault(value, len(self.cell_of) + 1)
        return local[column.index]

    def add(self, answers: NDArray[np.integer], cells: Integers) -> None:
        """Count answers (n, variables) of rows in `cells` (n,); rows are sorted by cell first."""
        n_cells = len(self.cell_of) + 1
        if n_cells > 1:
            order = np.argsort(cells, kind="stable")
            answers, cells = answers[order], cells[order]
        batch = _Batch.of(self.layout, answers)
        self.rows = _longer(self.rows, n_cells) + np.bincount(cells, minlength=n_cells)
        self.items.add(cells, batch.items, n_cells)
        for histogram, places in zip(self.scores, batch.scores, strict=True):
            histogram.add(cells, places, n_cells)
        self.products += [self._no_products() for _ in range(n_cells - len(self.products))]
        for cell, part in batch.parts(cells):
            for total, product in zip(self.products[cell], part.products(), strict=True):
                np.add(total, product.astype(np.int64), out=total)

    def finish(self) -> tuple[Tally, dict[str, Tally]]:
        """The tally of all rows and of each group."""
        tallies = [self._tally(cell) for cell in range(len(self.products))]
        return merge(tallies), {value: tallies[cell] for value, cell in self.cell_of.items()}

    def _tally(self, cell: int) -> Tally:
        keys = self.layout.keys
        products = self.products[cell]
        scales = {
            key.scale.id: self._scale(key, self.scores[place].of(cell), *products[2 * place :][:2])
            for place, key in enumerate(keys)
        }
        items = dict(self.layout.items(*self.items.of(cell)))
        return Tally(int(self.rows[cell]), items, scales, self._pairs(*products[-2:]))

    @staticmethod
    def _scale(
        key: ScoringKey, people: tuple[Integers, Integers], answers: Integers, complete: Integers
    ) -> ScaleTally:
        k = len(key.items)
        return ScaleTally(
            key.items,
            key.min_valid,
            key.factor,
            key.minimum,
            key.maximum,
            _people(key, *people),
            CompleteTally(
                int(complete[k, k]), tuple(complete[k, :k].tolist()), _matrix(complete[:k, :k])
            ),
            PairwiseTally(*map(_matrix, (answers[:k, :k], answers[:k, k:], answers[k:, k:]))),
        )

    def _pairs(self, products: Integers, squares: Integers) -> dict[tuple[str, str], PairTally]:
        columns = self.layout.score_columns
        d = len(columns)
        cells: dict[tuple[int, int], dict[tuple[int, int], tuple[int, ...]]] = {
            pair: {} for pair in combinations(range(len(self.layout.keys)), 2)
        }
        for i, j in np.argwhere(products[d:, d:]).tolist():
            (a, answered_a), (b, answered_b) = columns[i], columns[j]
            if a < b:
                n, sum_a, sum_b = products[d + i, d + j], products[i, d + j], products[j, d + i]
                sums = (n, sum_a, sum_b, squares[i, j], squares[j, i], products[i, j])
                cells[a, b][answered_a, answered_b] = tuple(map(int, sums))
        names = [key.scale.id for key in self.layout.keys]
        return {(names[a], names[b]): PairTally(found) for (a, b), found in cells.items()}


class _Crossed:
    """Histograms for the cells in which several columns cross."""

    def __init__(self, layout: _Layout, columns: tuple[str, ...]) -> None:
        self.layout = layout
        self.columns = columns
        self.cell_of: dict[Cell, int] = {}
        self.rows = np.zeros(0, np.int64)
        self.items = _Histogram(int(layout.starts[-1]))
        self.scores = [_Histogram((len(key.items) + 1) * _sums(key)) for key in layout.keys]

    def add(self, part: ResponseTable) -> None:
        """Count the rows of a table, unless there are too many cells already."""
        if len(self.cell_of) > CROSSED:
            return
        cells = self._cells(part)
        n_cells = len(self.cell_of)
        batch = _Batch.of(self.layout, part.answers)
        self.rows = _longer(self.rows, n_cells) + np.bincount(cells, minlength=n_cells)
        self.items.add(cells, batch.items, n_cells)
        for histogram, places in zip(self.scores, batch.scores, strict=True):
            histogram.add(cells, places, n_cells)

    def _cells(self, part: ResponseTable) -> Integers:
        """The cell of each row; cells met for the first time come next."""
        groups = [part.groups[column] for column in self.columns]
        places = np.array([group.index for group in groups], np.int64).reshape(len(groups), part.n)
        met, which = np.unique(places, axis=1, return_inverse=True)
        local = np.zeros(met.shape[1], np.int64)
        for number, place in enumerate(met.T.tolist()):
            cell = tuple(
                None if at < 0 else group.values[at]
                for group, at in zip(groups, place, strict=True)
            )
            local[number] = self.cell_of.setdefault(cell, len(self.cell_of))
        return local[which.ravel()]

    def finish(self) -> Crossing | None:
        """What was counted; None where the columns cross in too many cells."""
        if len(self.cell_of) > CROSSED:
            return None
        items: dict[str, dict[Cell, dict[int, int]]] = {
            variable.name: {} for variable in self.layout.variables
        }
        scales: dict[str, dict[Cell, dict[tuple[int, int], int]]] = {
            key.scale.id: {} for key in self.layout.keys
        }
        for cell, number in self.cell_of.items():
            for name, item in self.layout.items(*self.items.of(number)):
                if item.n:
                    items[name][cell] = {code: n for code, n in item.histogram.items() if n}
            for key, histogram in zip(self.layout.keys, self.scores, strict=True):
                scales[key.scale.id][cell] = _people(key, *histogram.of(number))
        rows = {cell: int(self.rows[number]) for cell, number in self.cell_of.items()}
        return Crossing(self.columns, rows, items, scales)


def _people(key: ScoringKey, places: Integers, counts: Integers) -> dict[tuple[int, int], int]:
    """Persons by (items answered, sum of points)."""
    answered, total = np.divmod(places, _sums(key))
    found = zip(answered.tolist(), total.tolist(), strict=True)
    return dict(zip(found, counts.tolist(), strict=True))


def _longer(counts: Integers, size: int) -> Integers:
    return np.pad(counts, (0, size - len(counts)))


def _matrix(values: Integers) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, values.tolist()))
