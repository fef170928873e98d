"""Levels and targets follow from released values and from what the questionnaire asks."""

import json

import pytest

from questionnaires import loader
from reports.build import build
from reports.release import Group, Release
from reports.report import Figure, Mark, Part, Points, ProfileRow, Report, Sentence, Table
from tests.questionnaires.test_definitions import DEFINITIONS
from tests.reports.questionnaires import questionnaire, response_scale, scale, text
from tests.reports.series import after, wave
from tests.reports.towns import Town

STEPS = [{"value": value, "text": text(f"step {value}")} for value in range(1, 6)]
ITEM = {"kind": "maturity", "target": True, "levels": STEPS}
LEVELS = [
    {"rank": 1, "id": "one", "title": text("Begun")},
    {
        "rank": 2,
        "id": "two",
        "title": text("Settled"),
        "criteria": [{"scale": "s", "at_least": 40}],
    },
    {
        "rank": 3,
        "id": "three",
        "title": text("Through"),
        "criteria": [{"scale": "s", "at_least": 60}, {"scale": "load", "at_most": 37.5}],
    },
]
INSTRUMENT = questionnaire(
    {"agree": response_scale(range(1, 6))},
    {"a": ITEM, "b": ITEM, "c": "agree", "d": "agree"},
    [
        scale("s", "a", "b"),
        scale("s_goal", "a_target", "b_target", target_of="s"),
        scale("load", "c", "d", higher_is="worse"),
    ],
    maturity={"basis": "group", "basis_of_thresholds": "expert", "levels": LEVELS},
)
ROWS = [[1 + at % 5, 5 - at % 2, 1 + at // 2 % 5, 4, 1 + at % 4, 1 + at % 3] for at in range(40)]
TOWN = Town(Group("all", "Musterheim"), {"all": ROWS}, INSTRUMENT)
RELEASE = TOWN.release()
SECOND = after(wave(TOWN, 2026, INSTRUMENT), wave(TOWN, 2025, INSTRUMENT))
Score = int | dict[str, bool]
HIDDEN: Score = {"hidden": True}


def released(**scores: Score) -> Release:
    document = json.loads(RELEASE.to_json())
    for name, score in scores.items():
        document["scales"][name]["mean_0_100"] = score
    return Release.from_json(json.dumps(document))


def part(report: Report, name: str) -> Part:
    return next(part for part in report.parts if part.id == name)


def said(language: str = "en", **scores: Score) -> list[str]:
    found = part(build(released(**scores), INSTRUMENT, "all", language), "maturity")
    points = found.blocks[0]
    assert isinstance(points, Points)
    return [str(sentence) for sentence in points.entries]


def test_the_level_is_the_highest_with_all_below_it() -> None:
    assert said("de", s=59, s_goal=80, load=37) == [
        "Ist: Stufe 2 von 3, Settled.",
        "Für Stufe 3 fehlt: s hat 59, gefordert ist mindestens 60.",
        "Soll: Stufe 3 von 3, Through.",
    ]
    assert said(s=60, s_goal=80, load=38) == [
        "Today: level 2 of 3, Settled.",
        "Missing for level 3: load has 38 and needs at most 37.5.",
        "Target: level 2 of 3, Settled.",  # nobody asked where the load should be
    ]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ({"s": 39, "load": 30}, "Before (9/2025): level 1 of 3, Begun."),
        ({"s": 40, "load": HIDDEN}, "Before (9/2025): level 2 of 3, Settled."),
        ({"s": 60, "load": HIDDEN}, None),  # level 2 or 3
        ({"s": HIDDEN, "load": 30}, None),
    ],
)
def test_the_level_of_the_wave_before_is_told_where_its_values_tell_it(
    then: dict[str, Score], said: str | None
) -> None:
    document = json.loads(SECOND.to_json())
    for name, score in then.items():
        document["waves"][-1]["groups"]["all"][name]["mean_0_100"] = score
    report = build(Release.from_json(json.dumps(document)), INSTRUMENT, "all", "en")
    points, rule = part(report, "maturity").blocks[:2]
    assert isinstance(points, Points)
    told = [str(sentence) for sentence in points.entries]
    assert [one for one in told if "Before" in one] == ([said] if said else [])
    assert str(rule).endswith("by the criteria of today.") is (said is not None)


