"""How planned groups are called in a language: units by the plan, categories by the question."""

from questionnaires.model import Questionnaire
from reports.disclosure.groups import Group
from reports.release import Release


def names(release: Release, questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """The name of every planned group and of every breakdown, by id.

    A column of a file that is no question of the questionnaire has the names of the file.
    """
    found = {group.id: group.name for group in release.tree.walk()}
    for breakdown in release.breakdowns:
        found |= _of_breakdown(breakdown, questionnaire, language)
    return found


def _of_breakdown(breakdown: Group, questionnaire: Questionnaire, language: str) -> dict[str, str]:
    question = questionnaire.questions.get(breakdown.id.lower())
    found = {part.id: part.name for part in (breakdown, *breakdown.children)}
    if question is None:
        return found
    found[breakdown.id] = question.text[language]
    scale = questionnaire.response_scale(question)
    labels = {str(point.value): point.label[language] for point in scale.points} if scale else {}
    return found | {
        category.id: labels.get(category.name, category.name) for category in breakdown.children
    }
