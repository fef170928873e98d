"""Groups compared, for `analyse --unprotected`: the contract's `comparisons` at full precision."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from reports.grouping import in_order
from reports.statistics.comparison import (
    PAIR,
    benjamini_hochberg,
    cliffs_delta,
    difference,
    hedges_g,
    hedges_g_interval,
    holm,
    mann_whitney,
    welch,
)
from reports.statistics.groups import GroupSums, GroupValues, or_none
from reports.statistics.many_groups import (
    against_rest,
    are_comparable,
    games_howell,
    kruskal,
    percentiles,
    variation,
    welch_anova,
)
from reports.tallies import GroupTallies

MOST_PAIRED = 20  # groups whose pairs are compared one by one

Tree = dict[str, Any]


def comparisons(groups: GroupTallies[str]) -> Tree:
    """Per scale every comparison of the groups of one column, its values in their order."""
    found = groups.arranged(tuple(in_order(groups)))
    return {
        key.scale.id: _scale(found.order, GroupValues.of_scores(found, place))
        for place, key in enumerate(found.layout.keys if found else ())
    }


def _scale(names: Sequence[str], scores: GroupValues) -> Tree:
    groups = scores.sums
    scored = np.flatnonzero(groups.n > 0).tolist()
    return {
        "two_groups": _two(names, scored, scores) if len(scored) == PAIR else None,
        **(_many(scores) if are_comparable(groups) else _MANY),
        "games_howell": _pairs(names, groups) if len(scored) <= MOST_PAIRED else None,
        "against_rest": rest_trees(names, groups),
        "percentile": dict(zip(names, percentiles(groups), strict=True)),
    }


_MANY: Tree = dict.fromkeys(("welch_anova", "kruskal", "eta_squared", "icc1", "icc2"))


def _many(scores: GroupValues) -> Tree:
    anova, ranks, found = welch_anova(scores.sums), kruskal(scores), variation(scores.sums)
    return {
        "welch_anova": asdict(anova) if anova else None,
        "kruskal": asdict(ranks) if ranks else None,
        "eta_squared": found.eta_squared,
        "icc1": found.icc1,
        "icc2": found.icc2,
    }


def _two(names: Sequence[str], places: Sequence[int], scores: GroupValues) -> Tree:
    a, b = map(scores.distribution, places)
    tested, ranks = welch(a, b), mann_whitney(a, b)
    return {
        "levels": [names[place] for place in places],
        "difference": difference(a, b),
        "ci95": tested.ci95 if tested else None,
        "t": tested.t if tested else None,
        "df": tested.df if tested else None,
        "p": tested.p if tested else None,
        "hedges_g": hedges_g(a, b),
        "hedges_g_ci95": hedges_g_interval(a, b),
        "cliffs_delta": cliffs_delta(a, b),
        "mann_whitney_u": ranks.u if ranks else None,
        "mann_whitney_p": ranks.p if ranks else None,
    }


def _pairs(names: Sequence[str], groups: GroupSums) -> list[Tree] | None:
    return [
        {"a": names[pair.a], "b": names[pair.b], "difference": pair.difference, "p": pair.p}
        for pair in games_howell(groups)
    ] or None


def rest_trees(names: Sequence[str], groups: GroupSums) -> dict[str, Tree | None]:
    """Each group against all others with a value in this column; None below two scores."""
    tested = against_rest(groups)
    p = or_none(tested.p)
    family = [one for one in p if one is not None]
    adjusted = zip(holm(family), benjamini_hochberg(family), strict=True)
    columns = (tested.difference, tested.t, tested.df, tested.hedges_g)
    found: dict[str, Tree | None] = {}
    for name, size, own, *numbers in zip(
        names, groups.n.tolist(), p, *map(or_none, columns), strict=True
    ):
        by_holm, by_rate = (None, None) if own is None else next(adjusted)
        values = zip(("difference", "t", "df", "hedges_g"), numbers, strict=True)
        tree = {**dict(values), "p": own, "p_holm": by_holm, "p_bh": by_rate}
        found[name] = tree if size >= PAIR else None
    return found
