"""An attacker who knows the tree, all numbers of answers and the release, and solves equations.

He shares no code with disclosure control: he looks at all 0/1 vectors over the atoms of a tree
(units, and rows stored with a branch), keeps those that exact elimination finds in the span of
the shown groups, and counts who is in them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from reports.disclosure.values import Shown
from reports.release import Group, Release
from tests.reports.towns import THRESHOLD, Town

FAVOURABLE = {"q1": {4, 5}, "q2": {1, 2}, "q3": {4, 5}, "q4": {1, 2}, "q5": {1}}
UNFAVOURABLE = {"q1": {1, 2}, "q2": {4, 5}, "q3": {1, 2}, "q4": {4, 5}, "q5": {0}}


@dataclass(frozen=True)
class Question:
    """One item or scale as the attacker sees it: persons by value in each atom."""

    name: str
    kind: Literal["item", "scale"]
    atoms: tuple[str, ...]
    people: dict[str, Counter[Fraction]]
    units: frozenset[str]  # atoms that are units of the plan, not rows stored with a branch
    members: dict[str, frozenset[str]]  # per group its atoms
    shown: frozenset[str]

    @property
    def is_item(self) -> bool:
        return self.kind == "item"

    def join(self, atoms: frozenset[str]) -> Counter[Fraction]:
        joined: Counter[Fraction] = Counter()
        for atom in atoms:
            joined.update(self.people[atom])
        return joined


def questions(town: Town, release: Release) -> list[Question]:
    """Everything that a release has values for."""
    tallies = town.tallies()
    atoms = tuple(group.id for group in town.tree.walk() if group.id in tallies)
    leaves = frozenset(group.id for group in town.tree.walk() if not group.children)
    members = {
        group.id: frozenset(part.id for part in group.walk() if part.id in tallies)
        for group in town.tree.walk()
    }
    found = []
    for name in release.whole.items:
        shown = {g for g, result in release.groups.items() if result.items[name].is_shown}
        people = {
            atom: Counter({Fraction(k): v for k, v in t.items[name].histogram.items() if v})
            for atom, t in tallies.items()
        }
        found.append(Question(name, "item", atoms, people, leaves, members, frozenset(shown)))
    for name in release.whole.scales:
        shown = {g for g, result in release.groups.items() if result.scales[name].is_shown}
        people = {atom: Counter(dict(t.scales[name].scores())) for atom, t in tallies.items()}
        found.append(Question(name, "scale", atoms, people, leaves, members, frozenset(shown)))
    return found


@lru_cache(maxsize=64)
def solvable(
    atoms: tuple[str, ...], groups: frozenset[frozenset[str]]
) -> tuple[frozenset[str], ...]:
    """All sets of atoms whose result is a combination of the results of `groups`."""
    basis = _echelon([[Fraction(atom in group) for atom in atoms] for group in groups])
    return tuple(
        frozenset(atom for atom, bit in zip(atoms, bits, strict=True) if bit)
        for bits in product((0, 1), repeat=len(atoms))
        if any(bits) and _reduced([Fraction(bit) for bit in bits], basis) is None
    )


def faults(question: Question) -> list[str]:
    """What R2, R3 and R4 forbid and the release allows; empty when it keeps them."""
    found = []
    groups = frozenset(question.members[group] for group in question.shown)
    seen = frozenset().union(*groups) if groups else frozenset()
    visible = {atom for atom in question.atoms if atom in question.shown}
    for atoms in solvable(question.atoms, groups):
        people = question.join(atoms)
        n = people.total()
        if not n:
            continue
        if n < THRESHOLD:
            found.append(f"{question.name}: {sorted(atoms)} has {n} people")
        if _outside(question, people) < 2 and not _is_clipped(question, atoms, groups):
            found.append(f"{question.name}: {sorted(atoms)} all said the same")
        hidden = {
            atom
            for atom in atoms & question.units - visible
            if question.people[atom].total() and atom in seen
        }
        if len(hidden) == 1 and not atoms - question.units:
            found.append(f"{question.name}: {hidden} alone is left over")
    return found


def _is_clipped(
    question: Question, atoms: frozenset[str], groups: frozenset[frozenset[str]]
) -> bool:
    """Whether these people are shown groups of 30 or more, each of them shown as 5 or 95."""
    inside = [group for group in groups if group <= atoms]
    clipped = [group for group in inside if question.join(group).total() >= 30]
    return frozenset().union(*clipped) == atoms


def too_narrow(question: Question, town: Town, release: Release) -> list[str]:
    """Hidden groups that linear programming pins down to less than 25 of 100 points."""
    equations, low, high = [], [], []
    sizes = {atom: question.people[atom].total() for atom in question.atoms}
    for name in sorted(question.shown):
        n = sum(sizes[atom] for atom in question.members[name])
        bounds = _said(question, release, name, n)
        if bounds is not None:
            row = [float(atom in question.members[name]) for atom in question.atoms]
            equations.append(row)
            low.append(bounds[0])
            high.append(bounds[1])
    if not equations:
        return []
    fit_only_in_whole = question.shown == {town.tree.id}
    goals = {}
    for group in town.tree.walk():
        members = question.members[group.id]
        n = sum(sizes[atom] for atom in members)
        if group.id in question.shown or not n:
            continue
        people = question.join(members)
        if fit_only_in_whole and n >= THRESHOLD and _outside(question, people) >= 2:
            continue
        goals[group.id] = [(atom in members) / n for atom in question.atoms]
    most = [100.0 * sizes[atom] for atom in question.atoms]
    return [
        f"{question.name}: {group} lies in {low_end} to {high_end}"
        for group, (low_end, high_end) in extremes(goals, equations, low, high, most).items()
        if high_end - low_end < 25 - 1e-6
    ]


def extremes(
    goals: Mapping[str, Sequence[float]],
    matrix: Sequence[Sequence[float]],
    low: Sequence[float],
    high: Sequence[float],
    most: Sequence[float],
) -> dict[str, tuple[float, float]]:
    """The least and the most of each goal where low <= matrix @ x <= high and 0 <= x <= most.

    Programmes that have no variable in common are one: the best of their sum is best for each.
    """
    if not goals:
        return {}
    rows = np.repeat(np.array(list(goals.values())), 2, axis=0)
    signs = np.tile([1.0, -1.0], len(goals))[:, None]
    copies = len(rows)
    best = milp(
        (signs * rows).ravel(),
        constraints=LinearConstraint(
            np.kron(np.eye(copies), matrix), np.tile(low, copies), np.tile(high, copies)
        ),
        bounds=Bounds(0, np.tile(most, copies)),
    )
    assert best.x is not None
    ends = (rows * best.x.reshape(copies, -1)).sum(axis=1).tolist()
    return dict(zip(goals, zip(ends[::2], ends[1::2], strict=True), strict=True))


def _said(question: Question, release: Release, group: str, n: int) -> tuple[float, float] | None:
    result = release.groups[group]
    source = result.items if question.is_item else result.scales
    score = source[question.name].score
    if not isinstance(score, Shown):
        return None
    half = 2.5 if n < 20 else 0.5
    low, high = score.value - half, score.value + half
    if n >= 30:
        low, high = (0 if score.value == 5 else low), (100 if score.value == 95 else high)
    return n * max(0, low), n * min(100, high)


def _outside(question: Question, people: Counter[Fraction]) -> int:
    largest = max(people.values())
    if question.is_item:
        good = sum(n for code, n in people.items() if code in FAVOURABLE[question.name])
        bad = sum(n for code, n in people.items() if code in UNFAVOURABLE[question.name])
        largest = max(largest, good, bad, people.total() - good, people.total() - good - bad)
    return people.total() - largest


def _echelon(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    basis: list[list[Fraction]] = []
    for row in rows:
        left = _reduced(row, basis)
        if left is not None:
            basis.append(left)
    return basis


def _reduced(row: list[Fraction], basis: list[list[Fraction]]) -> list[Fraction] | None:
    """What elimination leaves of a row; None when it is a combination of the basis."""
    left = list(row)
    for other in basis:
        pivot = next(place for place, value in enumerate(other) if value)
        if left[pivot]:
            factor = left[pivot] / other[pivot]
            left = [a - factor * b for a, b in zip(left, other, strict=True)]
    return left if any(left) else None


def silent_faults(release: Release, tree: Group, rows: dict[str, int]) -> list[str]:
    """Participation that R7 forbids: few asked, or a few silent who can be worked out."""
    shown = [g for g in tree.walk() if isinstance(release.groups[g.id].participation, Shown)]
    leaves = [group for group in tree.walk() if not group.children]
    basis = _echelon([[Fraction(leaf in list(g.walk())) for leaf in leaves] for g in shown])
    found = [f"{g.id} has {g.head_count} asked" for g in shown if (g.head_count or 0) < 20]
    for bits in product((0, 1), repeat=len(leaves)):
        chosen = [leaf for leaf, bit in zip(leaves, bits, strict=True) if bit]
        silent = sum((leaf.head_count or 0) - rows.get(leaf.id, 0) for leaf in chosen)
        if chosen and silent in (1, 2) and _reduced([Fraction(b) for b in bits], basis) is None:
            found.append(f"{silent} silent in {[leaf.id for leaf in chosen]}")
    return found
