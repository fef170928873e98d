"""Breakdowns of the whole beside units, against an attacker who tries every union of people."""

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.disclosure import breakdowns, categories, links, overlaps, proofs, ranges
from reports.disclosure.atoms import Answers, Atoms
from reports.disclosure.atoms import Atom as StoredAtom
from reports.disclosure.documents import group_to_document
from reports.disclosure.groups import Group
from reports.disclosure.ranges import Ranges
from reports.disclosure.span import Integers, UnprovenError
from reports.disclosure.unions import Work, light_union
from reports.disclosure.values import Shown
from reports.release import Release
from tests.attacks import CASES
from tests.reports.crossing_attacker import pinned_down, variables, worked_out
from tests.reports.crossings import Atom, CrossedTown, crossed_towns
from tests.reports.reconstruction import reconstructed
from tests.reports.towns import answers


def everything(town: CrossedTown) -> list[str]:
    """All that the attackers find: below the rules, pinned down, or reconstructed."""
    found = variables(town, town.release())
    faults = [fault for one in found for fault in (*worked_out(one), *pinned_down(one))]
    return faults + reconstructed(town)


@settings(max_examples=CASES)
@given(crossed_towns())
def test_nothing_below_the_rules_can_be_worked_out_pinned_down_or_reconstructed(
    town: CrossedTown,
) -> None:
    release = town.release()
    assert not everything(town)
    hidden = [group_to_document(one) for one in release.groups.values() if not one.is_shown]
    assert all(document == hidden[0] for document in hidden)
    categories = [release.groups[one.id] for part in release.breakdowns for one in part.children]
    asked = town.tree.head_count is not None
    assert not (asked and any(isinstance(one.participation, Shown) for one in categories))


