"""R3 over tree and breakdowns together: which union of people must not be computed, and is.

For one variable, everybody with a valid value counts, and n counts as known. A union that can be
computed (see `unions`) must

- hold the threshold of people, not counting units with more responses than people;
- hold two or more outside its largest cell, in every partition that is shown (R4), likewise;
- not lie inside a single hidden unit;
- not be a hidden group, unless the tree alone gives that group.

The first comes first: a union that holds the threshold and has fewer than two outside a cell has
nearly all of the threshold inside it, so smaller cells need not be looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from reports.disclosure.atoms import Answers, Atoms, Truths
from reports.disclosure.piles import OUTSIDE, Pile
from reports.disclosure.span import Integers, Span
from reports.disclosure.suppression import Families
from reports.disclosure.unions import Work, light_union


@dataclass
class Guard:
    """Looks for unions; what was proven for one variable holds for all with the same numbers."""

    families: Families
    atoms: Atoms
    work: Work = field(default_factory=Work)
    _known: dict[tuple[bytes, bytes, int], Integers | None] = field(default_factory=dict)

    def fault(self, answers: Answers, whole: Pile, shown: Sequence[str]) -> Truths | None:
        """A union (atoms,) that must not be computed from the shown groups and is; or None.

        `whole` has the partitions of the variable.

        Raises:
            UnprovenError: none was found, and it is not proven that there is none.
        """
        there = answers.counts.sum(axis=1) > 0
        spread = self.atoms.apart(shown)[there]
        classes, which = np.unique(spread, axis=0, return_inverse=True)
        which = which.ravel()
        for people, bound in self._weights(answers, whole, shown):
            weights = np.zeros(len(classes), np.int64)
            np.add.at(weights, which, people[there])
            union = self._light(classes, weights, bound)
            if union is not None:
                found = np.zeros(len(there), np.bool_)
                found[there] = union[which] > 0
                return found
        return None

    def _light(self, classes: Integers, weights: Integers, bound: int) -> Integers | None:
        key = (classes.tobytes(), weights.tobytes(), bound)
        if key not in self._known:
            self._known[key] = light_union(classes, weights, bound, self.work)
        return self._known[key]

    def _weights(
        self, answers: Answers, whole: Pile, shown: Sequence[str]
    ) -> Iterator[tuple[Integers, int]]:
        """What is counted of each atom, and how much of it a union needs."""
        real = np.where(self._stuffed[:, None], 0, answers.counts)
        yield real.sum(axis=1), self.families.threshold
        for cell in cells(answers, whole):
            if int(real[:, cell].sum()) > self.families.threshold - OUTSIDE:
                yield real[:, ~cell].sum(axis=1), OUTSIDE
        people = answers.counts.sum(axis=1)
        for unit in self._single_units(shown):
            if int(people[unit].sum()) >= self.families.threshold:
                yield np.where(unit, 0, people), 1

    @property
    def _stuffed(self) -> Truths:
        found = np.zeros(len(self.atoms.atoms), np.bool_)
        for name in self.families.overfull:
            found |= self.atoms.inside[name]
        return found

    def _single_units(self, shown: Sequence[str]) -> Iterator[Truths]:
        """The atoms of each hidden unit."""
        for group in self.atoms.tree.walk():
            if not group.children and group.id not in shown and group is not self.atoms.tree:
                yield self.atoms.inside[group.id]

    def span(self, answers: Answers, shown: Sequence[str]) -> "Computable":
        """What can be computed from shown groups."""
        there = answers.counts.sum(axis=1) > 0
        spread = self.atoms.apart(shown)[there]
        return Computable(there, spread, Span.of(spread, np.arange(len(spread))))


@dataclass(frozen=True)
class Computable:
    """The unions of people that can be computed; `there` are the atoms with valid values."""

    there: Truths
    spread: Integers
    span: Span

    def holds(self, union: Truths) -> bool:
        """Whether a union (atoms,) can be computed."""
        return self.span.holds(union[self.there].astype(np.int64))


def cells(answers: Answers, whole: Pile) -> Iterator[Truths]:
    """Which values (values,) lie in each cell: every value alone, and the cells of partitions."""
    values = answers.values
    sets = {frozenset({value}) for value in values}
    sets |= {frozenset(cell & set(values)) for part in whole.partitions for cell in part}
    for cell in sorted(sets - {frozenset()}, key=sorted):
        yield np.array([value in cell for value in values])
