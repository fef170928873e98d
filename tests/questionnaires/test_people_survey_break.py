"""The real breaks of the UK Civil Service People Survey: questions dropped, and codes given anew.

In 2016 the core had 54 questions, B01 to B54. Three were dropped in 2017, and every later question
moved up to another code; one more, of the theme "My manager", was dropped by 2024. For 2016 this
theme therefore exists twice: 68 as published then, on ten questions (Cabinet Office, Civil Service
People Survey 2016: benchmark scores, November 2016), and 71.299 in the tables of 2024, on nine.
"""

from statistics import mean
from typing import Any

import pytest

from questionnaires import registry
from questionnaires.model import Questionnaire
from questionnaires.norms import Centre
from questionnaires.versions import bump_between, changes, least_bump, trends
from reports.bridging import bridge_values
from reports.disclosure.results import GroupResult, ItemResult
from reports.disclosure.values import HIDDEN, show
from reports.norms import whole
from tests.questionnaires.test_fingerprint import from_json
from tests.reference import people_survey

DROPPED = {  # id: wording, dropped in, the question before which it stood
    "obj_00": ("I have a clear understanding of [my organisation's] purpose", 2017, "obj_01"),
    "mgr_10": ("Poor performance is dealt with effectively in my team", 2024, "tea_01"),
    "res_00": ("In my job, I am clear what is expected of me", 2017, "res_01"),
    "chg_00": ("I feel that [my organisation] as a whole is managed well", 2017, "chg_01"),
}
PREFIX = {scale.items[0].ref[:3]: scale.id for scale in registry.get("people-survey-core").scales}
PUBLISHED_2016 = {"objectives": 83, "my_manager": 68, "resources": 73, "leading_change": 43}
MEDIAN: Centre = "median-of-organisations"


def asked(year: int) -> dict[str, str]:
    """The core questions of a year: their wording by an id of their meaning, in their order."""
    published, found = people_survey.wordings(), {}
    for measure, item in people_survey.ITEMS.items():
        for name, (text, gone, before) in DROPPED.items():
            if before == item and year < gone:
                found[name] = text
        found[item] = published[measure]
    return found


def core(year: int, *, by_code: bool = False, **more: object) -> Questionnaire:
    """A definition of the core of a year; ids are by meaning, or the codes of that year."""
    questions = asked(year)
    ids = {name: f"b{place:02}" if by_code else name for place, name in enumerate(questions, 1)}
    en = {"en": "words"}
    kinds = ("not_answered", "no_answer", "not_shown", "not_in_version", "suppressed")
    points = [{"value": code, "label": {"en": f"point {code}"}} for code in range(1, 6)]
    scales: dict[str, list[dict[str, str]]] = {}
    for name in questions:
        scales.setdefault(PREFIX[name[:3]], []).append({"ref": ids[name]})
    content: dict[str, Any] = {
        "format": "questionnaire/1",
        "id": "people-survey",
        "version": f"{ {2016: 1, 2018: 2, 2024: 3}[year] }.0.0",
        "status": "active",
        "title": en,
        "languages": {"source": "en", "available": ["en"]},
        "licence": {"id": "OGL-UK-3.0", "holder": "Crown copyright", "ship": False},
        "source": {"kind": "verbatim", "citation": "Civil Service People Survey"},
        "missing": {kind: {"code": at, "label": en} for at, kind in enumerate(kinds, -9)},
        "response_scales": {"agree": {"level": "ordinal", "points": points}},
        "sections": [{"id": "core", "title": en, "show": list(ids.values())}],
        "items": [
            {"id": ids[name], "response": "agree", "text": {"en": text}}
            for name, text in questions.items()
        ],
        "scales": [
            {
                "id": name,
                "title": en,
                "items": items,
                "score": {"method": "mean" if name == "engagement" else "percent_favourable"},
            }
            for name, items in scales.items()
        ],
    }
    return from_json(content | more)


def declared(to: str, year: int, *bridged: str) -> dict[str, Any]:
    """Everything equivalent to an earlier version, but for bridges on what both years ask."""
    common = {
        scale: [name for name in asked(year) if PREFIX[name[:3]] == scale and name[3:] != "_00"]
        for scale in bridged
    }
    verdicts: dict[str, Any] = dict.fromkeys(PREFIX.values(), "equivalent")
    return {"to": to, "scales": verdicts | {name: {"bridge": common[name]} for name in bridged}}


ONE = core(2016)
TWO = core(
    2018, comparability=[declared("1.0.0", 2018, "objectives", "resources", "leading_change")]
)
THREE = core(2024, comparability=[declared("2.0.0", 2024, "my_manager")])


def test_the_themes_have_the_questions_of_their_year() -> None:
    sizes = {
        one.version: {scale.id: len(scale.items) for scale in one.scales}
        for one in (ONE, TWO, THREE)
    }
    assert [sum(size.values()) for size in sizes.values()] == [54, 51, 50]
    assert [size["my_manager"] for size in sizes.values()] == [10, 10, 9]
    assert [size["objectives"] for size in sizes.values()] == [3, 2, 2]


