"""What an attacker can bound where groups overlap: linear programmes over everything shown.

The unknowns are the totals of the people who are in the same groups (see `told` for what is
totalled), from 0 to the most they can have; every shown group says between which limits its total
lies. A tree alone needs no programme (`bounds`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from reports.disclosure.atoms import Answers, Atoms, Truths
from reports.disclosure.bounds import FULL, Interval
from reports.disclosure.limits import LEAST_WIDTH, SOLVED_WITHIN
from reports.disclosure.piles import Pile
from reports.disclosure.span import Integers
from reports.disclosure.told import Form

Floats = NDArray[np.float64]

SURE = 1e-4  # of the widths: what is nearer to the limit than this is in doubt

Told = Mapping[str, tuple[Interval, ...] | None]


@dataclass(frozen=True)
class Ranges:
    """One variable with the groups that show it."""

    atoms: Atoms
    answers: Answers
    shown: Sequence[str]

    @cached_property
    def people(self) -> Integers:
        """Valid values per atom (atoms,)."""
        found: Integers = self.answers.counts.sum(axis=1)
        return found

    def is_pinned(
        self, name: str, form: Form, told: Told, pile: Pile, *, in_doubt: bool = True
    ) -> bool:
        """Whether a form of the shown groups leaves a hidden group less than 25 of 100 points.

        `pile` is any of the variable; `in_doubt` is the answer where the solver is not exact
        enough to tell, or finds nothing. First it is tried what becomes free by exchanging answers
        among people who are in the same shown groups; only where that is not enough, a programme
        is solved, and no further sums are looked at as soon as those suffice.
        """
        inside = self.atoms.inside[name]
        n = int(self.people[inside].sum())
        doubt = SURE if in_doubt else -SURE
        needed = LEAST_WIDTH / 100 * n * sum(form.weights) + doubt * n
        if self._by_exchange(inside, form, pile) >= needed:
            return False
        programme = _Programme.of(self, inside)
        truth = self.answers.counts[inside].sum(axis=0) @ self._adds(form, pile)
        width = 0.0
        for place, weight in enumerate(form.weights):
            limits = [
                (name, found[place]) for name in self.shown if (found := told[name]) is not None
            ]
            enough = (needed - width) / weight
            free = programme.width(limits, float(truth[place]), enough)
            if free is None:
                return in_doubt
            width += weight * free
            if width >= needed:
                return False
        return True

    def _adds(self, form: Form, pile: Pile) -> Floats:
        """What a person with each value adds to each sum (values, sums)."""
        return np.array([form.adds(pile, value) for value in self.answers.values])

    def _by_exchange(self, inside: Truths, form: Form, pile: Pile) -> float:
        """The width that is free when the totals of all who are in the same groups stay."""
        part = np.bincount(self._kinds, np.where(inside, self.people, 0))
        others = np.bincount(self._kinds, np.where(inside, 0, self.people))
        totals = np.zeros((len(part), len(form.weights)))
        np.add.at(totals, self._kinds, self.answers.counts @ self._adds(form, pile))
        most = np.minimum(part[:, None], totals)
        least = np.maximum(0, totals - others[:, None])
        return float((most - least).sum(axis=0) @ np.array(form.weights))

    @cached_property
    def _kinds(self) -> Integers:
        """Per atom (atoms,) the number of those who are in the same shown groups."""
        if not self.shown:
            return np.zeros(len(self.people), np.int64)
        table = np.array([self.atoms.inside[name] for name in self.shown])
        return np.unique(table, axis=1, return_inverse=True)[1].ravel()


@dataclass(frozen=True)
class _Programme:
    """Totals of people who are in the same shown groups, those of one hidden group apart."""

    sizes: Integers
    inside: Truths
    rows: Mapping[str, Truths]

    @classmethod
    def of(cls, ranges: Ranges, inside: Truths) -> "_Programme":
        there = ranges.people > 0
        names = list(ranges.shown)
        table = [ranges.atoms.inside[name][there] for name in names] + [inside[there]]
        kinds, which = np.unique(np.array(table).T, axis=0, return_inverse=True)
        sizes = np.zeros(len(kinds), np.int64)
        np.add.at(sizes, which.ravel(), ranges.people[there])
        rows = {name: kinds[:, place] for place, name in enumerate(names)}
        return cls(sizes, kinds[:, -1], rows)

    def width(
        self, limits: Sequence[tuple[str, Interval]], truth: float, enough: float
    ) -> float | None:
        """Between the least and the largest total of the hidden group, in full persons.

        The true total lies between them; where one side of it is `enough`, that side is all.
        None where a programme fails.
        """
        goal = self.inside.astype(np.float64)
        below = self._least(-goal, limits)
        if below is None:
            return None
        if -below - truth >= enough:
            return -below - truth
        least = self._least(goal, limits)
        return None if least is None else max(0.0, -below - least)

    def _least(self, goal: Floats, limits: Sequence[tuple[str, Interval]]) -> float | None:
        """The optimum; None where the programme fails."""
        rules = []
        if limits:
            rows = csr_matrix(np.array([self.rows[name] for name, _ in limits], np.float64))
            low = np.array([said.low for _, said in limits]) / FULL
            high = np.array([said.high for _, said in limits]) / FULL
            rules = [LinearConstraint(rows, low, high)]
        found = milp(
            goal,
            constraints=rules,
            bounds=Bounds(0, self.sizes.astype(np.float64)),
            options={"time_limit": SOLVED_WITHIN},
        )
        return float(found.fun) if found.success else None
