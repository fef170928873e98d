"""Breakdowns in the release, in its files and in the report of the whole."""

import csv
import io
import random

import pytest

from questionnaires.model import Questionnaire
from reports.build import build, names
from reports.disclosure.values import Shown
from reports.documents.html import render_document
from reports.documents.rows import render_csv
from reports.release import Group, Release
from reports.report import Table
from tests.reports.crossings import CrossedTown
from tests.reports.questionnaires import questionnaire, response_scale, scale

LABELS = ("shorter", "longer", "unknown")


def instrument() -> Questionnaire:
    tenure = response_scale((1, 2, 3), level="nominal")
    for point, label in zip(tenure["points"], LABELS, strict=True):
        point["label"] = {"en": label}
    return questionnaire(
        {"agree": response_scale(range(1, 6)), "years": tenure},
        {"q1": "agree", "q2": "agree", "q3": "agree"},
        [scale("trust", "q1", "q2", "q3")],
        {"tenure": "years"},
    )


def town(**sizes: int) -> CrossedTown:
    """Two units; `sizes` are the people of the categories c1, c2, c3, and none without answer."""
    chance = random.Random(3)  # noqa: S311 - invented answers
    rows: dict[tuple[str, tuple[str | None, ...]], list[list[int]]] = {}
    for name, n in sizes.items():
        code = None if name == "none" else name[1]
        for unit in ("a", "b"):
            rows[unit, (code,)] = [
                [*(chance.randint(1, 5) for _ in range(3)), int(code or -9)] for _ in range(n // 2)
            ]
    children = (Group("a", "Unit a"), Group("b", "Unit b"))
    tree = Group("all", "Musterheim", children=children)
    return CrossedTown(tree, {"tenure": ("1", "2", "3")}, rows, instrument())


@pytest.fixture(scope="module")
def release() -> Release:
    return town(c1=60, c2=50, c3=2, none=20).release()


def test_a_release_is_read_as_it_was_written(release: Release) -> None:
    read = Release.from_json(release.to_json())
    assert read.to_json() == release.to_json()
    assert read.breakdowns == release.breakdowns
    assert [group.id for group in read.planned()] == [
        *("all", "a", "b"),
        *("tenure=1", "tenure=2", "tenure=3"),
    ]


def test_every_category_stands_under_the_name_of_its_column(release: Release) -> None:
    document = release.to_document()
    assert [*document["groups"]] == [*document["comparisons"]] == ["unit", "tenure"]
    assert [*document["groups"]["tenure"]] == ["1", "2", "3"]
    alone = release.of_group("tenure=1")
    assert alone["tenure"] == "1"
    assert alone["scales"] == document["groups"]["tenure"]["1"]["scales"]


def test_a_breakdown_without_units_is_read_back_as_a_breakdown() -> None:
    crossed = town(c1=60, c2=50, none=20)
    rows = {("all", category): found for (_, category), found in crossed.rows.items()}
    tree = Group("all", "Musterheim")
    made = CrossedTown(tree, crossed.breakdowns, rows, crossed.instrument).release()
    read = Release.from_json(made.to_json())
    assert (read.column, read.breakdowns) == ("unit", made.breakdowns)
    assert read.to_json() == made.to_json()
    assert read.groups["tenure=1"].is_shown


def test_hidden_and_empty_categories_look_the_same(release: Release) -> None:
    empty = town(c1=60, c2=50, none=20).release()
    assert not release.groups["tenure=3"].is_shown
    document, other = release.to_document(), empty.to_document()
    assert document["groups"]["tenure"]["3"] == other["groups"]["tenure"]["3"]
    reports = [
        render_document(build(one, instrument(), "tenure=3", "en")) for one in (release, empty)
    ]
    assert reports[0] == reports[1]


def test_what_people_say_about_themselves_is_shown_for_the_whole_only(release: Release) -> None:
    assert release.whole.items["tenure"].is_shown
    assert not any(
        result.items["tenure"].is_shown for name, result in release.groups.items() if name != "all"
    )


def test_the_report_of_the_whole_has_a_section_of_breakdowns(release: Release) -> None:
    report = build(release, instrument(), "all", "en")
    part = next(part for part in report.parts if part.id == "breakdowns")
    table = next(block for block in part.blocks if isinstance(block, Table))
    assert table.caption == "tenure"
    assert [row.head for row in table.rows] == ["Musterheim", *LABELS]
    for row, name in zip(table.rows, ("all", "tenure=1", "tenure=2", "tenure=3"), strict=True):
        score = release.groups[name].scales["trust"].score
        assert row.cells[0].text == (str(score.value) if isinstance(score, Shown) else "–")
    assert "breakdowns" not in {part.id for part in build(release, instrument(), "a", "en").parts}
    german = build(release, instrument(), "all", "de")
    assert "Nach Merkmalen" in {part.title for part in german.parts}


def test_a_category_has_a_report_of_its_own(release: Release) -> None:
    report = build(release, instrument(), "tenure=1", "en")
    assert report.title == report.group == "tenure shorter"
    assert {part.id for part in report.parts} >= {"dimensions", "questions"}


def test_columns_that_are_no_question_keep_their_own_names(release: Release) -> None:
    other = questionnaire({"agree": response_scale(range(1, 6))}, {"q1": "agree"})
    assert names(release, other, "en")["tenure=2"] == "2"
    assert names(release, instrument(), "en")["tenure=2"] == "longer"


def test_the_table_of_values_has_every_planned_group(release: Release) -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(release))))
    assert list(dict.fromkeys(row["group"] for row in rows)) == [
        group.id for group in release.planned()
    ]
    alone = list(csv.DictReader(io.StringIO(render_csv(release, "tenure=1"))))
    assert alone == [row for row in rows if row["group"] == "tenure=1"]


def test_a_group_with_the_id_of_a_category_is_refused() -> None:
    crossed = town(c1=60, c2=50)
    children = (Group("a", "Unit a"), Group("tenure=1", "Unit b"))
    tree = Group("all", "Musterheim", children=children)
    rows = {
        ("tenure=1" if unit == "b" else unit, c): found for (unit, c), found in crossed.rows.items()
    }
    with pytest.raises(ValueError, match="of one name: tenure=1"):
        CrossedTown(tree, crossed.breakdowns, rows, crossed.instrument).release()
