"""`questionnaire/1` and `norms/1` as JSON Schemas, for editors that complete and underline."""

from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.norms import Norms

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KIND_MAY_BE_LEFT_OUT = ("RatingItem", "SingleChoiceItem")


def schema() -> dict[str, Any]:
    """The shape of a definition. What one field cannot show is up to the checks."""
    shape = Questionnaire.model_json_schema(by_alias=True)
    for name in KIND_MAY_BE_LEFT_OUT:
        shape["$defs"][name]["required"].remove("kind")
    item = shape["properties"]["items"]["items"]
    item["anyOf"] = item.pop("oneOf")  # without its kind an item fits a rating and a choice
    del item["discriminator"]
    _close(shape)
    return {"$schema": DIALECT, **shape, "title": "Pegel questionnaire/1"}


def norms_schema() -> dict[str, Any]:
    """The shape of a file of norms. Whether they fit the questionnaire is up to the checks."""
    shape = Norms.model_json_schema(by_alias=True)
    _close(shape)
    return {"$schema": DIALECT, **shape, "title": "Pegel norms/1"}


def _close(part: object) -> None:
    """Mappings whose keys have a form take no others."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
        for inner in part.values():
            _close(inner)
    if isinstance(part, list):
        for inner in part:
            _close(inner)
