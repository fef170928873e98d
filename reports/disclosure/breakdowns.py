"""Which categories of breakdowns may be shown beside the tree, for one item or scale.

The tree comes first, and no unit is hidden for the sake of showing a category: units are what
measures are agreed for. Then all categories that may be shown by themselves are tried at once, in
the planned order of the breakdowns, within one the largest first. Where a union can be computed
that must not be (`overlaps`), or a hidden group is pinned down (`ranges`), that category is hidden
with which it begins, until nothing is found. A breakdown that is not proven in time is left out.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

from reports.disclosure.atoms import Answers, Truths
from reports.disclosure.bounds import Interval
from reports.disclosure.groups import Group
from reports.disclosure.overlaps import Computable, Guard
from reports.disclosure.ranges import Ranges
from reports.disclosure.rules import Rule, Verdict
from reports.disclosure.span import UnprovenError
from reports.disclosure.suppression import Families, Question, hidden_by, shown_groups


@dataclass(frozen=True)
class Breakdowns:
    """What every variable shares; `guard` is None where there are too many atoms to be guarded."""

    families: Families
    planned: tuple[Group, ...]
    guard: Guard | None

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All categories: breakdowns as planned, in one the largest first, ties by id."""
        rows = self.families.rows
        return tuple(
            category.id
            for breakdown in self.planned
            for category in sorted(breakdown.children, key=lambda one: (-rows[one.id], one.id))
        )

    @cached_property
    def siblings(self) -> dict[str, frozenset[str]]:
        """Per category all of its breakdown."""
        return {
            category.id: frozenset(one.id for one in breakdown.children)
            for breakdown in self.planned
            for category in breakdown.children
        }

    def verdict(self, question: Question, answers: Answers | None) -> Verdict:
        """The groups of the tree and the categories that may show a variable.

        `answers` are those of the guard's atoms.
        """
        if self.guard is None or answers is None:
            tree = shown_groups(self.families, question)
            return Verdict(tree.shown, {**tree.hidden, **dict.fromkeys(self.order, "unproven")})
        return _Choice(self, self.guard, question, answers).run()


