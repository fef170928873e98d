"""Linear algebra by brute force: every 0/1 vector of a small world is tried, in exact numbers.

It shares no code and no idea with disclosure control: that looks for vectors by their values at
pivots, this throws away all that are not orthogonal to everything to which the groups are.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]
AT_A_TIME = 1 << 14


@lru_cache(maxsize=4096)
def computable(groups: tuple[tuple[int, ...], ...]) -> Matrix:
    """All 0/1 vectors (found, classes) that are combinations of `groups`, the empty one left out.

    `groups` are 0/1 rows over at most some 20 classes.
    """
    width = len(groups[0])
    against = _orthogonal(groups)
    found = [part[~(part @ against).any(axis=1)] for part in _all_vectors(width)]
    return np.concatenate(found)


def _all_vectors(width: int) -> Iterator[Matrix]:
    for start in range(1, 1 << width, AT_A_TIME):
        numbers = np.arange(start, min(start + AT_A_TIME, 1 << width), dtype=np.int64)
        yield numbers[:, None] >> np.arange(width) & 1


def _orthogonal(rows: Sequence[Sequence[int]]) -> Matrix:
    """Whole vectors (classes, many) that span everything orthogonal to `rows`."""
    width = len(rows[0])
    basis: dict[int, list[Fraction]] = {}
    for row in rows:
        left = [Fraction(entry) for entry in row]
        for place, other in basis.items():
            left = [a - left[place] * b for a, b in zip(left, other, strict=True)]
        if not any(left):
            continue
        lead = next(place for place, entry in enumerate(left) if entry)
        left = [entry / left[lead] for entry in left]
        for place, other in basis.items():
            basis[place] = [b - other[lead] * a for a, b in zip(left, other, strict=True)]
        basis[lead] = left
    free = [place for place in range(width) if place not in basis]
    found = np.zeros((width, len(free)), np.int64)
    for column, place in enumerate(free):
        size = lcm(*(basis[lead][place].denominator for lead in basis))
        found[place, column] = size
        for lead, reduced in basis.items():
            found[lead, column] = int(-reduced[place] * size)
    return found
