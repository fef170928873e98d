"""Rules that no single field can show: references, languages, conditions, ranges.

Every check collects all it finds; none stops at the first.
"""

from collections.abc import Callable, Iterator

from questionnaires.checks.issue import Issue
from questionnaires.model import Questionnaire

__all__ = ["Issue", "check"]

CHECKS: tuple[Callable[[Questionnaire], Iterator[Issue]], ...] = ()


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Everything that is wrong with what a questionnaire says."""
    for one in CHECKS:
        yield from one(questionnaire)
