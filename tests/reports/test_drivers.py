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


def instrument(outcome: str | None = "mood", *more: dict[str, Any]) -> Questionnaire:
    items = {f"q{place}": "agree" for place in range(1, 6)}
    scales = [*SCALES, *more]
    return questionnaire({"agree": response_scale(range(1, 6))}, items, scales, outcome=outcome)


def town(asked: Questionnaire) -> Town:
    """60 people with mixed answers in two units."""
    drawn = town_of(30, 30)
    rows = {
        unit: [[*row[:4], row[(place := at % 4)] + (place < 0)] for at, row in enumerate(found)]
        for unit, found in drawn.rows.items()
    }
    return Town(drawn.tree, rows, asked)


BIG = town(instrument()).release()


def released(
    correlations: dict[str, Any], /, release: Release = BIG, outcome: str = "mood", **scores: int
) -> Release:
    """The release with other correlations with the outcome, and other scores."""
    document = json.loads(release.to_json())
    document["correlations"][outcome] |= correlations
    for name, score in scores.items():
        document["scales"][name]["mean_0_100"] = score
    return Release.from_json(json.dumps(document))


def part(
    release: Release, language: str = "en", group: str = "all", asked: Questionnaire | None = None
) -> Part | None:
    report = build(release, asked or instrument(), group, language)
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
    without = town(instrument(None))
    report = build(without.release(), without.instrument, "all", "en")
    assert all(part.id != "drivers" for part in report.parts)


def test_below_thirty_answers_there_are_no_drivers() -> None:
    large = town(instrument())
    rows = {unit: found[:14] for unit, found in large.rows.items()}
    assert part(Town(large.tree, rows, large.instrument).release()) is None


def test_an_outcome_of_which_less_is_better_turns_what_goes_along_with_it() -> None:
    """Trust goes the same way where worry falls with it, and strain where it rises with it."""
    asked = instrument("worry", scale("strain", "q4", higher_is="worse"))
    r = {"mood": 0.3, "trust": -0.4, "help": HIDDEN, "strain": 0.25}
    release = released(r, town(asked).release(), "worry", mood=10, trust=60, strain=80)
    found = part(release, asked=asked)
    assert rows(found) == [
        DriverRow("strain", 0.25, 80, 20),
        DriverRow("trust", 0.4, 40, 16),
    ]
    assert said(found) == [
        (
            "worry goes along most closely with trust (correlation 0.40, moderate). "
            "That is a relation, no proof of a cause."
        ),
        "Greatest weight: strain with 20.",
        "Does not go the same way as worry: mood",
    ]


@pytest.mark.parametrize(
    ("r", "strength"),
    [(0.01, "weak"), (0.29, "weak"), (0.3, "moderate"), (0.49, "moderate"), (0.5, "strong")],
)
def test_strengths_begin_at_their_bounds(r: float, strength: str) -> None:
    release = released({"trust": r, "worry": -r, "help": HIDDEN}, trust=50, worry=50)
    assert said(part(release))[0] == (
        f"mood goes along most closely with trust and worry (correlation {r:.2f}, {strength}). "
        "That is a relation, no proof of a cause."
    )


def test_an_outcome_is_new_content_and_its_absence_none() -> None:
    assert '"outcome"' not in instrument(None).canonical
    assert instrument().fingerprint != instrument(None).fingerprint
