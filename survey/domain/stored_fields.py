"""What is stored about a response, field by field: the very variables that a form is read into."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from questionnaires.model import Demographic, MaturityItem, Questionnaire
from questionnaires.variables import Variable
from survey.domain.answering import Reader
from survey.domain.wordings import Say


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields that follow one another and have the same possible values.

    `values` are pairs of code and label; `names` are pairs of field and question.
    """

    values: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]


def stored_fields(
    questionnaire: Questionnaire, language: str, say: Say, *, demographics: bool
) -> tuple[Fields, ...]:
    """Every field of a response in the order in which it is stored.

    Without `demographics` (open link, shared code) they are not asked, and always hold the code
    for "not shown".
    """
    reader = Reader(questionnaire, demographics=demographics)
    told = _Told(reader, language, say)
    rows = [(told.values(one), (one.name, told.question(one))) for one in reader.variables]
    return tuple(
        Fields(values, tuple(name for _, name in group))
        for values, group in groupby(rows, key=lambda row: row[0])
    )


class _Told:
    def __init__(self, reader: Reader, language: str, say: Say) -> None:
        self._reader = reader
        self._language = language
        self._say = say
        missing = reader.questionnaire.missing
        self._missing = (missing.not_answered, missing.no_answer, missing.not_shown)

    def values(self, variable: Variable) -> tuple[tuple[str, str], ...]:
        """The possible values, those for missing answers last."""
        if self._never_asked(variable):
            hidden = self._reader.questionnaire.missing.not_shown
            return ((str(hidden.code), self._say("always: this question is not asked")),)
        missing = ((str(kind.code), kind.label[self._language]) for kind in self._missing)
        return (*self._substantive(variable), *missing)

    def question(self, variable: Variable) -> str:
        """The question, with its category where each category is a field."""
        asked = variable.question.text[self._language]
        if isinstance(variable.question, MaturityItem) and variable.question.target:
            state = self._say("in three years") if variable.is_target else self._say("today")
            return f"{asked} – {state}"
        if variable.category is None:
            return asked
        scale = self._reader.questionnaire.response_scale(variable.question)
        labels = {p.value: p.label[self._language] for p in scale.points} if scale else {}
        return f"{asked} – {labels[variable.category]}"

    def _substantive(self, variable: Variable) -> Iterator[tuple[str, str]]:
        if variable.category is not None:
            yield from (("0", self._say("not ticked")), ("1", self._say("ticked")))
            return
        scale = self._reader.questionnaire.response_scale(variable.question)
        if scale is None:
            yield f"{variable.minimum} … {variable.maximum}", self._say("the number itself")
            return
        for point in scale.points:
            yield str(point.value), point.label[self._language]

    def _never_asked(self, variable: Variable) -> bool:
        asked = variable.question.id in self._reader.questions
        return isinstance(variable.question, Demographic) and not asked
