"""What can be computed from the results of overlapping groups, in whole numbers.

People who are in the same groups form a *class*. Groups are columns of a 0/1 matrix A (classes x
groups), and what can be computed from the results of the groups are the vectors in the span L of
its columns. A set of classes can be computed when its indicator lies in L.

The finite form: r = rank A classes (*pivots*) and r columns A' are picked such that their square
part Q is invertible, and a whole matrix M with Q M = D 1 for a small whole D. With K = A' M,
every v in L is K z / D, where z are its values at the pivots, and every K z / D lies in L. So the
0/1 vectors in L are exactly the z in {0,1}^r with K z in {0,D}^classes. That Q M = D 1, and that
K g / D gives back every column g, is checked in whole numbers. Elimination modulo a prime and
floating point only propose pivots and M; were they wrong, a check would fail.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

PRIME = 2**26 - 5  # sums of a few hundred products stay below 2**63
CHUNK = 128  # classes that are eliminated at a time
LARGEST_DENOMINATOR = 60
LARGEST_MULTIPLE = 2**8


class UnprovenError(Exception):
    """It was not proven in time or in whole numbers; what is not proven is not shown."""


@dataclass(frozen=True)
class Span:
    """The span of groups over classes: v = multiples z / denominator, z its values at `pivots`."""

    multiples: Integers  # (classes, rank)
    denominator: int
    pivots: Integers  # (rank,) classes

    @classmethod
    def of(cls, groups: Integers, order: Integers) -> "Span":
        """The span of the columns of `groups` (classes, groups), 0/1.

        Pivots are the first independent classes in `order` (classes,), so that the values of the
        first classes depend on the pivots among them alone.

        Raises:
            UnprovenError: it has no form in small whole numbers, or a check fails.
        """
        columns, pivots = _independent(groups, order)
        inverse, denominator = _inverse(groups[np.ix_(pivots, columns)])
        multiples = groups[:, columns] @ inverse
        if np.abs(multiples).max(initial=0) > LARGEST_MULTIPLE:
            raise UnprovenError("large multiples")
        if (multiples @ groups[pivots] != denominator * groups).any():
            raise UnprovenError("a group lies outside the span")
        return cls(multiples, denominator, pivots)

    def holds(self, vector: Integers) -> bool:
        """Whether a vector of whole numbers (classes,) lies in the span; exact."""
        found = self.multiples @ vector[self.pivots]
        return bool((found == self.denominator * vector).all())


def _independent(groups: Integers, order: Integers) -> tuple[Integers, Integers]:
    """Columns and classes that are independent modulo a prime, as many as there are."""
    n_groups = groups.shape[1]
    steps = np.eye(n_groups, dtype=np.int64)  # what elimination has done to the groups so far
    columns = np.arange(n_groups)
    pivots: list[int] = []
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        _eliminate(steps @ groups[chunk].T % PRIME, chunk, steps, columns, pivots)
        if len(pivots) == n_groups:
            break
    return columns[: len(pivots)], np.array(pivots, np.int64)


def _eliminate(
    left: Integers, chunk: Integers, steps: Integers, columns: Integers, pivots: list[int]
) -> None:
    """Find pivots in a chunk (groups, classes); `steps`, `columns` and `pivots` go on."""
    for place, name in enumerate(chunk):
        done = len(pivots)
        rows = np.flatnonzero(left[done:, place])
        if not len(rows):
            continue
        for table in (left, steps, columns):
            table[[done, done + rows[0]]] = table[[done + rows[0], done]]
        factor = left[done + 1 :, place] * pow(int(left[done, place]), -1, PRIME) % PRIME
        for table in (left, steps):
            table[done + 1 :] = (table[done + 1 :] - factor[:, None] * table[done]) % PRIME
        pivots.append(int(name))


def _inverse(square: Integers) -> tuple[Integers, int]:
    """A whole matrix M and the least D with square M = D 1."""
    one = np.eye(len(square), dtype=np.int64)
    try:
        proposed = np.linalg.inv(square.astype(np.float64))
    except np.linalg.LinAlgError as error:
        raise UnprovenError("no inverse") from error
    if np.abs(proposed).max(initial=0) > LARGEST_MULTIPLE:
        raise UnprovenError("large multiples")
    for denominator in range(1, LARGEST_DENOMINATOR + 1):
        inverse = np.rint(denominator * proposed).astype(np.int64)
        if (square @ inverse == denominator * one).all():
            return inverse, denominator
    raise UnprovenError("no small denominator")
