"""Attack 6, stuffing: somebody answers many times, and reckons what is left for the others.

The attacker knows all answers but one, and tries every answer that this one person can have given:
those that lead to the release he holds are all he learns. What protects the person is first the
way in: without slips there is nothing below thirty responses, and with slips a unit cannot hold
more than it has people. Who holds six of the seven slips of a unit is told its score in steps of
five and nothing else: the last one's score then lies anywhere within 35 points, fewer only where
the scale ends. The rules promise no more than that, and it is proven here.
"""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from reports.disclosure import detail, told
from reports.disclosure.results import GroupResult
from reports.disclosure.values import Shown
from reports.release import Group, Release
from reports.releasing import make_release
from survey.db.engine import reading
from survey.db.jobs import Kind
from survey.db.tables import Release as StoredRelease
from tests.anonymity.town import Town as StoredTown
from tests.anonymity.town import found_town
from tests.reports.questionnaires import questionnaire, response_scale, scale
from tests.reports.towns import FACTS, THRESHOLD, Town

WITHOUT_SLIPS = 30
STEPS: tuple[Kind, ...] = ("close", "release")
STEP = 5  # of 100 points, in which a score below twenty answers is told
CASES = max(15, int(os.environ.get("PEGEL_CASES", "0")) // 40)  # each one is thirteen releases
INSTRUMENT = questionnaire(
    {"agree": response_scale(range(1, 6))},
    {"q1": "agree", "q2": "agree", "q3": "agree"},
    [scale("trust", "q1", "q2", "q3")],
)
Row = list[int]
ROWS = st.lists(st.integers(1, 5), min_size=3, max_size=3)
# One way to answer for each score that the last one can have.
POSSIBLE: list[Row] = [
    [total // 3 + (place < total % 3) for place in range(3)] for total in range(3, 16)
]
_chance = random.Random(3)  # noqa: S311 - invented answers
OTHERS = {
    unit: [[_chance.randint(1, 5) for _ in range(3)] for _ in range(n)]
    for unit, n in (("b", 30), ("c", 26))
}


def score(row: Row) -> float:
    """A person's score from 0 to 100."""
    return 100 * (sum(row) - 3) / 12


def release(own: Sequence[Row], eligible: int | None = None) -> Release:
    """Three units, of which the attacker is in the first."""
    heads = {"a": eligible, "b": 40, "c": 40} if eligible else dict.fromkeys("abc")
    units = tuple(Group(name, f"Unit {name}", heads[name]) for name in "abc")
    tree = Group("all", "Musterheim", children=units)
    return Town(tree, {"a": list(own), **OTHERS}, INSTRUMENT).release()


def told_apart(see: Callable[[Row], object]) -> list[list[Row]]:
    """What the last one may have answered, sorted by what the attacker then sees."""
    seen: dict[str, list[Row]] = defaultdict(list)
    for row in POSSIBLE:
        seen[repr(see(row))].append(row)
    return list(seen.values())


def beyond_the_score(known: Sequence[Row]) -> list[str]:
    """What unit a tells of the last one, other than its score in steps of five."""
    faults: list[str] = []
    told_of: dict[int, str] = {}
    for row in POSSIBLE:
        seen = release([*known, row]).groups["a"]
        value = seen.scales["trust"].score
        if not isinstance(value, Shown):
            continue
        if value.value % STEP:
            faults.append(f"the score {value.value} is finer than {STEP} points")
        if told_of.setdefault(value.value, repr(seen)) != repr(seen):
            faults.append(f"the score {value.value} stands beside something else")
        mean = sum(score(one) for one in (*known, row)) / (len(known) + 1)
        if abs(mean - value.value) > STEP / 2 + 1e-9:
            faults.append(f"the score {value.value} is not that of the answers")
    return faults


@settings(max_examples=CASES)
@given(known=st.lists(ROWS, min_size=6, max_size=28))
def test_without_slips_nothing_is_shown_that_depends_on_the_last_one(known: list[Row]) -> None:
    tree = Group("all", "Musterheim")

    def see(row: Row) -> Release:
        town = Town(tree, {"all": [*known, row]}, INSTRUMENT)
        whole = town.counted.whole
        return make_release(INSTRUMENT, tree, town.tallies(), WITHOUT_SLIPS, FACTS, whole=whole)

    assert len(told_apart(see)) == 1


@settings(max_examples=CASES)
@given(known=st.lists(ROWS, min_size=6, max_size=6), people=st.integers(1, 6))
def test_a_unit_with_more_answers_than_people_says_nothing_of_anybody(
    known: list[Row], people: int
) -> None:
    assert len(told_apart(lambda row: release([*known, row], people).groups["a"])) == 1
    assert not release([*known, POSSIBLE[0]], people).groups["a"].scales["trust"].is_shown


@settings(max_examples=CASES)
@given(known=st.lists(ROWS, min_size=6, max_size=6))
def test_who_holds_six_of_seven_slips_learns_a_score_in_steps_of_five(known: list[Row]) -> None:
    assert beyond_the_score(known) == []


def test_that_score_leaves_the_last_one_a_third_of_the_scale() -> None:
    known = [[1, 1, 1], [2, 2, 2], [3, 3, 3], [3, 3, 3], [4, 4, 4], [5, 5, 5]]
    widths = [
        max(map(score, rows)) - min(map(score, rows))
        for rows in told_apart(lambda row: release([*known, row]).groups["a"])
        if not {0, 100} & set(map(score, rows))
    ]
    assert widths
    assert min(widths) >= 25


@settings(max_examples=CASES)
@given(known=st.lists(ROWS, min_size=6, max_size=6))
def test_a_hidden_unit_looks_as_if_the_last_one_had_kept_silent(known: list[Row]) -> None:
    silent = repr(release(known).groups["a"])
    for rows in told_apart(lambda row: release([*known, row]).groups["a"]):
        seen = release([*known, rows[0]]).groups["a"]
        assert seen.scales["trust"].is_shown or repr(seen) == silent


@pytest.mark.parametrize("value", [1, 3, 5])
def test_six_equal_answers_are_never_told_from_a_seventh(value: int) -> None:
    known = [[value] * 3] * 6
    assert len(told_apart(lambda row: release([*known, row]).groups["a"])) == 1


def test_a_planted_score_that_is_not_rounded_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "COARSE", 1)
    known = [[1, 1, 1], [2, 2, 2], [2, 2, 2], [3, 3, 3], [4, 4, 4], [5, 5, 5]]
    assert any("finer" in fault for fault in beyond_the_score(known))


def test_a_planted_spread_beside_the_score_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detail, "STEP_OF_ITEMS", THRESHOLD)
    known = [[1, 1, 1], [1, 1, 2], [2, 2, 2], [3, 3, 3], [4, 4, 4], [5, 5, 5]]
    assert any("something else" in fault for fault in beyond_the_score(known))


