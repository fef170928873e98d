"""Maturity items are counted, protected and told like ratings; a target is a column of its own."""

from pathlib import Path

import pytest

from questionnaires import loader
from reports.build import build
from reports.build.reading import shown
from reports.counting import tally
from reports.csv_responses import CsvResponses
from reports.disclosure.groups import Group
from reports.disclosure.results import Cell, ItemResult
from reports.disclosure.values import Shown
from reports.errors import ResponsesError
from reports.report import Figure, Legend, Points, Report, StackRow
from reports.unprotected import unprotected
from tests.questionnaires.test_definitions import DEFINITIONS
from tests.reports.questionnaires import questionnaire, scale
from tests.reports.towns import Town

TWO_ASPECTS = loader.load(DEFINITIONS / "valid" / "maturity-items.yaml")
LEVELS = [{"value": code, "text": {"en": f"State {code}."}} for code in range(1, 6)]
LADDER = {"kind": "maturity", "target": True, "levels": LEVELS}
INSTRUMENT = questionnaire(
    {},
    {"plan": LADDER, "lead": LADDER},
    [
        scale("strategy", "plan", "lead"),
        scale("strategy_target", "plan_target", "lead_target", target_of="strategy"),
    ],
)


def read(path: Path, content: str) -> CsvResponses:
    path.write_text(content)
    return CsvResponses(path, TWO_ASPECTS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def test_a_file_has_a_column_for_the_target(file: Path) -> None:
    content = "A,A_Target,b,b_target,c\n1,3,2,3,-7\n2,3,-8,,1\n3,3,1,2,0\n"
    with read(file, content) as source:
        (table,) = source.tables()
    assert table.answers.tolist() == [[1, 3, 2, 3, -7], [2, 3, -8, -9, 1], [3, 3, 1, 2, 0]]
    tree = unprotected(TWO_ASPECTS, tally([table], TWO_ASPECTS, ()))
    assert tree["items"]["a"]["histogram"] == {"1": 1, "2": 1, "3": 1}
    assert tree["items"]["a_target"]["histogram"] == {"1": 0, "2": 0, "3": 3}
    # Person scores: (1 + 2) / 2, 2 and (3 + 1) / 2; of the targets 3, 3 and (3 + 2) / 2.
    assert tree["scales"]["s"]["mean"] == pytest.approx((1.5 + 2 + 2) / 3)
    assert tree["scales"]["s_target"]["mean"] == pytest.approx((3 + 3 + 2.5) / 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,b_target,c\n1,1,1,1\n", "no column for the item a_target"),
        ("a,a_target,b,b_target,c\n1,4,1,1,1\n", "4 is not a code of a_target (1 to 3)"),
        ("a,a_target,b,b_target,c\n1,by file,1,1,1\n", "a_target has codes (1 to 3)"),
    ],
)
def test_what_is_wrong_with_a_target_is_told_by_its_own_name(
    file: Path, content: str, said: str
) -> None:
    with pytest.raises(ResponsesError) as caught, read(file, content) as source:
        list(source.tables())
    assert said in str(caught.value)


def categories(item: ItemResult) -> tuple[Cell, ...]:
    assert isinstance(item.categories, Shown)
    return item.categories.value


