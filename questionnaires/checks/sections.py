"""Sections: each question is shown, once."""

from collections.abc import Iterator

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, did_you_mean, error
from questionnaires.model import ExplanationItem, Questionnaire


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Unknown ids, ids shown twice, questions that no section shows, nothing to answer."""
    known = walk.question_by_id(questionnaire)
    seen: set[str] = set()
    for path, name in walk.shown(questionnaire):
        if name not in known:
            said = f"There is no item or demographic '{name}'."
            remedy = did_you_mean(name, known, "Correct the id, or add the item.")
            yield error("unknown-question", path, said, remedy)
        elif name in seen:
            said = f"'{name}' is shown a second time here."
            yield error("shown-twice", path, said, "Show each question in one section, once.")
        seen.add(name)
    for path, question in walk.questions(questionnaire):
        if question.id not in seen:
            said = f"No section shows '{question.id}', so nobody is asked."
            yield error("never-shown", (*path, "id"), said, "Add it to a section's 'show'.")
    if all(isinstance(question, ExplanationItem) for question in known.values()):
        said = "There is nothing to answer, only explanations."
        yield error("nothing-to-answer", ("items",), said, "Add an item.")
