"""Batches: some rows of a response table as columns, with what they say about each scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.layout import Layout, sums
from reports.responses import Codes
from reports.scoring import ScoringKey, score
from reports.tabulation import Places, narrowest

TRANSPOSED = 1 << 12  # rows that are turned into columns at once, so that they stay in the cache


@dataclass(frozen=True)
class ScaleRows:
    """One scale in a batch, each array (n,).

    `places` are those of its histogram (`Layout`), `is_complete` is true where all items are
    answered. `points` are sums of points, where the score is not made of them.
    """

    places: Places
    is_complete: NDArray[np.bool_]
    points: Places | None

    @classmethod
    def of(cls, key: ScoringKey, columns: Codes) -> "ScaleRows":
        """Score the rows of a batch; `columns` are codes (variables, n)."""
        found = score(key, columns)
        kind = narrowest((len(key.items) + 1) * sums(key))
        places: Places = found.answered.astype(kind)
        places *= kind(sums(key))
        places += found.total
        return cls(
            places,
            found.answered == len(key.items),
            None if key.favourable is None else found.points.astype(np.int64),
        )


@dataclass(frozen=True)
class Batch:
    """One batch: its answers as columns (variables, n), and its scales."""

    columns: Codes
    scales: list[ScaleRows]

    @classmethod
    def of(cls, layout: Layout, answers: Codes) -> "Batch":
        """Answers (n, variables), recoded."""
        columns = np.empty(answers.shape[::-1], answers.dtype)
        for start in range(0, len(answers), TRANSPOSED):
            rows = slice(start, start + TRANSPOSED)
            columns[:, rows] = answers[rows].T
        return cls(columns, [ScaleRows.of(key, columns) for key in layout.keys])