@pytest.mark.parametrize(("score", "level"), [(39, "1 of 3, Begun"), (40, "2 of 3, Settled")])
def test_a_criterion_is_met_at_its_bound(score: int, level: str) -> None:
    assert said(s=score, load=90)[0] == f"Today: level {level}."


def test_a_hidden_value_leaves_the_level_open() -> None:
    hidden = {"s": HIDDEN, "s_goal": 80, "load": 30}
    assert said("de", **hidden)[0] == (
        "Ist: Die Stufe kann nicht bestimmt werden, weil ein Wert dafür nicht gezeigt wird. "
        "Es ist mindestens Stufe 1 von 3, Begun."
    )
    known = said(s=70, s_goal=80, load=HIDDEN)[0]
    assert known.endswith("It is at least level 2 of 3, Settled.")


def test_a_hidden_value_changes_nothing_where_another_holds_back() -> None:
    assert said(s=50, s_goal=50, load=HIDDEN)[0] == "Today: level 2 of 3, Settled."


def test_the_rule_its_basis_and_every_criterion_are_printed() -> None:
    found = part(build(released(s=50, s_goal=70, load=HIDDEN), INSTRUMENT, "all", "en"), "maturity")
    rule, table = found.blocks[1:]
    assert isinstance(rule, Sentence)
    assert isinstance(table, Table)
    assert str(rule) == (
        "The level is the highest one whose criteria, and those of all levels below it, are met. "
        "The thresholds are a judgement of experts."
    )
    assert table.columns == ("Criterion", "Today", "Target", "Level 2", "Level 3")
    assert [(row.head, [cell.text for cell in row.cells]) for row in table.rows] == [
        ("s", ["50", "70", "at least 40: yes", "at least 60: no"]),
        ("load", ["–", "–", "", "at most 37.5: –"]),
    ]


def test_targets_stand_beside_their_dimension_and_are_none() -> None:
    report = build(released(s=50, s_goal=70, load=30), INSTRUMENT, "all", "en")
    figure = next(block for block in report.blocks() if isinstance(block, Figure))
    rows = [row for row in figure.rows if isinstance(row, ProfileRow)]
    assert [row.label for row in rows] == ["s", "load"]
    assert rows[0].marks == (Mark("target", 70),)
    assert figure.alt == "Points from 0 to 100: s 50 (target 70), load 30."
    assert not any("s_goal" in str(sentence) for sentence in _points(report))


def _points(report: Report) -> list[Sentence]:
    return [one for block in report.blocks() if isinstance(block, Points) for one in block.entries]


@pytest.mark.parametrize(
    ("goal", "sentence"),
    [
        (70, "Largest gap: s, 20 points away."),
        (51, "Largest gap: s, 1 point away."),
        (50, "No target is more favourable than today."),
        (45, "No target is more favourable than today."),
    ],
)
def test_the_largest_gap_is_named(goal: int, sentence: str) -> None:
    report = build(released(s=50, s_goal=goal), INSTRUMENT, "all", "en")
    found, table = part(report, "targets").blocks
    assert str(found) == sentence
    assert isinstance(table, Table)
    assert [cell.number for cell in table.rows[0].cells] == [50, goal, goal - 50]


def test_a_hidden_target_is_no_mark_and_no_gap() -> None:
    report = build(released(s_goal=HIDDEN), INSTRUMENT, "all", "en")
    assert all(part.id != "targets" for part in report.parts)


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (62, ["Today: level 2 of 2, Two."]),
        (
            63,
            [
                "Today: level 1 of 2, One.",
                "Missing for level 2: A has 63 and needs at most 62.5.",
            ],
        ),
    ],
)
def test_an_item_may_hold_a_level_back(score: int, said: list[str]) -> None:
    definition = loader.load(DEFINITIONS / "valid" / "maturity-levels.yaml")
    rows = [[1 + at % 2, 1 + at // 3 % 2] for at in range(40)]
    town = Town(Group("all", "Musterheim"), {"all": rows}, definition)
    document = json.loads(town.release().to_json())
    document["scales"]["s"]["mean_0_100"] = 50
    document["items"]["a"]["mean_0_100"] = score
    report = build(Release.from_json(json.dumps(document)), definition, "all", "en")
    found = part(report, "maturity").blocks[0]
    assert isinstance(found, Points)
    assert [str(sentence) for sentence in found.entries] == said
