"""Invented answers that look like a town hall's: people differ, units differ, items differ.

A graded response in the manner of Samejima (1969): a person's standing on a scale is the sum of a
level of the scale, a leaning of the unit and a trait of the person; an item adds its own difficulty
and noise, and thresholds cut the sum into categories. Nothing here was answered by anybody.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from random import Random

from questionnaires.conditions import is_met
from questionnaires.model import Demographic, NumberItem, Questionnaire
from questionnaires.variables import Variable, variables

SCALE_LEVELS = (-0.55, 0.35, 0.15, -0.2, -0.05, 0.55, 0.3, 0.0)
NO_SHIFT: Mapping[str, float] = {}
SHARE_NOT_ANSWERED = 0.02
SHARE_NO_ANSWER = 0.02
PERSON_SPREAD = 0.7
UNIT_SPREAD = 0.35
ITEM_SPREAD = 0.3
SHARE_OF_YES = 0.92
NOISE = 0.8
AMBITION = 0.9  # how far above the current state people want a target
CATEGORY_WIDTH = 0.85


def invent(
    questionnaire: Questionnaire,
    unit: str,
    random: Random,
    earlier: Mapping[str, float] = NO_SHIFT,
) -> list[int]:
    """One invented response: a code per variable in their order; missing kinds are negative.

    `earlier` moves the level of scales by their id: how it was in an earlier year.
    """
    missing = questionnaire.missing
    mood = random.gauss(0, PERSON_SPREAD / 2)
    standing = {
        scale.id: _level(position, worse=scale.higher_is == "worse")
        + _fixed(f"{unit}/{scale.id}", UNIT_SPREAD)
        + earlier.get(scale.id, 0.0)
        + (-mood if scale.higher_is == "worse" else mood)
        + random.gauss(0, PERSON_SPREAD)
        for position, scale in enumerate(questionnaire.scales)
    }
    for scale_id, target in questionnaire.target_scale_by_id.items():
        standing[target.id] = standing[scale_id] + AMBITION
    links = {
        link.ref: (scale.id, link.reverse) for scale in questionnaire.scales for link in scale.items
    }
    answers: dict[str, int] = {}
    for variable in variables(questionnaire):
        question = variable.question
        if not is_met(question.show_if, answers):
            answers[variable.name] = missing.not_shown.code
            continue
        scale = questionnaire.response_scale(question)
        luck = random.random()
        if luck < SHARE_NOT_ANSWERED:
            answers[variable.name] = missing.not_answered.code
        elif scale and scale.offer_no_answer and luck < SHARE_NOT_ANSWERED + SHARE_NO_ANSWER:
            answers[variable.name] = missing.no_answer.code
        else:
            value = _answer(variable, standing, links, random)
            current = answers.get(question.id, 0) if variable.is_target else 0
            answers[variable.name] = max(value, current)  # nobody wants to fall back
    return list(answers.values())


def _answer(
    variable: Variable,
    standing: Mapping[str, float],
    links: Mapping[str, tuple[str, bool]],
    random: Random,
) -> int:
    if isinstance(variable.question, NumberItem):
        return random.randint(variable.minimum, variable.maximum)
    if variable.name not in links:
        return _unordered(variable, random)
    scale, reverse = links[variable.name]
    value = standing[scale] + _fixed(variable.name, ITEM_SPREAD) + random.gauss(0, NOISE)
    middle = (len(variable.codes) - 1) / 2
    position = round(middle + (-value if reverse else value) / CATEGORY_WIDTH)
    return sorted(variable.codes)[min(max(position, 0), len(variable.codes) - 1)]


def _unordered(variable: Variable, random: Random) -> int:
    if isinstance(variable.question, Demographic):
        return random.choice(variable.codes)
    # A filter question: nearly everybody says yes, which is the highest code.
    return max(variable.codes) if random.random() < SHARE_OF_YES else min(variable.codes)


def _level(position: int, *, worse: bool) -> float:
    level = SCALE_LEVELS[position % len(SCALE_LEVELS)]
    return -level if worse else level


@cache
def _fixed(name: str, spread: float) -> float:
    """A leaning that belongs to a name, the same in every run."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return Random(seed).gauss(0, spread)  # noqa: S311 - invented data, nothing to protect
