"""Groups compared, for `analyse --unprotected`: the contract's `comparisons` at full precision."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

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
    rests,
    together,
    welch,
)
from reports.statistics.distribution import Distribution
from reports.statistics.many_groups import (
    are_comparable,
    games_howell,
    kruskal,
    percentiles,
    variation,
    welch_anova,
)
from reports.tally import Tally

MOST_PAIRED = 20  # groups whose pairs are compared one by one

Tree = dict[str, Any]
Groups = Mapping[str, Distribution]


def comparisons(groups: Mapping[str, Tally]) -> Tree:
    """Per scale every comparison of the groups of one column, its values in their order."""
    order = in_order(groups)
    scales = groups[order[0]].scales if order else {}
    found: Tree = {}
    for scale in scales:
        scores = together([Distribution.of_scores(groups[name].scales[scale]) for name in order])
        found[scale] = _scale(dict(zip(order, scores, strict=True)))
    return found


def _scale(groups: Groups) -> Tree:
    scores = list(groups.values())
    scored = {name: group for name, group in groups.items() if group.n}
    return {
        "two_groups": _two(scored) if len(scored) == PAIR else None,
        **(_many(scores) if are_comparable(scores) else _MANY),
        "games_howell": _pairs(groups) if len(scored) <= MOST_PAIRED else None,
        "against_rest": _against_rest(groups),
        "percentile": dict(zip(groups, percentiles(scores), strict=True)),
    }


_MANY: Tree = dict.fromkeys(("welch_anova", "kruskal", "eta_squared", "icc1", "icc2"))


def _many(scores: Sequence[Distribution]) -> Tree:
    anova, ranks, found = welch_anova(scores), kruskal(scores), variation(scores)
    return {
        "welch_anova": asdict(anova) if anova else None,
        "kruskal": asdict(ranks) if ranks else None,
        "eta_squared": found.eta_squared,
        "icc1": found.icc1,
        "icc2": found.icc2,
    }


def _two(groups: Groups) -> Tree:
    a, b = groups.values()
    tested, ranks = welch(a, b), mann_whitney(a, b)
    return {
        "levels": list(groups),
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


def _pairs(groups: Groups) -> list[Tree] | None:
    names = list(groups)
    found = games_howell(list(groups.values()))
    return [
        {"a": names[pair.a], "b": names[pair.b], "difference": pair.difference, "p": pair.p}
        for pair in found
    ] or None


def _against_rest(groups: Groups) -> Tree:
    """Each group against all others with a value in this column; None below two scores."""
    scores = list(groups.values())
    found: dict[str, Tree | None] = {}
    for (name, group), rest in zip(groups.items(), rests(scores), strict=True):
        tested = welch(group, rest)
        known = group.n >= PAIR
        found[name] = (
            {
                "difference": difference(group, rest),
                "t": tested.t if tested else None,
                "df": tested.df if tested else None,
                "p": tested.p if tested else None,
                "p_holm": None,
                "p_bh": None,
                "hedges_g": hedges_g(group, rest),
            }
            if known
            else None
        )
    _adjust([one for one in found.values() if one is not None and one["p"] is not None])
    return found


def _adjust(family: Sequence[Tree]) -> None:
    values = [one["p"] for one in family]
    for one, by_holm, by_rate in zip(family, holm(values), benjamini_hochberg(values), strict=True):
        one |= {"p_holm": by_holm, "p_bh": by_rate}
