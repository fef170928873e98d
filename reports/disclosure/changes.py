"""Changes from one wave to the next, worked out from what both releases show (R6, R11).

Nothing here looks behind a release: whoever has both reports could do the same with pencil and
paper. It is done once, so that every output says the same.
"""

from collections.abc import Mapping

from reports.disclosure.families import adjusted
from reports.disclosure.results import Change, ScaleResult
from reports.disclosure.values import HIDDEN, Shown, Value, show
from reports.statistics.comparison import ROUNDED, Moments, hedges_g_of, welch_of

Scales = Mapping[str, ScaleResult]


def changes(before: Scales, after: Scales) -> dict[str, Change]:
    """Every scale of `before` in the wave after it.

    g and Welch's p need score, spread and n of both waves. Both waves are taken for different
    people: where the same people answer alike in both, chance is smaller than it says. Rounding
    counts as chance, too. p is adjusted over the scales that have one.
    """
    return adjusted({name: _change(scale, after[name]) for name, scale in before.items()})


def on_common_items(scores: tuple[int, ...] | None) -> Value[tuple[int, int]]:
    """The two ends of a bridge, both means of released values; hidden where there are none."""
    return HIDDEN if scores is None else show((scores[0], scores[1]))


def _change(before: ScaleResult, after: ScaleResult) -> Change:
    old, new = _known(before), _known(after)
    if old is None or new is None:
        return Change()
    apart = new[0] - old[0]
    g, test = hedges_g_of(apart, new[1], old[1]), welch_of(apart, new[1], old[1], 2 * ROUNDED)
    if g is None or test is None:
        return Change()
    return Change(show(round(g, 2)), show(test.p))


def _known(scale: ScaleResult) -> tuple[int, Moments] | None:
    """The score, and what a test needs of it; None where one of them is not shown."""
    score, sd, n = scale.score, scale.sd, scale.n
    if isinstance(score, Shown) and isinstance(sd, Shown) and isinstance(n, Shown):
        return score.value, Moments(n.value, sd.value**2)
    return None
