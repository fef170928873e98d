"""Atoms: people by the unit in which they are stored and by their category in every breakdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.groups import Group
from reports.disclosure.span import Integers

Truths = NDArray[np.bool_]
Atom = tuple[str, tuple[str | None, ...]]  # a group of the tree, and a category per breakdown


@dataclass(frozen=True)
class Atoms:
    """Every atom that has people, in the planned order.

    Who has no category in a breakdown is in none of its groups.
    """

    tree: Group
    breakdowns: tuple[Group, ...]
    atoms: tuple[Atom, ...]

    @classmethod
    def of(cls, tree: Group, breakdowns: Sequence[Group], atoms: Mapping[Atom, object]) -> "Atoms":
        """In the planned order, so that no order of rows can be seen in anything that follows."""
        rank = {group.id: place for place, group in enumerate(tree.walk())}
        rank |= {c.id: n for breakdown in breakdowns for n, c in enumerate(breakdown.children)}
        places = {
            atom: (rank[atom[0]], *(-1 if name is None else rank[name] for name in atom[1]))
            for atom in atoms
        }
        return cls(tree, tuple(breakdowns), tuple(sorted(atoms, key=places.__getitem__)))

    @cached_property
    def homes(self) -> tuple[str, ...]:
        """Per atom the group of the tree under which it is stored."""
        return tuple(home for home, _ in self.atoms)

    @cached_property
    def above(self) -> dict[str, tuple[str, ...]]:
        """Per group of the tree itself and all that it lies in, from the inside out."""
        found: dict[str, tuple[str, ...]] = {self.tree.id: (self.tree.id,)}
        for group in self.tree.walk():
            found |= {child.id: (child.id, *found[group.id]) for child in group.children}
        return found

    @cached_property
    def inside(self) -> dict[str, Truths]:
        """Per group, categories too, whether each atom (atoms,) is in it."""
        names = [group.id for group in self.tree.walk()]
        names += [category.id for breakdown in self.breakdowns for category in breakdown.children]
        found = {name: np.zeros(len(self.atoms), np.bool_) for name in names}
        for place, (home, categories) in enumerate(self.atoms):
            for name in (*self.above[home], *categories):
                if name is not None:
                    found[name][place] = True
        return found

    def apart(self, shown: Sequence[str]) -> Integers:
        """The span of `shown` groups as columns (atoms, groups) with as few people as can be.

        Instead of each group of the tree the part of it that is in no shown group inside it.
        """
        names = set(shown)
        nearest = [next((n for n in self.above[home] if n in names), None) for home in self.homes]
        columns = [
            np.array([name == near for near in nearest])
            if name in self.above
            else self.inside[name]
            for name in shown
        ]
        return np.array(columns, np.int64).reshape(len(shown), len(self.atoms)).T


@dataclass(frozen=True)
class Answers:
    """One item or scale: how many people of each atom (atoms, values) have each value."""

    values: tuple[int, ...]
    counts: Integers

    @classmethod
    def of(cls, atoms: Atoms, cells: Mapping[Atom, Mapping[int, int]]) -> "Answers":
        """From values and their people per atom; atoms without any may be left out."""
        values = sorted({value for found in cells.values() for value in found})
        place = {value: number for number, value in enumerate(values)}
        counts = np.zeros((len(atoms.atoms), len(values)), np.int64)
        for number, atom in enumerate(atoms.atoms):
            for value, n in cells.get(atom, {}).items():
                counts[number, place[value]] = n
        return cls(tuple(values), counts)
