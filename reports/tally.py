"""Tallies: mergeable sufficient statistics of a group of responses.

A `Tally` holds whole numbers only, so `+` is exact, associative and commutative, and the tally
of two groups together equals the tally of their concatenated rows. Its size depends on the
questionnaire, never on the number of rows. `reports.counting.tally` makes tallies from tables.

- `Tally.n`: rows.
- `Tally.items[variable] -> ItemTally`: histogram over codes, and the missing kinds.
- `Tally.scales[scale] -> ScaleTally`: persons by (answered, sum), which gives the exact scores;
  sums and products of complete rows and of pairs of answers.
- `Tally.pairs[scale, scale] -> PairTally`: sums and products of two scales' scores.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import lcm
from operator import add
from typing import TypeVar

from questionnaires.model import MissingKind

K = TypeVar("K")
Row = tuple[int, ...]
Matrix = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ItemTally:
    """Answers to one variable, as answered.

    `counts` stands beside `codes`: every category in the order of the definition, zeros
    included; for a number item the values that occur, ascending. `missing` has all five kinds.
    """

    codes: tuple[int, ...]
    counts: tuple[int, ...]
    missing: Mapping[MissingKind, int]

    @property
    def n(self) -> int:
        """Valid answers."""
        return sum(self.counts)

    @property
    def missing_n(self) -> int:
        """Missing answers of every kind."""
        return sum(self.missing.values())

    @property
    def histogram(self) -> dict[int, int]:
        """Answers per code."""
        return dict(zip(self.codes, self.counts, strict=True))

    def __add__(self, other: "ItemTally") -> "ItemTally":
        missing = {kind: n + other.missing[kind] for kind, n in self.missing.items()}
        if self.codes == other.codes:
            return ItemTally(self.codes, _add_rows(self.counts, other.counts), missing)
        merged = _add_counts(self.histogram, other.histogram)
        codes = tuple(sorted(merged))
        return ItemTally(codes, tuple(merged[code] for code in codes), missing)


@dataclass(frozen=True, slots=True)
class CompleteTally:
    """Rows in which every item of a scale is answered, after reversing.

    `sums` (k,) per item and `products` (k, k) = X'X, k items.
    """

    n: int
    sums: Row
    products: Matrix

    def __add__(self, other: "CompleteTally") -> "CompleteTally":
        return CompleteTally(
            self.n + other.n,
            _add_rows(self.sums, other.sums),
            _add_matrices(self.products, other.products),
        )


@dataclass(frozen=True, slots=True)
class PairwiseTally:
    """All rows of a scale after reversing, X = 0 where missing, M = 1 where answered.

    `products` = X'X, `sums` = X'M (item i over the rows that answered j), `counts` = M'M.
    """

    products: Matrix
    sums: Matrix
    counts: Matrix

    def __add__(self, other: "PairwiseTally") -> "PairwiseTally":
        return PairwiseTally(
            _add_matrices(self.products, other.products),
            _add_matrices(self.sums, other.sums),
            _add_matrices(self.counts, other.counts),
        )


@dataclass(frozen=True)
class ScaleTally:
    """Persons by their answers to one scale.

    `people` maps (items answered, sum of their points after reversing) to a number of persons,
    also those below `min_valid`. A score is `factor` * sum / answered, from `minimum` to
    `maximum`.
    """

    items: tuple[str, ...]
    min_valid: int
    factor: int
    minimum: int
    maximum: int
    people: Mapping[tuple[int, int], int]
    complete: CompleteTally
    pairwise: PairwiseTally

    @cached_property
    def n(self) -> int:
        """Persons with a score."""
        return sum(n for (answered, _), n in self.people.items() if answered >= self.min_valid)

    @cached_property
    def whole_scores(self) -> tuple[int, tuple[tuple[int, int], ...]]:
        """A common denominator, and the scores times it with their persons, ascending."""
        valid = [(key, n) for key, n in self.people.items() if key[0] >= self.min_valid]
        denominator = lcm(*(answered for (answered, _), _ in valid))
        scores: dict[int, int] = {}
        for (answered, total), n in valid:
            score = self.factor * total * (denominator // answered)
            scores[score] = scores.get(score, 0) + n
        return denominator, tuple(sorted(scores.items()))

    def scores(self) -> list[tuple[Fraction, int]]:
        """The exact scores, ascending, each with its number of persons; equal ones are joined."""
        denominator, scores = self.whole_scores
        return [(Fraction(score, denominator), n) for score, n in scores]

    def __add__(self, other: "ScaleTally") -> "ScaleTally":
        if self.items != other.items:
            raise ValueError("tallies of different scales cannot be merged")
        return ScaleTally(
            self.items,
            self.min_valid,
            self.factor,
            self.minimum,
            self.maximum,
            _add_counts(self.people, other.people),
            self.complete + other.complete,
            self.pairwise + other.pairwise,
        )


@dataclass(frozen=True, slots=True)
class PairTally:
    """Persons who have a score in both of two scales, a and b.

    `cells` maps (answered in a, answered in b) to n and the sums of a, b, a*a, b*b, a*b, where
    a and b are sums of points. Scores divide them by the answered items, so the moments of
    scores follow exactly whatever was left out.
    """

    cells: Mapping[tuple[int, int], Row]

    def __add__(self, other: "PairTally") -> "PairTally":
        merged = dict(self.cells)
        for key, sums in other.cells.items():
            merged[key] = _add_rows(merged[key], sums) if key in merged else sums
        return PairTally(merged)


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything that statistics of one group need; merge groups by `+`."""

    n: int
    items: Mapping[str, ItemTally]
    scales: Mapping[str, ScaleTally]
    pairs: Mapping[tuple[str, str], PairTally]

    def __add__(self, other: "Tally") -> "Tally":
        if self.items.keys() != other.items.keys() or self.scales.keys() != other.scales.keys():
            raise ValueError("tallies of different questionnaires cannot be merged")
        return Tally(
            self.n + other.n,
            {name: item + other.items[name] for name, item in self.items.items()},
            {name: scale + other.scales[name] for name, scale in self.scales.items()},
            {names: pair + other.pairs[names] for names, pair in self.pairs.items()},
        )


