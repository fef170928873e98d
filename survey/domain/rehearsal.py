"""Rehearsal: what small units will see, told from head counts and an expected response rate.

No response is looked at: responses per unit are drawn at random as if everybody answered with the
same probability (binomial), and each draw goes through the merging at closing and the rules by
which results are hidden (R2 and R3, on numbers of people alone). The draws of a unit depend on
its id only, so the same plan always gives the same answer, and a merger is compared with what it
replaces under the same luck.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from math import ceil, floor, sqrt
from random import Random

from reports.disclosure.limits import LEAST_WIDTH, STEP_OF_ITEMS, UNITS_JOINED
from reports.release import Group
from survey.domain.merging import merge
from survey.domain.plans import Plan
from survey.errors import RefusedError

RATES = (0.4, 0.6, 0.75)
MOST_DRAWS, LEAST_DRAWS, WORK = 500, 100, 15_000
TAIL = 12  # standard deviations, beyond which a binomial number is as good as impossible

CERTAIN, LIKELY, UNLIKELY, NEVER = 0.98, 0.75, 0.25, 0.02
NEEDS_HELP = LIKELY
MOST_PARTNERS, MOST_SUGGESTIONS = 3, 6
LEAST_GAIN = 1.0  # people

Draw = Mapping[str, int]  # responses per unit in which people work


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
    stage = _Stage(tree, plan.threshold, plan.results_from, plan.opened_from)
    draws = _draws(tree, rate)
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


@dataclass(frozen=True)
class _Stage:
    """A tree, and its thresholds: for merging, for showing a dimension, for opening anything."""

    tree: Group
    merging: int
    showing: int
    opening: int

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """All groups, parents first."""
        return tuple(self.tree.walk())

    def outcome(self, draw: Draw) -> "_Outcome":
        """What becomes of a draw."""
        if sum(draw.values()) < self.opening:
            return _Outcome({}, frozenset(), frozenset())
        stored = merge(self.tree, draw, self.merging)
        own = Counter[str]()
        for unit, home in stored.items():
            own[home] += draw[unit]
        rows: dict[str, int] = {}
        _add_up(self.tree, own, rows)
        groups = self.groups
        pooled = {group.id for group in groups if group.children and own[group.id]}
        steps = (self.showing, max(self.showing, STEP_OF_ITEMS))
        scales, items = (shown_groups(groups, rows, pooled, step, self.showing) for step in steps)
        return _Outcome(stored, scales, items)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Where responses are stored, and the groups that show dimensions and single questions."""

    stored: Mapping[str, str]
    scales: frozenset[str]
    items: frozenset[str]

    def home(self, inside: AbstractSet[str]) -> str | None:
        """Where the responses of a group of units are stored, if outside of it."""
        homes = (self.stored[unit] for unit in inside if unit in self.stored)
        return next((home for home in homes if home not in inside), None)


def shown_groups(
    groups: Sequence[Group], rows: Mapping[str, int], pooled: set[str], step: int, fit: int
) -> frozenset[str]:
    """The groups that may show a variable, from the numbers of valid answers alone (R2, R3).

    As `reports.disclosure.suppression`, for answers that are mixed enough: a group needs `step`
    answers, and a group less its shown children has nobody, or at least `fit` from two or more
    units. `groups` are all, parents first; `pooled` ones have rows of their own, which came from
    several units.
    """
    shown = {group.id for group in groups if rows[group.id] >= step}
    while True:
        for group in groups:
            if group.id not in shown:
                shown.difference_update(child.id for child in group.children)
        hide = next(
            (
                _one_more(group, rows, shown)
                for group in groups
                if group.id in shown
                and not _holds(group, rows, shown, pooled, fit, is_whole=group is groups[0])
            ),
            None,
        )
        if hide is None:
            return frozenset(shown)
        shown.discard(hide)


def _holds(
    group: Group,
    rows: Mapping[str, int],
    shown: set[str],
    pooled: set[str],
    fit: int,
    *,
    is_whole: bool,
) -> bool:
    inside = [child.id for child in group.children if child.id in shown]
    left = rows[group.id] - sum(rows[name] for name in inside)
    hidden = [one for one in group.children if one.id not in shown and rows[one.id]]
    if not left:
        return True
    if hidden and len(hidden) + UNITS_JOINED * (group.id in pooled) < UNITS_JOINED:
        return False
    if inside and left < fit:
        return False
    below = (rows[unit.id] for one in hidden for unit in one.walk())
    # The whole is not hidden for the sake of a unit.
    whole_alone = is_whole and not inside
    return whole_alone or not any(_is_pinned(people, left) for people in below)


def _is_pinned(people: int, left: int) -> bool:
    """Whether a hidden unit makes up so much of what is left over that its mean is bounded.

    The others could have said anything from 0 to 100, and what is shown is rounded to one point on
    either side: that leaves the unit's mean an interval of (100 x others + 2 x left) / people.
    """
    return 100 * (left - people) + 2 * left < LEAST_WIDTH * people


