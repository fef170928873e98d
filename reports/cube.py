"""The cube: every planned group by every item and scale, and which of it may be shown."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from questionnaires.conditions import items_of
from questionnaires.model import (
    Demographic,
    MaturityItem,
    NumberItem,
    Questionnaire,
    RatingItem,
    Scale,
)
from questionnaires.variables import Variable, variables
from reports.disclosure.atoms import Answers, Atom, Atoms
from reports.disclosure.breakdowns import Breakdowns
from reports.disclosure.categories import shares
from reports.disclosure.detail import Knowledge, item_result, scale_result
from reports.disclosure.groups import Group
from reports.disclosure.limits import STEP_OF_ITEMS
from reports.disclosure.links import Links
from reports.disclosure.overlaps import Guard
from reports.disclosure.participation import participation
from reports.disclosure.piles import (
    Pile,
    by_exact_score,
    item_pile,
    scale_pile,
)
from reports.disclosure.results import GroupResult, ItemResult, Participation, ScaleResult
from reports.disclosure.rules import Verdict
from reports.disclosure.suppression import Families, Question
from reports.disclosure.told import BY_SCORE, item_forms
from reports.disclosure.unions import Work
from reports.disclosure.values import Shown, Value
from reports.scoring import Ends, favourable_ends
from reports.tallies import Cell, Crossing
from reports.tally import Tally

RANKED = (RatingItem, MaturityItem)  # their categories have an order
Visible = dict[str, frozenset[str]]  # per item or scale the groups that show it


@dataclass(frozen=True)
class Cube:
    """Every planned group by every item and scale.

    `tallies` has each group of the tree and each category of the breakdowns, None for one without
    rows. `crossing` tells where `column`, under which the tree is stored, and the breakdowns
    cross; without it no category is shown.
    """

    questionnaire: Questionnaire
    tree: Group
    tallies: Mapping[str, Tally | None]
    merged: frozenset[str]
    threshold: int
    breakdowns: tuple[Group, ...] = ()
    column: str = "unit"
    crossing: Crossing | None = None
    work: Work = field(default_factory=Work)
    _verdicts: dict[tuple[str, str, frozenset[str]], Verdict] = field(default_factory=dict)
    _last: dict[tuple[str, str], Verdict] = field(default_factory=dict)

    def results(self) -> dict[str, GroupResult]:
        """Every group with what may be shown of it."""
        scales, items = self.visible
        seen = frozenset().union(*scales.values(), *items.values())
        took_part = participation(self.tree, self.rows, seen)
        return {
            name: GroupResult(
                took_part[name],
                {item: self._item(item, name, items, took_part[name]) for item in self.variables},
                {
                    scale.id: self._scale(scale.id, name, scales, items, took_part[name])
                    for scale in self.questionnaire.scales
                },
            )
            for name in self.tallies
        }

    @property
    def verdicts(self) -> Mapping[tuple[str, str], Verdict]:
        """By ("scale" or "item", name) what was decided and why; for the house alone (R9)."""
        _ = self.visible  # decides
        return self._last

    @cached_property
    def rows(self) -> dict[str, int]:
        """Responses per group."""
        return {name: tally.n if tally else 0 for name, tally in self.tallies.items()}

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Every column of answers by name."""
        return {variable.name: variable for variable in variables(self.questionnaire)}

    @cached_property
    def ends(self) -> dict[str, Ends | None]:
        """The favourable and unfavourable codes of items that have an order."""
        return {
            name: favourable_ends(self.questionnaire, variable) if _is_ordered(variable) else None
            for name, variable in self.variables.items()
        }

    @cached_property
    def families(self) -> Families:
        """The tree with what every variable shares."""
        overfull = {
            group.id
            for group in self.tree.walk()
            if group.head_count is not None and self.rows[group.id] > group.head_count
        }
        return Families(
            self.tree,
            self.rows,
            self.threshold,
            self.merged,
            frozenset(overfull - {self.tree.id}),
        )

    @cached_property
    def scale_piles(self) -> dict[str, dict[str, Pile]]:
        """Per scale the pile of every group."""
        return {
            scale.id: {
                name: scale_pile(tally.scales[scale.id]) if tally else Pile({})
                for name, tally in self.tallies.items()
            }
            for scale in self.questionnaire.scales
        }

    @cached_property
    def item_piles(self) -> dict[str, dict[str, Pile]]:
        """Per variable the pile of every group."""
        return {
            name: {
                group: item_pile(
                    tally.items[name].histogram if tally else {},
                    self.ends[name],
                    _declared_ends(variable),
                )
                for group, tally in self.tallies.items()
            }
            for name, variable in self.variables.items()
        }

    @cached_property
    def guarded(self) -> Breakdowns:
        """The breakdowns with their guard."""
        known = self.crossing is not None and self.breakdowns
        guard = Guard(self.families, self._atoms, self.work) if known else None
        return Breakdowns(self.families, self.breakdowns, guard)

    @cached_property
    def _atoms(self) -> Atoms:
        rows = self.crossing.rows if self.crossing else {}
        return Atoms.of(
            self.tree, self.breakdowns, self._by_atom({c: {0: n} for c, n in rows.items()})
        )

    def _by_atom(self, cells: Mapping[Cell, Mapping[int, int]]) -> dict[Atom, Counter[int]]:
        """Counts by cell as counts by atom; values that are not planned are no category."""
        columns = self.crossing.columns if self.crossing else ()
        planned = {category.id for part in self.breakdowns for category in part.children}
        found: dict[Atom, Counter[int]] = {}
        for cell, counts in cells.items():
            values = dict(zip(columns, cell, strict=True))
            names = [f"{part.id}={values[part.id]}" for part in self.breakdowns]
            atom = (
                values.get(self.column) or self.tree.id,
                tuple(name if name in planned else None for name in names),
            )
            found.setdefault(atom, Counter()).update(counts)
        return found

    def _item_answers(self, name: str) -> Answers | None:
        if self.crossing is None or not self.breakdowns:
            return None
        return Answers.of(self._atoms, self._by_atom(self.crossing.items[name]))

    def _scale_answers(self, name: str) -> Answers | None:
        whole = self.tallies[self.tree.id]
        if self.crossing is None or not self.breakdowns or whole is None:
            return None
        counted = whole.scales[name]
        cells = self.crossing.scales[name].items()
        return Answers.of(
            self._atoms,
            self._by_atom({cell: by_exact_score(counted, people) for cell, people in cells}),
        )

    @cached_property
    def visible(self) -> tuple[Visible, Visible]:
        """The groups that show each scale, and those that show each item."""
        closed: Visible = {
            scale.id: self._sole_closed(scale) for scale in self.questionnaire.scales
        }
        while True:
            scales = {
                scale.id: self._visible_scale(scale, closed[scale.id])
                for scale in self.questionnaire.scales
            }
            items, more = self._visible_items(scales)
            if not more:
                return scales, items
            closed = {name: groups | more.get(name, frozenset()) for name, groups in closed.items()}

    def _visible_scale(self, scale: Scale, closed: frozenset[str]) -> frozenset[str]:
        if ("scale", scale.id, closed) not in self._verdicts:
            piles, step = self.scale_piles[scale.id], self.threshold
            answers = self._scale_answers(scale.id)
            if len(scale.items) == 1:
                sole = scale.items[0].ref
                piles, step = self.item_piles[sole], max(step, STEP_OF_ITEMS)
                answers = self._item_answers(sole)
            question = Question(piles, step, closed, (BY_SCORE,))
            found = self.guarded.verdict(question, answers)
            self._verdicts["scale", scale.id, closed] = found
        self._last["scale", scale.id] = self._verdicts["scale", scale.id, closed]
        return self._last["scale", scale.id].shown

    def _sole_closed(self, scale: Scale) -> frozenset[str]:
        """Where a scale of one item is hidden: it is that question, and is never clipped."""
        if len(scale.items) > 1:
            return frozenset()
        piles = self.item_piles[scale.items[0].ref]
        return frozenset(group for group, pile in piles.items() if not pile.mixed)

    def _visible_items(self, scales: Visible) -> tuple[Visible, Visible]:
        """Items are shown where their scales are, and while no scale gives a hidden one away.

        Also the groups in which some scales are to be hidden, since together they still do.
        """
        banned = {name: self._never(name) for name in self.variables}
        for scale in self.questionnaire.scales:
            for link in scale.items:
                banned[link.ref] |= self.tallies.keys() - scales[scale.id]
            if len(scale.items) == 1:  # its score and spread would take joined categories apart
                name = scale.items[0].ref
                banned[name] |= {g for g in scales[scale.id] if not self._is_apart(name, g)}
        visible = {name: self._visible_item(name, banned[name]) for name in self.variables}
        while True:
            items, more = self._given_away(scales, visible)
            if not items:
                return visible, more
            for name, groups in items.items():
                banned[name] |= groups
                visible[name] = self._visible_item(name, banned[name])

    def _visible_item(self, name: str, banned: frozenset[str]) -> frozenset[str]:
        if ("item", name, banned) not in self._verdicts:
            variable = self.variables[name]
            is_ordered = _declared_ends(variable) is not None
            forms = item_forms(variable.codes, self.ends[name], is_ordered=is_ordered)
            step = max(self.threshold, STEP_OF_ITEMS)
            question = Question(self.item_piles[name], step, banned, forms)
            found = self.guarded.verdict(question, self._item_answers(name))
            self._verdicts["item", name, banned] = found
        self._last["item", name] = self._verdicts["item", name, banned]
        return self._last["item", name].shown

    def _never(self, name: str) -> frozenset[str]:
        """Numbers are not shown at all, what people say about themselves for the whole only."""
        question = self.variables[name].question
        if isinstance(question, NumberItem):
            return frozenset(self.tallies)
        is_about_people = isinstance(question, Demographic)
        return frozenset(self.tallies) - {self.tree.id} if is_about_people else frozenset()

    def _given_away(self, scales: Visible, visible: Visible) -> tuple[Visible, Visible]:
        """Items, and scales, that are to be hidden next, with the groups."""
        items: Visible = {}
        more: Visible = {}
        for group in self.tallies:
            shown = {name for name, groups in visible.items() if group in groups}
            there = [scale for scale in self.questionnaire.scales if group in scales[scale.id]]
            links = self._links(group)
            found = [links.one_more_item(scale, shown) for scale in there]
            item, hide = links.told_together({scale.id for scale in there}, shown)
            for name in {name for name in (*found, item) if name is not None}:
                items[name] = items.get(name, frozenset()) | {group}
            if hide is not None:
                more[hide] = more.get(hide, frozenset()) | {group}
        return items, more

    def _links(self, group: str) -> Links:
        piles = {name: found[group] for name, found in self.item_piles.items()}
        return Links(self.questionnaire.scales, piles, self.ends)

    def _is_apart(self, name: str, group: str) -> bool:
        variable, ends = self.variables[name], self.ends[name]
        return shares(self.item_piles[name][group], variable.codes, ends).apart

    def _item(
        self, item: str, group: str, visible: Visible, took_part: Value[Participation]
    ) -> ItemResult:
        if group not in visible[item]:
            return ItemResult()
        pile = self.item_piles[item][group]
        is_open = self._counts_open([item], group, visible)
        return item_result(
            pile,
            self.variables[item].codes,
            self.ends[item],
            _knowledge(took_part, pile.n, is_open),
        )

    def _scale(
        self,
        scale: str,
        group: str,
        visible: Visible,
        items: Visible,
        took_part: Value[Participation],
    ) -> ScaleResult:
        tally = self.tallies[group]
        if tally is None or group not in visible[scale]:
            return ScaleResult()
        pile, counted = self.scale_piles[scale][group], tally.scales[scale]
        is_open = self._counts_open(counted.items, group, items)
        return scale_result(pile, counted, _knowledge(took_part, pile.n, is_open))

    def _counts_open(self, names: Iterable[str], group: str, visible: Visible) -> bool:
        """Whether numbers of answers repeat nothing that a filter's own result keeps back.

        Who was asked a conditional item gave certain answers to its filter, so how many answered
        it is told only where the filter is shown with every category apart.
        """
        return all(
            group in visible[name] and self._is_apart(name, group) for name in self._filters(names)
        )

    def _filters(self, names: Iterable[str]) -> set[str]:
        """The variables on whose answers it depends who was asked these, at any remove."""
        found: set[str] = set()
        left = list(names)
        while left:
            question = self.variables[left.pop()].question
            asked = set(items_of(question.show_if))
            named = ((n, v) for n, v in self.variables.items() if not v.is_target)
            new = {n for n, v in named if v.question.id in asked} - found
            found |= new
            left += new
        return found


def _is_ordered(variable: Variable) -> bool:
    return isinstance(variable.question, RANKED) or variable.category is not None


def _declared_ends(variable: Variable) -> tuple[int, int] | None:
    """The ends for 0-100; a category of a multiple choice has its share and no second form."""
    is_ranked = isinstance(variable.question, RANKED)
    return (variable.minimum, variable.maximum) if is_ranked else None


def _knowledge(took_part: Value[Participation], n: int, is_open: bool) -> Knowledge:  # noqa: FBT001 - private
    if not isinstance(took_part, Shown) or not is_open:
        return Knowledge(counts=False)
    asked = took_part.value.eligible
    return Knowledge(counts=True, sampled=None if asked is None else Fraction(n, asked))
