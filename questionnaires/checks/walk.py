"""Ways through a definition whose references nobody has checked yet."""

from collections.abc import Iterator

from pydantic import BaseModel

from questionnaires.model import (
    AnyQuestion,
    MaturityItem,
    Questionnaire,
    ResponseScale,
    target_name,
)
from questionnaires.positions import Path
from questionnaires.text import Text


def questions(questionnaire: Questionnaire) -> Iterator[tuple[Path, AnyQuestion]]:
    """Items, then demographics, each with its path."""
    for index, item in enumerate(questionnaire.items):
        yield ("items", index), item
    for index, demographic in enumerate(questionnaire.demographics):
        yield ("demographics", index), demographic


def question_by_id(questionnaire: Questionnaire) -> dict[str, AnyQuestion]:
    """Questions by id, shown or not; of two with the same id the first."""
    found: dict[str, AnyQuestion] = {}
    for _, question in questions(questionnaire):
        found.setdefault(question.id, question)
    return found


def question_by_ref(questionnaire: Questionnaire) -> dict[str, AnyQuestion]:
    """The question behind each name that a scale may refer to: its id, or that of its target."""
    known = question_by_id(questionnaire)
    return {
        **{target_name(one.id): one for one in known.values() if has_target(one)},
        **known,
    }


def has_target(question: AnyQuestion | None) -> bool:
    """Whether the question also asks for a target state."""
    return isinstance(question, MaturityItem) and question.target


def shown(questionnaire: Questionnaire) -> Iterator[tuple[Path, str]]:
    """Every id that a section shows, known or not, in order, with its path."""
    for place, section in enumerate(questionnaire.sections):
        for index, name in enumerate(section.show):
            yield ("sections", place, "show", index), name


def response_of(questionnaire: Questionnaire, question: AnyQuestion | None) -> ResponseScale | None:
    """The question's response scale; None where it has none that is known."""
    if isinstance(question, MaturityItem):
        return question.response_scale
    return questionnaire.response_scales.get(getattr(question, "response", ""))


def codes_of(questionnaire: Questionnaire, question: AnyQuestion) -> tuple[int, ...] | None:
    """Codes of the question's response scale; None where it has none that is known."""
    scale = response_of(questionnaire, question)
    return scale.codes if scale else None


def texts(part: object, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Every text in several languages below `part`, with its path."""
    if isinstance(part, Text):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from texts(getattr(part, name), (*path, field.alias or name))
    elif isinstance(part, tuple):
        for index, entry in enumerate(part):
            yield from texts(entry, (*path, index))
    elif isinstance(part, dict):
        for key, entry in part.items():
            yield from texts(entry, (*path, key))
