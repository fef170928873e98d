"""Everything that `analyse --unprotected` says: one tree of plain numbers at full precision.

Made for people who hold the raw data anyway; nothing is hidden and nothing is rounded. Whatever
is shown to others goes through `disclosure` and `release` instead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.norms import Norms
from questionnaires.variables import Variable, variables
from reports.comparisons import comparisons
from reports.grouping import in_order
from reports.norms import exact_tree
from reports.scoring import Ends, ScoringKey, favourable_ends, scoring_keys
from reports.statistics.correlation import correlations
from reports.statistics.distribution import Distribution
from reports.statistics.intervals import mean_interval, percent
from reports.statistics.reliability import rwg_j
from reports.statistics.summaries import complete_alpha, count, item_summary, scale_summary
from reports.tally import ItemTally, ScaleTally, Tallies, Tally

Tree = dict[str, Any]


def unprotected(questionnaire: Questionnaire, tallies: Tallies) -> Tree:
    """The contract's tree for `analyse --unprotected --format json`; absent values are None.

    Demographics are no items. A multiple choice has one entry per category, `<item>_<code>`.
    """
    asked = {variable.name: variable for variable in variables(questionnaire)}
    items = {item.id for item in questionnaire.items}
    asked = {name: one for name, one in asked.items() if one.question.id in items}
    ends = {name: favourable_ends(questionnaire, one) for name, one in asked.items()}
    keys = scoring_keys(questionnaire, variables(questionnaire))
    whole = tallies.whole
    return {
        "questionnaire": {
            "id": questionnaire.id,
            "version": questionnaire.version,
            "fingerprint": questionnaire.fingerprint,
        },
        "n": whole.n,
        "items": {name: _item(asked[name], whole.items[name], ends[name]) for name in asked},
        "scales": {name: asdict(scale_summary(scale)) for name, scale in whole.scales.items()},
        "correlations": correlations(whole),
        "groups": {
            column: {value: _group(groups[value], ends, keys) for value in in_order(groups)}
            for column, groups in tallies.groups.items()
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


def _item(variable: Variable, item: ItemTally, ends: Ends | None) -> Tree:
    summary = asdict(item_summary(item, ends))
    codes = variable.codes or range(variable.minimum, variable.maximum + 1)
    summary["histogram"] = {str(code): item.histogram.get(code, 0) for code in sorted(codes)}
    return summary


def _group(group: Tally, ends: Mapping[str, Ends | None], keys: Iterable[ScoringKey]) -> Tree:
    return {
        "n": group.n,
        "items": {name: _group_item(group.items[name], one) for name, one in ends.items()},
        "scales": {
            key.scale.id: _group_scale(group.scales[key.scale.id], key.categories) for key in keys
        },
    }


def _group_item(item: ItemTally, ends: Ends | None) -> Tree:
    answers = Distribution.of_item(item)
    good = None if ends is None else percent(count(item, ends.favourable), answers.n)
    return {"n": answers.n, "mean": answers.mean, "sd": answers.sd, "favourable": good}


def _group_scale(scale: ScaleTally, categories: int) -> Tree:
    scores = Distribution.of_scores(scale)
    return {
        "n": scores.n,
        "mean": scores.mean,
        "sd": scores.sd,
        "ci95": mean_interval(scores),
        "alpha": complete_alpha(scale),
        "rwg_j": rwg_j(scale.complete, categories),
    }
