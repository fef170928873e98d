"""YAML 1.2 without surprises, with places, and validation of any model."""

import json
from datetime import date
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from questionnaires.errors import DefinitionError, Finding
from questionnaires.yaml import read_yaml, validate


def read(text: str) -> object:
    return read_yaml(text.encode(), "test.yaml")[0]


def only_finding(text: str) -> Finding:
    with pytest.raises(DefinitionError) as caught:
        read(text)
    (found,) = caught.value.findings
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-9", -9),
        ("010", 10),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0x1f", "0x1f"),
        (".inf", ".inf"),
        ("2026-10-01", "2026-10-01"),
        ("1.0.0", "1.0.0"),
        ("y", "y"),
        ('"no"', "no"),
        ("'true'", "true"),
        ('"1"', "1"),
        ("|\n  no\n", "no\n"),
    ],
)
def test_a_value_is_read_as_yaml_1_2_has_it(text: str, value: object) -> None:
    found = read(f"key: {text}")
    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


@pytest.mark.parametrize("word", ["yes", "Yes", "NO", "on", "Off"])
def test_a_word_that_programs_read_differently_is_refused(word: str) -> None:
    assert only_finding(f"key: {word}").code == "implicit-boolean"
    assert only_finding(f"{word}: value").code == "implicit-boolean"
    assert read(f'key: "{word}"') == {"key": word}


def test_places_are_lines_and_columns_from_one() -> None:
    _, positions = read_yaml(b"# first\na:\n  - b: one\n    c: [2, 3]\n", "test.yaml")
    assert positions.of(()) == (2, 1)
    assert positions.of(("a", 0)) == (3, 5)
    assert positions.of(("a", 0, "b")) == (3, 8)
    assert positions.key(("a", 0, "b")) == (3, 5)
    assert positions.of(("a", 0, "c", 1)) == (4, 12)
    assert positions.of(("a", 0, "missing")) == (3, 5)


def test_every_way_that_json_may_be_written_is_read() -> None:
    content: dict[str, object] = {
        "a": [1, 2.5, None, True, {}, []],
        "ü": 'He said: "no" / \\ 😀',
        "b": {"c": ""},
    }
    for ascii_only in (True, False):
        for indent in (None, 2, "\t"):
            for separators in ((",", ":"), (", ", ": ")):
                text = json.dumps(
                    content, ensure_ascii=ascii_only, indent=indent, separators=separators
                )
                assert read(text) == content


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = read("a: 1\nb: two\n")
    assert read("a: 1\r\nb: two\r\n") == plain
    assert read("\ufeffa: 1\nb: two\n") == plain


def test_a_duplicate_key_is_found_at_any_depth_and_in_json() -> None:
    found = only_finding('{"a": [{"b": 1, "b": 2}]}')
    assert (found.code, found.line, found.column) == ("duplicate-key", 1, 17)


def test_a_merge_key_brings_in_nothing() -> None:
    assert only_finding("a: &x {b: 1}\nc: {<<: *x}\n").code == "alias"


def test_all_faults_of_reading_come_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        read("a: no\na: !!int 1\nb: *x\n")
    codes = [one.code for one in caught.value.findings]
    assert codes == ["implicit-boolean", "duplicate-key", "tag", "alias"]


class Plan(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    day: date | None = None
    parts: dict[str, "Plan"] = {}
    weight: float = 0
    sign: Annotated[str, Field(max_length=3)] = ""

    @field_validator("weight")
    @classmethod
    def _positive(cls, value: float) -> float:
        if value < 0:
            raise ValueError("the weight is below zero.")
        return value


def finding_of_plan(text: str) -> Finding:
    with pytest.raises(DefinitionError) as caught:
        validate(Plan, text.encode(), "plan.yaml")
    (found,) = caught.value.findings
    return found


def test_any_model_can_be_validated() -> None:
    plan, positions = validate(Plan, b"parts: {a: {weight: 2}}", "plan.yaml")
    assert plan.parts["a"].weight == 2
    assert positions.of(("parts", "a", "weight")) == (1, 21)


def test_an_unknown_key_is_compared_with_those_possible_there() -> None:
    found = finding_of_plan("parts: {a: {part: {}}}")
    assert (found.code, found.column) == ("unknown-key", 13)
    assert found.remedy == "Did you mean 'parts'?"


def test_what_a_validator_says_is_passed_on() -> None:
    found = finding_of_plan("weight: -1")
    assert (found.code, found.line, found.column) == ("wrong-value", 1, 9)
    assert found.message == "The weight is below zero."


def test_a_wrong_date_is_explained() -> None:
    found = finding_of_plan("day: tomorrow")
    assert found.message == "A date is wanted here, not 'tomorrow'."


def test_a_rule_without_words_of_our_own_still_has_a_sentence_and_a_place() -> None:
    found = finding_of_plan("sign: abcd")
    assert (found.code, found.line, found.column) == ("wrong-value", 1, 7)
    assert found.message == "'abcd': String should have at most 3 characters."
