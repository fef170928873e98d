"""Rehearsal: what small units will see, told from head counts and an expected response rate.

No response is looked at: responses per unit are drawn at random as if everybody answered with the
same probability (binomial), and each draw goes through the merging at closing and the rules by
which results are hidden (R2 and R3, on numbers of people alone). The same plan always gives the
same answer, and a merger is compared with what it replaces under the same luck.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from reports.disclosure.limits import UNITS_JOINED
from reports.release import Group
from survey.domain.plans import Plan
from survey.domain.rehearsal_draws import Draw, draw_responses, leaves
from survey.domain.rehearsal_outcomes import Outcome, Stage
from survey.errors import RefusedError

RATES = (0.4, 0.6, 0.75)
CERTAIN, LIKELY, UNLIKELY, NEVER = 0.98, 0.75, 0.25, 0.02
NEEDS_HELP = LIKELY
MOST_PARTNERS, MOST_SUGGESTIONS = 3, 6
LEAST_GAIN = 1.0  # people


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will probably become of one unit; each number is a probability.

    `scales`: its dimensions are shown; `items`: its single questions are. `merged`: its responses
    are stored under another unit, most often `into` (a unit id). `hidden`: neither of both.
    """

    unit: str
    name: str
    depth: int
    eligible: int
    scales: float
    items: float
    merged: float
    hidden: float
    into: str | None

    @property
    def verdict(self) -> str:
        """Whether it will see dimensions of its own: certain, likely, uncertain, unlikely, no."""
        return verdict(self.scales)

    @property
    def verdict_of_items(self) -> str:
        """The same for single questions."""
        return verdict(self.items)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A merger that helps: units to join, and people whose unit is shown before and after it."""

    units: tuple[str, ...]
    names: tuple[str, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The outlook at one response rate.

    `people` is the number of eligible people, `people_shown` of these how many are expected to see
    dimensions of their own unit. `unopened` is the probability that too few answer for any result.
    """

    rate: float
    people: int
    people_shown: int
    unopened: float
    units: tuple[Forecast, ...]
    suggestions: tuple[Suggestion, ...]


def rehearse(plan: Plan, rate: float) -> Rehearsal:
    """The outlook of a plan, if everybody answers with the probability `rate` (0 < rate <= 1).

    Raises:
        RefusedError: the plan has no head counts, or the rate is none.
    """
    if not 0 < rate <= 1:
        raise RefusedError("rate", f"{rate} is no response rate.", "Name one as in 0.6.")
    if plan.eligible is None:
        raise RefusedError(
            "no-head-counts",
            "The plan has no head counts, so nothing can be rehearsed.",
            "Give 'eligible' for each unit in the plan.",
        )
    return _rehearse(plan.canonical, rate)


def verdict(probability: float) -> str:
    """A probability in one word: certain, likely, uncertain, unlikely, no."""
    steps = ((CERTAIN, "certain"), (LIKELY, "likely"), (UNLIKELY, "uncertain"), (NEVER, "unlikely"))
    return next((word for least, word in steps if probability >= least), "no")


@lru_cache(maxsize=64)
def _rehearse(canonical: str, rate: float) -> Rehearsal:
    plan = Plan.model_validate_json(canonical)
    tree = plan.tree()
    stage = Stage(tree, plan.threshold, plan.results_from, plan.opened_from)
    draws = draw_responses(tree, rate)
    forecasts, unopened = _forecasts(stage, draws)
    shown = _people_shown(tree, {one.unit: one.scales for one in forecasts})
    return Rehearsal(
        rate=rate,
        people=plan.eligible or 0,
        people_shown=round(shown),
        unopened=unopened,
        units=forecasts,
        suggestions=tuple(_suggestions(stage, draws, forecasts)),
    )


def _forecasts(stage: Stage, draws: Sequence[Draw]) -> tuple[tuple[Forecast, ...], float]:
    outcomes = [stage.outcome(draw) for draw in draws]
    unopened = sum(not outcome.stored for outcome in outcomes) / len(outcomes)
    return tuple(
        _forecast(group, depth, outcomes) for group, depth in _depths(stage.tree)
    ), unopened


