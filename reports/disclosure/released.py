"""A released score with its number of answers: what else is worked out from released values."""

from dataclasses import dataclass

from reports.disclosure.limits import LEAST, MOST, STEP_OF_ITEMS
from reports.disclosure.piles import CLIPPED_FROM
from reports.disclosure.results import ScaleResult
from reports.disclosure.told import COARSE
from reports.disclosure.values import Shown


@dataclass(frozen=True, slots=True)
class Score:
    """A score of 0-100 points, rounded to whole `step` points, and its number of answers."""

    n: int
    score: int

    @property
    def is_clipped(self) -> bool:
        """Whether it may stand for what lies beyond it."""
        return self.n >= CLIPPED_FROM and not LEAST < self.score < MOST

    @property
    def step(self) -> int:
        """Points to which it was rounded."""
        return COARSE if self.n < STEP_OF_ITEMS else 1


def known(scale: ScaleResult) -> Score | None:
    """The score of a scale where it is shown together with its number, else None."""
    if not isinstance(scale.score, Shown) or not isinstance(scale.n, Shown):
        return None
    return Score(scale.n.value, scale.score.value)