@dataclass(frozen=True)
class _Choice:
    """The groups of one variable."""

    breakdowns: Breakdowns
    guard: Guard
    question: Question
    answers: Answers

    def run(self) -> Verdict:
        """First the tree, then the categories; hiding only."""
        families = self.breakdowns.families
        closed = {
            name: rule
            for name in self.breakdowns.order
            if (rule := hidden_by(families, self.question, name)) is not None
        }
        tree = self._tree(closed)
        if families.tree.id not in tree.shown:
            rule = tree.hidden[families.tree.id]
            return Verdict(
                tree.shown, {**dict.fromkeys(self.breakdowns.order, rule), **tree.hidden}
            )
        shown = [name for name in self.breakdowns.order if name not in closed]
        hidden = {**tree.hidden, **closed}
        while shown and (more := self._next(tree.shown, shown)) is not None:
            names, rule = more
            hidden |= dict.fromkeys(names, rule)
            shown = [name for name in shown if name not in names]
        return Verdict(tree.shown | set(shown), hidden)

    # what the tree alone says about categories that must be hidden

    def _tree(self, closed: Mapping[str, Rule]) -> Verdict:
        """The tree, with one more group hidden while it pins a category down that is not fit."""
        families, extra = self.breakdowns.families, frozenset[str]()
        unfit = [
            name
            for name in closed
            if (pile := self.question.piles[name]).n and not pile.fit(families.threshold)
        ]
        while True:
            banned = self.question.banned | extra
            tree = shown_groups(families, replace(self.question, banned=banned))
            tells = [
                name
                for name in unfit
                for form in range(len(self.question.forms))
                if self._is_pinned(name, form, tree.shown, [])
            ]
            if not tells:
                return Verdict(tree.shown, {**tree.hidden, **dict.fromkeys(extra, "bounds")})
            extra |= {self._one_more(tells[0], tree.shown)}

    def _one_more(self, category: str, shown: frozenset[str]) -> str:
        """The smallest shown group that shares people with a category; the whole comes last."""
        families, inside = self.breakdowns.families, self.guard.atoms.inside
        shared = [name for name in shown if (inside[name] & inside[category]).any()]
        whole = families.tree.id
        return min(shared, key=lambda name: (name == whole, families.rows[name], name))

    # what tree and categories say together

    def _next(
        self, tree: frozenset[str], shown: Sequence[str]
    ) -> tuple[AbstractSet[str], Rule] | None:
        """Categories to be hidden next, and why."""
        try:
            union = self._computed(tree, shown)
            if union is not None:
                return {self._begins_with(union, tree, shown)}, "overlap"
        except UnprovenError:
            return self.breakdowns.siblings[shown[-1]] & set(shown), "unproven"
        pinned = self._pinned(tree, shown)
        return None if pinned is None else ({pinned}, "bounds")

    def _computed(self, tree: frozenset[str], shown: Sequence[str]) -> Truths | None:
        """A union that must not be computed and is."""
        whole = self.question.piles[self.breakdowns.families.tree.id]
        union = self.guard.fault(self.answers, whole, self._all(tree, shown))
        if union is not None:
            return union
        now, before = self._span(tree, shown), self._span(tree, [])
        inside = self.guard.atoms.inside
        hidden = (inside[name] for name in self._hidden(tree, shown))
        return next((one for one in hidden if now.holds(one) and not before.holds(one)), None)

    def _begins_with(self, union: Truths, tree: frozenset[str], shown: Sequence[str]) -> str:
        """The first category with which, and those before it, a union can be computed."""
        low, high = 1, len(shown)
        while low < high:
            middle = (low + high) // 2
            if self._span(tree, shown[:middle]).holds(union):
                high = middle
            else:
                low = middle + 1
        return shown[low - 1]

    def _pinned(self, tree: frozenset[str], shown: Sequence[str]) -> str | None:
        """The category to hide where a hidden group is pinned down, and not by the tree alone."""
        for name in self._hidden(tree, shown):
            if any(
                self._is_pinned(name, form, tree, shown)
                and not self._is_pinned(name, form, tree, [], in_doubt=False)
                for form in range(len(self.question.forms))
            ):
                own = self.breakdowns.siblings.get(name, frozenset())
                return next((one for one in reversed(shown) if one in own), shown[-1])
        return None

    def _is_pinned(
        self,
        name: str,
        form: int,
        tree: frozenset[str],
        shown: Sequence[str],
        *,
        in_doubt: bool = True,
    ) -> bool:
        names, told = self._all(tree, shown), self._told[form]
        whole = self.question.piles[self.breakdowns.families.tree.id]
        ranges = Ranges(self.guard.atoms, self.answers, names)
        return ranges.is_pinned(
            name,
            self.question.forms[form],
            {one: told[one] for one in names},
            whole,
            in_doubt=in_doubt,
        )

    @cached_property
    def _told(self) -> list[dict[str, tuple[Interval, ...] | None]]:
        """Per form what each group tells that may be shown."""
        families = self.breakdowns.families
        piles = {
            name: pile
            for name, pile in self.question.piles.items()
            if hidden_by(families, self.question, name) is None
        }
        return [
            {name: form.told(pile) for name, pile in piles.items()} for form in self.question.forms
        ]

    def _hidden(self, tree: frozenset[str], shown: Sequence[str]) -> list[str]:
        """Groups that have answers and are not shown."""
        return [
            name
            for name in self.guard.atoms.inside
            if name not in tree and name not in shown and self.question.piles[name].n
        ]

    def _span(self, tree: frozenset[str], shown: Sequence[str]) -> Computable:
        return self.guard.span(self.answers, self._all(tree, shown))

    def _all(self, tree: frozenset[str], shown: Sequence[str]) -> list[str]:
        """The shown groups in the planned order of the tree, then the categories."""
        return [group.id for group in self.guard.atoms.tree.walk() if group.id in tree] + [*shown]
