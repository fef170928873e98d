"""The JSON Schema says what the contract says."""

from collections.abc import Iterator
from typing import Any

import pytest

from questionnaires.explain import PATTERNS
from questionnaires.schema import norms_schema, schema


def required(name: str) -> set[str]:
    definition: dict[str, Any] = schema()["$defs"][name]
    return set(definition.get("required", ()))


def test_the_keys_that_a_definition_needs_are_those_of_the_contract() -> None:
    assert set(schema()["required"]) == {
        "format",
        "id",
        "version",
        "status",
        "title",
        "languages",
        "licence",
        "source",
        "missing",
        "response_scales",
        "items",
        "sections",
    }
    assert required("Languages") == {"source", "available"}
    assert required("Licence") == {"id", "holder", "ship"}
    assert required("Source") == {"kind", "citation"}
    assert len(required("MissingCodes")) == 5


def test_the_kind_may_be_left_out_of_ratings_and_single_choices_alone() -> None:
    assert required("RatingItem") == required("SingleChoiceItem") == {"id", "text", "response"}
    assert "kind" in required("NumberItem")
    assert "kind" in required("MultipleChoiceItem")
    items = schema()["properties"]["items"]["items"]
    assert "oneOf" not in items
    assert len(items["anyOf"]) == 6


def test_a_level_of_a_maturity_item_has_its_text() -> None:
    assert required("MaturityItem") == {"id", "kind", "text", "levels"}
    assert required("ItemLevel") == {"value", "text"}


def test_a_condition_is_known_by_the_words_of_the_format() -> None:
    assert set(schema()["$defs"]["Condition"]["properties"]) == {"item", "in", "all", "any", "not"}


def test_the_schema_is_closed_everywhere() -> None:
    models = [one for one in schema()["$defs"].values() if "properties" in one]
    assert len(models) > 20
    assert all(one["additionalProperties"] is False for one in models)
    assert schema()["properties"]["response_scales"]["additionalProperties"] is False


def test_the_schema_of_norms_says_what_a_norm_names() -> None:
    shape = norms_schema()
    assert set(shape["required"]) == {"format", "questionnaire", "sources", "norms"}
    assert set(shape["$defs"]["Norm"]["required"]) == {"source", "population", "year", "centre"}
    models = [one for one in shape["$defs"].values() if "properties" in one]
    assert all(one["additionalProperties"] is False for one in models)


def patterns(part: object) -> Iterator[str]:
    """Every form that a text or a key must have."""
    if isinstance(part, dict):
        yield from part.get("patternProperties", {})
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for one in inner:
        yield from patterns(one)


@pytest.mark.parametrize("shape", [schema(), norms_schema()], ids=["questionnaire", "norms"])
def test_no_form_lacks_a_sentence(shape: dict[str, Any]) -> None:
    found = set(patterns(shape))
    assert len(found) >= 3
    assert found <= PATTERNS.keys()
