"""An invented survey of many units: 30 items of five points, 6 scales, 5 % of answers missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import Questionnaire
from questionnaires.variables import variables
from reports.responses import GroupColumn, ResponseTable

ITEMS = tuple(f"q{number:02d}" for number in range(1, 31))
SCALES = {f"s{start // 5 + 1}": ITEMS[start : start + 5] for start in range(0, 30, 5)}
CODES = tuple(range(1, 6))
FAVOURABLE = (4, 5)
MIN_VALID = 3
MISSING = -9
GAPS = 0.05


@dataclass(frozen=True)
class UnitSurvey:
    """Answers (n, 30) int8 and the unit of each row (n,)."""

    answers: NDArray[np.int8]
    unit: NDArray[np.int32]
    units: int

    @classmethod
    def of(cls, n: int, units: int, seed: int = 1) -> "UnitSurvey":
        """Invent `n` rows; units lean to one side or the other, so that they differ."""
        chance = np.random.default_rng(seed)
        unit = chance.integers(0, units, n).astype(np.int32)
        lean = chance.normal(0, 0.3, units)[unit] + chance.normal(0, 0.7, n)
        answers = np.empty((n, len(ITEMS)), np.int8)
        for item in range(len(ITEMS)):
            felt = lean + chance.normal(3, 0.9, n)
            answers[:, item] = np.clip(np.rint(felt), 1, 5)
            answers[chance.random(n) < GAPS, item] = MISSING
        return cls(answers, unit, units)

    @cached_property
    def table(self) -> ResponseTable:
        """The same for Pegel."""
        names = tuple(f"unit {number}" for number in range(self.units))
        asked = questionnaire()
        groups = {"unit": GroupColumn(names, self.unit)}
        return ResponseTable(asked, variables(asked), self.answers, groups)


def repeated(survey: UnitSurvey, times: int) -> Iterator[ResponseTable]:
    """The rows of a survey again and again, each time in other units."""
    names = tuple(f"unit {number}" for number in range(survey.units))
    for time in range(times):
        unit = (survey.unit + np.int32(time)) % np.int32(survey.units)
        yield ResponseTable(
            survey.table.questionnaire,
            survey.table.variables,
            survey.answers,
            {"unit": GroupColumn(names, unit)},
        )


@cache
def questionnaire() -> Questionnaire:
    """The questionnaire of the survey."""
    return Questionnaire.model_validate(definition())


def definition() -> dict[str, Any]:
    """The questionnaire as a document."""

    def text(words: str) -> dict[str, str]:
        return {"en": words}

    kinds = ("not_answered", "no_answer", "not_shown", "not_in_version", "suppressed")
    return {
        "format": "questionnaire/1",
        "id": "many-units",
        "version": "1.0.0",
        "status": "draft",
        "title": text("Many units"),
        "languages": {"source": "en", "available": ["en"]},
        "licence": {"id": "CC0-1.0", "holder": "nobody", "ship": False},
        "source": {"kind": "own", "citation": "invented for a benchmark"},
        "missing": {
            kind: {"code": MISSING + place, "label": text(kind)} for place, kind in enumerate(kinds)
        },
        "response_scales": {
            "five": {
                "level": "ordinal",
                "points": [{"value": code, "label": text(f"point {code}")} for code in CODES],
            }
        },
        "items": [
            {"id": name, "kind": "rating", "text": text(name), "response": "five"} for name in ITEMS
        ],
        "sections": [{"id": "all", "title": text("All"), "show": [*ITEMS]}],
        "scales": [
            {
                "id": name,
                "title": text(name),
                "items": [{"ref": item} for item in items],
                "score": {"method": "mean", "min_valid": MIN_VALID},
            }
            for name, items in SCALES.items()
        ],
    }
