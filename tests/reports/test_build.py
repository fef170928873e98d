"""What a report says comes from released values."""

import json
import random
from typing import Any

import pytest
from hypothesis import given

from questionnaires import registry
from questionnaires.model.questionnaire import Languages
from questionnaires.variables import variables
from reports.build import build
from reports.build.reading import LEVELS, Reading
from reports.disclosure.values import Shown
from reports.release import Group, Release
from reports.report import Points, Report, Suggestions, Table
from reports.wording.words import Words
from tests.reports.questionnaires import questionnaire, response_scale, scale
from tests.reports.towns import FACTS, INSTRUMENT, Town, town_of, towns


def summary(report: Report) -> list[str]:
    points = report.parts[0].blocks[0]
    assert isinstance(points, Points)
    return [str(sentence) for sentence in points.entries]


def released(release: Release, **scores: int) -> Release:
    """The release with other scores of the whole."""
    document: dict[str, Any] = json.loads(release.to_json())
    for name, score in scores.items():
        document["scales"][name]["mean_0_100"] = score
    return Release.from_json(json.dumps(document))


BIG = town_of(30, 40, 50, asked=(40, 60, 80)).release()


def said(language: str, group: str = "all", **scores: int) -> list[str]:
    return summary(build(released(BIG, **scores), INSTRUMENT, group, language))


def test_the_summary_names_the_extremes_in_german() -> None:
    assert said("de", trust=62, worry=70) == [
        "120 von 180 Beschäftigten haben geantwortet (67 %).",
        "Am höchsten: trust mit 62 von 100 Punkten.",
        "Am ungünstigsten: worry mit 70 von 100 Punkten.",
    ]


def test_the_summary_names_the_extremes_in_english() -> None:
    assert said("en", trust=31, worry=20) == [
        "120 of 180 people answered (67 %).",
        "Most favourable: worry with 20 of 100 points.",
        "Lowest: trust with 31 of 100 points.",
    ]


def test_scales_without_a_better_end_are_ranked_by_their_score() -> None:
    town = town_of(30, 40, 50)
    neutral = questionnaire(
        {"agree": response_scale(range(1, 6)), "yesno": response_scale((0, 1))},
        {"q1": "agree", "q2": "agree", "q3": "agree", "q4": "agree", "q5": "yesno"},
        [
            scale("pace", "q1", "-q2", "q3", higher_is="neither"),
            scale("load", "q4", higher_is="neither"),
        ],
    )
    release = Town(town.tree, town.rows, neutral).release()
    scores = {name: found.score for name, found in release.whole.scales.items()}
    assert isinstance(scores["pace"], Shown)
    assert isinstance(scores["load"], Shown)
    by_score = {"pace": scores["pace"].value, "load": scores["load"].value}
    first, second = sorted(by_score, key=lambda name: -by_score[name])
    assert summary(build(release, neutral, "all", "en"))[1:] == [
        f"Highest: {first} with {by_score[first]} of 100 points.",
        f"Lowest: {second} with {by_score[second]} of 100 points.",
    ]


def test_a_file_that_is_analysed_has_no_plan_to_be_signed() -> None:
    assert build(BIG, INSTRUMENT, "all", "de").stamps == ("ohne Mitzeichnung",)
    document = json.loads(BIG.to_json())
    document["facts"]["plan_hash"] = ""
    report = build(Release.from_json(json.dumps(document)), INSTRUMENT, "all", "de")
    assert report.stamps == ()


def test_what_is_equal_is_not_ranked() -> None:
    assert said("de", trust=60, worry=40)[1:] == ["Keine Dimension sticht heraus."]


def test_few_people_are_counted_not_turned_into_percent() -> None:
    assert said("de", "a")[0] == "30 von 40 Beschäftigten haben geantwortet."


def test_participation_that_is_not_shown_is_at_least_the_threshold() -> None:
    release = town_of(30, 40, asked=(31, 42)).release()
    assert summary(build(release, INSTRUMENT, "a", "de"))[0] == (
        "Mindestens 7 Beschäftigte haben geantwortet."
    )


