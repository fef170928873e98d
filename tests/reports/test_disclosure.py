"""Disclosure control against an attacker who solves equations (attacks 7 and 8)."""

import ast
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

import reports
from reports.disclosure import categories, detail, participation, piles, suppression
from reports.disclosure.documents import group_to_document
from reports.disclosure.groups import Group
from reports.disclosure.results import GroupResult, ItemResult, ScaleResult
from reports.disclosure.values import Shown, Suppressed, show
from reports.release import Release
from reports.releasing import make_release
from tests.attacks import CASES
from tests.reports.attacker import Question, faults, questions, silent_faults, too_narrow
from tests.reports.pencil import not_from_paper
from tests.reports.towns import FACTS, THRESHOLD, Town, answers, town_of, towns

Promise = Callable[[Town, Release, list[Question]], list[str]]


def nothing_worked_out(_: Town, __: Release, found: list[Question]) -> list[str]:
    return [fault for question in found for fault in faults(question)]


def nobody_pinned_down(town: Town, release: Release, found: list[Question]) -> list[str]:
    return [fault for question in found for fault in too_narrow(question, town, release)]


def silence_is_kept(town: Town, release: Release, _: list[Question]) -> list[str]:
    """The attacker knows how many are silent where head counts are, and rows lie in units alone."""
    leaves = {group.id for group in town.tree.walk() if not group.children}
    if town.tree.head_count is None or not town.rows.keys() <= leaves:
        return []
    return silent_faults(release, town.tree, {name: len(rows) for name, rows in town.rows.items()})


def hidden_as_empty(_: Town, release: Release, __: list[Question]) -> list[str]:
    hidden = {
        group: group_to_document(result)
        for group, result in release.groups.items()
        if not result.is_shown
    }
    return [
        group
        for group, told in hidden.items()
        if told != hidden[min(hidden)] or "'n': {'hidden': True}" not in str(told)
    ]


def detail_grows(_: Town, release: Release, found: list[Question]) -> list[str]:
    return [
        f"{question.name} of {group} with {n} answers"
        for question in found
        for group in question.shown
        for n in (question.join(question.members[group]).total(),)
        if not is_fit(question, release.groups[group], n)
    ]


def is_fit(question: Question, result: GroupResult, n: int) -> bool:
    """Whether a cell shows no more than its number of answers allows."""
    if question.is_item:
        return is_fit_item(result.items[question.name], n)
    return is_fit_scale(result.scales[question.name], n)


def is_fit_item(item: ItemResult, n: int) -> bool:
    cells = item.categories
    return n >= 20 and isinstance(cells, Shown) and sum(one.percent for one in cells.value) == 100


def is_fit_scale(scale: ScaleResult, n: int) -> bool:
    if n < THRESHOLD or not isinstance(scale.score, Shown):
        return False
    from_twenty, from_thirty = (scale.sd, scale.interval), (scale.quartiles, scale.alpha)
    return (
        (n >= 20 or scale.score.value % 5 == 0)
        and (n >= 20 or all(isinstance(value, Suppressed) for value in from_twenty))
        and (n >= 30 or all(isinstance(value, Suppressed) for value in from_thirty))
        and (n < 30 or 5 <= scale.score.value <= 95)
    )


def cells_hold_three(_: Town, release: Release, found: list[Question]) -> list[str]:
    return [
        f"{question.name} of {group}: cells of {sizes}"
        for question in found
        for group in (question.shown if question.is_item else ())
        if {1, 2} & set(sizes := cell_sizes(question, release, group))
    ]


def cell_sizes(question: Question, release: Release, group: str) -> list[int]:
    """Answers in every cell that is shown; none of clipped cells, which stand for more."""
    people = question.join(question.members[group])
    cells = release.groups[group].items[question.name].categories
    told = cells.value if isinstance(cells, Shown) else ()
    if people.total() >= 30 and {cell.percent for cell in told} & {5, 95}:
        return []
    return [sum(people[Fraction(code)] for code in cell.codes) for cell in told]


def told_without_weights(town: Town, release: Release, _: list[Question]) -> list[str]:
    return not_from_paper(town, release)


PROMISES: dict[str, Promise] = {
    "nothing below the rules can be worked out": nothing_worked_out,
    "no hidden group is pinned down": nobody_pinned_down,
    "nobody's silence can be worked out": silence_is_kept,
    "hidden and empty groups are the same but for the name": hidden_as_empty,
    "detail grows with the number of answers": detail_grows,
    "no cell holds one or two answers": cells_hold_three,
    "weights tell nothing that a reader could not work out": told_without_weights,
}


def broken(town: Town) -> dict[str, list[str]]:
    """The promises that the release of a town breaks, with how."""
    release = town.release(by_head_counts=True)
    found = questions(town, release)
    tried = {name: promise(town, release, found) for name, promise in PROMISES.items()}
    return {name: told for name, told in tried.items() if told}


@settings(max_examples=CASES)
@given(towns())
def test_a_release_keeps_every_promise(town: Town) -> None:
    assert not broken(town)


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


def all_groups(tree: Group, *_: object) -> set[str]:
    return {group.id for group in tree.walk()}


NO_BOUNDS = (suppression, "_pinned_down", hide_nothing)
PLANTED: dict[str, tuple[list[tuple[object, str, object]], Town, Promise]] = {
    "no complementary suppression": (
        [(suppression, "_unfit_remainder", hide_nothing), NO_BOUNDS],
        town_of(5, 25, 30),
        nothing_worked_out,
    ),
    "one hidden unit may be left over alone": (
        [(suppression, "UNITS_JOINED", 1), NO_BOUNDS],
        town_of(15, 40, 50),
        nothing_worked_out,
    ),
    "unanimous remainders pass": (
        [(piles, "OUTSIDE", 0), NO_BOUNDS],
        town_of(4, 4, 40, moods=("unanimous", "unanimous", "mixed")),
        nothing_worked_out,
    ),
    "a hidden unit may be pinned down": (
        [NO_BOUNDS],
        town_of(5, 30, 50),
        nobody_pinned_down,
    ),
    "nobody is silent": (
        [(participation, "SILENT", 0)],
        town_of(30, 30, 40, asked=(31, 45, 60)),
        silence_is_kept,
    ),
    "participation of hidden groups": (
        [(participation, "_shown", all_groups)],
        town_of(5, 25, 60, asked=(25, 40, 80)),
        hidden_as_empty,
    ),
    "a spread from seven answers": (
        [(detail, "STEP_OF_ITEMS", THRESHOLD)],
        town_of(15, 40, 50),
        detail_grows,
    ),
    "small cells stay": (
        [(categories, "SMALL", 0)],
        town_of(25, 40, 50),
        cells_hold_three,
    ),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_the_attacker_finds_a_planted_fault(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patches, town, promise = PLANTED[plant]
    assert not broken(town)
    for module, name, fault in patches:
        monkeypatch.setattr(module, name, fault)
    (name,) = (name for name, one in PROMISES.items() if one is promise)
    assert name in broken(town)


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
