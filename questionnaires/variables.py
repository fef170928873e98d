"""Variables: the columns in which the answers of a questionnaire are kept."""

from dataclasses import dataclass

from questionnaires.model import (
    AnyQuestion,
    ExplanationItem,
    MaturityItem,
    MultipleChoiceItem,
    NumberItem,
    Questionnaire,
    target_name,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: an item, one category of a multiple choice (0 or 1), or a target state.

    `codes` are the permitted codes in the order of the definition, empty for a number, whose
    permitted values are `minimum` to `maximum`. `is_target` marks the second variable of a
    maturity item, which has the codes of the first.
    """

    name: str
    question: AnyQuestion
    codes: tuple[int, ...]
    minimum: int
    maximum: int
    category: int | None = None
    is_target: bool = False

    def permits(self, value: int) -> bool:
        """Whether `value` is a substantive answer here (missing codes are not)."""
        return value in self.codes if self.codes else self.minimum <= value <= self.maximum


def variables(questionnaire: Questionnaire) -> tuple[Variable, ...]:
    """All variables, in the order in which the questions are shown."""
    return tuple(
        variable
        for question in questionnaire.questions.values()
        for variable in _of_question(questionnaire, question)
    )


def _of_question(questionnaire: Questionnaire, question: AnyQuestion) -> list[Variable]:
    match question:
        case ExplanationItem():
            return []
        case NumberItem():
            return [Variable(question.id, question, (), question.min, question.max)]
        case MultipleChoiceItem():
            codes = questionnaire.response_scales[question.response].codes
            return [
                Variable(f"{question.id}_{code}", question, (0, 1), 0, 1, category=code)
                for code in codes
            ]
        case MaturityItem(target=True):
            return [_state(question, is_target=False), _state(question, is_target=True)]
        case MaturityItem():
            return [_state(question, is_target=False)]
        case _:
            scale = questionnaire.response_scales[question.response]
            return [Variable(question.id, question, scale.codes, scale.minimum, scale.maximum)]


def _state(item: MaturityItem, *, is_target: bool) -> Variable:
    name, scale = target_name(item.id) if is_target else item.id, item.response_scale
    return Variable(name, item, scale.codes, scale.minimum, scale.maximum, is_target=is_target)
