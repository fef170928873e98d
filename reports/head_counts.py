"""What known head counts add to `analyse --unprotected`: how much the silent could change."""

from collections.abc import Iterable, Mapping
from typing import Any

from reports.statistics.distribution import Distribution
from reports.statistics.population import bounds, finite_interval
from reports.statistics.summaries import mean_0_100
from reports.statistics.weighting import weighted_mean
from reports.tally import ScaleTally, Tally

Tree = dict[str, Any]


def add_head_counts(
    tree: Tree, column: str, units: Mapping[str, Tally], eligible: Mapping[str, int]
) -> None:
    """Add to the tree of `unprotected` what follows from how many people each unit has.

    `eligible` has every unit of `units`, and may have units without responses. Each unit gets
    `eligible`; each of its scales `ci95_finite` (in points) and `bounds_0_100`; each scale of
    everybody `weighted`: the mean as if every unit had answered alike, with `covered`, the
    percentage of all people whose unit has a score.
    """
    for name, unit in units.items():
        found = tree["groups"][column][name]
        found["eligible"] = eligible[name]
        for scale, counted in unit.scales.items():
            found["scales"][scale] |= _with_people(counted, eligible[name])
    for scale, part in tree["scales"].items():
        part["weighted"] = _weighted(
            (_scores(units.get(name), scale), people) for name, people in eligible.items()
        )


def _scores(unit: Tally | None, scale: str) -> Distribution:
    return Distribution.of_scores(unit.scales[scale]) if unit else Distribution.of(())


def _with_people(scale: ScaleTally, people: int) -> Tree:
    scores = Distribution.of_scores(scale)
    return {
        "ci95_finite": finite_interval(scores, people),
        "bounds_0_100": bounds(mean_0_100(scale, scores), scores.n, people),
    }


def _weighted(units: Iterable[tuple[Distribution, int]]) -> Tree | None:
    found = weighted_mean([*units])
    if found is None:
        return None
    return {
        "mean": found.mean,
        "se": found.se,
        "df": found.df,
        "ci95": found.ci95,
        "covered": 100 * found.covered,
    }
