"""Rules that no single field can show: references, languages, conditions, ranges.

Every check collects all it finds; none stops at the first.
"""

from collections.abc import Iterator

from questionnaires.checks import (
    answers,
    conditions,
    demographics,
    identity,
    languages,
    levels,
    scales,
    sections,
    targets,
    texts,
    versions,
)
from questionnaires.checks.issue import Issue
from questionnaires.model import Questionnaire

__all__ = ["Issue", "check"]


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Everything that is wrong with what a questionnaire says."""
    yield from languages.check(questionnaire)
    yield from texts.check(questionnaire)
    yield from identity.check(questionnaire)
    yield from answers.check(questionnaire)
    yield from sections.check(questionnaire)
    yield from conditions.check(questionnaire)
    yield from demographics.check(questionnaire)
    yield from scales.check(questionnaire)
    yield from levels.check(questionnaire)
    yield from targets.check(questionnaire)
    yield from versions.check(questionnaire)
