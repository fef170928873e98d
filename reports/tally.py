"""Tallies: mergeable sufficient statistics of a group of responses.

A `Tally` holds whole numbers only, so `+` is exact, associative and commutative, and the tally
of two groups together equals the tally of their concatenated rows. Its size depends on the
questionnaire, never on the number of rows. `reports.counting.tally` makes tallies from tables.

- `Tally.n`: rows.
- `Tally.items[variable] -> ItemTally`: histogram over codes, and the missing kinds.
- `Tally.scales[scale] -> ScaleTally`: persons by (answered, sum), which gives the exact scores;
  sums and squares of complete rows, which give alpha and agreement.
- `Tally.relations`: products of items and of scores, for everybody together only.

The groups of a column are kept as arrays (`reports.tallies`); the `Tally` of one is a view.
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

    `sums` and `squares` (k,) per item of the points and of their squares; `points` maps a row's
    sum of points to a number of rows. They give the variance of every item and of the sum.
    """

    sums: Row
    squares: Row
    points: Mapping[int, int]

    @property
    def n(self) -> int:
        """Rows."""
        return sum(self.points.values())

    @property
    def total_squares(self) -> int:
        """The sum over rows of the squared sum of points."""
        return sum(n * points**2 for points, n in self.points.items())

    def __add__(self, other: "CompleteTally") -> "CompleteTally":
        return CompleteTally(
            _add_rows(self.sums, other.sums),
            _add_rows(self.squares, other.squares),
            _add_counts(self.points, other.points),
        )


@dataclass(frozen=True, slots=True)
class ProductsTally:
    """Products of the items of a scale, after reversing; k items.

    Over the `n` complete rows: `sums` (k,) per item and `products` (k, k) = X'X. Over all rows,
    X = 0 where missing and M = 1 where answered: `pair_products` = X'X, `pair_sums` = X'M (item i
    over the rows that answered j), `pair_counts` = M'M.
    """

    n: int
    sums: Row
    products: Matrix
    pair_products: Matrix
    pair_sums: Matrix
    pair_counts: Matrix

    def __add__(self, other: "ProductsTally") -> "ProductsTally":
        return ProductsTally(
            self.n + other.n,
            _add_rows(self.sums, other.sums),
            _add_matrices(self.products, other.products),
            _add_matrices(self.pair_products, other.pair_products),
            _add_matrices(self.pair_sums, other.pair_sums),
            _add_matrices(self.pair_counts, other.pair_counts),
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
class Relations:
    """How items, and how scores, go together: per scale, and per pair of scales."""

    scales: Mapping[str, ProductsTally]
    pairs: Mapping[tuple[str, str], PairTally]

    def pair(self, one: str, other: str) -> PairTally:
        """Two different scales; which of them comes first is that of the definition."""
        return self.pairs.get((one, other)) or self.pairs[other, one]

    def __add__(self, other: "Relations") -> "Relations":
        return Relations(
            {name: found + other.scales[name] for name, found in self.scales.items()},
            {names: pair + other.pairs[names] for names, pair in self.pairs.items()},
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything that statistics of one group need; merge groups by `+`.

    `relations` are None for a part of all rows, and where they were not asked for; what is
    merged with None is None.
    """

    n: int
    items: Mapping[str, ItemTally]
    scales: Mapping[str, ScaleTally]
    relations: Relations | None = None

    def __add__(self, other: "Tally") -> "Tally":
        if self.items.keys() != other.items.keys() or self.scales.keys() != other.scales.keys():
            raise ValueError("tallies of different questionnaires cannot be merged")
        mine, theirs = self.relations, other.relations
        return Tally(
            self.n + other.n,
            {name: item + other.items[name] for name, item in self.items.items()},
            {name: scale + other.scales[name] for name, scale in self.scales.items()},
            None if mine is None or theirs is None else mine + theirs,
        )


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