def town() -> Town:
    """Two units of 48: levels 1 to 4 equally often, targets two levels and one level higher."""
    pairs = [(1 + place % 4, 1 + place // 4 % 4) for place in range(48)]
    rows = [[plan, min(plan + 2, 5), lead, lead + 1] for plan, lead in pairs]
    tree = Group("all", "Musterheim", children=(Group("a", "A", None), Group("b", "B", None)))
    return Town(tree, {"a": rows, "b": rows}, INSTRUMENT)


RELEASE = town().release()


def report(language: str = "de") -> Report:
    return build(RELEASE, INSTRUMENT, "all", language)


def test_both_states_are_released_each_with_its_ends_and_its_scale() -> None:
    assert RELEASE.ends["plan"] == RELEASE.ends["plan_target"]
    assert set(RELEASE.ends["plan"].favourable) == {4, 5}
    whole = RELEASE.whole
    # Means 2.5 and 2.5 of 1 to 5 are 37.5 of 100; (3 + 4 + 5 + 5) / 4 and 3.5 are 71.875.
    assert shown(whole.scales["strategy"].score) == 38
    assert shown(whole.scales["strategy_target"].score) == 72
    assert shown(whole.items["plan_target"].favourable) == 75


def test_a_target_is_no_strength() -> None:
    points = report("en").parts[0].blocks[0]
    assert isinstance(points, Points)
    assert "strategy_target" not in " ".join(map(str, points.entries))


def test_bars_name_levels_and_the_table_their_texts() -> None:
    (part,) = [part for part in report().parts if part.id == "questions"]
    figures = [block for block in part.blocks if isinstance(block, Figure)]
    rows = [row for figure in figures for row in figure.rows if isinstance(row, StackRow)]
    assert {row.label for row in rows} == {
        "plan (Ist)",
        "plan (Soll)",
        "lead (Ist)",
        "lead (Soll)",
    }
    assert {row.share_label for row in rows} == {"ab Stufe 4"}
    (legend,) = [block for block in part.blocks if isinstance(block, Legend)]
    assert [key.label for key in legend.keys] == [f"Stufe {place}" for place in range(1, 6)]
    said = " ".join(str(one) for one in report().blocks())
    assert "Obere Stufen:" in said
    assert "Zustimmung" not in said
    told = " ".join(cell.text for row in figures[0].table.rows for cell in row.cells)
    assert "Stufe 2 (State 2): 25 %" in told


def test_the_targets_of_a_dimension_follow_its_present() -> None:
    two = [scale(f"{name}{end}", f"{name}_item{end}", **({"target_of": name} if end else {}))
           for end in ("", "_target") for name in ("one", "two")]  # fmt: skip
    asked = questionnaire({}, {"one_item": LADDER, "two_item": LADDER}, two)
    rows = [[1 + x % 5, 1 + x // 5 % 5] * 2 for x in range(50)]
    release = Town(Group("all", "Musterheim"), {"all": rows}, asked).release()
    (part,) = [one for one in build(release, asked, "all", "en").parts if one.id == "questions"]
    figures = [block.title for block in part.blocks if isinstance(block, Figure)]
    assert figures == ["one", "one_target", "two", "two_target"]


def test_who_was_asked_depends_on_the_current_state_alone() -> None:
    """A target that all want alike has joined levels; it tells nothing about who was asked."""
    later = {"kind": "maturity", "levels": LEVELS, "show_if": {"item": "plan", "in": [2, 3, 4, 5]}}
    instrument = questionnaire({}, {"plan": LADDER, "lead": later})
    rows = [[1 + x % 5, 5, -7 if x % 5 == 0 else 1 + x // 5 % 5] for x in range(100)]
    tree = Group("all", "Musterheim", None)
    whole = Town(tree, {"all": rows}, instrument).release().whole
    assert [len(cell.codes) for cell in categories(whole.items["plan"])] == [1] * 5
    assert max(len(cell.codes) for cell in categories(whole.items["plan_target"])) > 1
    assert shown(whole.items["lead"].n) == 80


@pytest.mark.parametrize(("at_the_top", "is_joined"), [(20, False), (1, True)])
def test_the_key_says_where_levels_are_joined(at_the_top: int, is_joined: bool) -> None:  # noqa: FBT001 - a table of cases
    """The colour of a level also stands for the neighbours that were joined with it."""
    rows = [[1 + x % 4, 1 + x // 4 % 5] for x in range(100)] + [[5, 5]] * at_the_top
    asked = questionnaire({}, {"plan": LADDER})
    release = Town(Group("all", "Musterheim"), {"all": rows}, asked).release()
    (part,) = [one for one in build(release, asked, "all", "en").parts if one.id == "questions"]
    (legend,) = [block for block in part.blocks if isinstance(block, Legend)]
    assert ("joined" in legend.title) is is_joined
