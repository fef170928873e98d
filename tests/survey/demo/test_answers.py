"""Invented answers fit the questionnaire, and want more than there is."""

from random import Random

from questionnaires import registry
from questionnaires.model import target_name
from questionnaires.variables import variables
from survey.demo.answers import invent


def test_nobody_wants_to_fall_back_behind_today() -> None:
    questionnaire = registry.get("digital-maturity")
    asked, chance = variables(questionnaire), Random(11)  # noqa: S311 - invented answers
    rows = [invent(questionnaire, "bauamt", chance) for _ in range(60)]
    people = [dict(zip([one.name for one in asked], row, strict=True)) for row in rows]
    gaps = [
        person[target_name(item.id)] - person[item.id]
        for item in questionnaire.items
        for person in people
        if item.kind == "maturity" and min(person[item.id], person[target_name(item.id)]) > 0
    ]
    assert len(gaps) > 1000
    assert min(gaps) == 0
    assert max(gaps) > 1
