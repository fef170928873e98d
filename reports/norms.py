"""A result beside published norms: difference, and place among the organisations.

A released result is compared in whole points, as it is shown: the norm is rounded first, and so
are the values of the organisations, so that a result never stands above an organisation that reads
the same. A result at the ends of what a release shows (5 and 95) stands for what lies beyond, and
has no difference. The norms themselves are public and hide nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, TypeAlias

from questionnaires.norms import Norm, Norms, NormValue
from reports.disclosure.limits import LEAST, MOST
from reports.disclosure.results import GroupResult
from reports.disclosure.values import MARKER, Shown, Value

Tree: TypeAlias = dict[str, Any]

FEWEST = 5  # organisations among which a place is told


@dataclass(frozen=True, slots=True)
class Standing:
    """A result beside one norm.

    `result` is None where it is not shown. `difference` is result minus norm, `percentile` the
    place among the organisations from 0 to 100; None where there is none to tell.
    """

    norm: Norm
    value: NormValue
    result: float | None = None
    difference: float | None = None
    percentile: float | None = None

    @property
    def quarter(self) -> int | None:
        """In which quarter of the organisations the result lies: 1 (lowest) to 4 (highest).

        By the percentile in whole percent, as it is read beside it.
        """
        return None if self.percentile is None else min(4, 1 + whole(self.percentile) // 25)


def percentile(value: float, among: Sequence[float]) -> float | None:
    """The place of `value` among the values of organisations, 0 to 100, by mid-rank.

    100 x (share below + half the share equal); `value` itself is none of them. None where there
    are fewer than five organisations.
    """
    if len(among) < FEWEST:
        return None
    ordered = sorted(among)
    return 50 * (bisect_left(ordered, value) + bisect_right(ordered, value)) / len(ordered)


def exact_standing(result: float | None, norm: Norm, value: NormValue) -> Standing:
    """A result at full precision beside a norm; None where nobody answered."""
    if result is None:
        return Standing(norm, value)
    return Standing(
        norm, value, result, result - value.value, percentile(round(result, 10), value.among)
    )


def scale_standings(group: GroupResult, norms: Norms, scale: str) -> tuple[Standing, ...]:
    """The released score of a scale beside every norm that has it, in the order of the norms."""
    result = group.scales[scale]
    return tuple(
        _standing(result.score, norm, norm.scales[scale], placed=isinstance(result.sd, Shown))
        for norm in norms.norms
        if scale in norm.scales
    )


def item_standings(group: GroupResult, norms: Norms, item: str) -> tuple[Standing, ...]:
    """The released share or mean of an item beside every norm that has it."""
    result = group.items[item]
    return tuple(
        _standing(
            result.score if norm.items[item].statistic == "mean_0_100" else result.favourable,
            norm,
            norm.items[item],
            placed=True,
        )
        for norm in norms.norms
        if item in norm.items
    )


def _standing(shown: Value[int], norm: Norm, value: NormValue, *, placed: bool) -> Standing:
    """A released result; `placed` is False where it is (perhaps) shown in steps of 5 only."""
    if not isinstance(shown, Shown):
        return Standing(norm, value)
    points = shown.value
    if not LEAST < points < MOST:
        return Standing(norm, value, points)
    among = [whole(one) for one in value.among] if placed else []
    return Standing(norm, value, points, points - whole(value.value), percentile(points, among))


def whole(value: float) -> int:
    """A published value in whole points, halves upwards."""
    return floor(value + 0.5)


def released_tree(group: GroupResult, norms: Norms) -> Tree:
    """What the release of a group says beside the norms, in whole points.

    A marker stands in place of what is not shown.
    """

    def told(number: float | None) -> object:
        return dict(MARKER) if number is None else whole(number)

    return _tree(
        {name: scale_standings(group, norms, name) for name in group.scales},
        {name: item_standings(group, norms, name) for name in group.items},
        told,
    )


def exact_tree(
    norms: Norms,
    scales: Mapping[str, float | None],
    items: Mapping[str, Mapping[str, float | None]],
) -> Tree:
    """The same at full precision.

    `scales` are the 0-100 means of the scales; `items` have for each item both statistics that a
    norm may be expressed in.
    """
    return _tree(
        {
            name: [
                exact_standing(mean, norm, norm.scales[name])
                for norm in norms.norms
                if name in norm.scales
            ]
            for name, mean in scales.items()
        },
        {
            name: [
                exact_standing(values[norm.items[name].statistic], norm, norm.items[name])
                for norm in norms.norms
                if name in norm.items
            ]
            for name, values in items.items()
        },
        lambda number: number,
    )


def _tree(
    scales: Mapping[str, Sequence[Standing]],
    items: Mapping[str, Sequence[Standing]],
    told: Callable[[float | None], object],
) -> Tree:
    return {
        kind: {name: [_entry(one, told) for one in found] for name, found in parts.items() if found}
        for kind, parts in (("scales", scales), ("items", items))
    }


def _entry(standing: Standing, told: Callable[[float | None], object]) -> Tree:
    norm, value = standing.norm, standing.value
    placed = {"percentile": told(standing.percentile), "quarter": told(standing.quarter)}
    return {
        "population": norm.population.root,
        "year": norm.year,
        "centre": norm.centre,
        "organisations": norm.organisations,
        "people": norm.people,
        "statistic": value.statistic,
        "value": told(value.value),
        "sd": None if value.sd is None else told(value.sd),
        "difference": told(standing.difference),
        **(placed if value.among else {}),
    }
