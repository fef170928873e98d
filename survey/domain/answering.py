"""Answers: from the fields of a form to one person's whole record, or to what is wrong with them.

Every post is parsed anew from the definition, the last one too. What the review shows and what is
stored are the same object.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.conditions import is_met
from questionnaires.errors import Finding, FindingsError
from questionnaires.model import (
    AnyQuestion,
    Demographic,
    ExplanationItem,
    MultipleChoiceItem,
    Questionnaire,
    Section,
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

    `fields` are the form fields that make this record again, `unanswered` the questions that were
    asked and left open.
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


def parse(
    questionnaire: Questionnaire, fields: Fields, *, final: bool, demographics: bool = True
) -> Record:
    """The record that `fields` make; see `Reader.parse`."""
    return Reader(questionnaire, demographics=demographics).parse(fields, final=final)


class Reader:
    """Reads forms of one questionnaire; made once, used for every post.

    Without `demographics` (open link, shared code) they are neither asked nor accepted.
    """

    def __init__(self, questionnaire: Questionnaire, *, demographics: bool = True) -> None:
        self.questionnaire = questionnaire
        self.fingerprint = questionnaire.fingerprint
        self.variables = variables(questionnaire)
        self._not_answered = questionnaire.missing.not_answered.code
        self._no_answer = questionnaire.missing.no_answer.code
        self._not_shown = questionnaire.missing.not_shown.code
        self._of: dict[str, list[Variable]] = {}
        for variable in self.variables:
            self._of.setdefault(variable.question.id, []).append(variable)
        self.questions = {
            name: question
            for name, question in questionnaire.questions.items()
            if demographics or not isinstance(question, Demographic)
        }
        self._known = frozenset(CONTROL) | {
            name for question in self.questions.values() for name in self.field_names(question)
        }

    @property
    def sections(self) -> tuple[tuple[Section, tuple[AnyQuestion, ...]], ...]:
        """Sections with the questions that are asked in them; empty ones are left out."""
        return tuple(
            (section, asked)
            for section in self.questionnaire.sections
            if (asked := tuple(self.questions[n] for n in section.show if n in self.questions))
        )

    def field_names(self, question: AnyQuestion) -> Iterator[str]:
        """The form fields of a question."""
        for variable in self._of.get(question.id, ()):
            yield variable.name
        if isinstance(question, MultipleChoiceItem) and self._offers_no_answer(question):
            yield question.id

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
        answers: dict[str, int] = {}
        unanswered: list[str] = []
        for question in self.questions.values():
            findings += self._take(question, given, answers, unanswered, final=final)
        if findings:
            raise AnswersRefusedError(findings, self.kept(given))
        values = tuple(answers.get(variable.name, self._not_shown) for variable in self.variables)
        return Record(self.variables, values, self._as_fields(answers), tuple(unanswered))

    def _strange(self, fields: Fields, given: Mapping[str, str]) -> Iterator[Finding]:
        if given.get(FINGERPRINT) != self.fingerprint:
            yield _error("foreign-fingerprint", "The form belongs to another version.", FINGERPRINT)
        if len(given) < len(fields):
            names = [name for name, _ in fields]
            repeated = sorted({name for name in names if names.count(name) > 1})
            yield _error("repeated-field", "A field occurs twice.", ", ".join(repeated)[:80])
        for name in given:
            if name not in self._known:
                yield _error("unknown-field", "The questionnaire has no such field.", name[:40])

    def _take(
        self,
        question: AnyQuestion,
        given: Mapping[str, str],
        answers: dict[str, int],
        unanswered: list[str],
        *,
        final: bool,
    ) -> Iterator[Finding]:
        """Add the values of one question to `answers`; yield what is wrong with them."""
        names = [variable.name for variable in self._of.get(question.id, ())]
        if not is_met(question.show_if, answers):
            if final and any(name in given for name in self.field_names(question)):
                yield _error("hidden-answer", "An answer to a hidden question.", question.id)
            answers |= dict.fromkeys(names, self._not_shown)
            return
        if isinstance(question, MultipleChoiceItem):
            values, finding = self._several(question, given)
        else:
            values, finding = self._single(question, given)
        if finding:
            yield finding
        answers |= dict(zip(names, values, strict=True))
        if self._not_answered in values:
            unanswered.append(question.id)

    def _single(
        self, question: AnyQuestion, given: Mapping[str, str]
    ) -> tuple[list[int], Finding | None]:
        if isinstance(question, ExplanationItem):
            return [], None
        (variable,) = self._of[question.id]
        said = given.get(question.id)
        if said is None or (said == "" and not variable.codes):
            return [self._not_answered], None
        value = int(said) if _INTEGER.fullmatch(said) else None
        if value is not None and variable.permits(value):
            return [value], None
        if value == self._no_answer and self._offers_no_answer(question):
            return [value], None
        return [self._not_answered], _error(
            "out-of-scale" if variable.codes else "out-of-range",
            "This is none of the possible answers.",
            question.id,
        )

    def _several(
        self, question: MultipleChoiceItem, given: Mapping[str, str]
    ) -> tuple[list[int], Finding | None]:
        of = self._of[question.id]
        said = [given.get(variable.name) for variable in of]
        declined = given.get(question.id)
        blank = [self._not_answered] * len(of)
        if any(value not in (None, "1") for value in said) or declined not in (
            None,
            str(self._no_answer),
        ):
            return blank, _error("out-of-scale", "This is none of the answers.", question.id)
        chosen = [variable.category for variable, value in zip(of, said, strict=True) if value]
        alone = declined is not None or any(code in question.exclusive for code in chosen)
        if alone and len(chosen) + (declined is not None) > 1:
            return blank, _error("exclusive", "These answers exclude one another.", question.id)
        if declined is not None:
            return [self._no_answer] * len(of), None
        return ([1 if value else 0 for value in said] if chosen else blank), None

    def _offers_no_answer(self, question: AnyQuestion) -> bool:
        scale = self.questionnaire.response_scale(question)
        return scale is not None and scale.offer_no_answer

    def kept(self, given: Mapping[str, str]) -> dict[str, str]:
        """What can be put back into the form: fields of ours, short enough to be an answer."""
        return {
            name: value
            for name, value in given.items()
            if name in self._known and name not in CONTROL and len(value) <= _LONGEST
        }

    def _as_fields(self, answers: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
        fields: list[tuple[str, str]] = []
        for question in self.questions.values():
            of = self._of.get(question.id, [])
            if isinstance(question, MultipleChoiceItem):
                if answers[of[0].name] == self._no_answer:
                    fields.append((question.id, str(self._no_answer)))
                fields += [(v.name, "1") for v in of if answers[v.name] == 1]
            else:
                hidden = (self._not_answered, self._not_shown)
                fields += [
                    (v.name, str(answers[v.name])) for v in of if answers[v.name] not in hidden
                ]
        return tuple(fields)


def _error(code: str, message: str, path: str) -> Finding:
    return Finding("error", code, message, path=path)
