"""Small questionnaires and tables of codes for tests about numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from questionnaires.model import Questionnaire
from questionnaires.variables import variables
from reports.responses import Codes, GroupColumn, ResponseTable, answer_type

MISSING = {
    "not_answered": -9,
    "no_answer": -8,
    "not_shown": -7,
    "not_in_version": -6,
    "suppressed": -5,
}


def text(words: str) -> dict[str, str]:
    return {"en": words}


def response_scale(codes: Sequence[int], **more: object) -> dict[str, Any]:
    points = [{"value": code, "label": text(f"point {code}")} for code in codes]
    return {"level": "ordinal", "points": points, **more}


def questionnaire(
    response_scales: Mapping[str, Mapping[str, Any]],
    items: Mapping[str, str | Mapping[str, Any]],
    scales: Sequence[Mapping[str, Any]] = (),
    demographics: Mapping[str, str] | None = None,
    **more: object,
) -> Questionnaire:
    """`items` maps an id to its response scale, or to everything but id and text.

    `more` are further keys of the definition.
    """
    asked = [
        {
            "id": name,
            "text": text(name),
            **({"kind": "rating", "response": item} if isinstance(item, str) else item),
        }
        for name, item in items.items()
    ]
    about = [
        {"id": name, "text": text(name), "response": response, "quasi_identifier": True}
        for name, response in (demographics or {}).items()
    ]
    return Questionnaire.model_validate(
        {
            "format": "questionnaire/1",
            "id": "test",
            "version": "1.0.0",
            "status": "active",
            "title": text("Test"),
            "languages": {"source": "en", "available": ["en"]},
            "licence": {"id": "CC0-1.0", "holder": "nobody", "ship": False},
            "source": {"kind": "own", "citation": "a test"},
            "missing": {kind: {"code": c, "label": text(kind)} for kind, c in MISSING.items()},
            "response_scales": response_scales,
            "items": asked,
            "demographics": about,
            "sections": [
                {"id": "all", "title": text("All"), "show": [*items, *(demographics or {})]}
            ],
            "scales": [{"title": text(scale["id"]), **scale} for scale in scales],
            **more,
        }
    )


def scale(name: str, *items: str, **more: object) -> dict[str, Any]:
    """A scale; an item with a minus before it is reversed."""
    links = [
        {"ref": item.removeprefix("-"), **({"reverse": True} if item[0] == "-" else {})}
        for item in items
    ]
    return {"id": name, "items": links, **more}


def table(
    definition: Questionnaire,
    rows: Sequence[Sequence[int]],
    **groups: Sequence[str | None],
) -> ResponseTable:
    """Rows of codes, one per variable; groups as lists of values, None for no group."""
    asked = variables(definition)
    codes = np.array(rows, np.int64).reshape(len(rows), len(asked))
    answers: Codes = codes.astype(answer_type(asked))
    return ResponseTable(
        definition, asked, answers, {name: column(values) for name, values in groups.items()}
    )


def column(values: Sequence[str | None]) -> GroupColumn:
    known = tuple(dict.fromkeys(value for value in values if value is not None))
    index = [-1 if value is None else known.index(value) for value in values]
    return GroupColumn(known, np.array(index, np.int32))
