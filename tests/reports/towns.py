"""Invented towns: trees of units with answers, some of them unanimous, some of them with gaps."""

import random
from dataclasses import dataclass
from functools import cached_property

from hypothesis import strategies as st

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.counting import tally
from reports.release import Group, Release, ReleaseFacts
from reports.releasing import make_release
from reports.tallies import Tallies
from reports.tally import Tally
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

FACTS = ReleaseFacts(
    title=Text({"en": "Invented survey", "de": "Erfundene Befragung"}),
    first_day="2026-11-23",
    last_day="2026-12-18",
    plan_hash="0" * 64,
    software="Pegel test",
)
THRESHOLD = 7

INSTRUMENT = questionnaire(
    {"agree": response_scale(range(1, 6)), "yesno": response_scale((0, 1))},
    {"q1": "agree", "q2": "agree", "q3": "agree", "q4": "agree", "q5": "yesno"},
    [scale("trust", "q1", "-q2", "q3"), scale("worry", "q4", higher_is="worse")],
)


@dataclass(frozen=True)
class Town:
    """A tree of units, and rows of codes under the unit that they are stored in."""

    tree: Group
    rows: dict[str, list[list[int]]]
    instrument: Questionnaire = INSTRUMENT

    @cached_property
    def counted(self) -> Tallies:
        """The tallies of everybody and of the stored units."""
        return self._count(None)

    def tallies(self) -> dict[str, Tally]:
        """The tallies by stored unit."""
        return dict(self.counted.groups["unit"])

    def _count(self, order: random.Random | None) -> Tallies:
        stored = [(row, unit) for unit, rows in self.rows.items() for row in rows]
        if order is not None:
            order.shuffle(stored)
        answers = [row for row, _ in stored]
        return tally(
            [table(self.instrument, answers, unit=[unit for _, unit in stored])],
            self.instrument,
            ["unit"],
        )

    def release(
        self, order: random.Random | None = None, *, by_head_counts: bool = False
    ) -> Release:
        """What may be shown; `order` shuffles the rows first."""
        counted = self.counted if order is None else self._count(order)
        return make_release(
            self.instrument,
            self.tree,
            counted.groups["unit"],
            THRESHOLD,
            FACTS,
            whole=counted.whole,
            by_head_counts=by_head_counts,
        )


def town_of(*sizes: int, moods: tuple[str, ...] = (), asked: tuple[int, ...] = ()) -> Town:
    """A whole with units of these sizes, in the order a, b, c."""
    chance = random.Random(7)  # noqa: S311 - invented answers
    names = "abcdefgh"[: len(sizes)]
    counts = asked or (None,) * len(sizes)
    children = tuple(Group(name, f"Unit {name}", n) for name, n in zip(names, counts, strict=True))
    moods = moods or ("mixed",) * len(sizes)
    rows = {
        name: answers(chance, n, mood) for name, n, mood in zip(names, sizes, moods, strict=True)
    }
    tree = Group("all", "Musterheim", children=children)
    return Town(tree, {name: found for name, found in rows.items() if found})


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Up to six units in up to three levels; sizes around every step of the rules."""
    seed = draw(st.integers(0, 2**32))
    shape = draw(st.sampled_from(SHAPES))
    sizes = st.one_of(st.integers(0, 9), st.integers(5, 45), st.sampled_from((7, 19, 20, 29, 30)))
    head_counts = draw(st.booleans())
    chance = random.Random(seed)  # noqa: S311 - invented answers
    rows: dict[str, list[list[int]]] = {}

    def unit(name: str) -> Group:
        n = draw(sizes)
        rows[name] = answers(chance, n, draw(st.sampled_from(MOODS)))
        more = draw(st.sampled_from((0, 0, 1, 3, 12, -2))) if head_counts else 0
        return Group(name, f"Unit {name}", max(1, n + more) if head_counts else None)

    def branch(name: str, parts: int) -> Group:
        if not parts:
            return unit(name)
        inside = tuple(unit(f"{name}{place}") for place in range(parts))
        if draw(st.booleans()) and draw(st.booleans()):  # small units were merged into this one
            rows[name] = answers(chance, draw(sizes), draw(st.sampled_from(MOODS)))
        return Group(name, f"Branch {name}", children=inside)

    tree = Group(
        "all", "Musterheim", children=tuple(branch("abcde"[i], n) for i, n in enumerate(shape))
    )
    return Town(tree, {name: found for name, found in rows.items() if found})


SHAPES = ((0, 0), (0, 0, 0), (0, 0, 0, 0, 0), (2, 0), (3, 2), (2, 2, 0), (1, 2), (3, 0, 0), (4, 2))
MOODS = ("mixed", "mixed", "mixed", "agree", "unanimous", "gaps")


def answers(chance: random.Random, n: int, mood: str) -> list[list[int]]:
    """`n` rows for the instrument."""
    return [_row(chance, mood) for _ in range(n)]


def _row(chance: random.Random, mood: str) -> list[int]:
    if mood == "unanimous":
        return [5, 1, 5, 1, 1]
    low, high = (4, 5) if mood == "agree" else (1, 5)
    row = [chance.randint(low, high) for _ in range(4)] + [chance.randint(0, 1)]
    if mood == "gaps":
        return [-9 if chance.random() < 0.3 else code for code in row]
    return row
