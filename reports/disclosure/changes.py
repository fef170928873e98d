"""Changes from one wave to the next, worked out from what both releases show (R6, R11).

Nothing here looks behind a release: whoever has both reports could do the same with pencil and
paper. It is done once, so that every output says the same.
"""

from collections.abc import Mapping
from dataclasses import replace

from reports.disclosure.results import Change, ScaleResult
from reports.disclosure.values import HIDDEN, Shown, Value, show
from reports.statistics.comparison import ROUNDED, Moments, hedges_g_of, holm, welch_of

Scales = Mapping[str, ScaleResult]


def changes(before: Scales, after: Scales) -> dict[str, Change]:
    """Every scale of `before` in the wave after it.

    g and Welch's p need score, spread and n of both waves. Both waves are taken for different
    people: where the same people answer alike in both, chance is smaller than it says. Rounding
    counts as chance, too. p is adjusted over the scales that have one.
    """
    found = {name: _change(scale, after[name]) for name, scale in before.items()}
    tested = {name: one.p.value for name, one in found.items() if isinstance(one.p, Shown)}
    adjusted = dict(zip(tested, holm([*tested.values()]), strict=True))
    return {
        name: replace(one, p=show(round(adjusted[name], 3))) if name in adjusted else one
        for name, one in found.items()
    }


def on_common_items(scores: tuple[int, ...] | None) -> Value[tuple[int, int]]:
    """The two ends of a bridge, both means of released values; hidden where there are none."""
    return HIDDEN if scores is None else show((scores[0], scores[1]))


def _change(before: ScaleResult, after: ScaleResult) -> Change:
    old, new = _moments(before), _moments(after)
    if old is None or new is None:
        return Change()
    apart = _score(after) - _score(before)
    g, test = hedges_g_of(apart, new, old), welch_of(apart, new, old, 2 * ROUNDED)
    if g is None or test is None:
        return Change()
    return Change(show(round(g, 2)), show(test.p))


def _moments(scale: ScaleResult) -> Moments | None:
    if not all(isinstance(value, Shown) for value in (scale.score, scale.sd, scale.n)):
        return None
    n = scale.n.value if isinstance(scale.n, Shown) else 0
    sd = scale.sd.value if isinstance(scale.sd, Shown) else 0
    return Moments(n, sd**2)


def _score(scale: ScaleResult) -> int:
    return scale.score.value if isinstance(scale.score, Shown) else 0
