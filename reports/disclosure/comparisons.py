"""Comparisons with everybody else and among units, worked out from released values (R6, R14).

Nothing here looks behind a release: what a reader could work out with pencil and paper is worked
out once, for all outputs. Everybody else is the whole less a group, a vector in the span of two
shown groups, so R3 has made sure that it is fit. It is told in no more detail than a group of its
size (R5), and only where rounding leaves its score within LARGEST_ERROR.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import sqrt

from reports.disclosure.categories import half_up
from reports.disclosure.families import adjusted
from reports.disclosure.limits import STEP_OF_ITEMS
from reports.disclosure.released import Score, known
from reports.disclosure.results import AgainstRest, AmongUnits, ScaleResult
from reports.disclosure.told import COARSE
from reports.disclosure.values import HIDDEN, Shown, Value, show
from reports.statistics.comparison import ROUNDED, Moments, hedges_g_of, welch_of

LARGEST_ERROR = Fraction(3, 2)  # points by which rounding may move the score of the rest
LEAST_UNITS = 5  # R14

Scales = Mapping[str, ScaleResult]


def against_rest(group: Scales, whole: Scales, threshold: int) -> dict[str, AgainstRest]:
    """Every scale of a group against everybody else.

    Shown where the numbers of answers of both are; g and p also need both spreads. p is adjusted
    over the scales of the group that have one.
    """
    return adjusted(
        {name: _against_rest(scale, whole[name], threshold) for name, scale in group.items()}
    )


def among_units(units: Mapping[str, Value[int]]) -> AmongUnits:
    """The scores of the units in one scale; hidden below LEAST_UNITS that show it."""
    scores = [unit.value for unit in units.values() if isinstance(unit, Shown)]
    if len(scores) < LEAST_UNITS:
        return AmongUnits(percentiles=dict.fromkeys(units, HIDDEN))
    return AmongUnits(
        show(len(scores)),
        show((_quartile(scores, 1), _quartile(scores, 2), _quartile(scores, 3))),
        {
            name: show(_percentile(scores, unit.value)) if isinstance(unit, Shown) else HIDDEN
            for name, unit in units.items()
        },
    )


def _against_rest(group: ScaleResult, whole: ScaleResult, threshold: int) -> AgainstRest:
    mine, all_ = known(group), known(whole)
    exact = None if mine is None or all_ is None else _rest_score(mine, all_, threshold)
    if mine is None or all_ is None or exact is None:
        return AgainstRest()
    n = all_.n - mine.n
    rest = Score(n, COARSE * half_up(exact / COARSE) if n < STEP_OF_ITEMS else half_up(exact))
    if rest.is_clipped:
        return AgainstRest()
    shown = AgainstRest(show(n), show(rest.score), difference=show(mine.score - rest.score))
    sd = _rest_sd(group, whole, exact)
    return shown if sd is None else _tested(shown, mine, rest, _sd(group), sd)


def _rest_score(group: Score, whole: Score, threshold: int) -> Fraction | None:
    """The mean of everybody else, within LARGEST_ERROR."""
    n = whole.n - group.n
    if n < threshold or group.is_clipped or whole.is_clipped:
        return None
    if _error(group) + _error(whole) > n * LARGEST_ERROR:
        return None
    mean = Fraction(whole.n * whole.score - group.n * group.score, n)
    return min(max(mean, Fraction(0)), Fraction(100))


def _error(score: Score) -> Fraction:
    """The most by which rounding moved the sum of the scores."""
    return Fraction(score.n * score.step, 2)


def _rest_sd(group: ScaleResult, whole: ScaleResult, rest: Fraction) -> int | None:
    """The spread of everybody else in whole points, from the parts of the sum of squares.

    (n - 1) s^2 of the whole is that of the group, that of the rest, and n_g n_r / n times the
    squared difference of their means. None where rounding leaves nothing of it.
    """
    mine, all_, of_group, of_whole = known(group), known(whole), _sd(group), _sd(whole)
    if mine is None or all_ is None or not of_group or not of_whole:
        return None
    n = all_.n - mine.n
    between = Fraction(mine.n * n, all_.n) * (mine.score - rest) ** 2
    squares = (all_.n - 1) * of_whole**2 - (mine.n - 1) * of_group**2 - between
    return round(sqrt(squares / (n - 1))) or None if squares > 0 and n >= STEP_OF_ITEMS else None


def _sd(scale: ScaleResult) -> int:
    return scale.sd.value if isinstance(scale.sd, Shown) else 0


def _tested(shown: AgainstRest, group: Score, rest: Score, sd: int, of_rest: int) -> AgainstRest:
    """Both signs; that scores were rounded counts as chance.

    The rest is w whole - (w - 1) group with w = n / n_rest, rounded once more, so the difference
    holds w roundings of the whole, w of the group, and one.
    """
    apart, a, b = group.score - rest.score, Moments(group.n, sd**2), Moments(rest.n, of_rest**2)
    weight = (group.n + rest.n) / rest.n
    rounding = ROUNDED * (2 * weight**2 + 1)
    g, test = hedges_g_of(apart, a, b), welch_of(apart, a, b, rounding)
    if g is None or test is None:
        return shown
    low, high = (max(-100, min(100, round(limit))) for limit in test.ci95)
    return replace(
        shown,
        sd=show(of_rest),
        interval=show((low, high)),
        hedges_g=show(round(g, 2)),
        p=show(test.p),
    )


def _quartile(scores: Sequence[int], quarters: int) -> int:
    """Type 7, in whole points."""
    ranked = sorted(scores)
    place, left = divmod((len(ranked) - 1) * quarters, 4)
    high = ranked[place + 1] if left else ranked[place]
    return half_up(Fraction(4 * ranked[place] + left * (high - ranked[place]), 4))


def _percentile(scores: Sequence[int], score: int) -> int:
    """The share below and half the share equal, in whole percent."""
    below, equal = sum(other < score for other in scores), scores.count(score)
    return half_up(Fraction(100 * (2 * below + equal), 2 * len(scores)))
