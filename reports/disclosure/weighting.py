"""The whole weighted to head counts, worked out from released values alone (R6, R14).

Every part of the tree that shows its score and its number of answers stands for as many people as
it has. What is left of a group stands together for the people who are left: hidden parts, and those
whose number or exact score is not told. So nothing is said that a reader with the plan could not
work out, and the guard of the whole need not know of weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from scipy import special

from reports.disclosure.categories import half_up
from reports.disclosure.groups import Group
from reports.disclosure.limits import LEAST, MOST
from reports.disclosure.released import Score, known
from reports.disclosure.results import ScaleResult, Weighted
from reports.disclosure.values import Shown, show
from reports.statistics.comparison import ROUNDED
from reports.statistics.intervals import UPPER

Scales = Mapping[str, ScaleResult]
Shares = Mapping[str, Fraction]  # what the score of each group counts in a sum of scores


@dataclass(frozen=True, slots=True)
class _Stratum:
    """People who count alike; `sd` is None where their spread is not shown."""

    people: int
    n: int
    sd: int | None
    score: Shares


def weighted(tree: Group, scales: Scales) -> Weighted:
    """The score of everybody in one scale, each part with its head count; `scales` by group id.

    Hidden where the whole does not tell score and number, or no part stands for itself.
    """
    scores = {
        group.id: found
        for group in tree.walk()
        if group.head_count is not None
        and (found := known(scales[group.id])) is not None
        and not found.is_clipped
    }
    strata = [*_strata(tree, scores, scales)] if tree.id in scores else []
    if len(strata) < 2:  # noqa: PLR2004 - one alone is the whole as it answered
        return Weighted()
    shares = _together(strata)
    exact = sum((share * scores[name].score for name, share in shares.items()), Fraction(0))
    score = min(max(half_up(exact), LEAST), MOST)
    half = _half_width(strata, shares, scores, _sd(scales[tree.id]))
    if half is None:
        return Weighted(show(score))
    low, high = (max(0, min(100, round(exact + side * half))) for side in (-1, 1))
    return Weighted(show(score), show((low, high)))


def _strata(group: Group, scores: Mapping[str, Score], scales: Scales) -> Iterator[_Stratum]:
    """The parts of a known group that stand for themselves, and what is left of it as one more.

    Where more answered than there are people, those who answered are the people.
    """
    n, people = scores[group.id].n, group.head_count or 0
    parts = [part for part in group.children if part.id in scores]
    if not parts:
        yield _Stratum(max(n, people), n, _sd(scales[group.id]), {group.id: Fraction(1)})
        return
    for part in parts:
        yield from _strata(part, scores, scales)
    left = n - sum(scores[part.id].n for part in parts)
    people -= sum(part.head_count or 0 for part in parts)
    if left > 0:
        of_parts = {part.id: Fraction(-scores[part.id].n, left) for part in parts}
        shares = {group.id: Fraction(n, left), **of_parts}
        yield _Stratum(max(left, people), left, None, shares)


def _together(strata: Sequence[_Stratum]) -> Shares:
    """The weighted mean of the strata as a sum of released scores."""
    everybody = sum(one.people for one in strata)
    found: dict[str, Fraction] = {}
    for one in strata:
        for name, share in one.score.items():
            found[name] = found.get(name, Fraction(0)) + share * Fraction(one.people, everybody)
    return found


def _half_width(
    strata: Sequence[_Stratum], shares: Shares, scores: Mapping[str, Score], of_whole: int | None
) -> float | None:
    """Half the 95 % interval in points; None where a spread is wanting.

    Stratified standard error with finite population correction, t with n - H degrees of freedom
    (W. G. Cochran 1977, Sampling Techniques, 5.9). That scores were rounded counts as chance. What
    shows no spread has that of the whole, which is rather too large.
    """
    everybody, square = sum(one.people for one in strata), 0.0
    for one in strata:
        sd = of_whole if one.sd is None else one.sd
        if sd is None:
            return None
        square += (one.people / everybody * sd) ** 2 * (1 - one.n / one.people) / one.n
    for name, share in shares.items():
        square += ROUNDED * (float(share) * scores[name].step) ** 2
    df = sum(one.n for one in strata) - len(strata)
    return float(special.stdtrit(df, UPPER)) * sqrt(square)


def _sd(scale: ScaleResult) -> int | None:
    return scale.sd.value if isinstance(scale.sd, Shown) else None
