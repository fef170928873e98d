"""An attacker on overlapping groups: every union of people is tried, every hidden group bounded.

He knows the tree, the breakdowns, who is in which of them, and how many answered; what he reads is
the release. He shares no code with disclosure control (`brute` is his linear algebra).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.values import Shown
from reports.release import Release
from tests.reports.attacker import FAVOURABLE, UNFAVOURABLE, extremes
from tests.reports.brute import Matrix, computable
from tests.reports.crossings import Atom, CrossedTown
from tests.reports.towns import THRESHOLD

NARROW = 25 - 1e-3
WHOLE = 100.0  # points


@dataclass(frozen=True)
class Variable:
    """One item or scale: people by value in each atom, and the groups that show it."""

    town: CrossedTown
    release: Release
    name: str
    is_item: bool

    @cached_property
    def people(self) -> dict[Atom, Counter[Fraction]]:
        """By atom, those without a valid value left out."""
        crossing = self.town.counted.crossing
        assert crossing is not None
        found: dict[Atom, Counter[Fraction]] = {}
        for atom in self.town.rows:
            cell = (atom[0], *atom[1])
            if self.is_item:
                codes = crossing.items[self.name].get(cell, {})
                found[atom] = Counter({Fraction(code): n for code, n in codes.items()})
            else:
                found[atom] = self._scores(crossing.scales[self.name].get(cell, {}))
        return {atom: values for atom, values in found.items() if values.total()}

    def _scores(self, people: Mapping[tuple[int, int], int]) -> Counter[Fraction]:
        scale = self.town.counted.whole.scales[self.name]
        found: Counter[Fraction] = Counter()
        for (answered, total), n in people.items():
            if answered >= scale.min_valid:
                found[Fraction(scale.factor * total, answered)] += n
        return found

    @cached_property
    def atoms(self) -> list[Atom]:
        return list(self.people)

    @cached_property
    def groups(self) -> dict[str, NDArray[np.bool_]]:
        """Per planned group whether each atom is in it."""
        found = {}
        for group in self.town.tree.walk():
            units = {part.id for part in group.walk()}
            found[group.id] = [unit in units for unit, _ in self.atoms]
        for place, (name, values) in enumerate(self.town.breakdowns.items()):
            for value in values:
                found[f"{name}={value}"] = [c[place] == value for _, c in self.atoms]
        return {name: np.array(inside, np.bool_) for name, inside in found.items()}

    @cached_property
    def units(self) -> list[str]:
        return [group.id for group in self.town.tree.walk() if not group.children]

    @cached_property
    def shown(self) -> list[str]:
        results = self.release.groups
        if self.is_item:
            return [name for name in self.groups if results[name].items[self.name].is_shown]
        return [name for name in self.groups if results[name].scales[self.name].is_shown]

    @cached_property
    def stuffed(self) -> NDArray[np.bool_]:
        """Atoms of groups with more responses than people: their answers are known."""
        found = np.zeros(len(self.atoms), np.bool_)
        for group in self.town.tree.walk():
            units = {part.id for part in group.walk()}
            rows = sum(len(rows) for (unit, _), rows in self.town.rows.items() if unit in units)
            asked = group.head_count
            if asked is not None and rows > asked and group is not self.town.tree:
                found |= self.groups[group.id]
        return found

    def unions(self, shown: list[str]) -> Matrix:
        """All sets of atoms (found, atoms) that are combinations of shown groups."""
        if not shown:
            return np.zeros((0, len(self.atoms)), np.int64)
        rows = np.array([self.groups[name] for name in shown], np.int64)
        kinds, which = np.unique(rows, axis=1, return_inverse=True)
        return computable(tuple(map(tuple, kinds.tolist())))[:, which.ravel()]

    def join(self, chosen: NDArray[np.bool_]) -> Counter[Fraction]:
        joined: Counter[Fraction] = Counter()
        for atom, inside in zip(self.atoms, chosen, strict=True):
            if inside:
                joined.update(self.people[atom])
        return joined

    def outside(self, people: Counter[Fraction]) -> int:
        if not people:
            return 0
        largest = max(people.values())
        if self.is_item:
            good = sum(n for code, n in people.items() if code in FAVOURABLE[self.name])
            bad = sum(n for code, n in people.items() if code in UNFAVOURABLE[self.name])
            n = people.total()
            largest = max(largest, good, bad, n - good, n - good - bad)
        return people.total() - largest

    def is_fit(self, chosen: NDArray[np.bool_]) -> bool:
        people = self.join(chosen)
        return people.total() >= THRESHOLD and self.outside(people) >= 2


def variables(town: CrossedTown, release: Release) -> Iterator[Variable]:
    for name in release.whole.items:
        yield Variable(town, release, name, is_item=True)
    for name in release.whole.scales:
        yield Variable(town, release, name, is_item=False)


def worked_out(variable: Variable) -> list[str]:
    """Unions that can be computed and hold too few, too much alike, or one hidden unit."""
    found = []
    of_tree = [name for name in variable.shown if "=" not in name]
    by_tree = {tuple(union) for union in variable.unions(of_tree).tolist()}
    whole = variable.groups[variable.town.tree.id]
    hidden = [name for name in variable.groups if name not in variable.shown]
    for union in variable.unions(variable.shown):
        chosen = union.astype(np.bool_)
        label = f"{variable.name}: {[a for a, c in zip(variable.atoms, chosen, strict=True) if c]}"
        real = variable.join(chosen & ~variable.stuffed)
        clipped = (chosen == whole).all() and real.total() >= 30
        if real.total() < THRESHOLD:
            found.append(f"{label} holds {real.total()} people")
        elif variable.outside(real) < 2 and not clipped:
            found.append(f"{label} all said the same")
        for name in hidden:
            inside = variable.groups[name]
            if name in variable.units and not (chosen & ~inside).any():
                found.append(f"{label} lies in the hidden {name}")
            if (chosen == inside).all() and tuple(union) not in by_tree:
                found.append(f"{label} is the hidden {name}")
    return found


def pinned_down(variable: Variable) -> list[str]:
    """Hidden groups that linear programming leaves less than 25 of 100 points.

    What the tree alone says about its own units is attacked elsewhere.
    """
    of_tree = [name for name in variable.shown if "=" not in name]
    only_tree = of_tree == variable.shown
    hidden = [
        name
        for name, inside in variable.groups.items()
        if name not in variable.shown and inside.any() and not (only_tree and "=" not in name)
    ]
    widths = _widths(variable, variable.shown, hidden)
    narrow = [name for name in hidden if widths[name] < NARROW]
    fit = [name for name in narrow if variable.is_fit(variable.groups[name])]
    by_tree = _widths(variable, of_tree, fit)
    return [
        f"{variable.name}: {name} is left {widths[name]:.2f} points"
        for name in narrow
        if by_tree.get(name, WHOLE) >= NARROW
    ]


def _widths(variable: Variable, shown: list[str], hidden: list[str]) -> dict[str, float]:
    """The points of 100 that the scores of `shown` groups leave to the score of each hidden one."""
    sizes = np.array([people.total() for people in variable.people.values()], np.float64)
    rules = [
        (variable.groups[name].astype(np.float64).tolist(), *said)
        for name in shown
        if (said := _said(variable, name, int(sizes[variable.groups[name]].sum()))) is not None
    ]
    if not rules:
        return dict.fromkeys(hidden, WHOLE)
    rows, low, high = zip(*rules, strict=True)
    goals = {
        name: (variable.groups[name] / sizes[variable.groups[name]].sum()).tolist()
        for name in hidden
    }
    found = extremes(goals, rows, low, high, (100 * sizes).tolist())
    return {name: most - least for name, (least, most) in found.items()}


def _said(variable: Variable, name: str, n: int) -> tuple[float, float] | None:
    result = variable.release.groups[name]
    score = (result.items if variable.is_item else result.scales)[variable.name].score
    if not isinstance(score, Shown):
        return None
    half = 2.5 if n < 20 else 0.5
    low, high = score.value - half, score.value + half
    if n >= 30:
        low, high = (0 if score.value == 5 else low), (100 if score.value == 95 else high)
    return n * max(0, low), n * min(100, high)
