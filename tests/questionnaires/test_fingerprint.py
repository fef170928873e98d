"""A version is identified by its content: nothing else changes the fingerprint."""

import json
import random
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import loader
from questionnaires.model import Questionnaire
from tests.questionnaires.strategies import definitions

VALID = Path(__file__).parent.parent / "definitions" / "valid"
FEW = settings(max_examples=12)


def from_json(definition: dict[str, Any]) -> Questionnaire:
    return loader.loads(json.dumps(definition).encode(), "definition.json")


def in_blocks(part: object, margin: str = "") -> str:
    """The data as people write YAML: blocks, single quotes, a remark before each key."""
    if isinstance(part, dict) and part:
        entries = part.items()
        return "".join(
            f"\n{margin}# a remark\n{margin}{in_quotes(key)}: {in_blocks(value, margin + '  ')}"
            for key, value in entries
        )
    if isinstance(part, list) and part:
        return "".join(f"\n{margin}- {in_blocks(value, margin + '  ')}" for value in part)
    return in_quotes(part)


def in_quotes(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else json.dumps(value)


def shuffled(part: Any, order: random.Random) -> Any:  # noqa: ANN401 - plain data of any shape
    """The same data with the keys of every mapping in another order."""
    if isinstance(part, list):
        return [shuffled(entry, order) for entry in part]
    if not isinstance(part, dict):
        return part
    keys = list(part)
    order.shuffle(keys)
    return {key: shuffled(part[key], order) for key in keys}


@given(definitions())
@FEW
def test_the_canonical_form_loads_to_the_same_content(definition: dict[str, Any]) -> None:
    questionnaire = from_json(definition)
    again = loader.loads(questionnaire.canonical.encode(), "canonical.json")
    assert again == questionnaire.model_copy(update={"status": "active"})
    assert again.canonical == questionnaire.canonical
    assert Questionnaire.model_validate_json(questionnaire.canonical) == again


@given(definitions(), st.randoms(use_true_random=False))
@FEW
def test_style_and_order_of_keys_leave_no_trace(
    definition: dict[str, Any], order: random.Random
) -> None:
    text = in_blocks(shuffled(definition, order))
    again = loader.loads(text.encode(), "definition.yaml")
    assert again.fingerprint == from_json(definition).fingerprint


@given(definitions(), st.sampled_from(["draft", "active", "retired"]))
@FEW
def test_the_status_is_no_content(definition: dict[str, Any], status: str) -> None:
    assert (
        from_json(definition | {"status": status}).fingerprint == from_json(definition).fingerprint
    )


@given(definitions(), st.data())
@FEW
def test_any_other_change_is_seen(definition: dict[str, Any], data: st.DataObject) -> None:
    before = from_json(definition).fingerprint
    places = list(_texts(definition))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] += "!"
    assert from_json(definition).fingerprint != before


def test_order_is_content_where_people_see_it() -> None:
    text = (VALID / "conditions.yaml").read_text()
    points = "{value: 1, label: {en: low}}, {value: 2, label: {en: high}}"
    turned = text.replace(points, "{value: 2, label: {en: high}}, {value: 1, label: {en: low}}")
    fingerprints = {loader.loads(one.encode(), "x").fingerprint for one in (text, turned)}
    assert len(fingerprints) == 2


def test_a_default_written_out_is_the_same_content() -> None:
    text = (VALID / "minimal.yaml").read_text()
    written = text.replace("level: ordinal", "level: ordinal\n    offer_no_answer: false").replace(
        "{id: a, response", "{id: a, kind: rating, response"
    )
    written += "layout: cards\nscales: []\ndemographics: []\nkeywords: []\n"
    assert (
        loader.loads(written.encode(), "x").fingerprint
        == loader.loads(text.encode(), "x").fingerprint
    )


def test_the_fingerprint_of_the_smallest_definition_stays() -> None:
    """Campaigns keep fingerprints for years; whoever changes this number breaks them."""
    assert (
        loader.load(VALID / "minimal.yaml").fingerprint
        == "511bec7829ddc40ec414cfba3144f713f06869ab8816f47b1c0b62e4cb18ac84"
    )


def _texts(part: Any) -> list[tuple[dict[str, str], str]]:  # noqa: ANN401 - plain data of any shape
    """Every text for people, as its holder and its language."""
    if isinstance(part, list):
        return [found for entry in part for found in _texts(entry)]
    if not isinstance(part, dict):
        return []
    if part and set(part) <= {"de", "en", "de-simple"}:
        return [(part, language) for language in part]
    return [found for entry in part.values() for found in _texts(entry)]
