"""Everything that `analyse --unprotected` says: one tree of plain numbers at full precision.

Made for people who hold the raw data anyway; nothing is hidden and nothing is rounded. Whatever
is shown to others goes through `disclosure` and `release` instead.
"""

from dataclasses import asdict
from typing import Any

import numpy as np

from questionnaires.model import Questionnaire
from questionnaires.norms import Norms
from questionnaires.variables import Variable, variables
from reports.comparisons import comparisons
from reports.grouping import in_order
from reports.norms import exact_tree
from reports.scoring import Ends, favourable_ends
from reports.statistics.correlation import correlations
from reports.statistics.groups import CompleteRows, GroupValues, divided, or_none
from reports.statistics.summaries import item_summary, scale_summary
from reports.tallies import GroupTallies, Tallies
from reports.tally import ItemTally

Tree = dict[str, Any]


def unprotected(questionnaire: Questionnaire, tallies: Tallies) -> Tree:
    """The contract's tree for `analyse --unprotected --format json`; absent values are None.

    Demographics are no items. A multiple choice has one entry per category, `<item>_<code>`.
    """
    asked, ends = _asked(questionnaire), _item_ends(questionnaire)
    whole, relations = tallies.whole, tallies.whole.relations
    if relations is None:
        raise ValueError("these tallies were counted without relations")
    return {
        "questionnaire": {
            "id": questionnaire.id,
            "version": questionnaire.version,
            "fingerprint": questionnaire.fingerprint,
        },
        "n": whole.n,
        "items": {name: _item(asked[name], whole.items[name], ends[name]) for name in asked},
        "scales": {
            name: asdict(scale_summary(scale, relations.scales[name]))
            for name, scale in whole.scales.items()
        },
        "correlations": correlations(whole),
        "groups": {
            column: group_trees(questionnaire, groups) for column, groups in tallies.groups.items()
        },
        "comparisons": {column: comparisons(groups) for column, groups in tallies.groups.items()},
    }


def beside_norms(questionnaire: Questionnaire, tree: Tree, norms: Norms) -> Tree:
    """The part `norms` of `tree`, as `unprotected` made it: everybody beside the newest norms."""
    asked = {variable.name: variable for variable in variables(questionnaire)}
    return exact_tree(
        norms.newest,
        {name: scale["mean_0_100"] for name, scale in tree["scales"].items()},
        {
            name: {
                "mean_0_100": _mean_0_100(asked[name], item["mean"]),
                "percent_favourable": item["favourable"],
            }
            for name, item in tree["items"].items()
        },
    )


def _mean_0_100(variable: Variable, mean: float | None) -> float | None:
    if mean is None:
        return None
    return 100 * (mean - variable.minimum) / (variable.maximum - variable.minimum)


def _asked(questionnaire: Questionnaire) -> dict[str, Variable]:
    """The variables of items, by name."""
    items = {item.id for item in questionnaire.items}
    found = {variable.name: variable for variable in variables(questionnaire)}
    return {name: variable for name, variable in found.items() if variable.question.id in items}


def _item_ends(questionnaire: Questionnaire) -> dict[str, Ends | None]:
    found = _asked(questionnaire)
    return {name: favourable_ends(questionnaire, variable) for name, variable in found.items()}


def _item(variable: Variable, item: ItemTally, ends: Ends | None) -> Tree:
    summary = asdict(item_summary(item, ends))
    codes = variable.codes or range(variable.minimum, variable.maximum + 1)
    summary["histogram"] = {str(code): item.histogram.get(code, 0) for code in sorted(codes)}
    return summary


def group_trees(questionnaire: Questionnaire, groups: GroupTallies[str]) -> dict[str, Tree]:
    """Every group of a column with its items and scales, in their order."""
    found = groups.arranged(tuple(in_order(groups)))
    ends = _item_ends(questionnaire)
    items = {
        variable.name: _group_items(found, place, ends[variable.name])
        for place, variable in enumerate(found.layout.variables)
        if variable.name in ends
    }
    scales = {
        key.scale.id: _group_scales(found, place) for place, key in enumerate(found.layout.keys)
    }
    return {
        value: {
            "n": int(found.rows[place]),
            "items": {name: trees[place] for name, trees in items.items()},
            "scales": {name: trees[place] for name, trees in scales.items()},
        }
        for place, value in enumerate(found)
    }


def _group_items(groups: GroupTallies[str], variable: int, ends: Ends | None) -> list[Tree]:
    answers = GroupValues.of_item(groups, variable)
    sums = answers.sums
    good = np.zeros(len(groups), np.int64)
    if ends is not None:
        hits = np.isin(answers.values, list(ends.favourable))
        np.add.at(good, answers.groups[hits], answers.counts[hits])
    share = divided(100 * good, sums.n) if ends else np.full(len(groups), np.nan)
    return [
        {"n": n, "mean": mean, "sd": sd, "favourable": favourable}
        for n, mean, sd, favourable in zip(
            sums.n.tolist(), *map(or_none, (sums.mean, sums.sd, share)), strict=True
        )
    ]


def _group_scales(groups: GroupTallies[str], scale: int) -> list[Tree]:
    scores, complete = GroupValues.of_scores(groups, scale).sums, CompleteRows.of(groups, scale)
    agreement = complete.rwg_j(groups.layout.keys[scale].categories)
    columns = (scores.mean, scores.sd, *scores.mean_interval, complete.alpha, agreement)
    return [
        {
            "n": n,
            "mean": mean,
            "sd": sd,
            "ci95": None if low is None else (low, high),
            "alpha": alpha,
            "rwg_j": rwg_j,
        }
        for n, mean, sd, low, high, alpha, rwg_j in zip(
            scores.n.tolist(), *map(or_none, columns), strict=True
        )
    ]
