"""What can be answered: response scales, their codes, bounds of numbers."""

from collections.abc import Iterator
from itertools import pairwise

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, did_you_mean, error, warning
from questionnaires.model import (
    AnyQuestion,
    MaturityItem,
    MultipleChoiceItem,
    NumberItem,
    Questionnaire,
    RatingItem,
    ResponseScale,
)
from questionnaires.positions import Path


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Response scales and the items that use them."""
    used = set()
    for path, question in walk.questions(questionnaire):
        used.add(getattr(question, "response", None))
        yield from _question(questionnaire, path, question)
    for name, scale in questionnaire.response_scales.items():
        path = ("response_scales", name)
        if name not in used:
            said = f"No question uses the response scale '{name}'."
            remedy = "Remove it, or use it."
            yield Issue("warning", "unused-response-scale", path, said, remedy, at_key=True)
        yield from _scale(path, scale)


def _question(questionnaire: Questionnaire, path: Path, question: AnyQuestion) -> Iterator[Issue]:
    if isinstance(question, NumberItem) and question.min > question.max:
        said = f"The smallest number {question.min} is above the largest, {question.max}."
        yield error("number-range", (*path, "min"), said, "Exchange min and max.")
    if isinstance(question, MaturityItem):
        yield from _levels((*path, "levels"), question)
    name = getattr(question, "response", None)
    if name is None:
        return
    scale = questionnaire.response_scales.get(name)
    if scale is None:
        said = f"There is no response scale '{name}'."
        remedy = did_you_mean(name, questionnaire.response_scales, "Add it to response_scales.")
        yield error("unknown-response-scale", (*path, "response"), said, remedy)
        return
    if isinstance(question, RatingItem) and scale.level == "nominal":
        said = f"A rating needs categories in an order; '{name}' is nominal."
        remedy = "Use kind single-choice, or an ordinal response scale."
        yield error("rating-without-order", (*path, "kind"), said, remedy)
    if isinstance(question, MultipleChoiceItem):
        yield from unknown_codes((*path, "exclusive"), question.exclusive, scale.codes)


def _levels(path: Path, item: MaturityItem) -> Iterator[Issue]:
    """Levels rise from the lowest, so that a place in the list and a code say the same."""
    codes = item.response_scale.codes
    for index, (before, after) in enumerate(pairwise(codes), start=1):
        if after <= before:
            said = f"The level {after} stands after the level {before}."
            at = (*path, index, "value")
            yield error(
                "item-levels-order", at, said, "List the levels from the lowest, each once."
            )
            return
    if any(after - before > 1 for before, after in pairwise(codes)):
        said = "The codes of the levels have gaps, and means count the gaps."
        yield warning("points-gap", path, said, "Number the levels 1, 2, 3 ...")


def _scale(path: Path, scale: ResponseScale) -> Iterator[Issue]:
    yield from unknown_codes((*path, "favourable"), scale.favourable or (), scale.codes)
    if scale.level == "nominal" or len(set(scale.codes)) < len(scale.codes):
        return
    steps = {after - before for before, after in pairwise(scale.codes)}
    if min(steps) < 0 < max(steps):
        said = "The points of an ordered response scale go up and down."
        yield warning(
            "points-order", (*path, "points"), said, "List them from one end to the other."
        )
    elif steps not in ({1}, {-1}):
        said = "The codes of an ordered response scale have gaps, and means count the gaps."
        yield warning("points-gap", (*path, "points"), said, "Number the points 1, 2, 3 ...")


def unknown_codes(path: Path, codes: tuple[int, ...], known: tuple[int, ...]) -> Iterator[Issue]:
    """A finding for each of `codes`, listed at `path`, that is not `known`."""
    for index, code in enumerate(codes):
        if code not in known:
            said = f"The code {code} is not in the response scale."
            remedy = f"Its codes are {', '.join(map(str, known))}."
            yield error("unknown-code", (*path, index), said, remedy)
