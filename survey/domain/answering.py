"""Answers: from the fields of a form to one person's whole record, or to what is wrong with them.

Every post is parsed anew from the definition, the last one too. What the review shows and what is
stored are the same object.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.conditions import is_met
from questionnaires.errors import Finding, FindingsError
from questionnaires.model import (
    AnyQuestion,
    Demographic,
    MaturityItem,
    MultipleChoiceItem,
    NumberItem,
    Questionnaire,
    RatingItem,
    Section,
    SingleChoiceItem,
    target_name,
)
from questionnaires.variables import Variable, variables

CODE, FINGERPRINT, SUBMISSION, LANGUAGE = "_code", "_fingerprint", "_submission", "_language"
CONTROL = (CODE, FINGERPRINT, SUBMISSION, LANGUAGE)  # no item id begins with an underscore

_INTEGER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_LONGEST = 8  # characters of a field that is put back into the form

Fields = Sequence[tuple[str, str]]


class AnswersRefusedError(FindingsError):
    """Answers that do not fit the definition; `kept` are those that can stand in the form."""

    def __init__(self, findings: Sequence[Finding], kept: Mapping[str, str]) -> None:
        super().__init__(findings)
        self.kept = dict(kept)


@dataclass(frozen=True, slots=True)
class Record:
    """One person's whole record: a value per variable, in the order of `variables`.

    `fields` are the form fields that make this record again, `unanswered` the cards that were
    asked and left open: a question by its id, a target state by the name of its variable.
    """

    variables: tuple[Variable, ...]
    values: tuple[int, ...]
    fields: tuple[tuple[str, str], ...]
    unanswered: tuple[str, ...]

    @property
    def by_name(self) -> dict[str, int]:
        """Variable name -> code."""
        return {
            variable.name: value
            for variable, value in zip(self.variables, self.values, strict=True)
        }


class Reader:
    """Reads forms of one questionnaire; made once, used for every post.

    Without `demographics` (open link, shared code) they are neither asked nor accepted.
    """

    def __init__(self, questionnaire: Questionnaire, *, demographics: bool = True) -> None:
        self.questionnaire = questionnaire
        self.fingerprint = questionnaire.fingerprint
        self.variables = variables(questionnaire)
        self.questions = {
            name: question
            for name, question in questionnaire.questions.items()
            if demographics or not isinstance(question, Demographic)
        }
        self._handlers = tuple(
            handler
            for question in self.questions.values()
            if type(question) in HANDLERS
            for handler in HANDLERS[type(question)](questionnaire, question)
        )
        self._known = frozenset(CONTROL).union(*(handler.fields for handler in self._handlers))

    @property
    def sections(self) -> tuple[tuple[Section, tuple[AnyQuestion, ...]], ...]:
        """Sections with the questions that are asked in them; empty ones are left out."""
        return tuple(
            (section, asked)
            for section in self.questionnaire.sections
            if (asked := tuple(self.questions[n] for n in section.show if n in self.questions))
        )

    def parse(self, fields: Fields, *, final: bool) -> Record:
        """The record that `fields` make.

        Questions whose condition fails become "not shown"; their answers are dropped, unless this
        is the `final` post, which must carry exactly what the review has shown.

        Raises:
            AnswersRefusedError: unknown, repeated or out-of-scale fields, a foreign fingerprint,
                categories that exclude one another, or (final) an answer to a hidden question.
        """
        given = dict(fields)
        findings = list(self._strange(fields, given))
        hidden = self.questionnaire.missing.not_shown.code
        answers = {variable.name: hidden for variable in self.variables}
        again: list[tuple[str, str]] = []
        unanswered: list[str] = []
        for handler in self._handlers:
            question = handler.question
            if question.show_if is not None and not is_met(question.show_if, answers):
                if final and any(field in given for field in handler.fields):
                    findings.append(_error("hidden-answer", handler.card))
                continue
            values = handler.read(given)
            if isinstance(values, str):
                findings.append(_error(values, handler.card))
                values = handler.unanswered
            if values == handler.unanswered:
                unanswered.append(handler.card)
            else:
                again += handler.written(values)
            answers.update(zip(handler.names, values, strict=True))
        if findings:
            raise AnswersRefusedError(findings, self.kept(given))
        return Record(self.variables, tuple(answers.values()), tuple(again), tuple(unanswered))

    def kept(self, given: Mapping[str, str]) -> dict[str, str]:
        """What can be put back into the form: fields of ours, short enough to be an answer."""
        return {
            name: value
            for name, value in given.items()
            if name in self._known and name not in CONTROL and len(value) <= _LONGEST
        }

    def _strange(self, fields: Fields, given: Mapping[str, str]) -> Iterator[Finding]:
        if given.get(FINGERPRINT) != self.fingerprint:
            yield _error("foreign-fingerprint", FINGERPRINT)
        if len(given) < len(fields):
            times = Counter(name for name, _ in fields)
            yield from (_error("repeated-field", name[:40]) for name in times if times[name] > 1)
        if not self._known.issuperset(given):
            yield from (_error("unknown-field", name[:40]) for name in given.keys() - self._known)


class _Coded:
    """One answer out of the categories of a response scale.

    `card` is the place of every handler on the page: what an error or an open question leads to.
    """

    def __init__(self, questionnaire: Questionnaire, question: AnyQuestion, name: str) -> None:
        self.question = question
        self.card = name
        self.names = self.fields = (name,)
        missing = questionnaire.missing
        self.unanswered = (missing.not_answered.code,)
        scale = questionnaire.response_scale(question)
        codes = list(scale.codes) if scale else []
        if scale and scale.offer_no_answer:
            codes.append(missing.no_answer.code)
        self._values: dict[str, tuple[int, ...]] = {str(code): (code,) for code in codes}

    def read(self, given: Mapping[str, str]) -> tuple[int, ...] | str:
        """The values of `names`, or the code of what is wrong."""
        said = given.get(self.card)
        return self.unanswered if said is None else self._values.get(said, "out-of-scale")

    def written(self, values: tuple[int, ...]) -> list[tuple[str, str]]:
        """The fields that make `values` again."""
        return [(self.card, str(values[0]))]


class _Number:
    """A whole number between two bounds; an empty field is no answer."""

    def __init__(self, questionnaire: Questionnaire, question: NumberItem) -> None:
        self.question = question
        self.card = question.id
        self.names = self.fields = (question.id,)
        self.unanswered = (questionnaire.missing.not_answered.code,)

    def read(self, given: Mapping[str, str]) -> tuple[int, ...] | str:
        """As `_Coded.read`."""
        said = given.get(self.question.id, "")
        if said == "":
            return self.unanswered
        if not _INTEGER.fullmatch(said):
            return "out-of-range"
        value = int(said)
        return (value,) if self.question.min <= value <= self.question.max else "out-of-range"

    def written(self, values: tuple[int, ...]) -> list[tuple[str, str]]:
        """As `_Coded.written`."""
        return [(self.question.id, str(values[0]))]


class _Several:
    """Any number of categories, each a field "1"; an exclusive one, or declining, stands alone."""

    def __init__(self, questionnaire: Questionnaire, question: MultipleChoiceItem) -> None:
        self.question = question
        self.card = question.id
        scale = questionnaire.response_scales[question.response]
        self._exclusive = [code in question.exclusive for code in scale.codes]
        self.names = tuple(f"{question.id}_{code}" for code in scale.codes)
        declining = (question.id,) if scale.offer_no_answer else ()
        self.fields = (*self.names, *declining)
        missing = questionnaire.missing
        self.unanswered = (missing.not_answered.code,) * len(self.names)
        self._declined = (missing.no_answer.code,) * len(self.names)
        self._declining = str(missing.no_answer.code)

    def read(self, given: Mapping[str, str]) -> tuple[int, ...] | str:
        """As `_Coded.read`."""
        said = [given.get(name) for name in self.names]
        declined = given.get(self.question.id)
        if any(value not in (None, "1") for value in said):
            return "out-of-scale"
        if declined not in (None, self._declining):
            return "out-of-scale"
        alone = [bool(value and only) for value, only in zip(said, self._exclusive, strict=True)]
        chosen = sum(value is not None for value in said)
        if declined is not None:
            return "exclusive" if chosen else self._declined
        if any(alone) and chosen > 1:
            return "exclusive"
        return tuple(int(value is not None) for value in said) if chosen else self.unanswered

    def written(self, values: tuple[int, ...]) -> list[tuple[str, str]]:
        """As `_Coded.written`."""
        if values == self._declined:
            return [(self.question.id, self._declining)]
        return [(name, "1") for name, value in zip(self.names, values, strict=True) if value == 1]


Handler = _Coded | _Number | _Several


def _coded(questionnaire: Questionnaire, question: AnyQuestion) -> list[Handler]:
    return [_Coded(questionnaire, question, question.id)]


def _number(questionnaire: Questionnaire, question: NumberItem) -> list[Handler]:
    return [_Number(questionnaire, question)]


def _several(questionnaire: Questionnaire, question: MultipleChoiceItem) -> list[Handler]:
    return [_Several(questionnaire, question)]


def _states(questionnaire: Questionnaire, item: MaturityItem) -> list[Handler]:
    names = [item.id, target_name(item.id)] if item.target else [item.id]
    return [_Coded(questionnaire, item, name) for name in names]


# Kind -> handlers, one for each card on the page. An explanation has none: nothing is answered.
HANDLERS: dict[type, Callable[..., list[Handler]]] = {
    RatingItem: _coded,
    SingleChoiceItem: _coded,
    Demographic: _coded,
    NumberItem: _number,
    MultipleChoiceItem: _several,
    MaturityItem: _states,
}

_MESSAGES = {
    "foreign-fingerprint": "The form belongs to another version of the questionnaire.",
    "repeated-field": "A field occurs twice.",
    "unknown-field": "The questionnaire has no such field.",
    "hidden-answer": "A question that was not shown has an answer.",
    "out-of-scale": "This is none of the possible answers.",
    "out-of-range": "This is no whole number within the limits.",
    "exclusive": "These answers exclude one another.",
}


def _error(code: str, path: str) -> Finding:
    return Finding("error", code, _MESSAGES[code], path=path)
