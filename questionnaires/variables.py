"""Variables: the columns in which the answers of a questionnaire are kept."""

from dataclasses import dataclass

from questionnaires.model import (
    AnyQuestion,
    ExplanationItem,
    MultipleChoiceItem,
    NumberItem,
    Questionnaire,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: an item, or one category of a multiple choice (0 or 1).

    `codes` are the permitted codes in the order of the definition, empty for a number, whose
    permitted values are `minimum` to `maximum`.
    """

    name: str
    question: AnyQuestion
    codes: tuple[int, ...]
    minimum: int
    maximum: int
    category: int | None = None

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
        case _:
            scale = questionnaire.response_scales[question.response]
            return [Variable(question.id, question, scale.codes, scale.minimum, scale.maximum)]
