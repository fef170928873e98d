"""Conditions: well formed, pointing at earlier questions, asking for codes that exist."""

from collections.abc import Iterator

from questionnaires.checks import walk
from questionnaires.checks.answers import unknown_codes
from questionnaires.checks.issue import Issue, did_you_mean, error
from questionnaires.model import (
    AnyQuestion,
    Condition,
    ExplanationItem,
    NumberItem,
    Questionnaire,
)
from questionnaires.positions import Path


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Every `show_if`."""
    known = walk.question_by_id(questionnaire)
    order = [name for _, name in walk.shown(questionnaire) if name in known]
    for path, question in walk.questions(questionnaire):
        if question.show_if is None:
            continue
        place = order.index(question.id) if question.id in order else len(order)
        earlier = set(order[:place])
        for inner, part in _parts(question.show_if, (*path, "show_if")):
            yield from _shape(inner, part)
            yield from _leaf(questionnaire, inner, part, known, earlier)


def _parts(condition: Condition, path: Path) -> Iterator[tuple[Path, Condition]]:
    yield path, condition
    for key, parts in (("all", condition.all), ("any", condition.any)):
        for index, part in enumerate(parts or ()):
            yield from _parts(part, (*path, key, index))
    if condition.not_ is not None:
        yield from _parts(condition.not_, (*path, "not"))


def _shape(path: Path, condition: Condition) -> Iterator[Issue]:
    forms = (condition.item, condition.all, condition.any, condition.not_)
    given = sum(form is not None for form in forms)
    if given != 1 or (condition.item is None) != (condition.in_ is None):
        said = "A condition is {item, in}, or one of all, any, not."
        yield error("condition-form", path, said, "Write {item: ID, in: [CODES]}, or one of them.")
    for key, listed in (("in", condition.in_), ("all", condition.all), ("any", condition.any)):
        if listed == ():
            said = f"The list '{key}' of this condition is empty."
            yield error("condition-empty", (*path, key), said, "Fill it, or remove the condition.")


def _leaf(
    questionnaire: Questionnaire,
    path: Path,
    condition: Condition,
    known: dict[str, AnyQuestion],
    earlier: set[str],
) -> Iterator[Issue]:
    if condition.item is None:
        return
    question = known.get(condition.item)
    at = (*path, "item")
    if question is None:
        said = f"The condition asks for '{condition.item}', which does not exist."
        yield error("condition-unknown", at, said, did_you_mean(condition.item, known))
    elif isinstance(question, ExplanationItem):
        said = f"The condition asks for '{condition.item}', an explanation without an answer."
        yield error("condition-unknown", at, said, "Ask for a question that is answered.")
    elif condition.item not in earlier:
        said = (
            f"The condition asks for '{condition.item}', which is not shown before this question."
        )
        yield error("condition-not-earlier", at, said, "Show it earlier, or ask for another one.")
    else:
        yield from _codes(questionnaire, (*path, "in"), condition, question)


def _codes(
    questionnaire: Questionnaire, path: Path, condition: Condition, question: AnyQuestion
) -> Iterator[Issue]:
    wanted = condition.in_ or ()
    if not isinstance(question, NumberItem):
        codes = walk.codes_of(questionnaire, question)
        yield from unknown_codes(path, wanted, wanted if codes is None else codes)
        return
    for index, number in enumerate(wanted):
        if not question.min <= number <= question.max:
            said = f"{number} is no possible answer to '{question.id}'."
            remedy = f"It takes numbers from {question.min} to {question.max}."
            yield error("unknown-code", (*path, index), said, remedy)
