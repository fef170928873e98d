"""Disclosure control against an attacker who solves equations (attacks 7 and 8)."""

import ast
import os
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, seed, settings

import reports
from reports.disclosure import participation, piles, suppression
from reports.disclosure.documents import group_to_document
from reports.disclosure.groups import Group
from reports.disclosure.values import Shown, Suppressed, show
from reports.release import Release
from reports.releasing import make_release
from tests.reports.attacker import Question, faults, questions, silent_faults, too_narrow
from tests.reports.towns import FACTS, Town, answers, towns

CASES = int(os.environ.get("PEGEL_CASES", "200"))
RELEASED: dict[str, tuple[Release, list[Question]]] = {}
SAME_TOWNS = 2026


def among_towns(test: Callable[[Town], None]) -> Callable[[], None]:
    """Try a promise on many towns.

    In short, all promises are tried on the same ones, so that each is released once; in full, each
    on towns of its own that nobody has seen before.
    """
    tried: Callable[[], None] = settings(max_examples=CASES)(given(towns())(test))
    return tried if "PEGEL_CASES" in os.environ else seed(SAME_TOWNS)(tried)


def released(town: Town) -> tuple[Release, list[Question]]:
    if "PEGEL_CASES" in os.environ:
        return looked_at(town)
    key = repr(town)
    if key not in RELEASED:
        RELEASED[key] = looked_at(town)
    return RELEASED[key]


def looked_at(town: Town) -> tuple[Release, list[Question]]:
    release = town.release()
    return release, questions(town, release)


def worked_out(found: list[Question]) -> list[str]:
    return [fault for question in found for fault in faults(question)]


def everything_worked_out(town: Town) -> list[str]:
    return worked_out(looked_at(town)[1])


def pinned_down(town: Town, release: Release, found: list[Question]) -> list[str]:
    return [fault for question in found for fault in too_narrow(question, town, release)]


def everything_pinned_down(town: Town) -> list[str]:
    return pinned_down(town, *looked_at(town))


@among_towns
def test_nothing_below_the_rules_can_be_worked_out(town: Town) -> None:
    assert not worked_out(released(town)[1])


@among_towns
def test_no_hidden_group_is_pinned_down(town: Town) -> None:
    assert not pinned_down(town, *released(town))


@among_towns
def test_nobody_s_silence_can_be_worked_out(town: Town) -> None:
    leaves = {group.id for group in town.tree.walk() if not group.children}
    assume(town.tree.head_count is not None and town.rows.keys() <= leaves)
    rows = {name: len(found) for name, found in town.rows.items()}
    assert not silent_faults(released(town)[0], town.tree, rows)


@among_towns
def test_hidden_and_empty_groups_are_the_same_but_for_the_name(town: Town) -> None:
    release, _ = released(town)
    documents = [
        group_to_document(result) for result in release.groups.values() if not result.is_shown
    ]
    assert all(document == documents[0] for document in documents)
    assert "'n': {'hidden': True}" in str(documents[:1]) or not documents


@among_towns
def test_detail_grows_with_the_number_of_answers(town: Town) -> None:
    release, found = released(town)
    for question in found:
        for group in question.shown:
            n = question.join(question.members[group]).total()
            result = release.groups[group]
            if question.is_item:
                item = result.items[question.name]
                assert n >= 20
                assert isinstance(item.categories, Shown)
                assert sum(cell.percent for cell in item.categories.value) == 100
                continue
            scale = result.scales[question.name]
            assert n >= 7
            assert isinstance(scale.score, Shown)
            assert n >= 20 or scale.score.value % 5 == 0
            assert n >= 20 or isinstance(scale.sd, Suppressed)
            assert n >= 20 or isinstance(scale.interval, Suppressed)
            assert n >= 30 or isinstance(scale.quartiles, Suppressed)
            assert n >= 30 or isinstance(scale.alpha, Suppressed)
            assert n < 30 or 5 <= scale.score.value <= 95


@among_towns
def test_no_cell_holds_one_or_two_answers(town: Town) -> None:
    release, found = released(town)
    for question in found:
        for group in question.shown if question.is_item else ():
            people = question.join(question.members[group])
            cells = release.groups[group].items[question.name].categories
            assert isinstance(cells, Shown)
            counts = [sum(people[Fraction(code)] for code in cell.codes) for cell in cells.value]
            clipped = people.total() >= 30 and {cell.percent for cell in cells.value} & {5, 95}
            assert clipped or not {1, 2} & set(counts)


Attack = Callable[[Town], list[str]]


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


def shown_scale(release: Release, name: str = "trust") -> set[str]:
    return {group for group, result in release.groups.items() if result.scales[name].is_shown}


def test_the_smallest_sibling_hides_with_a_small_unit() -> None:
    assert shown_scale(town_of(5, 30, 25, 40).release()) == {"all", "b", "d"}


def test_a_tie_is_broken_by_id() -> None:
    assert shown_scale(town_of(5, 12, 12, 40).release()) == {"all", "c", "d"}


def test_one_small_unit_in_a_branch_does_not_hide_the_branch() -> None:
    assert shown_scale(town_of(30, 40, 50).release()) == {"all", "a", "b", "c"}


