"""Weighting by head counts: every unit counts as many people as it has, not as many as answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy import special

from reports.statistics.distribution import Distribution
from reports.statistics.intervals import UPPER, Interval


@dataclass(frozen=True, slots=True)
class Weighted:
    """A mean weighted to known head counts, in the unit of the scores.

    `covered` is the share (0..1) of all eligible people whose unit has a score. `se`, `df` and
    `ci95` are None where a unit has one score only: its spread is unknown.
    """

    mean: float
    se: float | None
    df: int | None
    ci95: Interval | None
    covered: float


def weighted_mean(units: Sequence[tuple[Distribution, int]]) -> Weighted | None:
    """The stratified mean of scores, each unit with its eligible count.

    mean = sum W_h mean_h with W_h = N_h / N, se^2 = sum W_h^2 (1 - f_h) s_h^2 / n_h with
    f_h = n_h / N_h (1 where more answered than there are), t interval with n - H degrees of
    freedom (W. G. Cochran 1977, Sampling Techniques, 5.4 and 5.9; `svymean` in R). Units without
    scores are left out of N. None where no unit with people has a score.
    """
    known = [(scores, people) for scores, people in units if scores.n and people > 0]
    everybody = sum(people for _, people in units)
    reached = sum(people for _, people in known)
    if not known:
        return None
    mean = sum(people * (scores.mean or 0.0) for scores, people in known) / reached
    if any(scores.variance is None for scores, _ in known):
        return Weighted(mean, None, None, None, reached / everybody)
    se = sqrt(sum(_square(scores, people / reached, people) for scores, people in known))
    df = sum(scores.n for scores, _ in known) - len(known)
    half = float(special.stdtrit(df, UPPER)) * se
    return Weighted(mean, se, df, (mean - half, mean + half), reached / everybody)


def _square(scores: Distribution, weight: float, people: int) -> float:
    """What a unit adds to the squared standard error."""
    silent = max(0.0, 1 - scores.n / people)
    return weight**2 * silent * (scores.variance or 0.0) / scores.n