@settings(max_examples=CASES // 8)
@given(crossed_towns(), st.randoms(use_true_random=False))
def test_the_order_of_responses_leaves_no_trace(town: CrossedTown, order: random.Random) -> None:
    assert town.release().to_json() == town.release(order).to_json()


def town_of(
    atoms: Mapping[Atom, tuple[int, str]],
    *values: tuple[str, ...],
    tree: Group | None = None,
    seed: int = 11,
) -> CrossedTown:
    """A town with these people and moods per atom; `values` of role and tenure."""
    chance = random.Random(seed)  # noqa: S311 - invented answers
    rows = {atom: answers(chance, n, mood) for atom, (n, mood) in atoms.items()}
    units = tuple(Group(name, name) for name in sorted({unit for unit, _ in atoms}))
    tree = tree or Group("all", "Musterheim", children=units)
    return CrossedTown(tree, dict(zip(("role", "tenure"), values, strict=False)), rows)


def shown(release: Release, name: str = "trust") -> set[str]:
    return {group for group, result in release.groups.items() if result.scales[name].is_shown}


SILENT_REST = town_of(
    {
        ("a", ("1",)): (30, "mixed"),
        ("a", ("2",)): (12, "mixed"),
        ("b", ("1",)): (30, "mixed"),
        ("b", ("2",)): (12, "mixed"),
        ("b", (None,)): (3, "mixed"),
    },
    ("1", "2"),
)
ROLE_AND_TENURE: dict[Atom, tuple[int, str]] = {
    **{("a", ("1", tenure)): (3, "mixed") for tenure in "123"},
    **{("b", ("2", tenure)): (3, "mixed") for tenure in "123"},
    **{("c", ("2", tenure)): (3, "mixed") for tenure in "123"},
    ("b", ("1", "1")): (3, "mixed"),
}
INSIDE_A_UNIT = town_of(ROLE_AND_TENURE, ("1", "2"), ("1", "2", "3"))  # role 1: all of a, 3 of b
NEARLY_ALL_ALIKE = town_of(  # the rest has two who differ, so role 2 is bounded by it
    {
        ("a", ("1",)): (30, "mixed"),
        ("b", ("1",)): (30, "mixed"),
        ("a", ("3",)): (25, "mixed"),
        ("b", ("2",)): (15, "unanimous"),
        ("a", (None,)): (3, "mixed"),
        ("b", (None,)): (15, "unanimous"),
    },
    ("1", "2", "3"),
)
AT_THE_LIMIT = town_of(  # the whole alone leaves b, 101 of 125, just 25 points
    {
        ("a0", ("1",)): (7, "mixed"),
        ("a0", ("2",)): (13, "agree"),
        ("a1", ("1",)): (4, "mixed"),
        ("b0", ("1",)): (40, "mixed"),
        ("b1", ("1",)): (36, "mixed"),
        ("b1", ("2",)): (13, "mixed"),
        ("b1", (None,)): (12, "mixed"),
    },
    ("1", "2"),
    tree=Group(
        "all",
        "Musterheim",
        children=(
            Group("a", "a", children=(Group("a0", "a0"), Group("a1", "a1"))),
            Group("b", "b", children=(Group("b0", "b0"), Group("b1", "b1"))),
        ),
    ),
    seed=1,
)
ALONE = town_of({("a", ("1",)): (23, "mixed")}, ("1",), seed=4)


def test_who_did_not_answer_is_not_left_over() -> None:
    """Three did not say; either role alone would leave the other with nearly the rest's result."""
    assert shown(SILENT_REST.release()) == {"all", "a", "b"}


def test_where_enough_did_not_answer_every_category_is_shown() -> None:
    atoms = {atom: (len(rows), "mixed") for atom, rows in SILENT_REST.rows.items()}
    found = shown(town_of(atoms | {("a", (None,)): (9, "mixed")}, ("1", "2")).release())
    assert found == {"all", "a", "b", "role=1", "role=2"}


def test_a_category_less_a_unit_is_not_left_over() -> None:
    found = shown(INSIDE_A_UNIT.release())
    assert {"all", "a", "b", "c"} <= found
    assert not {"role=1", "role=2"} <= found


def trusting(groups: Integers, weights: Integers, bound: int, _: Work) -> Integers | None:
    """Takes "not proven in time" for "there is none"."""
    try:
        return light_union(groups, weights, bound, Work(programmes=0))
    except UnprovenError:
        return None


def without_rest(
    atoms: Atoms, cells: Mapping[StoredAtom, Mapping[int, int]], of: object = Answers.of
) -> Answers:
    """Forgets who is in no category."""
    assert callable(of)
    found = of(atoms, {atom: n for atom, n in cells.items() if None not in atom[1]})
    assert isinstance(found, Answers)
    return found


def nothing(*_: object) -> None:
    return None


def doubtful(self: Ranges, *told: object, in_doubt: bool = True) -> bool:
    """Takes "perhaps pinned down by the tree alone" for "pinned down"."""
    assert isinstance(in_doubt, bool)
    return IS_PINNED(self, *told)  # type: ignore[arg-type]  # as it is called


IS_PINNED = Ranges.is_pinned

PLANTED: dict[str, tuple[list[tuple[object, str, object]], CrossedTown]] = {
    "no complementary suppression across tree and breakdowns": (
        [(breakdowns._Choice, "_next", nothing)],
        INSIDE_A_UNIT,
    ),
    "a guard that trusts a time-out": ([(overlaps, "light_union", trusting)], INSIDE_A_UNIT),
    "a guard that forgets the rest without an answer": (
        [(Answers, "of", without_rest)],
        SILENT_REST,
    ),
    "a hidden category may be pinned down": (
        [(breakdowns._Choice, "_pinned", nothing)],
        NEARLY_ALL_ALIKE,
    ),
    "what the tree may have told is told again": (
        [(Ranges, "is_pinned", doubtful)],
        AT_THE_LIMIT,
    ),
    "cells of one or two answers are shown apart": ([(categories, "SMALL", 0)], ALONE),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_the_attacker_finds_a_planted_fault(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patches, town = PLANTED[plant]
    assert not everything(town)
    for place, name, fault in patches:
        monkeypatch.setattr(place, name, fault)
    assert everything(replace(town))  # counted anew


def test_what_is_not_proven_in_time_is_left_out() -> None:
    town = INSIDE_A_UNIT
    for work in (Work(programmes=0), Work(seconds=0.0)):
        scales, _ = town.cube_of(town.counted, work).visible
        assert scales["trust"] == {"all", "a", "b", "c"}


@pytest.mark.parametrize("town", [SILENT_REST, INSIDE_A_UNIT, NEARLY_ALL_ALIKE, AT_THE_LIMIT])
def test_programmes_that_find_nothing_show_nothing_more(
    town: CrossedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = town.cube_of(town.counted).visible
    for module in (links, proofs, ranges):
        monkeypatch.setattr(module, "SOLVED_WITHIN", 0.0)
    found = town.cube_of(town.counted).visible
    assert all(
        shown <= usual[place][name]
        for place, part in enumerate(found)
        for name, shown in part.items()
    )


def test_without_the_crossing_no_category_is_shown() -> None:
    town = SILENT_REST
    scales, _ = town.cube_of(replace(town.counted, crossing=None)).visible
    assert scales["trust"] == {"all", "a", "b"}
