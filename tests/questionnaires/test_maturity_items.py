"""Maturity items: a text per level, a column more for the target, and scales of targets."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from questionnaires import loader
from questionnaires.model import Questionnaire
from questionnaires.versions import Bump, changes, least_bump, trends
from questionnaires.versions.reasons import Reason
from tests.questionnaires.test_definitions import DEFINITIONS
from tests.questionnaires.test_fingerprint import from_json

Edit = Callable[[dict[str, Any]], object]


def before() -> Questionnaire:
    return loader.load(DEFINITIONS / "valid" / "maturity-items.yaml")


def after(*edits: Edit) -> Questionnaire:
    data = json.loads(before().canonical) | {"version": "2.0.0"}
    for edit in edits:
        edit(data)
    return from_json(data)


def test_the_levels_are_an_ordinal_response_scale_of_the_item_alone() -> None:
    questionnaire = before()
    scale = questionnaire.response_scale(questionnaire.questions["b"])
    assert scale is not None
    assert (scale.level, scale.codes, scale.offer_no_answer) == ("ordinal", (1, 2, 3), True)
    assert [point.label["en"] for point in scale.points] == ["nobody", "one person", "a team"]


def test_a_scale_knows_the_scale_of_its_targets() -> None:
    assert before().target_scale_by_id["s"].id == "s_target"


def test_what_a_definition_leaves_out_is_no_part_of_its_fingerprint() -> None:
    assert '"target_of":null' not in before().canonical
    assert after().canonical == before().canonical.replace('"1.0.0"', '"2.0.0"')


def level(item: int, **keys: object) -> Edit:
    return lambda data: data["items"][item]["levels"][0].update(keys)


def drop_target_scale(data: dict[str, Any]) -> None:
    data["scales"].pop()
    data["scales"][0]["items"].pop()


CASES: dict[str, tuple[Bump, Edit]] = {
    "text of a level": ("major", level(0, text={"en": "by letter"})),
    "code of a level": ("major", level(2, value=2)),
    "a level more": (
        "major",
        lambda data: data["items"][2]["levels"].append({"value": 2, "text": {"en": "by itself"}}),
    ),
    "no-answer option": ("major", lambda data: data["items"][0].update(offer_no_answer=True)),
    "target outside scales": ("minor", lambda data: data["items"][2].update(target=True)),
    "typing of a level": ("patch", level(0, text={"en": "On paper!"})),
    "target in a scale": ("major", drop_target_scale),
    "title of the scale of targets": (
        "patch",
        lambda data: data["scales"][1].update(title={"en": "Where to"}),
    ),
}


def rising(data: dict[str, Any]) -> None:
    data["items"][2]["levels"][1]["value"] = 3


@pytest.mark.parametrize("case", CASES)
def test_a_change_asks_for_its_bump(case: str) -> None:
    bump, edit = CASES[case]
    edits = [rising, edit] if case == "code of a level" else [edit]
    assert least_bump(changes(before(), after(*edits))) == bump


def declared(data: dict[str, Any]) -> None:
    verdicts = {"s": "equivalent", "s_target": "equivalent"}
    data["comparability"] = [{"to": "1.0.0", "scales": verdicts}]


def test_targets_are_compared_over_versions_like_current_states() -> None:
    found = {one.scale: (one.line, one.items) for one in trends(before(), after(declared))}
    assert found == {
        "s": ("equivalent", ("a", "b")),
        "s_target": ("equivalent", ("a_target", "b_target")),
    }


def under_another_name(data: dict[str, Any]) -> None:
    """The scale of the current state has a new id, which its targets name."""
    data["scales"][0]["id"] = "r"
    data["scales"][1]["target_of"] = "r"
    data["maturity"]["levels"][1]["criteria"][0]["scale"] = "r"
    data["comparability"] = [{"to": "1.0.0", "scales": {"s_target": "equivalent"}}]


def test_targets_of_another_scale_are_not_compared() -> None:
    (_, targets) = trends(before(), after(under_another_name))
    assert (targets.line, targets.reasons) == ("break", (Reason("scoring"),))


def test_a_level_of_other_words_breaks_both_lines() -> None:
    edits = (declared, level(0, text={"en": "by letter"}))
    found = {one.scale: (one.line, one.reasons) for one in trends(before(), after(*edits))}
    assert found == {
        "s": ("break", (Reason("response-scale", "a"),)),
        "s_target": ("break", (Reason("response-scale", "a_target"),)),
    }