def test_without_head_counts_the_responses_are_said() -> None:
    release = town_of(30, 40).release()
    assert summary(build(release, INSTRUMENT, "all", "en"))[0] == "70 people answered."


@given(towns())
def test_hidden_groups_have_the_same_report_but_for_the_name(town: Town) -> None:
    release = town.release()
    hidden = [name for name, result in release.groups.items() if not result.is_shown]
    reports = [build(release, INSTRUMENT, name, "de") for name in hidden if name != "all"]
    assert all(report.parts == reports[0].parts for report in reports)


@given(towns())
def test_highest_and_lowest_follow_the_released_scores(town: Town) -> None:
    release = town.release()
    for name, result in release.groups.items():
        scores = {
            scale: value
            for scale, value in (
                (scale, getattr(found.score, "value", None))
                for scale, found in result.scales.items()
            )
            if value is not None
        }
        if len(scores) < 2:
            continue
        good = {"trust": scores["trust"], "worry": 100 - scores["worry"]}
        sentences = summary(build(release, INSTRUMENT, name, "en"))
        if good["trust"] == good["worry"]:
            assert sentences[1:] == ["No dimension stands out."]
        else:
            best = max(good, key=lambda scale: good[scale])
            worst = min(good, key=lambda scale: good[scale])
            assert f"{best} with {scores[best]} of 100 points" in sentences[1]
            assert f"{worst} with {scores[worst]} of 100 points" in sentences[2]


def test_items_are_sorted_by_released_agreement_and_hidden_ones_come_last() -> None:
    document = json.loads(BIG.to_json())
    for item, share in {"q1": 20, "q2": 60, "q3": 40}.items():
        document["items"][item]["favourable"] = share
    document["items"]["q1"] = json.loads(town_of(5, 5).release().to_json())["items"]["q1"]
    report = build(Release.from_json(json.dumps(document)), INSTRUMENT, "all", "en")
    figure = next(block for block in report.blocks() if getattr(block, "title", "") == "trust")
    labels = [row.label for row in figure.rows]  # type: ignore[union-attr]  # a figure has rows
    assert labels == ["q2", "q3", "q1"]


def test_every_level_begins_where_the_method_says() -> None:
    assert LEVELS == (30, 40, 50, 60, 70)
    report = build(released(BIG, trust=29, worry=29), INSTRUMENT, "all", "de")
    table = next(b for b in report.blocks() if isinstance(b, Table) and b.kind == "heatmap")
    assert [cell.level for cell in table.rows[0].cells] == [1, 6]


def test_suggestions_fit_the_released_score() -> None:
    definition = registry.get("change-climate")
    report = example(definition.id)
    found = [b for b in report.blocks() if isinstance(b, Suggestions)]
    texts = {entry.text for block in found for entry in block.entries}
    offered = {recommendation.text["de"] for recommendation in definition.recommendations}
    assert texts
    assert texts <= offered
    assert len({entry.scale for block in found for entry in block.entries}) <= 3


def example(name: str) -> Report:
    """A report on the shipped questionnaire."""
    definition = registry.get(name)
    chance = random.Random(11)  # noqa: S311 - invented answers
    asked = variables(definition)
    rows = [[chance.randint(v.minimum, v.maximum) for v in asked] for _ in range(60)]
    town = Town(Group("all", "Musterheim"), {"all": rows}, definition)
    return build(town.release(), definition, "all", "de")


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="another version"):
        build(BIG, registry.get("change-climate"), "all", "de")


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(KeyError):
        build(BIG, INSTRUMENT, "nowhere", "de")


def test_a_text_without_the_language_of_a_report_is_read_in_its_fallback() -> None:
    languages = Languages(
        source="en",
        available=("en", "fr", "de", "de-simple", "nl"),
        fallback={"de-simple": "fr", "fr": "de"},
    )
    asked = INSTRUMENT.model_copy(update={"languages": languages})

    def title(language: str) -> str:
        return Reading(BIG, asked, BIG.tree, Words(language)).text(FACTS.title)

    assert title("de-simple") == title("fr") == title("de") == "Erfundene Befragung"
    assert title("nl") == title("en") == "Invented survey"  # the first that is given