def test_a_planted_threshold_of_seven_without_slips_is_noticed() -> None:
    tree = Group("all", "Musterheim")
    known = [[1, 1, 1], [1, 1, 1], [3, 3, 3], [3, 3, 3], [5, 5, 5], [5, 5, 5]]

    def see(row: Row) -> Release:
        town = Town(tree, {"all": [*known, row]}, INSTRUMENT)
        return town.release()

    assert len(told_apart(see)) > 1


@pytest.mark.usefixtures("either_database")
@pytest.mark.parametrize("access", ["open", "shared-code"])
def test_without_slips_the_whole_alone_is_shown_and_only_from_thirty(
    tmp_path: Path, access: str
) -> None:
    """28 answers of the attacker and a real one, whatever it was; then one more."""
    seen = {}
    for number, last in enumerate(([7], [31_000], [7, 31_000])):
        town = found_town(tmp_path / str(number), access=access, heads={"haus": 40})
        code = town.slips[None][0] if access == "shared-code" else None
        town.send([town.form(code, stamp) for stamp in [*range(100, 128), *last]])
        seen[tuple(last)] = _released(town)
    one, other, enough = seen.values()
    assert one == other, "to the last byte the same, whatever the real one said"
    assert {name for name, group in enough.items() if group.is_shown} == {"haus"}
    assert list(one) == list(enough) == ["haus"]
    assert not any(item.is_shown for item in one["haus"].items.values())
    assert any(item.is_shown for item in enough["haus"].items.values())


def _released(town: StoredTown) -> dict[str, GroupResult]:
    """What the release of a campaign says of each group."""
    for step in STEPS:
        done = town.ask(step)
        assert done.state == "done", done.message
    with reading(town.engine) as connection:
        own = StoredRelease.campaign_id == town.campaign_id
        document = connection.execute(select(StoredRelease.document).where(own)).scalar_one()
    return dict(Release.from_json(document).groups)
