"""Invented towns whose breakdowns cross the units: few atoms, of odd sizes and moods."""

import random
from dataclasses import dataclass
from functools import cached_property

from hypothesis import strategies as st

from questionnaires.model import Questionnaire
from reports.counting import tally
from reports.cube import Cube
from reports.disclosure.unions import Work
from reports.release import Group, Release
from reports.releasing import freeze, make_cube
from reports.tallies import Tallies
from tests.reports.questionnaires import table
from tests.reports.towns import FACTS, INSTRUMENT, MOODS, THRESHOLD, answers

Atom = tuple[str, tuple[str | None, ...]]  # a unit, and a category in each breakdown
MANY = 11  # atoms: all their unions are looked at


@dataclass(frozen=True)
class CrossedTown:
    """A tree of units, breakdowns with their values, and rows of codes per atom."""

    tree: Group
    breakdowns: dict[str, tuple[str, ...]]
    rows: dict[Atom, list[list[int]]]
    instrument: Questionnaire = INSTRUMENT

    @cached_property
    def counted(self) -> Tallies:
        """The tallies of units and categories, and where they cross."""
        return self.count(None)

    def count(self, order: random.Random | None) -> Tallies:
        """The same; `order` shuffles the rows first."""
        stored = [(row, atom) for atom, rows in self.rows.items() for row in rows]
        if order is not None:
            order.shuffle(stored)
        columns: dict[str, list[str | None]] = {"unit": [unit for _, (unit, _) in stored]}
        for place, name in enumerate(self.breakdowns):
            columns[name] = [categories[place] for _, (_, categories) in stored]
        source = table(self.instrument, [row for row, _ in stored], **columns)
        return tally([source], self.instrument, [*columns], crossed=True)

    @cached_property
    def cube(self) -> Cube:
        """What is shown, with everything that must not be told."""
        return self.cube_of(self.counted)

    def cube_of(self, counted: Tallies, work: Work | None = None) -> Cube:
        """The same from other tallies; `work` limits the guard of the breakdowns."""
        return make_cube(
            self.instrument,
            self.tree,
            counted.groups["unit"],
            THRESHOLD,
            whole=counted.whole,
            breakdowns=self.breakdowns,
            crossed=counted,
            work=work,
        )

    def release(self, order: random.Random | None = None) -> Release:
        """What may be shown."""
        return freeze(self.cube_of(self.count(order)) if order else self.cube, FACTS)


SHAPES = ((0, 0), (0, 0, 0), (0, 0, 0, 0), (2, 0), (2, 2), (3, 0))
SIZES = st.one_of(st.integers(1, 3), st.integers(4, 12), st.integers(13, 40))


@st.composite
def crossed_towns(draw: st.DrawFn) -> CrossedTown:
    """Up to four units and two breakdowns that meet in up to MANY atoms."""
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - invented answers
    shape = draw(st.sampled_from(SHAPES))
    names = [f"{'abcd'[i]}{j}" for i, n in enumerate(shape) for j in range(max(1, n))]
    sizes_of = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    breakdowns = {
        name: tuple("123"[:size]) for name, size in zip(("role", "tenure"), sizes_of, strict=False)
    }
    category = st.tuples(*(st.sampled_from((*values, None)) for values in breakdowns.values()))
    atoms = draw(st.sets(st.tuples(st.sampled_from(names), category), min_size=2, max_size=MANY))
    ordered = sorted(atoms, key=str)
    moods = draw(st.lists(st.sampled_from(MOODS), min_size=len(ordered), max_size=len(ordered)))
    sizes = draw(st.lists(SIZES, min_size=len(ordered), max_size=len(ordered)))
    rows = {
        atom: answers(chance, n, mood) for atom, n, mood in zip(ordered, sizes, moods, strict=True)
    }
    more = draw(st.sampled_from((None, None, -2, 0, 2, 12)))
    return CrossedTown(_tree(shape, rows, more), breakdowns, rows)


def _tree(shape: tuple[int, ...], rows: dict[Atom, list[list[int]]], more: int | None) -> Group:
    """`more` people than responses were asked in each unit; None: nobody knows."""

    def unit(name: str) -> Group:
        n = sum(len(found) for (where, _), found in rows.items() if where == name)
        return Group(name, f"Unit {name}", None if more is None else max(1, n + more))

    def branch(name: str, parts: int) -> Group:
        if not parts:
            return unit(f"{name}0")
        inside = tuple(unit(f"{name}{place}") for place in range(parts))
        return Group(name, f"Branch {name}", children=inside)

    parts = tuple(branch("abcd"[place], n) for place, n in enumerate(shape))
    return Group("all", "Musterheim", children=parts)