def test_codes_given_anew_carry_no_line_whatever_is_declared() -> None:
    """46 of the 51 core codes shared by 2016 and 2018 name a different question."""
    old = core(2016, by_code=True)
    new = core(2018, by_code=True, comparability=[declared("1.0.0", 2018)])
    shared = old.questions.keys() & new.questions.keys()
    moved = {name for name in shared if old.questions[name].text != new.questions[name].text}
    assert (len(shared), len(moved)) == (51, 46)

    found = changes(old, new)
    seen = {change.path for change in found if change.code in {"id-reused", "reworded"}}
    assert seen == moved
    assert least_bump(found) == "forbidden"
    lines = {trend.scale: trend.line for trend in trends(old, new)}
    assert {scale for scale, line in lines.items() if line != "break"} == {"my_work"}


def test_what_was_dropped_is_a_major_change_and_silence_a_break() -> None:
    assert least_bump(changes(ONE, TWO)) == least_bump(changes(TWO, THREE)) == "major"
    assert bump_between(TWO.version, THREE.version) == "major"
    assert {trend.line for trend in trends(ONE, core(2018))} == {"break"}


def test_a_theme_that_lost_a_question_is_no_longer_equivalent() -> None:
    hasty = core(2024, comparability=[declared("2.0.0", 2024)])
    lines = {trend.scale: trend for trend in trends(TWO, hasty)}
    assert lines["my_manager"].line == "break"
    assert [reason.code for reason in lines["my_manager"].reasons] == ["items"]
    assert lines["my_team"].line == "equivalent"


def test_from_2016_to_2024_lines_go_on_along_the_declarations() -> None:
    lines = {trend.scale: trend for trend in trends(ONE, THREE, [TWO])}
    bridged = {scale: len(trend.items) for scale, trend in lines.items() if trend.line == "bridge"}
    assert bridged == {"objectives": 2, "my_manager": 9, "resources": 6, "leading_change": 9}
    assert all(trend.line == "equivalent" for name, trend in lines.items() if name not in bridged)
    assert "mgr_10" not in lines["my_manager"].items


def released(year: int, centre: Centre) -> GroupResult:
    """The published shares of a year as a release has them: in whole percent."""
    published = people_survey.benchmarks()
    return GroupResult(
        HIDDEN,
        {
            item: ItemResult(favourable=show(whole(published[centre, measure][year])))
            for measure, item in people_survey.ITEMS.items()
        },
        {},
    )


def test_my_manager_in_2016_is_68_on_ten_questions_and_71_on_the_nine_of_today() -> None:
    (line,) = (one for one in trends(ONE, THREE, [TWO]) if one.scale == "my_manager")
    recomputed = people_survey.benchmarks()[MEDIAN, "lm_ts"]
    assert (recomputed[2016], recomputed[2024]) == (71.299, 78.346)

    bridged = bridge_values([(released(2016, MEDIAN), ONE), (released(2024, MEDIAN), THREE)], line)

    assert bridged == (71, 78) == (whole(recomputed[2016]), whole(recomputed[2024]))
    assert bridged[0] - PUBLISHED_2016["my_manager"] == 3  # what an id alone would have added


@pytest.mark.parametrize("centre", people_survey.CENTRES.values())
def test_bridge_values_are_the_recomputed_themes_to_a_point(centre: Centre) -> None:
    published = people_survey.benchmarks()
    measures = {scale: measure for measure, scale in people_survey.SCALES.items()}
    for line in trends(ONE, THREE, [TWO]):
        if line.line != "bridge":
            continue
        waves = [(released(2016, centre), ONE), (released(2024, centre), THREE)]
        values = bridge_values(waves, line)
        assert values
        for year, value in zip((2016, 2024), values, strict=True):
            assert value == pytest.approx(published[centre, measures[line.scale]][year], abs=1)


def test_the_mean_of_items_is_nearly_the_mean_of_persons() -> None:
    """What a bridge over the items costs, where people leave items out."""
    published = people_survey.benchmarks()
    over_items = [
        published["mean-of-people", measure][2016]
        for measure, item in people_survey.ITEMS.items()
        if item.startswith("mgr")
    ]
    assert len(over_items) == 9
    assert mean(over_items) == pytest.approx(70.279, abs=0.0005)
    assert published["mean-of-people", "lm_ts"][2016] == 70.288


def test_the_norms_of_today_hold_the_recomputed_value_and_never_the_older_one() -> None:
    norms = registry.norms(registry.get("people-survey-core", "1.0.0"))
    assert norms
    of_2016 = {
        scale: value.value
        for norm in norms.norms
        if (norm.year, norm.centre) == (2016, MEDIAN)
        for scale, value in norm.scales.items()
    }
    assert of_2016["my_manager"] == 71.299
    assert {name: whole(of_2016[name]) for name in PUBLISHED_2016} == {
        "objectives": 81,
        "my_manager": 71,
        "resources": 71,
        "leading_change": 43,
    }