def test_items_wait_for_twenty_answers() -> None:
    release = town_of(19, 20, 40).release()
    assert not release.groups["a"].items["q1"].is_shown
    assert release.groups["a"].scales["trust"].is_shown


def test_a_unit_with_more_responses_than_people_hides_with_its_remainder() -> None:
    release = town_of(30, 30, 40, 50, asked=(25, 60, 60, 60)).release()
    assert shown_scale(release) == {"all", "d"}
    assert not release.groups["a"].is_shown


def test_a_stuffed_unit_protects_nobody_from_within_a_hidden_branch() -> None:
    """14 responses of 12 people are known; without them 1 and 5 are left over, which is too few."""
    chance = random.Random(7)  # noqa: S311 - invented answers
    sizes = {"x1": 14, "x2": 1, "y": 5, "z": 50}
    branch = Group("x", "Branch", children=(Group("x1", "x1", 12), Group("x2", "x2", 40)))
    tree = Group("all", "Musterheim", children=(branch, Group("y", "y", 50), Group("z", "z", 80)))
    town = Town(tree, {name: answers(chance, n, "mixed") for name, n in sizes.items()})
    assert not {"all", "z"} <= shown_scale(town.release())


def test_unanimous_units_are_hidden_and_a_unanimous_whole_is_clipped() -> None:
    release = town_of(15, 40, 40, moods=("unanimous", "unanimous", "mixed")).release()
    assert not release.groups["a"].scales["trust"].is_shown
    rows = {"all": answers(random.Random(7), 60, "unanimous")}  # noqa: S311 - invented answers
    large = Town(Group("all", "Musterheim"), rows).release().whole
    assert large.scales["trust"].score == release_score(95)
    assert isinstance(large.scales["trust"].sd, Suppressed)
    assert large.items["q1"].favourable == release_score(95)
    assert isinstance(large.items["q1"].score, Suppressed)


def release_score(value: int) -> Shown[int]:
    return show(value)


def test_a_threshold_below_the_floor_is_refused() -> None:
    town = town_of(30, 30)
    with pytest.raises(ValueError, match="below the floor"):
        make_release(town.instrument, town.tree, town.tallies(), 4, FACTS)


def hide_nothing(*_: object) -> None:
    return None


NO_BOUNDS = (suppression, "_pinned_down", hide_nothing)
PLANTED: dict[str, tuple[list[tuple[object, str, object]], Town, Attack]] = {
    "no complementary suppression": (
        [(suppression, "_unfit_remainder", hide_nothing), NO_BOUNDS],
        town_of(5, 25, 30),
        everything_worked_out,
    ),
    "one hidden unit may be left over alone": (
        [(suppression, "UNITS_JOINED", 1), NO_BOUNDS],
        town_of(15, 40, 50),
        everything_worked_out,
    ),
    "unanimous remainders pass": (
        [(piles, "OUTSIDE", 0), NO_BOUNDS],
        town_of(4, 4, 40, moods=("unanimous", "unanimous", "mixed")),
        everything_worked_out,
    ),
    "a hidden unit may be pinned down": (
        [NO_BOUNDS],
        town_of(5, 30, 50),
        everything_pinned_down,
    ),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_the_attacker_finds_a_planted_fault(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patches, town, attack = PLANTED[plant]
    assert not attack(town)
    for module, name, fault in patches:
        monkeypatch.setattr(module, name, fault)
    assert attack(town)


def test_participation_faults_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    town = town_of(30, 30, 40, asked=(31, 45, 60))
    rows = {name: len(found) for name, found in town.rows.items()}
    assert not silent_faults(town.release(), town.tree, rows)
    monkeypatch.setattr(participation, "SILENT", 0)
    assert silent_faults(town.release(), town.tree, rows)


def test_a_shown_scale_does_not_give_a_hidden_item_away() -> None:
    """Three items and their mean: whoever knows two and the mean knows the third."""
    town = town_of(25, 60)
    town.rows["a"] = [[5, *row[1:]] for row in town.rows["a"]]
    release = town.release()
    assert release.groups["a"].scales["trust"].is_shown
    seen = [name for name in ("q1", "q2", "q3") if release.groups["a"].items[name].is_shown]
    assert len(seen) < 2


def test_items_hide_where_their_scale_is_hidden() -> None:
    release = town_of(5, 25, 60).release()
    assert not release.groups["b"].scales["trust"].is_shown
    assert not any(release.groups["b"].items[name].is_shown for name in ("q1", "q2", "q3"))


def test_only_disclosure_control_makes_something_shown() -> None:
    house = Path(reports.__file__).parents[1]
    inside = house / "reports" / "disclosure"
    for folder in ("questionnaires", "reports", "survey"):
        for file in (house / folder).rglob("*.py"):
            if inside in file.parents:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "reports.disclosure.values":
                    assert not {alias.name for alias in node.names} & {"show", "show_if", "_KEY"}
                if isinstance(node, ast.Import):
                    assert "reports.disclosure.values" not in {alias.name for alias in node.names}


def test_a_shown_value_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="disclosure control"):
        Shown(12, object())