def _one_more(group: Group, rows: Mapping[str, int], shown: set[str]) -> str:
    inside = [child.id for child in group.children if child.id in shown]
    return min(inside, key=lambda name: (rows[name], name), default=group.id)


def _add_up(group: Group, own: Mapping[str, int], rows: dict[str, int]) -> int:
    """`rows` of a group: its own and those of all groups inside it."""
    inside = sum(_add_up(child, own, rows) for child in group.children)
    rows[group.id] = own.get(group.id, 0) + inside
    return rows[group.id]


def _forecasts(stage: _Stage, draws: Sequence[Draw]) -> tuple[tuple[Forecast, ...], float]:
    outcomes = [stage.outcome(draw) for draw in draws]
    unopened = sum(not outcome.stored for outcome in outcomes) / len(outcomes)
    return tuple(
        _forecast(group, depth, outcomes) for group, depth in _depths(stage.tree)
    ), unopened


def _forecast(group: Group, depth: int, outcomes: Sequence[_Outcome]) -> Forecast:
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
    return sum((one.head_count or 0) * shown[one.id] for one in _leaves(tree))


def _suggestions(
    stage: _Stage, draws: Sequence[Draw], forecasts: Sequence[Forecast]
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
    stage: _Stage
    draws: Sequence[Draw]
    chances: dict[str, float]
    people: float


def _best_merger(
    stage: _Stage, draws: Sequence[Draw], chances: Mapping[str, float]
) -> _Merger | None:
    least = _people_shown(stage.tree, chances) + LEAST_GAIN
    small = [one for one in _leaves(stage.tree) if chances[one.id] < NEEDS_HELP]
    for one in sorted(small, key=lambda unit: (unit.head_count or 0, unit.id)):
        tried = [_merger(stage, draws, one, other) for other in _siblings(stage.tree, one)]
        best = max(tried, key=lambda merger: merger.people, default=None)
        if best is not None and best.people >= least:
            return best
    return None


def _merger(stage: _Stage, draws: Sequence[Draw], one: Group, other: Group) -> _Merger:
    joint, units = _joint(one, other), (one.id, other.id)
    joined = replace(stage, tree=_replaced(stage.tree, units, joint))
    counted = [_counted(draw, units, joint.id) for draw in draws]
    chances = _chances(joined, counted)
    return _Merger((one, other), joined, counted, chances, _people_shown(joined.tree, chances))


def _chances(stage: _Stage, draws: Sequence[Draw]) -> dict[str, float]:
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


def _draws(tree: Group, rate: float) -> list[Draw]:
    """Responses per unit, as often as the size of the plan allows."""
    leaves = _leaves(tree)
    number = max(LEAST_DRAWS, min(MOST_DRAWS, WORK // len(leaves)))
    columns = [_binomial(leaf, rate, number) for leaf in leaves]
    names = [leaf.id for leaf in leaves]
    return [dict(zip(names, numbers, strict=True)) for numbers in zip(*columns, strict=True)]


def _binomial(leaf: Group, rate: float, number: int) -> list[int]:
    """Binomial numbers by inversion, from uniform ones that depend on the unit's id alone."""
    people = leaf.head_count or 0
    if rate == 1:
        return [people] * number
    first, cumulated = _distribution(people, rate)
    luck = Random(f"rehearsal {leaf.id}")  # noqa: S311 - to be repeated, not to be secret
    places = (bisect_left(cumulated, luck.random() * cumulated[-1]) for _ in range(number))
    return [first + place for place in places]


def _distribution(people: int, rate: float) -> tuple[int, list[float]]:
    """The least number considered, and from it on the cumulated weights of a binomial number.

    From the mode outwards by the ratio of neighbours, p(k + 1) / p(k) = (n - k) p / ((k + 1) q),
    so that nothing underflows; up to a common factor.
    """
    spread = TAIL * sqrt(people * rate * (1 - rate)) + 1
    mode = min(people, floor((people + 1) * rate))
    low, high = max(0, ceil(mode - spread)), min(people, floor(mode + spread))
    odds = rate / (1 - rate)
    up = list(
        accumulate(range(mode, high), lambda w, k: w * (people - k) / (k + 1) * odds, initial=1.0)
    )
    down = list(
        accumulate(range(mode, low, -1), lambda w, k: w * k / (people - k + 1) / odds, initial=1.0)
    )
    return low, list(accumulate(down[:0:-1] + up))


def _depths(group: Group, depth: int = 0) -> Iterator[tuple[Group, int]]:
    yield group, depth
    for child in group.children:
        yield from _depths(child, depth + 1)


def _leaves(tree: Group) -> list[Group]:
    return [group for group in tree.walk() if not group.children]