def _forecast(group: Group, depth: int, outcomes: Sequence[Outcome]) -> Forecast:
    number = len(outcomes)
    not_shown = [outcome for outcome in outcomes if group.id not in outcome.scales]
    inside = {one.id for one in group.walk()}
    homes = Counter(home for one in not_shown if (home := one.home(inside)) is not None)
    merged = sum(homes.values())
    return Forecast(
        unit=group.id,
        name=group.name,
        depth=depth,
        eligible=group.head_count or 0,
        scales=(number - len(not_shown)) / number,
        items=sum(group.id in one.items for one in outcomes) / number,
        merged=merged / number,
        hidden=(len(not_shown) - merged) / number,
        into=homes.most_common(1)[0][0] if homes else None,
    )


def _people_shown(tree: Group, shown: Mapping[str, float]) -> float:
    return sum((one.head_count or 0) * shown[one.id] for one in leaves(tree))


def _suggestions(
    stage: Stage, draws: Sequence[Draw], forecasts: Sequence[Forecast]
) -> Iterator[Suggestion]:
    """Join the smallest unit that will hardly be shown with the sibling that helps most; repeat."""
    chances = {one.unit: one.scales for one in forecasts}
    before = _people_shown(stage.tree, chances)
    for _ in range(MOST_SUGGESTIONS):
        found = _best_merger(stage, draws, chances)
        if found is None:
            return
        stage, draws, chances = found.stage, found.draws, found.chances
        names = tuple(one.name for one in found.joined)
        after = found.people
        yield Suggestion(tuple(one.id for one in found.joined), names, round(before), round(after))
        before = after


@dataclass(frozen=True, slots=True)
class _Merger:
    """Two units, and how everything stands when they are joined."""

    joined: tuple[Group, Group]
    stage: Stage
    draws: Sequence[Draw]
    chances: dict[str, float]
    people: float


def _best_merger(
    stage: Stage, draws: Sequence[Draw], chances: Mapping[str, float]
) -> _Merger | None:
    least = _people_shown(stage.tree, chances) + LEAST_GAIN
    small = [one for one in leaves(stage.tree) if chances[one.id] < NEEDS_HELP]
    for one in sorted(small, key=lambda unit: (unit.head_count or 0, unit.id)):
        tried = [_merger(stage, draws, one, other) for other in _siblings(stage.tree, one)]
        best = max(tried, key=lambda merger: merger.people, default=None)
        if best is not None and best.people >= least:
            return best
    return None


def _merger(stage: Stage, draws: Sequence[Draw], one: Group, other: Group) -> _Merger:
    joint, units = _joint(one, other), (one.id, other.id)
    joined = replace(stage, tree=_replaced(stage.tree, units, joint))
    counted = [_counted(draw, units, joint.id) for draw in draws]
    chances = _chances(joined, counted)
    return _Merger((one, other), joined, counted, chances, _people_shown(joined.tree, chances))


def _chances(stage: Stage, draws: Sequence[Draw]) -> dict[str, float]:
    """Per group the probability that its dimensions are shown."""
    times = Counter[str]()
    for draw in draws:
        times.update(stage.outcome(draw).scales)
    return {group.id: times[group.id] / len(draws) for group in stage.groups}


def _siblings(tree: Group, unit: Group) -> list[Group]:
    """The smallest siblings a unit can be joined with; none where the parent has only these two."""
    for group in tree.walk():
        if unit in group.children and len(group.children) > UNITS_JOINED:
            others = [one for one in group.children if one != unit and not one.children]
            return sorted(others, key=lambda one: (one.head_count or 0, one.id))[:MOST_PARTNERS]
    return []


def _joint(one: Group, other: Group) -> Group:
    people = (one.head_count or 0) + (other.head_count or 0)
    return Group(f"{one.id}+{other.id}", f"{one.name} + {other.name}", people)


def _replaced(tree: Group, units: tuple[str, str], joint: Group) -> Group:
    """The tree with `joint` in the place of two siblings."""
    children = [_replaced(child, units, joint) for child in tree.children if child.id not in units]
    if len(children) < len(tree.children):
        children.append(joint)
    return replace(tree, children=tuple(children))


def _counted(draw: Draw, units: tuple[str, str], joint: str) -> Draw:
    return {
        **{unit: number for unit, number in draw.items() if unit not in units},
        joint: sum(draw[unit] for unit in units),
    }


def _depths(group: Group, depth: int = 0) -> Iterator[tuple[Group, int]]:
    yield group, depth
    for child in group.children:
        yield from _depths(child, depth + 1)
