"""What known head counts add to `analyse --unprotected`: how much the silent could change."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reports.statistics.distribution import Distribution
from reports.statistics.population import bounds, finite_interval
from reports.statistics.summaries import mean_0_100
from reports.statistics.weighting import weighted_mean
from reports.tally import Tally

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
    strata: dict[str, list[tuple[Distribution, int]]] = {scale: [] for scale in tree["scales"]}
    silent = sum(people for name, people in eligible.items() if name not in units)
    for name, unit in units.items():
        found, people = tree["groups"][column][name], eligible[name]
        found["eligible"] = people
        for scale, counted in unit.scales.items():
            scores = Distribution.of_scores(counted)
            strata[scale].append((scores, people))
            found["scales"][scale] |= {
                "ci95_finite": finite_interval(scores, people),
                "bounds_0_100": bounds(mean_0_100(counted, scores), scores.n, people),
            }
    for scale, part in tree["scales"].items():
        part["weighted"] = _weighted([*strata[scale], (Distribution.of(()), silent)])


def _weighted(units: Sequence[tuple[Distribution, int]]) -> Tree | None:
    found = weighted_mean(units)
    return None if found is None else asdict(found) | {"covered": 100 * found.covered}
