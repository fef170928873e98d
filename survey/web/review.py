"""The review: one record as people read it, and as it is stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.model import (
    AnyQuestion,
    ExplanationItem,
    MaturityItem,
    MultipleChoiceItem,
    NumberItem,
    target_name,
)
from survey.domain.announcements import Announcement
from survey.domain.answering import Record
from survey.web.languages import words


@dataclass(frozen=True, slots=True)
class Row:
    """A card of the form and what will be stored for it, in words."""

    id: str
    question: str
    answer: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one section."""

    title: str
    rows: tuple[Row, ...]


def groups(announcement: Announcement, record: Record, language: str) -> tuple[Group, ...]:
    """Every question that was put, section by section, with its answer or why there is none."""
    told = _Told(announcement, record, language)
    return tuple(
        Group(section.title[language], tuple(told.rows(questions)))
        for section, questions in announcement.reader.sections
    )


class _Told:
    def __init__(self, announcement: Announcement, record: Record, language: str) -> None:
        self._questionnaire = announcement.questionnaire
        self._values = record.by_name
        self._open = frozenset(record.unanswered)
        self._language = language
        self._say = words("respond", language).gettext
        missing = announcement.questionnaire.missing
        self._missing = {
            kind.code: kind.label[language]
            for kind in (missing.not_answered, missing.no_answer, missing.not_shown)
        }

    def rows(self, questions: tuple[AnyQuestion, ...]) -> Iterator[Row]:
        for question in questions:
            if isinstance(question, MaturityItem):
                yield from self._states(question)
            elif not isinstance(question, ExplanationItem):
                said = question.text[self._language]
                yield self._row(question.id, said, self._answer(question))

    def _states(self, item: MaturityItem) -> Iterator[Row]:
        """The level of today and the one in three years, each a row."""
        said = item.text[self._language]
        if not item.target:
            yield self._row(item.id, said, self._level(item, item.id))
            return
        target = target_name(item.id)
        today = self._say("%(question)s – today") % {"question": said}
        wanted = self._say("%(question)s – in three years") % {"question": said}
        yield self._row(item.id, today, self._level(item, item.id))
        yield self._row(target, wanted, self._level(item, target))

    def _level(self, item: MaturityItem, name: str) -> str:
        value = self._values[name]
        if value in self._missing:
            return self._missing[value]
        place = item.place(value)
        said = item.levels[place - 1].text[self._language]
        return f"{self._say('Level %(number)s') % {'number': place}}: {said}"

    def _row(self, card: str, question: str, answer: str) -> Row:
        return Row(card, question, answer, card in self._open)

    def _answer(self, question: AnyQuestion) -> str:
        scale = self._questionnaire.response_scale(question)
        labels = {p.value: p.label[self._language] for p in scale.points} if scale else {}
        if isinstance(question, MultipleChoiceItem):
            chosen = [label for code, label in labels.items() if self._is_chosen(question, code)]
            first = self._values[f"{question.id}_{next(iter(labels))}"]
            return "; ".join(chosen) if chosen else self._missing[first]
        value = self._values[question.id]
        if value in self._missing:
            return self._missing[value]
        if isinstance(question, NumberItem):
            unit = f" {question.unit[self._language]}" if question.unit else ""
            return f"{value}{unit}"
        return labels[value]

    def _is_chosen(self, question: MultipleChoiceItem, code: int) -> bool:
        return self._values[f"{question.id}_{code}"] == 1