Cell = tuple[str | None, ...]  # a row's value in each of several columns, None where it has none


@dataclass(frozen=True)
class Crossing:
    """Answers and scores where several grouping columns cross; every row is in one cell.

    `rows` are the rows per cell. `items` has per variable and cell the answers by code, `scales`
    per scale and cell the persons by (items answered, sum of points), as in `ScaleTally.people`;
    cells without any are left out.
    """

    columns: tuple[str, ...]
    rows: Mapping[Cell, int]
    items: Mapping[str, Mapping[Cell, Mapping[int, int]]]
    scales: Mapping[str, Mapping[Cell, Mapping[tuple[int, int], int]]]


@dataclass(frozen=True, slots=True)
class Tallies:
    """The tally of all rows, and per grouping column the tally of each value.

    Rows without a value in a column are in `whole` and in no group of that column. `crossing` is
    there where it was asked for, and the columns cross in no more cells than can be guarded.
    """

    whole: Tally
    groups: Mapping[str, Mapping[str, Tally]]
    crossing: Crossing | None = None


def merge(tallies: Iterable[Tally]) -> Tally:
    """The tally of several groups together; at least one."""
    return reduce(add, tallies)


def _add_rows(left: Row, right: Row) -> Row:
    return tuple(map(add, left, right))


def _add_matrices(left: Matrix, right: Matrix) -> Matrix:
    return tuple(map(_add_rows, left, right))


def _add_counts(left: Mapping[K, int], right: Mapping[K, int]) -> dict[K, int]:
    merged = dict(left)
    for key, n in right.items():
        merged[key] = merged.get(key, 0) + n
    return merged
