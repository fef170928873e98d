"""How much of a shown cell is shown (R5), and the rounding that happens once (R6).

From the threshold to 19 answers a scale has its score in steps of 5 and nothing else. From 20:
whole points, standard deviation, interval; items with their categories. From 30: quartiles and
reliability. From 30, too, extremes are clipped to 5 and 95, and where that happens, or where
(nearly) all said the same, nothing is shown from which the clipped value could be found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from scipy import special

from reports.disclosure.categories import Codes, Shares, half_up, shares
from reports.disclosure.limits import LEAST, MOST, STEP_OF_ITEMS
from reports.disclosure.piles import CLIPPED_FROM, Pile
from reports.disclosure.results import ItemResult, ScaleResult
from reports.disclosure.told import COARSE, released_score
from reports.disclosure.values import HIDDEN, Shown, Value, show, show_if
from reports.scoring import Ends
from reports.statistics.correlation import correlations
from reports.statistics.distribution import Distribution
from reports.statistics.intervals import feldt, wilson_of
from reports.statistics.summaries import complete_alpha
from reports.tally import ScaleTally, Tally

UPPER = 0.975  # two-sided intervals of 95 percent


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What else is known about the group of a cell.

    `counts` says whether numbers of answers may be shown, and with them the intervals, whose
    width gives the number away; `sampled` is the share of the people asked that answered, where
    participation is shown, else None.
    """

    counts: bool
    sampled: Fraction | None = None


def scale_result(pile: Pile, tally: ScaleTally, knowledge: Knowledge) -> ScaleResult:
    """A scale that may be shown."""
    score = released_score(pile)
    open_spread = pile.n >= STEP_OF_ITEMS and _spread_is_open(pile, score)
    sd = _rounded_sd(pile)
    is_large = open_spread and pile.n >= CLIPPED_FROM
    has_alpha = is_large and tally.complete.n >= CLIPPED_FROM
    alpha = complete_alpha(tally) if has_alpha else None
    limits = feldt(alpha, tally.complete.n, len(tally.items))
    return ScaleResult(
        n=show_if(knowledge.counts, pile.n),
        score=show(score),
        sd=show_if(open_spread, sd),
        interval=show_if(
            open_spread and knowledge.counts, mean_interval(score, sd, pile.n, knowledge.sampled)
        ),
        quartiles=show_if(is_large, _quartiles(pile)),
        alpha=HIDDEN if alpha is None else show(round(alpha, 2)),
        alpha_interval=HIDDEN
        if limits is None
        else show((round(limits[0], 2), round(limits[1], 2))),
        bounds=_bounds(score, pile, knowledge),
    )


def item_result(pile: Pile, codes: Codes, ends: Ends | None, knowledge: Knowledge) -> ItemResult:
    """An item that may be shown.

    Where categories were joined or clipped there is no score and no spread: with both and n the
    joined answers could be told apart again.
    """
    shown = shares(pile, codes, ends)
    scored = pile.total is not None and shown.apart
    score = released_score(pile) if scored else 0
    open_spread = scored and _spread_is_open(pile, score)
    sd = _rounded_sd(pile) if scored else 0
    return ItemResult(
        n=show_if(knowledge.counts, pile.n),
        score=show_if(scored, score),
        sd=show_if(open_spread, sd),
        interval=show_if(
            open_spread and knowledge.counts, mean_interval(score, sd, pile.n, knowledge.sampled)
        ),
        favourable=_share(shown.of(ends.favourable) if ends else None),
        unfavourable=_share(shown.of(ends.unfavourable) if ends else None),
        categories=show(shown.cells),
        favourable_interval=_favourable_interval(shown, ends, pile.n, knowledge),
    )


def mean_interval(score: int, sd: int, n: int, sampled: Fraction | None = None) -> tuple[int, int]:
    """Student's t interval (95 %) from the rounded score and spread, whole points in 0..100.

    With the share `sampled` of a finite population the half width is multiplied by
    sqrt(1 - sampled) (Cochran 1977, Sampling Techniques, 2.6). It says no more about the
    answers than score and spread do.
    """
    half = float(special.stdtrit(n - 1, UPPER)) * sd / sqrt(n)
    if sampled is not None:
        half *= sqrt(1 - sampled)
    return max(0, round(score - half)), min(100, round(score + half))


def _bounds(score: int, pile: Pile, knowledge: Knowledge) -> Value[tuple[int, int]]:
    """The score if everybody without one had the lowest, or the highest (R7).

    From the rounded score, and in its steps. A clipped score bounds nothing.
    """
    is_clipped = pile.n >= CLIPPED_FROM and not LEAST < score < MOST
    if not knowledge.counts or knowledge.sampled is None or is_clipped:
        return HIDDEN
    step, low = COARSE if pile.n < STEP_OF_ITEMS else 1, score * knowledge.sampled
    high = low + 100 * (1 - knowledge.sampled)
    return show((step * half_up(low / step), step * half_up(high / step)))


def _favourable_interval(
    shown: Shares, ends: Ends | None, n: int, knowledge: Knowledge
) -> Value[tuple[int, int]]:
    """Wilson's interval from the rounded percent, in whole percent; a clipped one has none."""
    percent = shown.of(ends.favourable) if ends else None
    if percent is None or shown.clipped or not knowledge.counts:
        return HIDDEN
    low, high = wilson_of(percent / 100, n, float(knowledge.sampled or 0))
    return show((round(low), round(high)))


def _spread_is_open(pile: Pile, score: int) -> bool:
    return pile.mixed and (pile.n < CLIPPED_FROM or LEAST < score < MOST)


def _rounded_sd(pile: Pile) -> int:
    """Standard deviation (n - 1) in whole points of 0-100."""
    if pile.minimum is None or pile.maximum is None:
        return 0
    sd = Distribution.of(pile.cells.items()).sd or 0.0
    return round(100 * sd / (pile.maximum - pile.minimum))


def _quartiles(pile: Pile) -> tuple[int, int, int]:
    """First quartile, median, third quartile (type 7) in whole points of 0-100."""
    scores = Distribution.of(pile.cells.items())
    low, span = pile.minimum or 0, (pile.maximum or 1) - (pile.minimum or 0)
    first, median, third = (
        round(100 * ((scores.quantile(quarter) or 0.0) - low) / span) for quarter in (1, 2, 3)
    )
    return first, median, third


def _share(percent: int | None) -> Value[int]:
    return HIDDEN if percent is None else show(percent)


def released_correlations(
    tally: Tally | None, scales: Mapping[str, ScaleResult]
) -> dict[str, dict[str, Value[float]]]:
    """Correlations between the scales of a group, in hundredths.

    Shown where both scales show their quartiles and at least 30 persons have both scores.
    """
    exact = correlations(tally) if tally else {}

    def value(scale: str, other: str) -> Value[float]:
        both = {scale, other} <= exact.keys() and all(
            isinstance(scales[name].quartiles, Shown) for name in (scale, other)
        )
        r = exact[scale][other] if both and _have_both(tally, scale, other) else None
        return HIDDEN if r is None else show(round(r, 2))

    return {scale: {other: value(scale, other) for other in scales} for scale in scales}


def _have_both(tally: Tally | None, scale: str, other: str) -> bool:
    if tally is None or tally.relations is None:
        return False
    if scale == other:
        return True
    pair = tally.relations.pair(scale, other)
    return sum(row[0] for row in pair.cells.values()) >= CLIPPED_FROM
