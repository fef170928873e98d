"""Is there a union of people, too light to be known about, that shown groups give away?

`light_union` looks for a set of classes (see `span`) that is not empty, can be computed, and weighs
less than a bound; the weights say what is asked (people, people outside a cell, people of other
units). A union that is found is verified, and that there is none is proven, both in whole numbers.

A class that weighs as much as the bound has value 0. Such classes come first when pivots are
picked, so their values depend on pivots among themselves alone, and these are 0. A union is not
empty, so another pivot is 1. They are taken in turn: each is proven to be 0 (`proofs`) and stays
so, or a union is found, or one more class is tried with 1 and with 0. Where the allowed work runs
out, nothing is proven (`UnprovenError`).
"""

from dataclasses import dataclass, field
from functools import cached_property
from time import process_time

import numpy as np

from reports.disclosure.proofs import Case, Proofs, Truths
from reports.disclosure.span import Integers, Span, UnprovenError

PROGRAMMES = 4_000  # per question; the same on every machine
SECONDS = 60.0  # of processor time per question
SECONDS_IN_ALL = 240.0  # of one release


@dataclass
class Work:
    """What may be spent on one question and on a whole release; counts what was spent."""

    programmes: int = PROGRAMMES
    seconds: float = SECONDS
    seconds_in_all: float = SECONDS_IN_ALL
    spent: float = field(default=0.0, init=False)
    questions: int = field(default=0, init=False)
    _left: int = field(default=0, init=False)
    _began: float = field(default=0.0, init=False)

    def begin(self) -> None:
        """The next question."""
        self.questions += 1
        self._left, self._began = self.programmes, process_time()

    def step(self) -> None:
        """One more programme.

        Raises:
            UnprovenError: nothing is left to be spent.
        """
        self._left -= 1
        seconds = process_time() - self._began
        if self._left < 0 or seconds > min(self.seconds, self.seconds_in_all - self.spent):
            raise UnprovenError("not proven in time")

    def end(self) -> None:
        """The question is answered, or given up."""
        self.spent += process_time() - self._began


def light_union(groups: Integers, weights: Integers, bound: int, work: Work) -> Integers | None:
    """A set of classes lighter than `bound` that can be computed from groups; None: there is none.

    `groups` (classes, groups) is 0/1 with a row for every class that has people; `weights`
    (classes,) are whole numbers from 0. The set comes as its indicator (classes,).

    Raises:
        UnprovenError: none was found, and that there is none was not proven.
    """
    work.begin()
    try:
        return _Search(groups, weights, bound, work).run()
    finally:
        work.end()


@dataclass(frozen=True)
class _Search:
    groups: Integers
    weights: Integers
    bound: int
    work: Work

    def run(self) -> Integers | None:
        """Take the pivots in turn."""
        closed = self.weights >= self.bound
        places = np.flatnonzero(~closed[self.span.pivots])
        if self.span.multiples[np.ix_(closed, places)].any():
            raise UnprovenError("pivots out of order")
        for place in places:
            found = self._with(int(place), closed)
            if found is not None:
                return found
            closed = closed.copy()
            closed[self.span.pivots[place]] = True
        return None

    @cached_property
    def span(self) -> Span:
        """Zeros first, then the heaviest."""
        order = np.argsort(-np.minimum(self.weights, self.bound), kind="stable")
        return Span.of(self.groups, order)

    @cached_property
    def proofs(self) -> Proofs:
        """The proofs for this question; not needed where elimination alone answers it."""
        return Proofs(self.groups, self.weights, self.bound, self.span)

    def _with(self, place: int, closed: Truths) -> Integers | None:
        """A light union that holds the pivot at `place` and no closed class."""
        pivots = self.span.pivots
        case = self._take(Case(closed, ()), int(pivots[place]))
        if case.closed[pivots].sum() == len(pivots) - 1:  # then there is only one vector
            return self._verified(self.span.multiples[:, place])
        self.work.step()
        return None if self.proofs.void(case, cone=True) else self._search(case)

    def _take(self, case: Case, name: int) -> Case:
        """Classes that are too heavy beside those that are taken are 0."""
        taken = (*case.taken, name)
        heavy = self.weights >= self.bound - int(self.weights[list(taken)].sum())
        heavy[list(taken)] = False
        return Case(case.closed | heavy, taken)

    def _search(self, first: Case) -> Integers | None:
        """Cases within cases, with one more class taken or closed, until each is void."""
        cases = [first]
        while cases:
            case = cases.pop()
            self.work.step()
            if self.proofs.void(case, cone=False):
                continue
            found = self._verified(self.span.denominator * self.proofs.proposed(case))
            if found is not None:
                return found
            cases += self._parts(case)
        return None

    def _parts(self, case: Case) -> tuple[Case, Case]:
        """The case without the class that is most in doubt, and with it."""
        free = ~case.closed
        free[list(case.taken)] = False
        if not free.any():
            raise UnprovenError("nothing is left to be tried")
        doubt = np.abs(self.proofs.relaxed(case) - 0.5)
        chosen = int(np.argmin(np.where(free, doubt, np.inf)))
        closed = case.closed.copy()
        closed[chosen] = True
        return Case(closed, case.taken), self._take(case, chosen)

    def _verified(self, scaled: Integers) -> Integers | None:
        """The union whose indicator is `scaled` / denominator: if it is one, computable, light."""
        if not ((scaled == 0) | (scaled == self.span.denominator)).all():
            return None
        vector = scaled // self.span.denominator
        is_light = bool(vector.any()) and int(self.weights @ vector) < self.bound
        return vector if is_light and self.span.holds(vector) else None
