"""What goes along with the outcome, from released correlations and scores."""

import json
from typing import Any

import pytest

from questionnaires.model import Questionnaire
from reports.build import build
from reports.release import Release
from reports.report import DriverRow, Figure, Part, Points
from tests.reports.questionnaires import questionnaire, response_scale, scale
from tests.reports.towns import Town, town_of

SCALES = [
    scale("mood", "q1"),
    scale("trust", "q2"),
    scale("worry", "q3", higher_is="worse"),
    scale("pace", "q4", higher_is="neither"),
    scale("help", "q5"),
]


def instrument(outcome: str | None = "mood") -> Questionnaire:
    items = {f"q{place}": "agree" for place in range(1, 6)}
    return questionnaire({"agree": response_scale(range(1, 6))}, items, SCALES, outcome=outcome)


def town(outcome: str | None = "mood") -> Town:
    """60 people with mixed answers in two units."""
    drawn = town_of(30, 30)
    rows = {
        unit: [[*row[:4], row[(place := at % 4)] + (place < 0)] for at, row in enumerate(found)]
        for unit, found in drawn.rows.items()
    }
    return Town(drawn.tree, rows, instrument(outcome))


BIG = town().release()


def released(correlations: dict[str, Any], **scores: int) -> Release:
    document = json.loads(BIG.to_json())
    document["correlations"]["mood"] |= correlations
    for name, score in scores.items():
        document["scales"][name]["mean_0_100"] = score
    return Release.from_json(json.dumps(document))


def part(release: Release, language: str = "en", group: str = "all") -> Part | None:
    report = build(release, instrument(), group, language)
    return next((part for part in report.parts if part.id == "drivers"), None)


def rows(found: Part | None) -> list[DriverRow]:
    assert found is not None
    figure = next(block for block in found.blocks if isinstance(block, Figure))
    return [row for row in figure.rows if isinstance(row, DriverRow)]


def said(found: Part | None) -> list[str]:
    assert found is not None
    points = next(block for block in found.blocks if isinstance(block, Points))
    return [str(sentence) for sentence in points.entries]


HIDDEN = {"hidden": True}
R = {"trust": 0.5, "worry": -0.25, "help": -0.1, "pace": 0.9}


def test_a_driver_weighs_its_correlation_times_its_room() -> None:
    found = rows(part(released(R, trust=71, worry=60, help=10)))
    assert found == [
        DriverRow("trust", 0.5, 29, 15),  # 14.5, halves upwards
        DriverRow("worry", 0.25, 60, 15),  # ties in the order of the definition
    ]


def test_what_weighs_more_comes_first() -> None:
    found = rows(part(released(R | {"help": 0.2}, trust=90, worry=80, help=10)))
    assert [(row.label, row.weight) for row in found] == [("worry", 20), ("help", 18), ("trust", 5)]


def test_the_sentences_say_relation_and_no_cause() -> None:
    release = released(R, trust=90, worry=80, help=10)
    assert said(part(release, "de")) == [
        (
            "mood hängt am stärksten mit trust zusammen (Korrelation 0,50, stark). "
            "Das ist ein Zusammenhang, kein Beweis für eine Ursache."
        ),
        "Größtes Gewicht: worry mit 20.",
        "Geht nicht mit mood in dieselbe Richtung: help",
    ]
    assert said(part(release)) == [
        (
            "mood goes along most closely with trust (correlation 0.50, strong). "
            "That is a relation, no proof of a cause."
        ),
        "Greatest weight: worry with 20.",
        "Does not go the same way as mood: help",
    ]


def test_chart_table_and_words_agree() -> None:
    release = released(R | {"help": HIDDEN}, trust=90, worry=80)
    found = part(release)
    assert found is not None
    figure = next(block for block in found.blocks if isinstance(block, Figure))
    assert figure.alt == "Bars by weight: worry 20, trust 5."
    table = {row.head: [cell.text for cell in row.cells] for row in figure.table.rows}
    assert [*table] == ["worry", "trust", "help"]
    assert table["trust"] == ["0.50", "10", "5"]
    assert table["help"][0] == table["help"][2] == "–"


@pytest.mark.parametrize(
    "correlations", [dict.fromkeys(R, HIDDEN), dict.fromkeys(R, -0.5) | {"worry": 0.5}]
)
def test_without_anything_to_rank_there_is_no_part(correlations: dict[str, Any]) -> None:
    assert part(released(correlations)) is None


def test_drivers_are_told_of_everybody_and_where_an_outcome_is_named() -> None:
    assert part(released(R), group="a") is None
    without = town(None)
    report = build(without.release(), without.instrument, "all", "en")
    assert all(part.id != "drivers" for part in report.parts)


def test_below_thirty_answers_there_are_no_drivers() -> None:
    small = Town(
        town_of(14, 14).tree, {"a": town().rows["a"][:14], "b": town().rows["b"][:14]}, instrument()
    )
    assert part(small.release()) is None


def test_an_outcome_is_new_content_and_its_absence_none() -> None:
    assert '"outcome"' not in instrument(None).canonical
    assert instrument().fingerprint != instrument(None).fingerprint
