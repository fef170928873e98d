"""Names and codes that have to be unique."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, error
from questionnaires.model import MultipleChoiceItem, Questionnaire, target_name
from questionnaires.positions import Path

T = TypeVar("T", bound=Hashable)


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Ids, codes and variable names that stand twice."""
    yield from _ids(questionnaire)
    yield from _codes(questionnaire)
    yield from _variables(questionnaire)


def _ids(questionnaire: Questionnaire) -> Iterator[Issue]:
    levels = questionnaire.maturity.levels if questionnaire.maturity else ()
    lists: list[tuple[str, list[tuple[Path, str]]]] = [
        ("question", [(path, one.id) for path, one in walk.questions(questionnaire)]),
        ("section", _listed("sections", [one.id for one in questionnaire.sections])),
        ("scale", _listed("scales", [one.id for one in questionnaire.scales])),
        (
            "recommendation",
            _listed("recommendations", [o.id for o in questionnaire.recommendations]),
        ),
        ("level", [(("maturity", "levels", index), one.id) for index, one in enumerate(levels)]),
    ]
    for place, one in enumerate(questionnaire.demographics):
        steps: list[tuple[Path, str]] = [
            (("demographics", place, "coarsening", index), step.id)
            for index, step in enumerate(one.coarsening)
        ]
        lists.append(("coarsening step", steps))
    for noun, entries in lists:
        for path, name in _repeated(entries):
            said = f"The {noun} '{name}' exists already."
            yield error("duplicate-id", (*path, "id"), said, "Give each its own id.")


def _codes(questionnaire: Questionnaire) -> Iterator[Issue]:
    entries: list[tuple[Path, int]]
    for name, scale in questionnaire.response_scales.items():
        entries = [
            (("response_scales", name, "points", index, "value"), code)
            for index, code in enumerate(scale.codes)
        ]
        for path, code in _repeated(entries):
            said = f"The code {code} stands twice in the response scale '{name}'."
            yield error("duplicate-code", path, said, "Give each point its own code.")
    kinds = type(questionnaire.missing).model_fields
    entries = [
        (("missing", kind, "code"), getattr(questionnaire.missing, kind).code) for kind in kinds
    ]
    for path, code in _repeated(entries):
        said = f"The code {code} stands for two kinds of missing answers."
        yield error("duplicate-code", path, said, "Give each kind its own negative code.")


def _variables(questionnaire: Questionnaire) -> Iterator[Issue]:
    """The columns `a_1`, `a_2` of a multiple choice `a`, and `a_target`, belong to no other."""
    names = {question.id for _, question in walk.questions(questionnaire)}
    for path, question in walk.questions(questionnaire):
        if walk.has_target(question) and (name := target_name(question.id)) in names:
            said = f"'{name}' is a question, and the column of the target of '{question.id}'."
            yield error("variable-collision", (*path, "id"), said, "Rename one of the two.")
        if not isinstance(question, MultipleChoiceItem):
            continue
        for code in walk.codes_of(questionnaire, question) or ():
            if (name := f"{question.id}_{code}") in names:
                said = (
                    f"'{name}' is a question, and the column of category {code} of '{question.id}'."
                )
                yield error("variable-collision", (*path, "id"), said, "Rename one of the two.")


def _listed(key: str, names: Iterable[str]) -> list[tuple[Path, str]]:
    return [((key, index), name) for index, name in enumerate(names)]


def _repeated(entries: Iterable[tuple[Path, T]]) -> Iterator[tuple[Path, T]]:
    seen: set[T] = set()
    for path, value in entries:
        if value in seen:
            yield path, value
        seen.add(value)
