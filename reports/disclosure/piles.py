"""Piles: the persons behind one cell, by what they said, and whether the cell is fit (R2, R4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm

from reports.disclosure.limits import LEAST
from reports.scoring import Ends
from reports.tally import ScaleTally

CLIPPED_FROM = 30  # R4: from here on extremes are clipped instead of hidden
OUTSIDE = 2  # R4: people outside the largest cell
SMALL = 2  # R5: a cell of 1 or 2 answers is not shown apart

Partition = tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Pile:
    """Persons with a valid answer or score in one variable of one group.

    `cells` maps each exact answer or score to its persons; scores are whole multiples of one
    fraction, the same in every group. `partitions` join answers into what is shown besides the
    categories: three bands, favourable or not. `minimum` and `maximum` are the declared ends for
    0-100, in the same fraction; None where the answers have no order.
    """

    cells: Mapping[int, int]
    partitions: tuple[Partition, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    least_outside: int = OUTSIDE

    @cached_property
    def n(self) -> int:
        """Persons."""
        return sum(self.cells.values())

    @cached_property
    def outside(self) -> int:
        """Persons outside the largest cell, in the coarsest partition that is shown."""
        joined = [
            max(sum(self.cells.get(value, 0) for value in cell) for cell in partition)
            for partition in self.partitions
        ]
        return self.n - max([*joined, *self.cells.values()], default=0)

    def fit(self, threshold: int) -> bool:
        """Whether everybody may be able to work out this cell: R2 and R4, without clipping.

        Clipping protects what is shown; what can only be worked out cannot be clipped.
        """
        return self.n >= threshold and self.outside >= OUTSIDE

    @property
    def mixed(self) -> bool:
        """Whether the cell may be shown as it is: no cell of its partitions is (nearly) all."""
        return self.outside >= self.least_outside

    def showable(self, step: int, *, is_whole: bool) -> bool:
        """Whether this cell may be shown before complementary suppression (R2, R4).

        From 30 a cell that is not mixed is shown clipped, where the clipped share is no lie. A
        part of the whole only where two or more are outside: the whole less its other parts
        would give the exact share, however it was clipped.
        """
        clips = self.n >= CLIPPED_FROM and 200 * self.outside < (2 * LEAST + 1) * self.n
        clips = clips and (is_whole or self.outside >= OUTSIDE)
        return self.n >= step and (self.mixed or clips)

    @cached_property
    def total(self) -> Fraction | None:
        """The sum of the persons' values on 0-100; None where the answers have no order."""
        if self.minimum is None or self.maximum is None:
            return None
        points = sum(value * n for value, n in self.cells.items())
        return Fraction(100 * (points - self.n * self.minimum), self.maximum - self.minimum)

    def __sub__(self, other: "Pile") -> "Pile":
        cells = {value: n - other.cells.get(value, 0) for value, n in self.cells.items()}
        kept = {value: n for value, n in cells.items() if n}
        return replace(self, cells=kept)


def item_pile(
    histogram: Mapping[int, int], ends: Ends | None, scored: tuple[int, int] | None
) -> Pile:
    """The pile of an item; `scored` gives the declared ends of an item with ordered answers.

    `histogram` has every category, zeros included; it is empty for a group without answers.

    With three persons on either side every small cell finds a neighbour on its own side, so
    that percent favourable is always a sum of cells that are shown.
    """
    cells = {code: n for code, n in histogram.items() if n}
    minimum, maximum = scored or (None, None)
    return Pile(cells, _partitions(frozenset(histogram), ends), minimum, maximum, SMALL + 1)


def scale_pile(scale: ScaleTally) -> Pile:
    """The pile of a scale: persons by exact score."""
    unit = _unit(scale)
    cells = by_exact_score(scale, scale.people)
    return Pile(cells, (), scale.minimum * unit, scale.maximum * unit)


def by_exact_score(scale: ScaleTally, people: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Persons by exact score, in the fraction of `scale`, from persons by (answered, sum)."""
    unit = _unit(scale)
    cells: dict[int, int] = {}
    for (answered, total), n in people.items():
        if answered >= scale.min_valid:
            score = scale.factor * total * (unit // answered)
            cells[score] = cells.get(score, 0) + n
    return cells


def _unit(scale: ScaleTally) -> int:
    return lcm(*range(scale.min_valid, len(scale.items) + 1))


def _partitions(codes: frozenset[int], ends: Ends | None) -> tuple[Partition, ...]:
    if ends is None:
        return ()
    good, bad = ends.favourable, ends.unfavourable
    return (good, bad, codes - good - bad), (good, codes - good)
